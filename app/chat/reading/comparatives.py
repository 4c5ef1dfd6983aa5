"""A wish for more or less of what records tell in numbers than was shown has: lighter, a bigger screen, more RAM. Pure.

Which number that is, is decided by the records of what was shown: a bigger television has more inches, a bigger
backpack more litres.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from app.chat.aspects import aspects_of, label, with_unit
from app.chat.composing.naming import short_titles
from app.chat.context import Context, Told, Wish
from app.chat.reading import language
from app.chat.records import Record
from app.chat.wording import said as as_words

_UP: Final = "more|higher|bigger|larger|longer|better|greater|stronger|extra"
_DOWN: Final = "less|lower|fewer|smaller|shorter"
_SIZES: Final = ("screen display inches", "capacity volume", "diameter", "width", "length", "height", "size")
# A comparative that says by itself what is meant -> whether more is wanted, and words of names of specifications, of
# which those come first that say it best.
_ALONE: Final[Mapping[str, tuple[bool, tuple[str, ...]]]] = {
    r"lighter": (False, ("weight",)),
    r"heavier": (True, ("weight",)),
    r"bigger|larger|roomier|more spacious": (True, _SIZES),
    r"smaller|more compact": (False, _SIZES),
    r"longer(?:[- ]lasting)?|lasts? longer": (
        True, ("length", "battery runtime burn"),
    ),
    r"shorter": (False, ("length", "minutes", "pages")),
    r"wider|broader": (True, ("width", "diameter")),
    r"narrower|slimmer": (False, ("width", "thickness", "depth")),
    r"taller|higher": (True, ("height",)),
    r"lower": (False, ("height",)),
    r"deeper": (True, ("depth",)),
    r"thicker": (True, ("thickness",)),
    r"thinner|flatter": (False, ("thickness", "depth")),
    r"brighter": (True, ("lumens brightness",)),
    r"faster|quicker": (True, ("speed kmh mph", "refresh hz")),
    r"(?:more powerful|stronger)": (True, ("power watts watt w", "pressure bar")),
    r"quieter": (False, ("noise decibels db",)),
    r"sharper": (True, ("mp megapixels",)),
}  # fmt: skip
# "Too heavy" wants what is called by the other word.
_TOO: Final[Mapping[str, str]] = {
    "heavy": "lighter",
    "light": "heavier",
    "big|large|bulky|huge": "smaller",
    "small|tiny|little": "bigger",
    "long": "shorter",
    "short": "longer",
    "wide": "narrower",
    "narrow": "wider",
    "tall|high": "lower",
    "low": "higher",
    "slow": "faster",
    "weak": "stronger",
    "loud|noisy": "quieter",
}
_MUCH: Final = r"(?:(?:a (?:little |tiny )?bit|a little|a lot|much|way|far|bit|slightly|even|some|somewhat|any) ){0,3}"
_OF: Final = re.compile(
    rf"\b(?:with |has |having |that has |of )?(?:an? |the )?{_MUCH}(?:(?P<up>{_UP})|(?P<down>{_DOWN})) "
    r"(?:of (?:an? )?)?(?P<matter>(?:[a-z-]+ )?[a-z-]+)(?: (?:life|size|space|capacity|rate))?\b(?! than)",
    re.IGNORECASE,
)
_THAN: Final = r"(?: than (?:that|this|it|those|these|the \w+(?: one)?))?"
_ONE: Final = tuple(
    (re.compile(rf"\b(?:an? |the )?{_MUCH}(?:{words})(?: ones?)?\b{_THAN}", re.IGNORECASE), *meant)
    for words, meant in _ALONE.items()
)
_TOO_MUCH: Final = tuple(
    (
        re.compile(
            rf"\b(?:(?:that|this|it|they|those|these)(?:'?s|'?re| is| are| looks?| seems?)? )?"
            rf"(?:(?:a (?:little )?bit|way|far|still|much|all) ){{0,3}}"
            rf"(?:too|less|not (?:so|as|that|too)) (?:{words})\b"
            r"(?: for (?:me|us|him|her|them|that|my \w+))?",
            re.IGNORECASE,
        ),
        wanted,
    )
    for words, wanted in _TOO.items()
)
# It is asked how those shown are, and nothing else is wished for.
_ASKS: Final = re.compile(
    r"^\W*(?:(?:and|ok(?:ay)?|so|but|hm+|well)[\s,]+)*(?:which|what(?!'?s? about)|how(?! about)|why|who"
    r"|is(?! there (?:an?|any|some))|are(?! there (?:any|some))|does|did|will|would|should"
    r"|can (?!i (?:get|have|see)|we (?:get|have|see)|you (?:show|find|get))"
    r"|could (?!i |we |you ))",
    re.IGNORECASE,
)
# One of those shown is chosen: "I'll take the lighter one".
_TAKES: Final = re.compile(r"\b(?:take|taking|buy|order|choose|pick|go (?:for|with)) the\b", re.IGNORECASE)
_LONGEST: Final = 40
"""Words; what is longer wishes for more than a comparative."""
_TALK: Final = re.compile(
    r"\b(?:and|but|ok(?:ay)?|so|hm+|well|no+|nah|yes|please|pls|maybe|perhaps|rather|actually|then|also|or|is there"
    r"|are there|do (?:you|u)|have (?:you|u)|(?:you|u)|have|got|sell|any(?:thing|one)?|some(?:thing)?|sth|smth|ones?"
    r"|bottles?|packs?|tubes?|jars?|packages?|containers?|versions?|models?"
    r"|an?|the|it|that|i|we|want|need|would|like|prefer|'d|i'd|looking|for|what|how|about|can|could|show|find"
    r"|get|me|us|see"
    r"|give|with|in|be|is|if|possible|quite|just|really|think|guess|should|must|make|which|has|them|those"
    r"|these)\b|[^\w\s]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Comparative:
    """`more`: whether more is wanted; `words`: words of names of specifications that tell the matter, those first that
    tell it best; `said`: as the shopper says it; `rest`: what else the message says, empty where it says nothing."""

    more: bool
    words: tuple[frozenset[str], ...]
    said: str
    rest: str = ""
    which: str = ""
    """What others would be: "that is lighter", "with more storage"."""


def comparative_of(message: str, context: Context) -> Comparative | None:
    """The wish for more or less of something than what was shown has; None where a message has none, or only asks."""
    if not context.shown or _TAKES.search(message) or len(message.split()) > _LONGEST:
        return None
    if _ASKS.match(message) or language.COMPARE.search(message) or language.WHICH.search(message):
        return None
    return _of_a_matter(message) or _by_itself(message)


def _of_a_matter(message: str) -> Comparative | None:
    """ "With more storage", "a bigger screen"."""
    for found in _OF.finditer(message):
        matter = found["matter"].lower()
        for aspect in aspects_of(matter):
            named = aspect.asked.match(matter)
            if named is None or not aspect.attributes:
                continue
            own = frozenset(word for word in re.findall(r"[a-z]+", named.group()) if len(word) > 1)
            said = f"{(found['up'] or found['down']).lower()} {named.group()}"
            words = (own, aspect.attributes - {"s", "a"})
            article = "" if re.match(r"(?:more|less|fewer|extra)\b", said) else "a "
            return Comparative(bool(found["up"]), words, said, _rest(message, found), f"with {article}{said}")
    return None


def _by_itself(message: str) -> Comparative | None:
    """ "Something lighter", "a bit bigger", "too heavy"."""
    found = next((found for way, _, _ in _ONE if (found := way.search(message)) is not None), None)
    if found is not None:
        rest, said = _rest(message, found), _plain(found.group())
    else:
        too = next(((found, wanted) for way, wanted in _TOO_MUCH if (found := way.search(message)) is not None), None)
        if too is None:
            return None
        rest, said = _rest(message, too[0]), too[1]
    more, words = next((more, words) for way, more, words in _ONE if way.fullmatch(said))
    if re.match(r"sizes?\b", rest, re.IGNORECASE):
        return None  # of clothes, which have names
    return Comparative(more, tuple(frozenset(each.split()) for each in words), said, rest, f"that is {said}")


def _plain(words: str) -> str:
    """The comparative without what stands around it: "lighter" of "a bit lighter than that"."""
    words = re.sub(rf"{_THAN}$|\s+ones?$", "", " ".join(words.lower().split()))
    return re.sub(rf"^(?:(?:an?|the) )?{_MUCH}", "", words).strip()


def _rest(message: str, found: re.Match[str]) -> str:
    left = f"{message[: found.start()]} {message[found.end() :]}"
    return " ".join(left.split()).strip(" ,?!.") if re.search(r"\w", _TALK.sub(" ", left)) else ""


@dataclass(frozen=True, slots=True)
class Measured:
    """A comparative by the records of what was shown. `wish`: the bound that others must keep; `unmet`: what is told
    where none does."""

    wish: Wish
    unmet: str


def measured(
    comparative: Comparative, records: Sequence[Record], focus: str | None, earlier: Sequence[Wish] = ()
) -> Measured | None:
    """The bound by the number of the product that is talked of, else of the middle one of those shown; None where
    their records tell no such number. `focus`: the id of the product that is talked of; `earlier`: what is wanted
    already, of which other bounds that were said so are kept."""
    meant = [record for record in records if record.fields["product_id"] == focus] or list(records)
    field = next((name for words in comparative.words for name in _numbers(meant) if _tells(name, words)), None)
    if field is None:
        return None
    known = [record for record in meant if _number(record, field) is not None]
    ordered = sorted(known, key=lambda record: _number(record, field) or 0.0)
    # Of two the one that is further off, so that the other is an answer too.
    than = ordered[len(ordered) // 2 if not comparative.more else (len(ordered) - 1) // 2]
    bound = _number(than, field) or 0.0
    low, high = (bound, None) if comparative.more else (None, bound)
    wish = Wish(field, "gt" if comparative.more else "lt", bound, comparative.said, low=low, high=high)
    best = ordered[-1 if comparative.more else 0]
    told = with_unit(field, best.fields["specifications"][field], as_words(best.fields["specifications"][field]))
    name = short_titles(records)[best.id]
    most = "most" if comparative.more else "least"
    of_those = f", the {most} of those shown" if len(ordered) > 1 else ""
    kept = [one.source for one in earlier if one.field not in ("price", field) and one.op in ("gt", "lt")]
    besides = f" and keeps to “{'” and “'.join(kept)}” as well" if kept else ""
    unmet = f"I find no other {comparative.which}{besides}: {name} has {label(field)} {told}{of_those}."
    return Measured(wish, unmet)


def with_measure(told: Told, wish: Wish) -> Told:
    """What is wanted, and besides more or less than what was shown has."""
    others = tuple(one for one in told.wishes if one.field != wish.field)
    return replace(told, wishes=(*others, wish), refines=True)


def _numbers(records: Sequence[Record]) -> list[str]:
    names = [name for record in records for name in record.fields["specifications"]]
    return [name for name in dict.fromkeys(names) if any(_number(record, name) is not None for record in records)]


def _number(record: Record, name: str) -> float | None:
    value: Any = record.fields["specifications"].get(name)
    return None if isinstance(value, bool) or not isinstance(value, int | float) else float(value)


def _tells(name: str, words: frozenset[str]) -> bool:
    return bool(words & set(name.lower().split("_")))
