"""What can be done with an order at all, by the policy: what "what are my options?" asks, and what helps whoever was
not understood."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.chat.tools.order_arguments import OrderArguments
from app.chat.tools.order_records import day, names, order_record
from app.chat.tools.order_results import UNDER_WAY, OrderTool
from app.chat.tools.tool import Caller, Outcome, ToolResult
from app.chat.wording import listed
from shop.orders.document import Order, OrderStatus
from shop.orders.policy import Policy

_A_PERSON: Final = "For anything else say that you would like to talk to a person."


@dataclass(frozen=True, slots=True)
class OrderOptionsTool(OrderTool):
    """What the policy lets the customer do with an order now, and until when."""

    name: str = "order_options"
    description: str = "What can be done with an order of the customer now: cancel, change, return, exchange."
    changes: bool = False

    @property
    def arguments(self) -> type[OrderArguments]:
        return OrderArguments

    async def run(self, arguments: OrderArguments, caller: Caller, _confirmed: bool = False, /) -> ToolResult:
        order = await self.order(arguments.order_id, caller, "see", arguments.said)
        if isinstance(order, ToolResult):
            return order
        say = f"{options_of(order, self.actions.policy, self.actions.clock())} {_A_PERSON}"
        return ToolResult(Outcome.DONE, (order_record(order),), say)


def options_of(order: Order, policy: Policy, now: datetime) -> str:
    """A sentence or two of what may be done with an order now. Pure."""
    what = f"order {order.order_id} ({names(order.items)})"
    delivered = order.status is OrderStatus.DELIVERED
    reason = next(iter(policy.cancel.reasons), "")
    may = [
        ("cancel it", policy.may_cancel(order, reason, now) is None),
        ("change its address", policy.may_change_address(order) is None),
        ("change its items to other variants", not delivered and policy.may_be_exchanged(order, now) is None),
        ("return it", policy.may_be_returned(order, now) is None),
        ("exchange its items", delivered and policy.may_be_exchanged(order, now) is None),
    ]
    can = [told for told, allowed in may if allowed]
    if can:
        until = _until(order, policy) if order.status is OrderStatus.DELIVERED else ""
        return f"With {what} you can {listed(can, 'or')}{until}."
    if order.status in UNDER_WAY:
        return f"I cannot change or cancel {what} any more. {later(policy)}"
    if order.status is OrderStatus.DELIVERED and (until := _until(order, policy)):
        return f"The time to return {what} is over; it could be returned{until}."
    return f"With {what} nothing more can be done here."


def later(policy: Policy) -> str:
    """What can be done when an order has arrived."""
    days = policy.return_.within_days
    within = f" within {days} days" if days is not None else ""
    return f"When it has arrived you can return it{within}."


def _until(order: Order, policy: Policy) -> str:
    days = policy.return_.within_days
    if days is None or order.delivered_at is None:
        return ""
    return f" until {day(order.delivered_at + timedelta(days=days))}"
