"""What must hold of an order for something to be done with it, one condition each. Pure.

A condition is None (it holds) or a Refusal that says why not in a sentence.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from shop.customers.document import PaymentMethod, PaymentType
from shop.inventory.stock import StockItem
from shop.orders.document import Order, OrderStatus

_NOW: Final[Mapping[OrderStatus, str]] = {
    OrderStatus.PENDING: "has not been packed yet",
    OrderStatus.PROCESSED: "is being packed already",
    OrderStatus.SHIPPED: "is on its way already",
    OrderStatus.DELIVERED: "has been delivered already",
    OrderStatus.CANCELLED: "has been cancelled",
    OrderStatus.RETURN_REQUESTED: "has a return under way",
    OrderStatus.RETURNED: "has been returned",
    OrderStatus.EXCHANGE_REQUESTED: "has an exchange under way",
    OrderStatus.EXCHANGED: "has been exchanged",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something may not be done: a stable `code`, and a sentence for the customer."""

    code: str
    message: str


def difference(order: Order, pairs: Sequence[tuple[str, StockItem]]) -> Decimal:
    """What the new things cost more than the old ones; negative: less."""
    prices = {item.item_id: item.price for item in order.items}
    return sum((new.price - prices[old] for old, new in pairs), Decimal(0))


def covered(method: PaymentMethod, amount: Decimal) -> Refusal | None:
    """Whether a gift card has enough on it; other ways to pay are asked for the money later."""
    if method.type is PaymentType.GIFT_CARD and (method.balance or Decimal(0)) < amount:
        return Refusal("balance", f"There is not enough on the gift card: {method.balance or 0} of {amount}.")
    return None


NO_METHOD: Final = Refusal("no_method", "That is not one of the payment methods of your account.")


def in_status(order: Order, allowed: Sequence[OrderStatus], what: str) -> Refusal | None:
    """Whether the order is in one of these statuses. `what`: what cannot be done else, as "returned"."""
    if order.status in allowed:
        return None
    return Refusal("status", f"Order {order.order_id} {_NOW[order.status]}, so it cannot be {what}.")


def unchanged(order: Order, anyway: bool, what: str) -> Refusal | None:
    """Whether its items are those that were ordered; `anyway`: they need not be."""
    if not order.items_changed or anyway:
        return None
    return Refusal("items_changed", f"The items of order {order.order_id} were changed, so it cannot be {what} now.")


def in_time(order: Order, days: int | None, now: datetime, what: str) -> Refusal | None:
    """Whether no more than `days` have gone by since it was delivered; None: no limit."""
    if days is None:
        return None
    if order.delivered_at is None:
        return Refusal("unknown_delivery", f"I do not know when order {order.order_id} was delivered; a person has to "
                       f"decide whether it can be {what}.")  # fmt: skip
    end = order.delivered_at + timedelta(days=days)
    if now <= end:
        return None
    return Refusal(
        "too_late",
        f"Order {order.order_id} could be {what} until {end:%d %B %Y}, {days} days after its delivery.",
    )


def among_its_items(order: Order, item_ids: Sequence[str]) -> Refusal | None:
    """Whether these items, and as many of each, are in the order."""
    if not item_ids:
        return Refusal("no_items", "Say which items you mean.")
    there = Counter(item.item_id for item in order.items)
    if any(count > there[item_id] for item_id, count in Counter(item_ids).items()):
        return Refusal("not_in_order", f"That is not among the items of order {order.order_id}.")
    return None


def taken_back(order: Order, item_ids: Sequence[str], final_sale: Sequence[str]) -> Refusal | None:
    """Whether none of the items is a final sale."""
    for item in order.items:
        if item.item_id in item_ids and (item.item_id in final_sale or item.product_id in final_sale):
            return Refusal("final_sale", f"{item.name} was a final sale and is not taken back.")
    return None


def swappable(order: Order, pairs: Sequence[tuple[str, StockItem | None]]) -> Refusal | None:
    """Whether each new thing is another variant of the old one's product, there, and in the order's currency."""
    items = {item.item_id: item for item in order.items}
    for old, new in pairs:
        item = items[old]
        if new is None or new.product_id != item.product_id:
            return Refusal("other_product", f"{item.name} can be exchanged for another variant of the same product.")
        if new.item_id == old:
            return Refusal("same_item", f"That is the {item.name} that you have; choose another variant.")
        if not new.available:
            return Refusal("not_available", f"That variant of {item.name} is not available now.")
        if new.currency != order.currency:
            return Refusal("currency", f"That variant of {item.name} is sold in another currency.")
    return None


def payable(
    order: Order, pairs: Sequence[tuple[str, StockItem | None]], method: PaymentMethod | None
) -> Refusal | None:
    """Whether the method is the customer's and has enough for the difference."""
    if method is None:
        return NO_METHOD
    known = [(old, new) for old, new in pairs if new is not None]
    return covered(method, difference(order, known))
