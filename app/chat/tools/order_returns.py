"""Tools that take things back: returns, and exchanges for other variants. Proposed first, carried out once."""

import re
from dataclasses import dataclass, replace
from typing import Final

from app.chat.reading.own_things import BROKEN
from app.chat.tools.order_arguments import (
    ExchangeArguments,
    ReturnArguments,
    items_changed,
    items_meant,
    variant_meant,
)
from app.chat.tools.order_methods import method_meant, names_method
from app.chat.tools.order_options import later
from app.chat.tools.order_records import (
    described,
    difference_words,
    method_words,
    names,
    order_record,
)
from app.chat.tools.order_results import (
    BY_A_PERSON,
    UNDER_WAY,
    OrderTool,
    actor_of,
    asking,
    carried_out,
    described_new,
    differing,
    in_order,
    proposed,
    refused,
    undecided,
    which_items,
)
from app.chat.tools.order_sizes import with_size
from app.chat.tools.tool import Caller, Outcome, ToolResult
from app.chat.wording import listed, money
from shop.orders.changed import chosen
from shop.orders.conditions import Refusal
from shop.orders.document import Order, OrderStatus
from shop.orders.policy import original_method

_FAULTY: Final = re.compile(
    r"\b(?:broken|faulty|defective|dead|cracked|stopped|any ?more|no longer|work(?:s|ing)?|warranty)\b", re.IGNORECASE
)
_SORRY: Final = (
    "I am sorry about that. If you would rather have it sent again, say “send it again”, and I pass that on to the "
    "shop's team."
)
_WARRANTY: Final = (
    "If it is faulty, ask me what the shop's documents say of the warranty, or say that you would like to "
    "talk to a person."
)


@dataclass(frozen=True, slots=True)
class ReturnTool(OrderTool):
    """Sends items back."""

    name: str = "return"
    description: str = "Returns items of a delivered order for a refund. Proposed first, done when confirmed."
    changes: bool = True

    @property
    def arguments(self) -> type[ReturnArguments]:
        return ReturnArguments

    async def run(self, arguments: ReturnArguments, caller: Caller, confirmed: bool = False, /) -> ToolResult:
        order = await self.order(arguments.order_id, caller, "return", _names_order(arguments))
        if isinstance(order, ToolResult):
            return order
        done = order.change_of(actor_of(self.name, arguments, caller).request_key) is not None
        refusal = None if done else self.actions.policy.may_be_returned(order, self.actions.clock())
        if refusal is not None:
            return self._instead(order, refusal, arguments.said)
        names_told = [described(item) for item in order.items]
        item_ids = items_meant(order, arguments.item_ids, arguments.said)
        if arguments.item_ids and arguments.said:
            item_ids = items_changed(order, arguments.item_ids, arguments.said)
        if not item_ids:
            return asking(which_items(order, "return"), "said", (order_record(order),), order.order_id, names_told)
        method_id = arguments.method_id or await self._method(order, arguments.said)
        update = {"order_id": order.order_id, "item_ids": item_ids, "said": "", "method_id": method_id}
        exact = arguments.model_copy(update=update)
        actor = actor_of(self.name, exact, caller)
        decided = await self.actions.give_back(order.order_id, item_ids, exact.method_id, actor, commit=confirmed)
        if decided.refusal is not None and decided.refusal.code == "refund_to" and arguments.said:
            # The money cannot go where it is wanted, but the items can go back.
            elsewhere = await self.run(exact.model_copy(update={"method_id": None}), caller, confirmed)
            return replace(elsewhere, say=f"{decided.refusal.message} {elsewhere.say}")
        if (wrong := undecided(decided, order.order_id)) is not None:
            return wrong
        what = f"{names(chosen(order, item_ids))} of order {order.order_id}"
        facts = decided.facts
        money_back = f"{money(facts['amount'], order.currency)} to {method_words(facts['method'])}"
        if not confirmed:
            summary = f"Return {what} and get {money_back} back, {facts['back_in']} after the items have arrived."
            result = proposed(self.name, exact, summary, order, names_told)
            broke = BROKEN.search(arguments.said) is not None and not arguments.item_ids
            return replace(result, say=f"{_SORRY} {result.say}") if broke else result
        say = (
            f"The return of {what} is requested. You get {money_back} back, {facts['back_in']} after the items arrive."
        )
        return carried_out(self.name, decided, say)

    def _instead(self, order: Order, refusal: Refusal, said: str) -> ToolResult:
        """The refusal, with what can be done: later, or for what is faulty."""
        result = refused(order, refusal)
        if order.status in UNDER_WAY:
            policy = self.actions.policy
            reason = next(iter(policy.cancel.reasons), "")
            now = "You can still cancel it. " if policy.may_cancel(order, reason, self.actions.clock()) is None else ""
            return replace(result, say=f"{result.say} {now}{later(policy)}")
        if order.status in (OrderStatus.RETURN_REQUESTED, OrderStatus.EXCHANGE_REQUESTED):
            return replace(result, say=f"{result.say} {BY_A_PERSON}")
        faulty = refusal.code == "too_late" and _FAULTY.search(said) is not None
        return replace(result, say=f"{result.say} {_WARRANTY}") if faulty else result

    async def _method(self, order: Order, said: str) -> str | None:
        """Where the customer would have the money; None: it goes the way the order was paid."""
        meant = method_meant(await self.actions.customers.get(order.customer_id), said) if names_method(said) else None
        return meant.method_id if meant is not None and meant.method_id != original_method(order) else None


@dataclass(frozen=True, slots=True)
class ExchangeTool(OrderTool):
    """Swaps items for other variants of the same product."""

    name: str = "exchange"
    description: str = "Exchanges items of an order for other variants of the same products. Proposed first."
    changes: bool = True

    @property
    def arguments(self) -> type[ExchangeArguments]:
        return ExchangeArguments

    async def run(self, arguments: ExchangeArguments, caller: Caller, confirmed: bool = False, /) -> ToolResult:
        order = await self.order(arguments.order_id, caller, "exchange", _names_order(arguments))
        if isinstance(order, ToolResult):
            return order
        # What this request did already is told again, however the order stands after it.
        done = order.change_of(actor_of(self.name, arguments, caller).request_key) is not None
        refusal = None if done else self.actions.policy.may_be_exchanged(order, self.actions.clock())
        if refusal is not None:
            return refused(order, refusal)
        exact = arguments if done else await self._exact(arguments, order)
        if isinstance(exact, ToolResult):
            return exact
        actor = actor_of(self.name, exact, caller)
        if len(exact.item_ids) != len(exact.new_item_ids):
            return ToolResult(Outcome.REFUSED, say="Name one new item for each item that is exchanged.")
        pairs = list(zip(exact.item_ids, exact.new_item_ids, strict=True))
        early = order.status in self.actions.policy.change_items.statuses
        decided = await self.actions.exchange(order.order_id, pairs, exact.method_id, actor, commit=confirmed)
        if (wrong := undecided(decided, order.order_id)) is not None:
            return wrong
        stock = await self.actions.inventory.items(exact.new_item_ids)
        swaps = [
            f"{described(item)} for {described_new(item, stock[new].options)}"
            for item, new in zip(in_order(order, exact.item_ids), exact.new_item_ids, strict=False)
            if new in stock
        ]
        price = difference_words(order, decided.facts, early)
        what = f"{listed(swaps)} in order {order.order_id}"
        if not confirmed:
            once = " The items of an order can be changed once." if early else ""
            values = [value for one in exact.item_ids for value in await self._values(one, order)]
            return proposed(self.name, exact, f"Exchange {what}. {price}{once}", order, values)
        if early:
            return carried_out(self.name, decided, f"Order {order.order_id} is changed. {price}")
        return carried_out(self.name, decided, f"The exchange in order {order.order_id} is requested. {price}")

    async def _exact(self, arguments: ExchangeArguments, order: Order) -> ExchangeArguments | ToolResult:
        """The arguments with every id, or the question that they take."""
        item_ids = items_meant(order, arguments.item_ids, arguments.said)
        if not item_ids:
            names_told = [described(item) for item in order.items]
            return asking(which_items(order, "exchange"), "said", (order_record(order),), order.order_id, names_told)
        new_ids = [] if arguments.said else list(arguments.new_item_ids)
        if not new_ids:
            former = await self.actions.inventory.items(arguments.new_item_ids)
            kept = [value for one in former.values() for value in one.options.values()]
            for item in in_order(order, item_ids):
                variants = await self.actions.inventory.variants(item.product_id)
                found = variant_meant(item, variants, with_size(item, variants, arguments.said), kept)
                if not found:
                    say = f"There is no other variant of {names([item])} that is available now."
                    return ToolResult(Outcome.EMPTY, (order_record(order),), say)
                if len(found) > 1:
                    choices = listed(differing(item, [one.options for one in found[:5]]), "or")
                    say = f"Which {names([item])} would you like instead: {choices}?"
                    options = [value for one in found for value in one.options.values()]
                    return asking(say, "said", (order_record(order),), order.order_id, options)
                new_ids.append(found[0].item_id)
        update = {"order_id": order.order_id, "item_ids": item_ids, "new_item_ids": new_ids, "said": ""}
        return arguments.model_copy(update=update)

    async def _values(self, item_id: str, order: Order) -> list[str]:
        """Every size, colour and so on that there is of an item."""
        (item,) = in_order(order, [item_id])
        variants = await self.actions.inventory.variants(item.product_id)
        return [value for one in variants for value in one.options.values()]


def _names_order(arguments: ReturnArguments) -> str:
    """Words that may name another order than the one that was talked of; none once the items are known."""
    return "" if arguments.item_ids else arguments.said
