"""What may be done with an order, as data with a version, and the decisions that follow from it. Pure.

A decision is None (it may be done) or a Refusal that says why not in a sentence.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shop.customers.document import Customer, PaymentMethod, PaymentType
from shop.inventory.stock import StockItem
from shop.orders.document import Order, OrderStatus, PaymentKind

DEFAULT: Final = Path(__file__).parent / "policies" / "default.yaml"

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


class PolicyError(Exception):
    """A policy file that cannot be used; the message names the file and the key."""


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StatusRule(_Rule):
    """`statuses`: in which of them it may be done. `after_items_changed`: even when items were changed before."""

    statuses: list[OrderStatus] = Field(min_length=1)
    after_items_changed: bool = False


class CancelRule(StatusRule):
    """`reasons`: those that are accepted; empty: any. `within_hours` of the order; None: no limit."""

    reasons: list[str] = []
    within_hours: Annotated[float, Field(gt=0)] | None = None


class ReturnRule(_Rule):
    """`within_days` of the delivery; None: no limit. `refund_to`: where the money may go. `final_sale`: items and
    products that are not taken back."""

    statuses: list[OrderStatus] = Field(min_length=1)
    within_days: Annotated[int, Field(gt=0)] | None = None
    refund_to: list[Literal["original", "gift_card", "any"]] = Field(["original"], min_length=1)
    final_sale: list[str] = []


class ExchangeRule(_Rule):
    """As of a return; what is given for it is of the same product, and there."""

    statuses: list[OrderStatus] = Field(min_length=1)
    within_days: Annotated[int, Field(gt=0)] | None = None
    final_sale: list[str] = []


class RefundRule(_Rule):
    """When money is back: at once for these types, else within so many business days."""

    at_once: list[PaymentType] = [PaymentType.GIFT_CARD]
    days: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]] = (5, 7)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something may not be done: a stable `code`, and a sentence for the customer."""

    code: str
    message: str


class Policy(_Rule):
    """The rules of a shop."""

    id: Annotated[str, Field(min_length=1, max_length=100)]
    version: Annotated[int, Field(ge=1)]
    cancel: CancelRule
    change_address: StatusRule
    change_payment: StatusRule
    change_items: StatusRule
    return_: ReturnRule = Field(alias="return")
    exchange: ExchangeRule
    refund: RefundRule = RefundRule()

    @property
    def name(self) -> str:
        """How the policy is kept with what it allowed."""
        return f"{self.id}@{self.version}"

    def may_cancel(self, order: Order, reason: str, now: datetime) -> Refusal | None:
        rule = self.cancel
        if refused := _status(order, rule.statuses, "cancelled") or _changed(order, rule, "cancelled"):
            return refused
        if rule.reasons and reason not in rule.reasons:
            return Refusal("reason", f"An order can be cancelled when it is {' or '.join(rule.reasons)}.")
        hours = rule.within_hours
        if hours is not None and order.placed_at is not None and now - order.placed_at > timedelta(hours=hours):
            return Refusal("too_late", f"An order can be cancelled within {hours:g} hours; that time is over.")
        return None

    def may_change_address(self, order: Order) -> Refusal | None:
        rule = self.change_address
        what = "sent to another address"
        return _status(order, rule.statuses, what) or _changed(order, rule, what)

    def may_change_payment(self, order: Order, method: PaymentMethod | None) -> Refusal | None:
        rule = self.change_payment
        what = "paid in another way"
        if refused := _status(order, rule.statuses, what) or _changed(order, rule, what):
            return refused
        paid = [payment for payment in order.payments if payment.kind is PaymentKind.PAYMENT]
        if len(paid) != 1 or len(order.payments) != 1:
            return Refusal("paid_twice", "The payment of this order has been changed before.")
        if method is None:
            return _NO_METHOD
        if method.method_id == paid[0].method_id:
            return Refusal("same_method", "The order is paid that way already.")
        return covered(method, paid[0].amount)

    def may_return(
        self, order: Order, item_ids: Sequence[str], method: PaymentMethod | None, now: datetime
    ) -> Refusal | None:
        rule = self.return_
        refused = (
            _status(order, rule.statuses, "returned")
            or _window(order, rule.within_days, now, "returned")
            or _pieces(order, item_ids)
            or _final(order, item_ids, rule.final_sale)
        )
        if refused:
            return refused
        return _NO_METHOD if method is None else self._refundable(order, method)

    def may_be_returned(self, order: Order, now: datetime) -> Refusal | None:
        """Whether anything of the order can be returned at all."""
        rule = self.return_
        return _status(order, rule.statuses, "returned") or _window(order, rule.within_days, now, "returned")

    def may_exchange(
        self,
        order: Order,
        pairs: Sequence[tuple[str, StockItem | None]],
        method: PaymentMethod | None,
        now: datetime,
    ) -> Refusal | None:
        """`pairs`: what goes with what comes for it, None where there is no such thing."""
        rule = self.exchange
        item_ids = [item_id for item_id, _ in pairs]
        return (
            _status(order, rule.statuses, "exchanged")
            or _window(order, rule.within_days, now, "exchanged")
            or _pieces(order, item_ids)
            or _final(order, item_ids, rule.final_sale)
            or _swapped(order, pairs)
            or _paid(order, pairs, method)
        )

    def may_change_items(
        self, order: Order, pairs: Sequence[tuple[str, StockItem | None]], method: PaymentMethod | None
    ) -> Refusal | None:
        """As `may_exchange`, of an order that has not been sent yet; once an order."""
        rule = self.change_items
        return (
            _status(order, rule.statuses, "changed")
            or _changed(order, rule, "changed")
            or _pieces(order, [item_id for item_id, _ in pairs])
            or _swapped(order, pairs)
            or _paid(order, pairs, method)
        )

    def back_in(self, method: PaymentMethod | None) -> str:
        """When a refund to this method is there, in words."""
        if method is not None and method.type in self.refund.at_once:
            return "at once"
        low, high = self.refund.days
        return f"within {low} to {high} business days" if low != high else f"within {high} business days"

    def _refundable(self, order: Order, method: PaymentMethod) -> Refusal | None:
        allowed = self.return_.refund_to
        original = original_method(order)
        if "any" in allowed or ("original" in allowed and method.method_id == original):
            return None
        if "gift_card" in allowed and method.type is PaymentType.GIFT_CARD:
            return None
        ways = {"original": "the way the order was paid", "gift_card": "a gift card of yours"}
        return Refusal("refund_to", f"The refund can go to {' or '.join(ways[one] for one in allowed)}.")


def read_policy(path: Path | None = None) -> Policy:
    """The policy of a file, or the one that comes with the product. Raises PolicyError."""
    path = path or DEFAULT
    try:
        return Policy.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise PolicyError(f"The policy file {path} cannot be read: {error}") from error
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors())
        raise PolicyError(f"The policy file {path} is wrong: {told}") from error


def original_method(order: Order) -> str | None:
    """The id of what the order was first paid with."""
    return order.payments[0].method_id if order.payments else None


def difference(order: Order, pairs: Sequence[tuple[str, StockItem]]) -> Decimal:
    """What the new things cost more than the old ones; negative: less."""
    prices = {item.item_id: item.price for item in order.items}
    return sum((new.price - prices[old] for old, new in pairs), Decimal(0))


def covered(method: PaymentMethod, amount: Decimal) -> Refusal | None:
    """Whether a gift card has enough on it; other ways to pay are asked for the money later."""
    if method.type is PaymentType.GIFT_CARD and (method.balance or Decimal(0)) < amount:
        return Refusal("balance", f"There is not enough on the gift card: {method.balance or 0} of {amount}.")
    return None


_NO_METHOD: Final = Refusal("no_method", "That is not one of the payment methods of your account.")


def _status(order: Order, allowed: Sequence[OrderStatus], what: str) -> Refusal | None:
    if order.status in allowed:
        return None
    return Refusal("status", f"Order {order.order_id} {_NOW[order.status]}, so it cannot be {what}.")


def _changed(order: Order, rule: StatusRule, what: str) -> Refusal | None:
    if not order.items_changed or rule.after_items_changed:
        return None
    return Refusal("items_changed", f"The items of order {order.order_id} were changed, so it cannot be {what} now.")


def _window(order: Order, days: int | None, now: datetime, what: str) -> Refusal | None:
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


def _pieces(order: Order, item_ids: Sequence[str]) -> Refusal | None:
    if not item_ids:
        return Refusal("no_items", "Say which items you mean.")
    there = Counter(item.item_id for item in order.items)
    if any(count > there[item_id] for item_id, count in Counter(item_ids).items()):
        return Refusal("not_in_order", f"That is not among the items of order {order.order_id}.")
    return None


def _final(order: Order, item_ids: Sequence[str], final_sale: Sequence[str]) -> Refusal | None:
    for item in order.items:
        if item.item_id in item_ids and (item.item_id in final_sale or item.product_id in final_sale):
            return Refusal("final_sale", f"{item.name} was a final sale and is not taken back.")
    return None


def _swapped(order: Order, pairs: Sequence[tuple[str, StockItem | None]]) -> Refusal | None:
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


def _paid(order: Order, pairs: Sequence[tuple[str, StockItem | None]], method: PaymentMethod | None) -> Refusal | None:
    if method is None:
        return _NO_METHOD
    known = [(old, new) for old, new in pairs if new is not None]
    return covered(method, difference(order, known))


def method_of(customer: Customer | None, method_id: str | None) -> PaymentMethod | None:
    """A payment method of this customer; nobody else's."""
    return customer.method(method_id) if customer is not None and method_id else None
