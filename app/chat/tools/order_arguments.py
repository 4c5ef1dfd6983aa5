"""What tools about orders are called with, and which items of an order a customer's words mean. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from app.chat.tools.tool import Arguments
from shop.inventory.stock import StockItem, told_by
from shop.orders.document import Address, Order, OrderItem
from shop.products.values import attribute_name
from shop.rules.words import STOP_WORDS, forms

Number = Annotated[str, StringConstraints(max_length=200)]
ItemId = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Said = Annotated[str, StringConstraints(max_length=2000)]
_ALL: Final = frozenset({"all", "everything", "both", "whole", "entire"})
_ALL_OF: Final = ("whole order", "entire order", "all of", "everything", "all items", "both")


class OrderArguments(Arguments):
    """`order_id` None: the customer's latest orders; `said`: the customer's own words, which may name one of them by
    its items or by what became of it."""

    order_id: Number | None = None
    said: Said = ""
    beside: bool = False


class ItemsArguments(Arguments):
    """`item_ids`: those of the order; or `said`: the customer's own words, from which they are read."""

    order_id: Number | None = None
    item_ids: list[ItemId] = Field([], max_length=100)
    said: Said = ""


class ReturnArguments(ItemsArguments):
    """`method_id`: where the refund goes; None: the way the order was paid."""

    method_id: Number | None = None


class ExchangeArguments(ReturnArguments):
    """`new_item_ids`: what is wanted for each of `item_ids`, in their order; or read from `said`."""

    new_item_ids: list[ItemId] = Field([], max_length=100)


class CancelArguments(OrderArguments):
    reason: Annotated[str, StringConstraints(max_length=200)] = ""


class AddressArguments(OrderArguments):
    """`order_id` None, and no order named in `said`: the account's own address."""

    address: Address | None = None


class PaymentArguments(Arguments):
    """`method_id` None: read from `said`, the customer's own words."""

    order_id: Number | None = None
    method_id: Number | None = None
    said: Said = ""


def items_meant(order: Order, item_ids: Sequence[str], said: str) -> list[str]:
    """Ids of the items that are meant, without those that the words leave out; empty where it takes a question to
    know."""
    if item_ids:
        return list(item_ids)
    if len(order.items) == 1:
        return [order.items[0].item_id]
    wanted, unwanted = _parted(order, said)
    return _without(order, _named(order, wanted), unwanted)


def is_part(order: Order, said: str) -> bool:
    """Whether words leave some item of an order out: "all but the mug"."""
    return len(order.items) > 1 and bool(_spoken_of(order, _parted(order, said)[1]))


def names_item(order: Order, said: str) -> bool:
    """Whether words name an item of an order, be it not which of two variants."""
    return bool(_spoken_of(order, said))


def _named(order: Order, said: str) -> list[str]:
    """Ids of the items that words name, or all of them; empty where they name none, and not which of two variants."""
    lowered = said.lower()
    named_some = any(set(forms(said)) & name_of(item) for item in order.items)
    # "Both mugs" leaves the shirt out.
    lowered = _NOT_ALL.sub(" ", lowered) if named_some else lowered
    if any(words in lowered for words in _ALL_OF if words != "both" or not named_some):
        return [item.item_id for item in order.items]
    meant = _spoken_of(order, said)
    return [] if _either(meant, said) else [item.item_id for item in meant]


def _spoken_of(order: Order, said: str) -> list[OrderItem]:
    """The items that words name best, those of one product that they do not tell apart among them."""
    wanted = set(forms(said)) - STOP_WORDS - _ALL
    scores = [len(wanted & told_of(item)) if wanted & name_of(item) else 0 for item in order.items]
    if not any(scores):
        # "The blue one": by what tells the items apart, where no name is said.
        scores = [len(wanted & _values_of(item)) for item in order.items]
    named = [(item, score) for item, score in zip(order.items, scores, strict=True) if score]
    # Of two variants of one product, those words decide that only one of them has.
    best = {
        item.product_id: max(score for other, score in named if other.product_id == item.product_id)
        for item, _ in named
    }
    return [item for item, score in named if score == best[item.product_id]]


def _without(order: Order, item_ids: Sequence[str], unwanted: str) -> list[str]:
    """Items without those that the words leave out; empty where it is not said which variant that is."""
    out = _spoken_of(order, unwanted)
    if _either(out, unwanted):
        return []
    left = [item_id for item_id in item_ids if item_id not in {item.item_id for item in out}]
    by_name = any(set(forms(unwanted)) & name_of(item) for item in out)
    # "The mug for a blue one, not the red": what the new one shall not be leaves no item out.
    return left if left or by_name else list(item_ids)


def _either(items: Sequence[OrderItem], said: str) -> bool:
    """Whether one of several variants is meant, and not said which: "the mug" of a red and a blue one."""
    one_family = len({item.product_id for item in items}) == 1 and len({item.item_id for item in items}) > 1
    words = re.findall(r"[a-z]+", said.lower())
    names = set().union(*(name_of(item) for item in items)) if items else set()
    plural = any(word.endswith("s") and set(forms(word)) & names for word in words) or bool(
        {"both", "all"} & set(words)
    )
    return one_family and not plural


_MORE_OF_THEM: Final = re.compile(r"\b(?:also|too|as well|and|plus|add|another)\b", re.IGNORECASE)
_ONLY: Final = re.compile(r"\b(?:only|just)\b", re.IGNORECASE)
# "I cannot keep the mug" is no wish to keep it.
_GIVES_UP: Final = re.compile(
    r"(?:\bnot|n['\u2019]?t|\bcannot|\bdont)\s+(?:(?:want|wish|like|need|going)\s+to\s+)?keep\b", re.IGNORECASE
)
# Where words begin to leave out: up to the end of the sentence, or (`no`) to the next comma; and where they end to.
_TURNS: Final = re.compile(
    r"(?P<out>\b(?:except|excluding|apart from|other than|without|keep|leave|remove)\b"
    r"|(?:(?<=everything )|(?<=all )|(?<=them )|(?<=items )|(?<=order ))but\b)"
    r"|(?P<no>\bnot(?=\s+(?:the|my|that|this|those|these|everything|all|both)\b|\s+\w+\s*(?:,|\W?$))"
    r"(?!\s+the (?:right|correct|same|one|best)\b)"
    r"(?![^,.;!?]{0,60}\b(?:i|we) (?:had )?(?:ordered|wanted|asked|paid|expected|bought)\b)"
    r"|\b(?:don['\u2019]?t|do not) (?:return|send|give|exchange|swap|refund|cancel)\b)"
    r"|(?P<on>[.;!?]|\b(?:but|just|only|return|send|give|exchange|swap|refund|cancel)\b)|(?P<comma>,)",
    re.IGNORECASE,
)


# "The mug is ok" leaves it out.
_FINE: Final = re.compile(
    r"(?:^|[.,;!?]|\b(?:and|but))\s*(?P<what>the [^.,;!?]{2,40}? (?:is|are|was|were|seems?"
    r"|looks?) (?:all )?(?:ok(?:ay)?|fine|good"
    r"|alright|perfect|great|undamaged|not broken|intact))\b(?:(?!\bbut\b)[^.,;!?])*",
    re.IGNORECASE,
)
# "The clock is fine but I want to return it", "looks great but does not work".
_ALL_THE_SAME: Final = re.compile(
    r"\b(?:return|send|give|bring|exchange|swap|refund)(?:ing)? (?:it|this|that)\b"
    r"|^\W*but (?:it |they )?(?:does|do|did|is|are|was|has|will|can|wo|ca)(?:n['\u2019]?t|not)?\b",
    re.IGNORECASE,
)
# "It leaked over everything in the box."
_NOT_ALL: Final = re.compile(
    r"\b(?:over|into|on|ruined|soaked|stained) everything\b|\beverything (?:in|inside|around)\b"
)


def _parted(order: Order, said: str) -> tuple[str, str]:
    """Words in two: those of what is wanted, and those of what is left out ("all but the mug", "not the lamp"). What is
    fine is left out, unless it is named again, or goes back all the same."""
    said = _GIVES_UP.sub(" ", said)
    beside = _FINE.sub(" ", said)
    again = {item.item_id for item in _spoken_of(order, beside)}

    def without(found: re.Match[str]) -> str:
        fine = {item.item_id for item in _spoken_of(order, found["what"])}
        wanted = fine & again if again else _ALL_THE_SAME.search(beside)
        return found[0] if wanted else f", not {found['what']}, "

    said = _FINE.sub(without, said)
    parts: dict[bool, list[str]] = {False: [], True: []}
    start, state = 0, ""
    for turn in _TURNS.finditer(said):
        parts[state in ("out", "no")].append(said[start : turn.start()])
        start = turn.end()
        kind = turn.lastgroup or ""
        if kind != "comma":
            state = kind
        elif state == "no":
            state = ""
    parts[state in ("out", "no")].append(said[start:])
    return ", ".join(parts[False]), ", ".join(parts[True])


def items_changed(order: Order, before: Sequence[str], said: str) -> list[str]:
    """The items that are meant after more was said of them: one more ("also the mug"), one less ("keep the mug"), else
    those that are named. Empty where it takes a question to know."""
    if len(order.items) == 1:
        return list(before)
    wanted, unwanted = _parted(order, said)
    named = _named(order, wanted)
    if not named and _spoken_of(order, wanted):
        return []
    if named and _MORE_OF_THEM.search(said) and not _ONLY.search(said):
        named = [*before, *(item_id for item_id in named if item_id not in before)]
    return _without(order, named or before, unwanted)


def variant_meant(
    item: OrderItem, variants: Sequence[StockItem], said: str, kept: Collection[str] = ()
) -> list[StockItem]:
    """Variants that the words may mean, best first: those that have most of them in options that differ from the
    item's own, then most of `kept`, what was said before, and with as few other changes as can be. More than one: it
    takes a question."""
    wanted = set(forms(said)) - STOP_WORDS
    earlier = {form for value in kept for form in forms(value)} - wanted
    ranked: list[tuple[tuple[int, int, int], StockItem]] = []
    for variant in variants:
        if variant.item_id == item.item_id or not variant.available:
            continue
        new = differences(item, variant.options)
        hits = sum(1 for value in new.values() if set(forms(value)) & wanted)
        same = sum(1 for value in variant.options.values() if set(forms(value)) & earlier)
        ranked.append(((hits, same, -len(new)), variant))
    if not ranked:
        return []
    top = max(score for score, _ in ranked)
    if top[0] == 0:
        return [variant for _, variant in ranked]
    return [variant for score, variant in ranked if score == top]


def differences(item: OrderItem, options: Mapping[str, str]) -> dict[str, str]:
    """The options of a variant that are not those of the item, among the names that the item has; all names of an item
    that tells none."""
    own = {attribute_name(name): value for name, value in item.options.items()}
    told = told_by(options, item.options)
    return {name: value for name, value in told.items() if own.get(attribute_name(name)) != value}


def name_of(item: OrderItem) -> set[str]:
    """The word forms of an item's name, without those of its colour, size and so on: "blue" names nothing."""
    written = f"{item.name} {item.name.replace('-', '')}"  # a T-Shirt is a tshirt
    # Nor do "0.38 L" and the M of a shirt.
    return {form for form in forms(written) if len(form) > 1 and not form[0].isdigit()} - STOP_WORDS - _values_of(item)


def told_of(item: OrderItem) -> set[str]:
    """The word forms of an item's name and options."""
    return name_of(item) | _values_of(item)


def _values_of(item: OrderItem) -> set[str]:
    return {form for value in item.options.values() for form in forms(value)}
