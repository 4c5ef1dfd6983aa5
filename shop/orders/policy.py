"""What may be done with an order, as data with a version, and the decisions that follow from it. Pure.

A decision is None (it may be done) or a Refusal that says why not in a sentence.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shop.customers.document import Customer, PaymentMethod, PaymentType
from shop.inventory.stock import StockItem
from shop.orders.conditions import (
    NO_METHOD,
    Refusal,
    among_its_items,
    covered,
    in_status,
    in_time,
    payable,
    swappable,
    taken_back,
    unchanged,
)
from shop.orders.document import Order, OrderStatus, PaymentKind

DEFAULT: Final = Path(__file__).parent / "policies" / "default.yaml"


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
        rule, what = self.cancel, "cancelled"
        if refused := in_status(order, rule.statuses, what) or unchanged(order, rule.after_items_changed, what):
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
        return in_status(order, rule.statuses, what) or unchanged(order, rule.after_items_changed, what)

    def may_change_payment(self, order: Order, method: PaymentMethod | None) -> Refusal | None:
        rule = self.change_payment
        what = "paid in another way"
        if refused := in_status(order, rule.statuses, what) or unchanged(order, rule.after_items_changed, what):
            return refused
        paid = [payment for payment in order.payments if payment.kind is PaymentKind.PAYMENT]
        if len(paid) != 1 or len(order.payments) != 1:
            return Refusal("paid_twice", "The payment of this order has been changed before.")
        if method is None:
            return NO_METHOD
        if method.method_id == paid[0].method_id:
            return Refusal("same_method", "The order is paid that way already.")
        return covered(method, paid[0].amount)

    def may_return(
        self, order: Order, item_ids: Sequence[str], method: PaymentMethod | None, now: datetime
    ) -> Refusal | None:
        rule = self.return_
        refused = (
            in_status(order, rule.statuses, "returned")
            or in_time(order, rule.within_days, now, "returned")
            or among_its_items(order, item_ids)
            or taken_back(order, item_ids, rule.final_sale)
        )
        if refused:
            return refused
        return NO_METHOD if method is None else self._refundable(order, method)

    def may_be_returned(self, order: Order, now: datetime) -> Refusal | None:
        """Whether anything of the order can be returned at all."""
        rule = self.return_
        return in_status(order, rule.statuses, "returned") or in_time(order, rule.within_days, now, "returned")

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
            in_status(order, rule.statuses, "exchanged")
            or in_time(order, rule.within_days, now, "exchanged")
            or among_its_items(order, item_ids)
            or taken_back(order, item_ids, rule.final_sale)
            or swappable(order, pairs)
            or payable(order, pairs, method)
        )

    def may_be_exchanged(self, order: Order, now: datetime) -> Refusal | None:
        """Whether anything of the order can be given in exchange at all, before it is sent or after it has arrived."""
        if order.status in self.change_items.statuses:
            return unchanged(order, self.change_items.after_items_changed, "changed")
        rule = self.exchange
        return in_status(order, rule.statuses, "exchanged") or in_time(order, rule.within_days, now, "exchanged")

    def may_change_items(
        self, order: Order, pairs: Sequence[tuple[str, StockItem | None]], method: PaymentMethod | None
    ) -> Refusal | None:
        """As `may_exchange`, of an order that has not been sent yet; once an order."""
        rule = self.change_items
        return (
            in_status(order, rule.statuses, "changed")
            or unchanged(order, rule.after_items_changed, "changed")
            or among_its_items(order, [item_id for item_id, _ in pairs])
            or swappable(order, pairs)
            or payable(order, pairs, method)
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


def method_of(customer: Customer | None, method_id: str | None) -> PaymentMethod | None:
    """A payment method of this customer; nobody else's."""
    return customer.method(method_id) if customer is not None and method_id else None
