"""An order after a change that the policy allows, and what that does to gift cards. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from shop.customers.document import Customer, PaymentMethod, PaymentType
from shop.inventory.stock import StockItem, told_by
from shop.orders.conditions import difference
from shop.orders.document import (
    Cancellation,
    Change,
    Exchange,
    Order,
    OrderItem,
    OrderStatus,
    Payment,
    PaymentKind,
    Posting,
    Return,
)
from shop.orders.policy import Policy, method_of


@dataclass(frozen=True, slots=True)
class Effect:
    """The order afterwards, postings to gift cards, and the money that is moved: how much, and where."""

    order: Order
    postings: Sequence[Posting] = ()
    amount: Decimal | None = None
    method_id: str = ""


def cancelled(order: Order, customer: Customer | None, reason: str, now: datetime) -> Effect:
    """All that was paid and not given back yet is given back, the way it was paid."""
    paid = {method: amount for method, amount in net_payments(order).items() if amount > 0}
    refunds = [
        Payment(kind=PaymentKind.REFUND, amount=amount, method_id=method, at=now) for method, amount in paid.items()
    ]
    after = order.model_copy(
        update={
            "status": OrderStatus.CANCELLED,
            "cancellation": Cancellation(reason=reason, at=now),
            "payments": [*order.payments, *refunds],
        }
    )
    postings = [posting for method, amount in paid.items() for posting in _posting(customer, method, amount)]
    total = sum(paid.values(), Decimal(0))
    return Effect(after, postings, total, next(iter(paid), ""))


def return_requested(order: Order, item_ids: Sequence[str], method: PaymentMethod, now: datetime) -> Effect:
    """The money follows when the items have arrived."""
    amount = sum((item.price for item in chosen(order, item_ids)), Decimal(0))
    returned = Return(item_ids=sorted(item_ids), method_id=method.method_id, amount=amount, at=now)
    after = order.model_copy(update={"status": OrderStatus.RETURN_REQUESTED, "returned": returned})
    return Effect(after, (), amount, method.method_id)


def exchange_requested(
    order: Order, pairs: Sequence[tuple[str, StockItem]], method: PaymentMethod, now: datetime
) -> Effect:
    """The difference is settled when the items have arrived."""
    exchanged = Exchange(
        item_ids=sorted(old for old, _ in pairs),
        new_item_ids=sorted(new.item_id for _, new in pairs),
        method_id=method.method_id,
        difference=difference(order, pairs),
        at=now,
    )
    after = order.model_copy(update={"status": OrderStatus.EXCHANGE_REQUESTED, "exchanged": exchanged})
    return Effect(after, (), exchanged.difference, method.method_id)


def items_changed(order: Order, pairs: Sequence[tuple[str, StockItem]], method: PaymentMethod, now: datetime) -> Effect:
    """Items that were not sent yet are others from now on; the difference is paid or given back."""
    items = list(order.items)
    left = dict(enumerate(order.items))
    for old, new in pairs:
        place = next(place for place, item in left.items() if item.item_id == old)
        item = left.pop(place)
        items[place] = OrderItem(
            item_id=new.item_id,
            product_id=item.product_id,
            name=item.name,
            price=new.price,
            options=told_by(new.options, item.options),
        )
    amount = difference(order, pairs)
    kind = PaymentKind.PAYMENT if amount > 0 else PaymentKind.REFUND
    payment = Payment(kind=kind, amount=abs(amount), method_id=method.method_id, at=now)
    payments = [*order.payments, payment] if amount else order.payments
    after = order.model_copy(update={"items": items, "items_changed": True, "payments": payments})
    is_card = method.type is PaymentType.GIFT_CARD
    postings = [Posting(method_id=method.method_id, amount=-amount)] if is_card and amount else []
    return Effect(after, postings, amount, method.method_id)


def paid_otherwise(order: Order, customer: Customer | None, method: PaymentMethod, now: datetime) -> Effect:
    """The whole is paid with another method, and given back to the first."""
    first = order.payments[0]
    more = [
        Payment(kind=PaymentKind.PAYMENT, amount=first.amount, method_id=method.method_id, at=now),
        Payment(kind=PaymentKind.REFUND, amount=first.amount, method_id=first.method_id, at=now),
    ]
    after = order.model_copy(update={"payments": [*order.payments, *more]})
    postings = [
        *_posting(customer, method.method_id, -first.amount),
        *_posting(customer, first.method_id, first.amount),
    ]
    return Effect(after, postings, first.amount, first.method_id)


def told(moved: Effect | Change, customer: Customer | None, policy: Policy) -> dict[str, Any]:
    """What can be told of the money: `amount`, `method` and `back_in`, when a refund is there; nothing of no money."""
    if moved.amount is None:
        return {}
    method = method_of(customer, moved.method_id)
    return {"amount": moved.amount, "method": method, "back_in": policy.back_in(method)}


def net_payments(order: Order) -> dict[str, Decimal]:
    """What was paid and not given back, by payment method."""
    net: dict[str, Decimal] = {}
    for payment in order.payments:
        sign = 1 if payment.kind is PaymentKind.PAYMENT else -1
        net[payment.method_id] = net.get(payment.method_id, Decimal(0)) + sign * payment.amount
    return net


def chosen(order: Order, item_ids: Sequence[str]) -> list[OrderItem]:
    """The items of these ids, as often as each is named."""
    left = list(item_ids)
    found = []
    for item in order.items:
        if item.item_id in left:
            left.remove(item.item_id)
            found.append(item)
    return found


def _posting(customer: Customer | None, method_id: str, amount: Decimal) -> list[Posting]:
    method = method_of(customer, method_id)
    if method is None or method.type is not PaymentType.GIFT_CARD:
        return []
    return [Posting(method_id=method_id, amount=amount)]
