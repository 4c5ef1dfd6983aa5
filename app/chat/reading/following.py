"""What a message means because of what was said before it: more of the same wish, a question about what was shown,
what goes on. Pure."""

import re
from collections.abc import Collection, Sequence
from typing import Final

from app.chat.aspects import aspects_of
from app.chat.context import Context, Told, Wish
from app.chat.grounding.words import word_set
from app.chat.reading import language
from app.chat.reading.asking import is_question
from app.chat.reading.intents import Guess, Intent
from app.chat.reading.prices import CHEAPER, HOW_MUCH, SUPERLATIVE
from app.chat.reading.quantities import quantity
from app.chat.reading.recalling import of_the_shown
from app.chat.reading.references import Pointed
from app.chat.reading.used_with import used_with
from app.chat.reading.wishes import searchable, stripped, without_edges, without_one
from app.search.understanding.service import KINDS, Understanding, stems_of, things_in

_MOST_WORDS: Final = 7
_SHOP_HAS: Final = re.compile(
    r"\b(?:do you|have you|you)\s+(?:guys )?(?:also )?(?:have|got|sell|carry|stock)\b|\b(?:is|are) there any\b"
    r"|\b(?:show|find|need|want|looking|look for|recommend|suggest|search|buy)\b|\b(?:another|other|different|more) ",
    re.IGNORECASE,
)
# A sort of thing begins anew: what was looked for before is not meant.
_ANEW: Final = re.compile(
    r"\b(?:instead|rather|something else|changed my mind|forget (?:the|that|about)|now|new|also|compare|"
    r"another (?:thing|gift|present))\b",
    re.IGNORECASE,
)
_GOES_ON: Final = re.compile(
    r"\s*(?:(?:ok|okay|and|but|yes|no|hm+|well|please|maybe),? )*(?:with|without|in(?! the\b)|for \d|not|no|non"
    r"|only|just|size|"
    r"colou?r|under|over|less|more than|up to|something|anything|sth)\b",
    re.IGNORECASE,
)
# An aspect by its name alone is a question about what was shown.
_NOUN: Final = re.compile(
    r"\W*(?:and )?(?:the |its |their )?(?:weight|battery(?: life)?|dimensions|material|memory|ram|storage|capacity"
    r"|width|height|depth|length|thickness)\W*",
    re.IGNORECASE,
)


def names_kind(text: str, kinds: Collection[str], understood: Understanding | None = None) -> bool:
    """Whether a text names a kind of thing that the shop has: by a category, or by a word for one."""
    if understood is not None and any(one.field in KINDS and not one.without for one in understood.constraints):
        return True
    return any(stem in kinds for stem in stems_of(text))


def joined(message: str, context: Context, understood: Understanding, kinds: Collection[str]) -> str | None:
    """The words of what was looked for with those of the message, where the message says more of it ("L", "with gps",
    "for 4 people"); None where it begins something else. `understood` is of the message alone."""
    if not context.about or not context.shown or language.GIFT.search(message) or _ANEW.search(message):
        return None
    if " and " in context.about and names_one_of(message, context.about):
        return None  # "only the blender" of a blender and a toaster
    if _ABOUT_STUFF.match(message) or (" and " in context.about and language.MUST_NOT.match(message)):
        return None  # what must not be is none of several things
    if CHEAPER.search(message) or SUPERLATIVE.search(message) or _asks(message) or HOW_MUCH.fullmatch(message):
        return None
    if _NOUN.fullmatch(message) or (
        _one(context)
        and "?" in message
        and any("size" in one.field or one.field == "color" for one in understood.constraints)
    ):
        return None  # whether the one that is talked of comes in it
    if context.gift and not _GOES_ON.match(message):
        return None
    if without_one(message, context) is not None or not re.search(r"\w", message):
        return None
    own = searchable(message)
    words = without_edges(own)
    searches = _SHOP_HAS.search(message) and names_kind(words, kinds, understood)
    if (
        not words
        or searches
        or len(words.split()) > _MOST_WORDS
        or _names_other_kind(message, words, context, understood, kinds)
    ):
        return None
    if not understood.text.strip() and all(one.field == "price" for one in understood.constraints):
        return None  # a budget is kept beside what is looked for in any case
    return _with_own(context.about, own)


_WITHOUT: Final = re.compile(
    r"\W*(?:(?:ok(?:ay)?|then|and|but|so)\W+)*without (?:an? |the "
    r"|any )?(?P<what>[\w-]+(?: [\w-]+)?)\W*$",
    re.IGNORECASE,
)


def _with_own(about: str, own: str) -> str:
    """What was looked for with the message's own words; those alone where they name it more closely: "running shoes"
    of shoes."""
    if (gone := _WITHOUT.match(own)) is not None:
        # "Then without gps" takes back "with gps".
        less = re.sub(rf"\s*\bwith {re.escape(gone['what'])}\b", "", about, flags=re.IGNORECASE).strip()
        if less != about:
            return less
    heads = {thing.head for thing in things_in(about)}
    if any(thing.head in heads and len(thing.stems) > 1 for thing in things_in(own)):
        return own
    apart = " " if _GOES_ON.match(own) else ", "
    return f"{about}{apart}{own}"


_WITH: Final = re.compile(
    r"\W*(?:(?:and|but|something|anything|one|ones|some|maybe) )*(?:with|without|has|having)\b", re.IGNORECASE
)


# "For work", "should fit my laptop"; whom it is for says more.
_FOR: Final = re.compile(
    r"\W*(?:(?:and|but|ok(?:ay)?|so|well|something|anything|one|it'?s|mostly|mainly|just) )*for (?!me\b|him\b"
    r"|her\b|them\b|us\b|kids\b)\w",
    re.IGNORECASE,
)


_ABOUT_STUFF: Final = re.compile(
    r"\W*(?:(?:and|ok(?:ay)?|so|hm+|well)\W+)*(?:what|how) about \w[\w -]* (?:stuff|things?|items?|gear"
    r"|supplies)\W*$",
    re.IGNORECASE,
)


_MORE_SO: Final = re.compile(
    r"\W*(?:(?:and|but|ok(?:ay)?|maybe|please|hm+|well|rather)[\s,]+)*(?:(?:something|anything|one|ones)\s+)?"
    r"(?:(?:a (?:bit|little) |much )?more\s+(?P<more>[a-z-]{4,})(?: ones?)?|with (?:a |an "
    r"|some )?(?P<has>[a-z-]{4,}))\W*",
    re.IGNORECASE,
)
_LIKE_IT: Final = word_set(
    "like such expensive than this that those options choices ideas suggestions please affordable"
)


def added_words(message: str, wishes: Sequence[Wish], before: Sequence[Wish]) -> str:
    """A word that says more of what was looked for and became no filter: "something more elegant", "with pearls"."""
    found = _MORE_SO.fullmatch(message)
    if found is None or any(wish not in before and wish.field not in KINDS for wish in wishes):
        return ""
    word = (found["more"] or found["has"]).lower()
    return "" if word in _LIKE_IT else word


def names_one_of(message: str, about: str) -> bool:
    """Whether a message names one of several things that were looked for."""
    heads = {thing.head for thing in things_in(about)}
    return len(heads) > 1 and len(heads & {thing.head for thing in things_in(message)}) == 1


def _names_other_kind(
    message: str, words: str, context: Context, understood: Understanding, kinds: Collection[str]
) -> bool:
    """Whether the message names another kind of thing than what was looked for. One that is called by an adjective
    ("instant" of instant cameras) is none."""
    if _WITH.match(message) or _FOR.match(used_with(message)):
        return False  # what it has, or what it is for, says nothing of what it is
    known = set(stems_of(context.about))
    for one in understood.constraints:
        if one.field in KINDS and not one.without:
            values = one.value if isinstance(one.value, tuple) else (str(one.value),)
            return not any(known & set(stems_of(value.replace("/", " "))) for value in values)
    return any(stem in kinds and stem not in known for stem in stems_of(words)[-1:])


def _asks(message: str) -> bool:
    """Whether a message is a question, and no wish with a question mark ("something longer?")."""
    wish = _GOES_ON.match(message) or _ABOUT.match(message) or WITHOUT_IT.match(message)
    return is_question(message, "?" in message) and not wish


def _one(context: Context) -> bool:
    return context.focus is not None or len(context.shown) == 1


# "Do you have it without a hood?" asks for others.
WITHOUT_IT: Final = re.compile(
    r"\W*(?:(?:and|ok(?:ay)?|so|but)\W+)*(?:do you (?:have|sell)|have you got|is there|are there|can i (?:get"
    r"|have)|got|any)"
    r" (?:it|one|ones|them|that|this|something|anything|any|some)? ?(?=(?:without|non|no)\b)",
    re.IGNORECASE,
)
_ABOUT: Final = re.compile(r"\s*(?:and |ok |so )?(?:what|how) about\b", re.IGNORECASE)


def followed(message: str, context: Context, pointed: Pointed, told: Told, kinds: Collection[str]) -> Guess | None:
    """What is asked about the products shown, where the message does so without saying of which; None else."""
    if not context.shown or pointed.problem or _ALSO.search(message) or _of_another(message, context, kinds):
        return None
    if language.OPTIONS.search(message) or _VERSION.search(message):
        return Guess(Intent.AVAILABILITY, 0.8)
    if _SHOP_HAS.search(message):
        return None
    one = bool(pointed.products) or _one(context)
    short = len(message.split()) <= _MOST_WORDS
    if any(wish.field == "color" or "size" in wish.field for wish in told.wishes):
        return Guess(Intent.AVAILABILITY, 0.75) if one and short and is_question(message, "?" in message) else None
    if HOW_MUCH.fullmatch(message):
        return Guess(Intent.PRICE, 0.7)
    if _NOUN.fullmatch(message):
        return Guess(Intent.DETAILS, 0.75)
    aspects = aspects_of(message)
    if (aspects and _ABOUT.match(message) and short) or any(aspect.name == "gender" for aspect in aspects):
        return Guess(Intent.DETAILS, 0.75)
    if not _asks(message) or any(wish.without for wish in told.wishes):
        return None
    if (language.PRICE_QUESTION.search(message) and not aspects) or (one and quantity(message) > 1):
        return Guess(Intent.PRICE, 0.75)
    # "Would the tents hold a family?"
    asks = aspects or _few_words(message, context, told) or (of_the_shown(message, context) and not told.wishes)
    return Guess(Intent.DETAILS, 0.75 if aspects else 0.6) if asks else None


def _few_words(message: str, context: Context, told: Told) -> bool:
    """Whether a message is a word or two with a question mark: "hdr?"."""
    words = without_edges(stripped(message)).split()
    if _ALSO.search(message) or (words and re.fullmatch(r"[a-z]+[^s\W]s", words[-1].lower())):
        return False  # another thing
    return "?" in message and 0 < len(words) <= _A_FEW and not told.recipient and context.intent != Intent.KNOWLEDGE


_ALSO: Final = re.compile(r"\b(?:too|as well|also)\W*$", re.IGNORECASE)
_A_FEW: Final = 3


_VERSION: Final = re.compile(
    r"\b(?:is there|do you have|have you got|does it come (?:in|as)|is it available (?:in|as))\b.{0,30}"
    r"\b(?:version|edition|format|variant|model)\b",
    re.IGNORECASE,
)
_APPLIES: Final = re.compile(
    r"\b(?:appl(?:y|ies)|valid|works? (?:for|on|with)|include[sd]?|counts?|good for)\b", re.IGNORECASE
)


# "How much is in the bottle" asks for no bottles.
_WITHIN: Final = re.compile(r"\b(?:in|inside|on|of) (?:the|this|that|each) \w+", re.IGNORECASE)


def _of_another(message: str, context: Context, kinds: Collection[str]) -> bool:
    """Whether the message names a kind of thing that none of the products shown is."""
    known = {stem for product in context.shown for stem in stems_of(product.name)} | set(stems_of(context.about))
    message = _WITHIN.sub(" ", message)
    for aspect in aspects_of(message):  # "weight?" asks for no weights, "machine washable?" for no machine
        message = aspect.asked.sub(" ", message)
    return any(stem in kinds and stem not in known for stem in stems_of(message))


def chosen_of(message: str, context: Context, told: Told, kinds: Collection[str]) -> Guess | None:
    """Whether it is asked which of the products shown is advised."""
    if not context.shown or not language.CHOOSE.search(message) or told.gift or told.recipient is not None:
        return None
    other = _of_another(message, context, kinds) or any(wish.field in KINDS for wish in told.wishes)
    return None if other or language.GIFT.search(message) else Guess(Intent.COMPARE, 0.9)


def of_promotions(message: str, context: Context) -> Guess | None:
    """More about the offers that were just told: what they apply to."""
    if context.intent != Intent.PROMOTIONS or not _asks(message) or not _APPLIES.search(message):
        return None
    return Guess(Intent.PROMOTIONS, 0.8)
