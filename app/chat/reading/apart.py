"""Two wishes of one message that are for two people: "shoes for me and something for my kid, he's 6". Pure."""

import re
from typing import Final

from app.chat.context import Context
from app.chat.reading import language
from app.chat.reading.intents import SHOPPING, rule

_ME: Final = r"(?:me|myself|us|ourselves)"
_WHO: Final = (
    rf"(?:(?:(?:my|our|his|her|their|the|a|an) )?(?:[\w'-]+ ){{0,2}}?(?:{language.PEOPLE}|kids?|child(?:ren)?"
    rf"|bab(?:y|ies)|toddlers?"
    r"|teen(?:ager)?s?|boys?|girls?|twins?|grand(?:son|daughter|kids?|children)|in-laws?|dogs?|cats?|pupp(?:y|ies)"
    r"|kittens?)\b"
    r"|him|her|them)"
)
_SPLIT: Final = re.compile(
    rf"^(?P<one>.*?\bfor (?:{_ME}|{_WHO}))[\s,]*(?:,|;|\.|\band\b|\bplus\b|\balso\b|&|\+)+\s*(?:and |also |plus )?"
    rf"(?P<other>(?:[\w'-]+ ){{1,5}}?for (?:{_ME}|{_WHO})\b.*)$",
    re.IGNORECASE,
)
# Neither half of these is a wish of its own.
_ONE_WISH: Final = re.compile(
    r"\b(?:under|below|up to|budget|max|less than|around|about) [$€£]?$|\?\s*\S", re.IGNORECASE
)
_ANOTHER: Final = re.compile(r"^(?:one|another(?: one)?|the same(?: one)?)(?= (?:too |also )?for\b)", re.IGNORECASE)
_LONGEST: Final = 40


def apart(message: str) -> tuple[str, str] | None:
    """The two wishes, the second in words of its own; None where a message has no two people that something is for,
    and where either half asks for something else than a wish: to send back what was bought, to compare."""
    if len(message.split()) > _LONGEST:
        return None
    found = _SPLIT.match(message)
    if found is None or _ONE_WISH.search(found["one"]):
        return None
    one, other = found["one"].strip(" ,"), found["other"].strip(" ,")
    # "A helmet for my wife and one for my son" is two helmets.
    other = _ANOTHER.sub(lambda _: re.split(r"\s+for\b", one, maxsplit=1, flags=re.IGNORECASE)[0], other)
    people = [re.findall(rf"\bfor ({_ME}|{_WHO})\b", part, re.IGNORECASE)[:1] for part in (one, other)]
    if not all(people) or people[0][0].lower() == people[1][0].lower():
        return None
    return (one, other) if _wishes(one) and _wishes(other) else None


def _wishes(part: str) -> bool:
    """Whether it names something and words of steering make it nothing else than a wish."""
    other = rule(part, Context())
    return _says_what(part) and (other is None or other.intent in SHOPPING)


def _says_what(part: str) -> bool:
    """Whether something is wanted before "for"."""
    before = re.split(r"\bfor\b", part, maxsplit=1, flags=re.IGNORECASE)[0]
    return bool(
        re.sub(
            r"\b(?:i|we|need|want|looking|and|is|are|it|this|that|good|ok|okay|be|would)\b|\W",
            "",
            before,
            flags=re.IGNORECASE,
        )
    )
