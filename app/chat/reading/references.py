"""Which products a message points at: "the second one", "the cheaper one", "it", "both", a name seen before. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.chat.context import Context, ShownProduct
from app.chat.reading import language

_NUMBERED: Final = re.compile(
    r"\b(?:the )?(?P<word>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last"
    r"|(?:[1-9]|10)(?:st|nd|rd|th))"
    r"(?: (?:one|two|product|item|option))?\b|\b(?:number|option|no\.?|#) ?(?P<number>[1-9])\b",
    re.IGNORECASE,
)
_ONE_OF: Final = re.compile(r"\b(?:one|of (?:them|these|those))\b", re.IGNORECASE)
_LEAST_SHARED: Final = 2


@dataclass(frozen=True, slots=True)
class Pointed:
    """Products that are meant, in the order in which they were shown. `problem` says why what was pointed at is not
    there, such as the third of two."""

    products: tuple[ShownProduct, ...] = ()
    problem: str = ""


def pointed_at(message: str, context: Context) -> Pointed:
    """What the message points at among the products shown before; nothing where it points at none."""
    shown = context.shown
    numbered = _numbered(message, shown)
    if numbered is not None:
        return numbered
    if not shown:
        return Pointed()
    if named := _named(message, shown):
        return Pointed(named)
    if language.CHEAPER_ONE.search(message) and re.search(
        r"\b(?:one|of (?:them|these|those))\b", message, re.IGNORECASE
    ):
        return Pointed((min(_compared(context), key=lambda product: product.price),))
    if language.DEARER_ONE.search(message) and re.search(
        r"\b(?:one|of (?:them|these|those))\b", message, re.IGNORECASE
    ):
        return Pointed((max(_compared(context), key=lambda product: product.price),))
    if language.THEM.search(message):
        both = re.search(r"\b(?:both|the two)\b", message, re.IGNORECASE)
        return Pointed(shown[:2] if both else shown)
    if language.IT.search(message):
        return Pointed((_focus(context),))
    return Pointed()


def _compared(context: Context) -> Sequence[ShownProduct]:
    """Those that were compared last, else all that were shown."""
    return [product for product in context.shown if product.product_id in context.compared] or context.shown


def chosen(shown: Sequence[ShownProduct], which: str) -> ShownProduct:
    """The cheapest or dearest of the products shown, or the best rated, the first of several."""
    if which == "best":
        return max(shown, key=lambda product: product.rating)
    return (min if which == "cheapest" else max)(shown, key=lambda product: product.price)


def focus_of(context: Context) -> ShownProduct | None:
    """The product that the talk is about."""
    return _focus(context) if context.shown else None


def _focus(context: Context) -> ShownProduct:
    return next((product for product in context.shown if product.product_id == context.focus), context.shown[0])


def _numbered(message: str, shown: Sequence[ShownProduct]) -> Pointed | None:
    places = []
    for found in _NUMBERED.finditer(message):
        word = (found.group("word") or found.group("number")).lower()
        places.append(language.ORDINALS.get(word) or int(re.sub(r"\D", "", word)))
    if re.search(r"\bfirst two\b", message, re.IGNORECASE):
        places = [1, 2]
    if not places:
        return None
    if not shown:
        return Pointed(problem="I have not shown you any products yet.") if _says_one(message) else None
    found_products = []
    for place in places:
        if place > len(shown):
            many = "one product" if len(shown) == 1 else f"{len(shown)} products"
            return Pointed(problem=f"I have shown you {many}, so there is no number {place}.")
        found_products.append(shown[place - 1] if place > 0 else shown[-1])
    return Pointed(tuple(dict.fromkeys(found_products)))


def _says_one(message: str) -> bool:
    return bool(re.search(r"\b(?:one|product|item|option)\b", message, re.IGNORECASE))


def _named(message: str, shown: Sequence[ShownProduct]) -> tuple[ShownProduct, ...]:
    """Products whose names are told apart by words that the message has: all of a short name, or two of its words that
    no other one has."""
    said = set(re.findall(r"[\w-]+", message.lower()))
    found = []
    for product in shown:
        words = [word for word in re.findall(r"[\w-]+", product.name.lower()) if len(word) > 1]
        others = {w for other in shown if other is not product for w in re.findall(r"[\w-]+", other.name.lower())}
        own = [word for word in words if word not in others]
        shared = [word for word in words if word in said]
        if [word for word in own if word in said] and len(shared) >= min(_LEAST_SHARED, len(words)):
            found.append(product)
    return tuple(found)
