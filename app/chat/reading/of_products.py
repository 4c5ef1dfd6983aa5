"""Whether a message asks about products that were shown or are named, and what of them. Pure."""

import re
from collections.abc import Collection
from typing import Final

from app.chat.aspects import aspects_of
from app.chat.context import Context, ShownProduct, Told
from app.chat.reading import asking, language
from app.chat.reading.following import WITHOUT_IT, names_kind
from app.chat.reading.intents import Guess, Intent
from app.chat.reading.prices import cheaper
from app.chat.reading.quantities import quantity
from app.chat.reading.references import Pointed, focus_of
from app.chat.reading.wishes import stripped, without_edges

_OF_THE_DOCUMENTS: Final = frozenset({"warranty", "validity", "safety", "contents", "size"})
"""What documents tell of all products, and records of few."""
_ONE_WITH: Final = re.compile(
    r"\b(?:do you (?:have|sell)|have you got|any|an?|another|best|good|some|and a)\s+(?:[\w'-]+"
    r" ){0,2}?(?P<kind>[\w'-]+)"
    r"(?= (?:for|to go with|with|to match)\b)",
    re.IGNORECASE,
)
_OF_WHICH: Final = re.compile(r"\s*(?:and |so |ok )*(?:is|are|which|why|how much)\b(?! there\b)", re.IGNORECASE)


# A question of use, and none of what goes with what.
_GOES_INTO: Final = re.compile(
    r"\b(?:in(?:to)?|on) (?:the |an? |my )?(?:oven|microwave|dishwasher|(?:tumble )?dryer|freezer|fridge|washing"
    r" machine|induction)\b",
    re.IGNORECASE,
)


_IN: Final = re.compile(
    r"\b(?:it|one|that|this|first|second|third|fourth|fifth|last) in (?!the\b)[\w-]+(?: [\w-]+)?\W*$", re.I
)
_HOLDS: Final = re.compile(r"\bhow much (?:is|are) (?:in(?:side)?|left)\b", re.IGNORECASE)


def of_products(message: str, context: Context, pointed: Pointed, told: Told) -> Guess | None:
    """Questions about products that were shown or are named."""
    if _is_a_wish(message, pointed, told):
        return None
    if (found := _of_several(message, pointed)) is not None:
        return found
    if _in_an_option(message, pointed, told):
        return Guess(Intent.AVAILABILITY, 0.85)
    if language.COMPARE.search(message) or (language.WHICH.search(message) and len(context.shown) > 1):
        return Guess(Intent.COMPARE, 0.9)
    if (found := _of_one(message, pointed)) is not None:
        return found
    about_one = bool(pointed.products) or bool(pointed.problem)
    if not about_one and not (context.focus and _asks(message)):
        return None
    if about_one and quantity(message) > 1:
        return Guess(Intent.PRICE, 0.85)
    for intent, pattern in (
        (Intent.REVIEWS, language.REVIEWS),
        (Intent.AVAILABILITY, language.AVAILABLE),
        (Intent.PRICE, language.PRICE_QUESTION),
        (Intent.SIMILAR, language.SIMILAR),
        (Intent.DETAILS, language.DETAILS),
    ):
        if pattern.search(message) and not (intent is Intent.PRICE and (aspects_of(message) or _HOLDS.search(message))):
            return Guess(intent, 0.85)
    return Guess(Intent.DETAILS, 0.7) if about_one and not _asks_for_more(message) else None


def _in_an_option(message: str, pointed: Pointed, told: Told) -> bool:
    """Whether one product is wanted in a colour or size: "that one in blue"."""
    option = any((wish.field == "color" or "size" in wish.field) and not wish.without for wish in told.wishes)
    return option and len(pointed.products) == 1 and _IN.search(message) is not None


def _is_a_wish(message: str, pointed: Pointed, told: Told) -> bool:
    """Whether a message with a word such as "it" says what is wanted, whatever "it" is: "make it under $900", "they
    love to cook", "not that colour", "do you have it without a hood"."""
    if WITHOUT_IT.match(message) and any(wish.without for wish in told.wishes):
        return True
    if "?" in message:
        return False
    priced = any(wish.field == "price" and re.search(r"\d", wish.source) for wish in told.wishes)
    if (priced or told.interests) and not pointed.problem:
        return True
    return bool(language.MUST_NOT.match(message)) and any(wish.without for wish in told.wishes)


def _of_several(message: str, pointed: Pointed) -> Guess | None:
    """What several cost in all, or how they differ, where several are named."""
    if len(pointed.products) < 2:
        return None
    if language.TOTAL.search(message):
        return Guess(Intent.PRICE, 0.85)
    compared = re.search(r"\b(?:and|or|vs\.?|versus)\b", message) and not _asks(message)
    return Guess(Intent.COMPARE, 0.8) if compared else None


def _of_one(message: str, pointed: Pointed) -> Guess | None:
    """Whether something goes with something else or is in stock: of a product that was shown, or is named now."""
    if not _asks(message) or pointed.problem:
        return None
    if _GOES_INTO.search(message) and (pointed.products or aspects_of(message)):
        return Guess(Intent.DETAILS, 0.85) if pointed.products else None
    if pointed.products and language.OPTIONS.search(message):
        return Guess(Intent.AVAILABILITY, 0.85)
    if asking.COMPATIBLE.search(message):
        return Guess(Intent.COMPATIBILITY, 0.85)
    return Guess(Intent.AVAILABILITY, 0.85) if asking.STOCK.search(message) else None


def _asks(message: str) -> bool:
    return "?" in message or bool(
        re.match(r"\s*(?:and|what|how|is|does|can|are|do|will|would|when|which)\b", message, re.IGNORECASE)
    )


def _asks_for_more(message: str) -> bool:
    return bool(re.search(r"\b(?:show|find|need|want|looking|something|(?<!the )other|more)\b", message, re.IGNORECASE))


def of_the_product(ruled: Guess | None, message: str, pointed: Pointed) -> Guess | None:
    """What reads like a question to the documents is one about a product that is pointed at: "how do I clean it"."""
    if ruled is None or ruled.intent is not Intent.KNOWLEDGE or not pointed.products or pointed.problem:
        return ruled
    return Guess(Intent.DETAILS, 0.8) if {one.name for one in aspects_of(message)} - _OF_THE_DOCUMENTS else ruled


def not_of_one(guess: Guess | None, message: str, kinds: Collection[str]) -> Guess | None:
    """None where a question about a product is a search for another thing: "a mug to go with it"."""
    if guess is None or guess.intent not in (Intent.DETAILS, Intent.COMPATIBILITY, Intent.SIMILAR):
        return guess
    found = _ONE_WITH.search(message)
    return None if found is not None and names_kind(found["kind"], kinds) else guess


def to_compare(message: str, context: Context, pointed: Pointed, told: Told, kinds: Collection[str]) -> str:
    """What kind of thing is to be compared, where no two products of it were shown: it is searched for first."""
    left = without_edges(stripped(language.COMPARE.sub(" ", told.about or message)))
    if len(pointed.products) > 1 or not names_kind(left, kinds):
        return ""
    words = set(left.lower().split())
    return "" if len(context.shown) > 1 and words <= set(context.about.lower().split()) else left


_NAME: Final = 6
_NO_NAME: Final = re.compile(
    r"\b(?:first|second|third|fourth|fifth|last|other|others|one|ones|two|it|that|this|them|those|these|both"
    r"|cheap\w*|expensive"
    r"|number|option)\b|^\d+$",
    re.IGNORECASE,
)
_TWO_NAMES: Final = (
    re.compile(
        r"\b(?:between|compare|comparing)\s+(?:the |a |an |your )?(?P<one>[^,?.!]{3,60}?)\s+(?:and|with|to"
        r"|vs\.?|versus|or)\s+"
        r"(?:the |a |an |your )?(?P<other>[^,?.!]{3,60}?)\W*$",
        re.IGNORECASE,
    ),
    re.compile(
        r"^\W*(?:(?:which is better|what'?s better|better)\W+)?(?:the |a "
        r"|an )?(?P<one>[^,?.!]{3,60}?)\s+(?:vs\.?|versus)\s+"
        r"(?:the |a |an )?(?P<other>[^,?.!]{3,60}?)\W*$",
        re.IGNORECASE,
    ),
)


def two_named(message: str, kinds: Collection[str]) -> str:
    """Two products that are to be compared by their names, with "and" between them: "the alpine tent and the family
    tent"; empty where not two are named."""
    found = next((found for way in _TWO_NAMES if (found := way.search(message)) is not None), None)
    if found is None:
        return ""
    names = (without_edges(found["one"]), without_edges(found["other"]))
    plain = all(name and len(name.split()) <= _NAME for name in names) and " and " not in " ".join(names)
    plain = plain and not any(_NO_NAME.search(name) for name in names)
    told = bool(re.search(r"\bvs\b|\bversus\b|\bcompar", message, re.IGNORECASE))
    told = told or all(names_kind(name, kinds) for name in names)
    return " and ".join(names) if plain and told else ""


def less(message: str, context: Context, pointed: Pointed, told: Told) -> Told | None:
    """The wish for something cheaper, or dearer, than what was shown; None where it is asked which is."""
    if _OF_WHICH.match(message) or (
        language.CHEAPER_ONE.search(message) and re.search(r"\bthe cheaper\b", message, re.I)
    ):
        return None
    return cheaper(told, message, context, pointed)


def focused(context: Context) -> tuple[ShownProduct, ...]:
    focus = focus_of(context)
    return () if focus is None else (focus,)
