"""Tools over the caller's own orders. Nothing here sees an order of somebody else: it is answered as one that there is
not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.chat.reading.order_questions import facts_asked
from app.chat.tools.order_arguments import (
    ItemsArguments,
    OrderArguments,
    items_meant,
)
from app.chat.tools.order_facts import facts_told
from app.chat.tools.order_methods import GIFT_CARD
from app.chat.tools.order_records import (
    day,
    is_late,
    method_words,
    names,
    order_record,
    status_sentence,
)
from app.chat.tools.order_results import (
    BY_A_PERSON,
    LATEST,
    LOOKED_AT,
    NO_ORDERS,
    UNDER_WAY,
    OrderTool,
    meant_by,
    refused,
)
from app.chat.tools.tool import Caller, Outcome, ToolResult
from app.chat.wording import money
from shop.customers.document import Customer
from shop.orders.changed import chosen
from shop.orders.document import Order, OrderStatus, PaymentKind
from shop.orders.policy import Policy, method_of, original_method

_WHERE: Final = re.compile(
    r"\b(?:where|when|track\w*|late|arriv\w+|com(?:e|es|ing)|shipp?\w*|deliver\w*|package|parcel)\b(?!.*\borders\b)",
    re.IGNORECASE,
)
_LOOKED_FOR: Final = "If you like, the shop's team looks for it: say “open a ticket”."


@dataclass(frozen=True, slots=True)
class OrderStatusTool(OrderTool):
    """Where an order is; without a number the latest ones."""

    name: str = "order_status"
    description: str = "Where an order of the customer is: status, items, tracking, expected delivery."
    changes: bool = False

    @property
    def arguments(self) -> type[OrderArguments]:
        return OrderArguments

    async def run(self, arguments: OrderArguments, caller: Caller, _confirmed: bool = False, /) -> ToolResult:
        if caller.customer_id is None or arguments.order_id:
            order = await self.order(arguments.order_id, caller, "see", arguments.said)
            if isinstance(order, ToolResult):
                return order
            return await self._asked(order, arguments, caller) or self._told([order], beside=arguments.beside)
        orders = await self.actions.orders.of_customer(caller.customer_id, limit=LOOKED_AT)
        if not orders:
            return ToolResult(Outcome.EMPTY, say=NO_ORDERS)
        coming = [order for order in orders if order.status in UNDER_WAY] if _WHERE.search(arguments.said) else []
        meant = meant_by(orders, arguments.said) or coming or orders
        asked = await self._asked(meant[0], arguments, caller) if len(meant) == 1 else None
        return asked or self._told(meant[:LATEST], beside=arguments.beside)

    async def _asked(self, order: Order, arguments: OrderArguments, caller: Caller) -> ToolResult | None:
        """What is asked of an order beside where it is; None where nothing is."""
        if not facts_asked(arguments.said):
            return None
        told = facts_told(order, await self.actions.customers.get(caller.customer_id or ""), arguments.said)
        say = f"Order {order.order_id} ({names(order.items)}): {' '.join(told)}"
        return ToolResult(Outcome.DONE, (order_record(order),), say)

    def _told(self, orders: Sequence[Order], *, beside: bool = False) -> ToolResult:
        now = self.actions.clock()
        say = " ".join(status_sentence(order, now) for order in orders)
        if any(is_late(order, now) for order in orders) and not beside:
            say += f" {_LOOKED_FOR}"
        return ToolResult(Outcome.DONE, tuple(order_record(order) for order in orders), say)


@dataclass(frozen=True, slots=True)
class ReturnEligibilityTool(OrderTool):
    """Whether something can be returned, until when, and what would be refunded."""

    name: str = "return_eligibility"
    description: str = "Whether items of an order can be returned, until when, and what would be refunded how."
    changes: bool = False

    @property
    def arguments(self) -> type[ItemsArguments]:
        return ItemsArguments

    async def run(self, arguments: ItemsArguments, caller: Caller, _confirmed: bool = False, /) -> ToolResult:
        order = await self.order(arguments.order_id, caller, "return", arguments.said)
        if isinstance(order, ToolResult):
            return order
        policy, now = self.actions.policy, self.actions.clock()
        item_ids = items_meant(order, arguments.item_ids, arguments.said) or [one.item_id for one in order.items]
        customer = await self.actions.customers.get(order.customer_id)
        method = method_of(customer, original_method(order))
        refusal = policy.may_return(order, item_ids, method, now)
        if refusal is not None:
            return refused(order, refusal)
        items = chosen(order, item_ids)
        amount = sum(item.price for item in items)
        say = f"You can return {names(items)} of order {order.order_id} for a refund of {money(amount, order.currency)}"
        if policy.return_.within_days is not None and order.delivered_at is not None:
            say += f" until {day(order.delivered_at + timedelta(days=policy.return_.within_days))}"
        return ToolResult(Outcome.DONE, (order_record(order),), say + ".", {"refund": float(amount)})


@dataclass(frozen=True, slots=True)
class RefundStatusTool(OrderTool):
    """Where the money of a cancelled or returned order is."""

    name: str = "refund_status"
    description: str = "What is refunded for an order of the customer, how, and when."
    changes: bool = False

    @property
    def arguments(self) -> type[OrderArguments]:
        return OrderArguments

    async def run(self, arguments: OrderArguments, caller: Caller, _confirmed: bool = False, /) -> ToolResult:
        if caller.customer_id is None or arguments.order_id:
            order = await self.order(arguments.order_id, caller, "see", arguments.said)
            if isinstance(order, ToolResult):
                return order
            orders: Sequence[Order] = [order]
        else:
            orders = []
        if caller.customer_id is not None and not any(_has_refund(order) for order in orders) and arguments.said:
            # The money that is asked for may be that of another order than the one that was talked of.
            held = await self.actions.orders.of_customer(caller.customer_id, limit=LOOKED_AT)
            with_refund = [order for order in held if _has_refund(order)]
            orders = (meant_by(with_refund, arguments.said) or with_refund)[:LATEST] or orders
        elif not orders and caller.customer_id is not None:
            held = await self.actions.orders.of_customer(caller.customer_id, limit=LOOKED_AT)
            orders = [order for order in held if _has_refund(order)][:LATEST]
        if not orders:
            return ToolResult(Outcome.EMPTY, say="There is no refund under way in your account.")
        customer = await self.actions.customers.get(caller.customer_id or "")
        said = [sentence for order in orders for sentence in refund_sentences(order, customer, self.actions.policy)]
        if GIFT_CARD.search(arguments.said):
            said.append(BY_A_PERSON)
        return ToolResult(Outcome.DONE, tuple(order_record(order) for order in orders), " ".join(said))


def refund_sentences(order: Order, customer: Customer | None, policy: Policy) -> list[str]:
    """What is refunded for an order, how and when; that nothing is, where nothing is."""
    if order.status is OrderStatus.RETURN_REQUESTED and order.returned is not None:
        method = method_of(customer, order.returned.method_id)
        return [
            f"For the return of order {order.order_id} you get {money(order.returned.amount, order.currency)} "
            f"to {method_words(method)}, {policy.back_in(method)} after the items have arrived."
        ]
    said = []
    for paid in (paid for paid in order.payments if paid.kind is PaymentKind.REFUND):
        method = method_of(customer, paid.method_id)
        when = f" on {day(paid.at)}" if paid.at else ""
        said.append(
            f"{money(paid.amount, order.currency)} of order {order.order_id} was refunded to "
            f"{method_words(method)}{when}; "
            f"it arrives {policy.back_in(method)}."
        )
    return said or [f"There is no refund under way for order {order.order_id}."]


def _has_refund(order: Order) -> bool:
    return order.status is OrderStatus.RETURN_REQUESTED or any(
        paid.kind is PaymentKind.REFUND for paid in order.payments
    )
