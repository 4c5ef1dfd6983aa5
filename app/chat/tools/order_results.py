"""What tools about orders share: the caller's order, questions, proposals, and what is told when it is done."""

import hashlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from app.chat.aspects import with_unit
from app.chat.records import Record
from app.chat.tools.order_arguments import differences, name_of, told_of
from app.chat.tools.order_records import (
    described,
    order_record,
    short,
)
from app.chat.tools.tool import Arguments, Caller, Outcome, ToolResult
from app.chat.wording import listed
from shop.orders.actions import Actor, Decided, OrderActions
from shop.orders.conditions import Refusal
from shop.orders.document import Order, OrderItem, OrderStatus
from shop.rules.words import STOP_WORDS, forms

log = structlog.get_logger(__name__)

LATEST: Final = 3
LOOKED_AT: Final = 20
UNDER_WAY: Final = frozenset({OrderStatus.PENDING, OrderStatus.PROCESSED, OrderStatus.SHIPPED})
BY_A_PERSON: Final = (
    "If it is to go otherwise, a person of our team has to change it: say that you would like to talk to somebody."
)
NO_ORDERS: Final = (
    "There are no orders in your account. If you ordered with another e-mail address, sign in with that one."
)
SIGN_IN: Final = "Please sign in first, so that I can see your orders."
ASK_ADDRESS: Final = "What is the new address? Please give the street, the town, the postcode and the country."


def no_such_order(order_id: str) -> ToolResult:
    """The same for an order that there is not and for one of somebody else."""
    return ToolResult(Outcome.EMPTY, say=f"I find no order {order_id.strip().lstrip('#')[:40]} in your account.")


def asking(
    say: str,
    missing: str,
    records: tuple[Record, ...] = (),
    order_id: str | None = None,
    options: Sequence[str] = (),
) -> ToolResult:
    """A question: `missing` names the argument that the answer to it fills; `options` are what there is to choose."""
    asks: dict[str, Any] = {"missing": missing, "options": list(options)}
    if order_id:
        asks["order_id"] = order_id
    return ToolResult(Outcome.EMPTY, records, say, {"asks": asks})


def which_items(order: Order, verb: str) -> str:
    told = listed([described(item) for item in order.items], "or")
    return f"Which item of order {order.order_id} would you like to {verb}: {told}?"


def refused(order: Order | None, refusal: Refusal) -> ToolResult:
    """What policy forbids; `order` is what it forbids it of."""
    records = (order_record(order),) if order is not None else ()
    return ToolResult(Outcome.REFUSED, records, refusal.message, {"refusal": refusal.code})


def undecided(decided: Decided, order_id: str) -> ToolResult | None:
    """The result where nothing may be done; None where it may."""
    if decided.missing:
        return no_such_order(order_id)
    if decided.refusal is None:
        return None
    return refused(decided.order, decided.refusal)


def proposal(tool: str, arguments: Arguments, summary: str, options: Sequence[str] = ()) -> dict[str, Any]:
    """What a confirmation carries out: plain JSON. `options`: words by which it may be wanted otherwise."""
    made = {"tool": tool, "arguments": arguments.model_dump(mode="json"), "summary": summary}
    return {**made, "options": list(options)} if options else made


def proposed(tool: str, arguments: Arguments, summary: str, order: Order, options: Sequence[str] = ()) -> ToolResult:
    """It waits for the customer's yes; `order` is as it is now."""
    say = f"{summary} Shall I do that?"
    waits = proposal(tool, arguments, summary, options)
    return ToolResult(Outcome.PROPOSED, (order_record(order),), say, proposal=waits)


def carried_out(tool: str, decided: Decided, say: str) -> ToolResult:
    """It is done, and logged."""
    assert decided.order is not None
    change = decided.order.changes[-1] if decided.order.changes else None
    log.info("order changed", tool=tool, order_id=decided.order.order_id, policy=change.policy if change else None)
    amount = decided.facts.get("amount")
    facts = {} if amount is None else {"amount": float(amount)}
    return ToolResult(Outcome.DONE, (order_record(decided.order),), say, facts)


def actor_of(tool: str, arguments: Arguments, caller: Caller) -> Actor:
    """The caller, with the key of this request: the same message asking for the same thing is one request."""
    digest = hashlib.sha256(arguments.model_dump_json().encode()).hexdigest()[:16]
    key = f"{caller.session_id}:{caller.message_id}:{tool}:{digest}"
    return Actor(caller.customer_id or "", key, f"conversation {caller.session_id[:8]}")


def in_order(order: Order, item_ids: Sequence[str]) -> list[OrderItem]:
    """The items of these ids, in the order of the ids."""
    by_id = {item.item_id: item for item in order.items}
    return [by_id[item_id] for item_id in item_ids if item_id in by_id]


def described_new(item: OrderItem, options: Mapping[str, str]) -> str:
    """The new variant by what is different."""
    return differing(item, [options])[0]


def differing(item: OrderItem, variants: Sequence[Mapping[str, str]]) -> list[str]:
    """Each variant by the options that are not those of the item."""
    return [" / ".join(_plain(differences(item, options))) or "the same again" for options in variants]


def _plain(options: Mapping[str, str]) -> list[str]:
    """Values as a sentence has them: with their units, and of two names of a colour the shop's own."""
    named = {name: value for name, value in options.items() if f"{name}_name" not in options}
    return [with_unit(name, int(value), value) if value.isdigit() else value for name, value in named.items()]


@dataclass(frozen=True, slots=True)
class OrderTool:
    """What all of them have: the caller's orders."""

    actions: OrderActions

    async def order(self, order_id: str | None, caller: Caller, wanted: str, said: str = "") -> Order | ToolResult:
        """The order that is meant, or the result that says why there is none. `wanted`: "return" and so on; `said`: the
        customer's words, which may name an item. Of several the one is meant of which the policy allows it; a number
        that the words themselves say is always the one."""
        if caller.customer_id is None:
            return ToolResult(Outcome.REFUSED, say=SIGN_IN)
        if order_id and (meant := await self._of_id(order_id, caller.customer_id, wanted, said)) is not None:
            return meant
        orders = await self.actions.orders.of_customer(caller.customer_id, limit=LOOKED_AT)
        if not orders:
            return ToolResult(Outcome.EMPTY, say=NO_ORDERS)
        statuses = self._statuses(wanted)
        allowed = [order for order in orders if order.status in statuses]
        named = meant_by(orders, said, wanted, statuses)
        named = [order for order in named if order in allowed] or named
        if order_id and len(named) != 1:
            return next((one for one in orders if one.order_id == order_id), None) or no_such_order(order_id)
        if not named and len(allowed) > 1 and wanted in _ONE_BY_ONE and EVERY.search(said):
            return allowed[0]
        if len(orders) == 1 or len(named) == 1 or len(allowed) == 1:
            return (named if len(named) == 1 else allowed or orders)[0]
        if not named and not allowed and statuses:
            # What is under way at least says why not; of what is long done nobody asks that.
            allowed = [order for order in orders if order.status in UNDER_WAY]
            if len(allowed) == 1:
                return allowed[0]
        return _which((named or allowed or orders)[:LATEST], wanted)

    async def _of_id(self, order_id: str, customer_id: str, wanted: str, said: str) -> Order | ToolResult | None:
        """The order of this id; None where words that do not say it mean another one."""
        numbered = _numbered(order_id, said)
        if _OTHER.search(said) and not numbered:
            return await self._another(order_id, customer_id, wanted)
        order = await self.actions.mine(order_id, customer_id)
        another = bool(said) and (with_item([order], said) == [] if order else _LAST.search(said) is not None)
        return None if another and not numbered else order or no_such_order(order_id)

    async def _another(self, order_id: str, customer_id: str, wanted: str) -> Order | ToolResult:
        """The order that is meant by "the other one", when this one was talked of."""
        orders = await self.actions.orders.of_customer(customer_id, limit=LOOKED_AT)
        orders = [order for order in orders if order.order_id != order_id]
        statuses = self._statuses(wanted) or UNDER_WAY
        orders = [order for order in orders if order.status in statuses] or orders
        if not orders:
            return ToolResult(Outcome.EMPTY, say="There is no other order in your account.")
        return orders[0] if len(orders) == 1 else _which(orders[:LATEST], wanted)

    async def others(
        self, order: Order, caller: Caller, said: str, refusal: Callable[[Order], Refusal | None]
    ) -> tuple[str, list[str]]:
        """What is told of the other orders under way, where all of them were meant, and which of them are to be changed
        after this one. `refusal`: why one of them cannot be."""
        if not EVERY.search(said) or caller.customer_id is None:
            return "", []
        held = await self.actions.orders.of_customer(caller.customer_id, limit=LOOKED_AT)
        rest = [one for one in held if one.status in UNDER_WAY and one.order_id != order.order_id]
        told = {one.order_id: why.message if (why := refusal(one)) else "" for one in rest}
        after = [order_id for order_id, said_no in told.items() if not said_no]
        few = f"Order {listed(after)} comes" if len(after) == 1 else f"Orders {listed(after)} come"
        comes = [f"{few} after that."] if after else []
        return " ".join([said_no for said_no in told.values() if said_no] + comes), after

    def _statuses(self, wanted: str) -> Collection[OrderStatus]:
        """The statuses in which the policy allows it; none where it does not go by them."""
        policy = self.actions.policy
        rules = {
            "return": policy.return_.statuses,
            "exchange": [*policy.exchange.statuses, *policy.change_items.statuses],
            "cancel": policy.cancel.statuses,
            "change": policy.change_address.statuses,
            "pay": policy.change_payment.statuses,
        }
        return rules.get(wanted, ())


def _numbered(order_id: str, said: str) -> bool:
    """Whether the words say this number, so that it is not the one of an order that was talked of before."""
    number = re.escape(order_id.strip().lstrip("#"))
    return re.search(rf"(?<!\w){number}(?!\w)", said, re.IGNORECASE) is not None


EVERY: Final = re.compile(r"\b(?:both|all)(?: of)?(?: (?:my|the|these|those))? (?:\w+ )?orders\b", re.IGNORECASE)
_ONE_BY_ONE: Final = frozenset({"cancel", "change"})
"""What is done with the others after the first, where all orders are meant: see `OrderTool.others`."""
_OTHER: Final = re.compile(r"\b(?:the|my) other (?:one|order|parcel|package|purchase)\b", re.IGNORECASE)


def _which(orders: Sequence[Order], wanted: str) -> ToolResult:
    told = listed([short(order) for order in orders], "or")
    records = tuple(order_record(order) for order in orders)
    return asking(f"Which order would you like to {wanted}: {told}?", "order_id", records)


_THING: Final = r"(?: \w+)? (?:orders?|one|purchase|package|parcel)\b"
_BY_STATUS: Final = (
    (re.compile(rf"\bcancel(?:l?ed){_THING}|\bmy cancell?ation\b", re.I), {OrderStatus.CANCELLED}),
    (re.compile(rf"\b(?:shipped|sent){_THING}", re.I), {OrderStatus.SHIPPED}),
    (
        re.compile(
            rf"\bdelivered{_THING}|\b(?:says?|said|marked|shows?|shown|listed)\b[^?.!]{{0,25}}\bdelivered\b", re.I
        ),
        {OrderStatus.DELIVERED},
    ),
    (re.compile(rf"\breturned{_THING}|\bmy return\b", re.I), {OrderStatus.RETURN_REQUESTED, OrderStatus.RETURNED}),
)
_LAST: Final = re.compile(
    r"\b(?:last|latest|newest|most recent) (?:order|purchase|one|delivery|package|parcel)\b", re.IGNORECASE
)


def meant_by(
    orders: Sequence[Order], said: str, wanted: str = "see", statuses: Collection[OrderStatus] = ()
) -> list[Order]:
    """The orders that a customer's words mean, the latest first: by an item, by what became of it, or the last one;
    none where the words say nothing of that. `wanted`: what is to be done, as of `OrderTool.order`; `statuses`: in
    which it may be."""
    if not said:
        return []
    if named := with_item(orders, said):
        return named
    if wanted == "see":
        for words, become in _BY_STATUS:
            if words.search(said) and (found := [order for order in orders if order.status in become]):
                return found
    last = [order for order in orders if order.status in statuses] or orders
    return list(last[:1]) if _LAST.search(said) else []


def with_item(orders: Sequence[Order], said: str) -> list[Order]:
    """The orders of which an item is named best: "the pink laptop"."""
    wanted = set(forms(said)) - STOP_WORDS
    hits = [
        max((len(wanted & told_of(item)) for item in order.items if wanted & name_of(item)), default=0)
        for order in orders
    ]
    best = max(hits, default=0)
    return [order for order, count in zip(orders, hits, strict=True) if best and count == best]
