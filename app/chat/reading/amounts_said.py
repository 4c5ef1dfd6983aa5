"""How many of what was shown are wanted, said after the list: "make that two of them", "actually four mugs". Pure."""

import re
from collections.abc import Sequence
from typing import Final

from app.chat.context import Context, ShownProduct, Told
from app.chat.reading.intents import Guess, Intent
from app.chat.reading.references import Pointed, focus_of, pointed_at
from app.chat.reading.together import one_of_each
from app.search.understanding.service import things_in

_NUMBERS: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "a pair": 2, "a couple": 2,
}  # fmt: skip
_MOST: Final = 99
_ALONE: Final = 12
"""The largest number that is taken for an amount where nothing beside it says so."""
# What a number before it measures or says the size of, and is no amount of: "12 oz mugs".
_UNITS: Final = (
    r"inch(?:es)?|ft|feet|foot|cm|mm|m|met(?:er|re)s?|kg|kilos?|g|grams?|oz|ounces?|lbs?|pounds?|l|lit(?:er|re)s?|ml|cl"
    r"|gallons?|quarts?|cup|gb|tb|mp|w|watts?|volts?|mah|people|persons?|seat(?:er)?|man|years?|days?|hours?|min(?:ute)?s?"
    r"|weeks?|months?|piece(?! (?:of|please|pls)\b)|pack(?! of\b)|ply|tier"
)
_SAID: Final = re.compile(
    r"^\W*+(?:(?:and|but|ok(?:ay)?|so|no|yes|hm+|well|please|sorry|wait|oh|then)\b\W*+)*"
    r"(?P<way>(?:(?:can|could) you )?make (?:it|that|them|this)|(?:(?:i|we)(?:'d| would|'ll| will)? (?:need"
    r"|want|like|take|have)"
    r"|let'?s (?:say|have|make it|take)|give me|better|rather|actually|instead)\b)?\W*+"
    rf"(?P<many>\d{{1,2}}|{'|'.join(_NUMBERS)})\b(?! ?(?:%|(?:{_UNITS})\b))"
    r"(?P<each>(?: ?x)?(?: pieces?)?(?: of)? ?(?:each|them|those|these|it|that|the same|(?:the |that "
    r"|this )[\w-]+(?: ones?)?)?)?"
    r"(?: (?!please\b|then\b|instead\b|actually\b)(?P<what>[a-z][a-z' -]{1,30}?))?"
    r"(?:,? (?:please|pls|then|instead|actually|rather|of course))*\W*$",
    re.IGNORECASE,
)


def amounts_said(message: str, context: Context) -> tuple[Guess, Told, Pointed] | None:
    """How many of what was shown are wanted, with the products meant; None where a message says no amount."""
    found = _SAID.match(message)
    if found is None or not context.shown:
        return None
    named = re.search(r"\b(?:the|that|this) .*", found["each"] or "", re.IGNORECASE)
    pointed = pointed_at(named.group(), context) if named else Pointed()
    if pointed.problem:
        return None
    many = _NUMBERS.get(found["many"].lower()) or int(found["many"])
    what, each = found["what"] or "", (found["each"] or "").strip()
    plain = not what and not each
    if not 0 < many <= _MOST or (plain and not _alone(many, found["way"] or "", context)):
        return None
    parts = things_in(context.about) if " and " in context.about else []
    heads = {thing.head for thing in things_in(what)}
    if what and (not heads or not heads <= _heads(context)):
        return None
    if len(parts) > 1 and len(pointed.products) != 1:
        return _of_several(many, [part.head for part in parts], heads, context, every="each" in each)
    products = pointed.products[:1] or tuple(one for one in [focus_of(context)] if one is not None)
    return Guess(Intent.PRICE, 0.85), Told(amounts=(many,)), Pointed(products)


def _alone(many: int, way: str, context: Context) -> bool:
    """Whether a number by itself is an amount, and no size or price."""
    if context.amounts:
        return True
    return way.lower().startswith(("make", "can", "could")) and many <= _ALONE and context.budget is None


def _heads(context: Context) -> set[str]:
    """Words for what was looked for."""
    return {thing.head for thing in things_in(context.about)}


def _of_several(
    many: int, parts: Sequence[str], heads: set[str], context: Context, *, every: bool
) -> tuple[Guess, Told, Pointed] | None:
    """So many of one of the things that were looked for together, or of each."""
    before = context.amounts if len(context.amounts) == len(parts) else (1,) * len(parts)
    named = [part in heads for part in parts]
    if not any(named):  # "actually four": of what several were wanted of
        named = [every or count > 1 for count in before]
    if sum(named) != 1 and not every:
        return None
    amounts = tuple(many if one else count for one, count in zip(named, before, strict=True))
    products: tuple[ShownProduct, ...] = tuple(one_of_each(context))
    if len(products) != len(amounts):
        return None
    return Guess(Intent.PRICE, 0.85), Told(amounts=amounts), Pointed(products)
