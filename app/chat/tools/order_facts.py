"""What is asked of an order beside where it is: who brings it, to which address, what was paid and how. Pure."""

from collections.abc import Callable, Mapping
from typing import Final

from app.chat.reading.order_questions import facts_asked
from app.chat.tools.order_records import day, method_words, names
from app.chat.wording import listed, money
from shop.customers.document import Customer
from shop.orders.document import Order
from shop.orders.policy import method_of, original_method


def facts_told(order: Order, customer: Customer | None, message: str) -> list[str]:
    """A sentence for each thing that is asked of an order; that the record does not tell it, where it does not."""
    return [_TOLD[fact](order, customer) for fact in facts_asked(message)]


def _carrier(order: Order, _: Customer | None) -> str:
    carriers = list(dict.fromkeys(sent.carrier for sent in order.shipments if sent.carrier))
    if carriers:
        return f"It is carried by {listed(carriers)}."
    return "The order does not tell who carries it." if order.shipments else "It has not been given to a carrier yet."


def _address(order: Order, _: Customer | None) -> str:
    return f"It goes to {order.address.in_words()}." if order.address else "The order does not tell its address."


def _paid(order: Order, customer: Customer | None) -> str:
    method = method_words(method_of(customer, original_method(order)))
    return f"It costs {money(order.total, order.currency)}, paid with {method}."


def _placed(order: Order, _: Customer | None) -> str:
    return f"It was ordered on {day(order.placed_at)}." if order.placed_at else "The order does not tell its date."


def _tracking(order: Order, _: Customer | None) -> str:
    numbers = [number for sent in order.shipments for number in sent.tracking_ids]
    if numbers:
        return f"The tracking number is {listed(numbers)}."
    return "There is no tracking number yet: it comes when the parcel has left us."


def _items(order: Order, _: Customer | None) -> str:
    return f"In it: {names(order.items)}."


_TOLD: Final[Mapping[str, Callable[[Order, Customer | None], str]]] = {
    "carrier": _carrier,
    "address": _address,
    "paid": _paid,
    "placed": _placed,
    "tracking": _tracking,
    "items": _items,
}
