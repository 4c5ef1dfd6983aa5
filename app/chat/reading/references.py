"""Which products a message points at: "the second one", "the cheaper one", "it", "both", a name seen before. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.chat.context import Context, ShownProduct
from app.chat.reading import language
from app.chat.reading.recalling import called_so, said_of, unlike
from app.search.understanding.service import is_called, stems_of, things_in

_NUMBERED: Final = re.compile(
    r"\b(?:the )?(?P<word>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
    r"|(?:(?<=the )|(?<=this )|(?<=that ))last|last(?= (?:one|two|product|item|option)\b)|(?:[1-9]|10)(?:st|nd"
    r"|rd|th))"
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
        return _one_of(message, numbered)
    if not shown:
        return Pointed()
    if named := _named(message, shown) or said_of(message, shown):
        return Pointed(named)
    if _OTHER.search(message) and (len(shown) == 1 or _the_other(context)):
        return Pointed(_the_other(context), "" if len(shown) > 1 else _NO_OTHER)
    if of_kind := _of_kind(message, shown):
        return Pointed(of_kind)
    if problem := _not_shown(message, context):
        return Pointed(problem=problem)
    if of_two := _by_price(message, context):
        return Pointed(of_two)
    if language.THEM.search(message):
        both = re.search(r"\b(?:both|the two)\b", message, re.IGNORECASE)
        return Pointed(shown[:2] if both else shown)
    if language.IT.search(_THAT.sub(" ", language.IT_IS_SOMEBODY.sub(" ", message))):
        return Pointed((_focus(context),))
    return Pointed()


_THE: Final = re.compile(
    r"(?:^|\b(?:and|ok|of|are|is|do|does|did|about|will|would|can|could|should|has|have|for|with|was|were|but"
    r"|so)\s+)\W*"
    r"(?:the|which|those|these)\s+(?P<what>[\w-]+(?: [\w-]+){0,2})",
    re.IGNORECASE,
)


# "a tent that fits all of us" points at nothing.
_THAT: Final = re.compile(
    r"\b(?:an?|some|any|two|three|four|five|six|\d+|something|anything|one"
    r"|ones) (?:[\w-]+ ){0,3}that\b",
    re.IGNORECASE,
)


def _not_shown(message: str, context: Context) -> str:
    """That "the rug" is none of the products shown, though it was looked for."""
    found = _THE.search(message)
    for thing in things_in(found["what"]) if found else ():
        shown = any(is_called(thing, product.name) for product in context.shown)
        if not shown and thing.head in stems_of(context.about) and " and " in context.about:
            return f"I have not shown you any “{thing.words}”."
    missing = unlike(message, context.shown)
    told = "None of those that I have shown you is “{}”, as far as the shop's data tells."
    return told.format(missing) if missing else ""


def _of_kind(message: str, shown: Sequence[ShownProduct]) -> tuple[ShownProduct, ...]:
    """Those of the products that are "the headphones", where some are and others are not."""
    found = _THE.search(message)
    words = found["what"].split() if found else []
    # "the tent survive" is the tent.
    for end in range(len(words), 0, -1):
        for thing in things_in(" ".join(words[:end]))[:1]:
            kept = tuple(called_so([f"={thing.words}"], shown))
            if kept:
                return kept if len(kept) < len(shown) else ()
    return ()


_NO_OTHER: Final = "I have shown you one product, so there is no other one."


def _by_price(message: str, context: Context) -> tuple[ShownProduct, ...]:
    """The cheaper or the dearer one, where that is what the message calls it."""
    if not re.search(r"\b(?:one|of (?:them|these|those|the two))\b", message, re.IGNORECASE):
        return ()
    if language.CHEAPER_ONE.search(message):
        return (min(_compared(context, message), key=lambda product: product.price),)
    if language.DEARER_ONE.search(message):
        return (max(_compared(context, message), key=lambda product: product.price),)
    return ()


def _compared(context: Context, message: str = "") -> Sequence[ShownProduct]:
    """Those that were compared last, else all that were shown, the first two where two are spoken of."""
    before = [product for product in context.shown if product.product_id in context.compared]
    return before or (context.shown[:2] if _TWO.search(message) else context.shown)


_TWO: Final = re.compile(r"\b(?:the|those|these) two\b|\bof (?:the |those |these )?two\b", re.IGNORECASE)
_OTHER: Final = re.compile(r"\bthe other(?: one)?\b(?! (?:day|side|way|hand|colou?rs?|sizes?))", re.IGNORECASE)


def _one_of(message: str, numbered: Pointed) -> Pointed:
    """Of several that are numbered the one that is meant: "the cheaper of the first two"."""
    if len(numbered.products) > 1 and re.search(r"\bof (?:the )?(?:first|last)\b", message, re.IGNORECASE):
        if language.CHEAPER_ONE.search(message):
            return Pointed((min(numbered.products, key=lambda product: product.price),))
        if language.DEARER_ONE.search(message):
            return Pointed((max(numbered.products, key=lambda product: product.price),))
    return numbered


def _the_other(context: Context) -> tuple[ShownProduct, ...]:
    """The one of two that is not talked of: of those compared, else of the first two shown."""
    two = [product for product in context.shown if product.product_id in context.compared] or list(context.shown[:2])
    if len(two) != 2:
        return ()
    focus = context.focus if context.focus in {product.product_id for product in two} else two[0].product_id
    return tuple(product for product in two if product.product_id != focus)


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
        told = [word for word in own if word in said] and len(shared) >= min(_LEAST_SHARED, len(words))
        if told and not _names_the_kind(message, product, shared):
            found.append(product)
    return tuple(found)


_POINTS: Final = re.compile(r"\b(?:the|that|this|those|these|your|about|of)\b|\?", re.IGNORECASE)


def _names_the_kind(message: str, product: ShownProduct, shared: Sequence[str]) -> bool:
    """Whether the words of its name that a message has only say what kind of thing is wanted: "running shoes"."""
    if _POINTS.search(message):
        return False
    for thing in things_in(message)[:1]:
        words = set(re.findall(r"[\w-]+", thing.words.lower()))
        if set(shared) <= words and is_called(thing, product.name):
            return True
    return False
