"""Tools that change an order of the caller: proposed first, carried out once, decided by the policy each time."""

from dataclasses import dataclass

import structlog

from app.chat.tools.order_arguments import (
    AddressArguments,
    CancelArguments,
    ExchangeArguments,
    PaymentArguments,
    ReturnArguments,
    items_meant,
    variant_meant,
)
from app.chat.tools.order_records import (
    customer_record,
    described,
    difference_words,
    method_words,
    names,
    order_record,
    refund_words,
)
from app.chat.tools.order_results import (
    ASK_ADDRESS,
    SIGN_IN,
    OrderTool,
    actor_of,
    asking,
    carried_out,
    described_new,
    differing,
    in_order,
    proposal,
    proposed,
    refused,
    undecided,
    which_items,
)
from app.chat.tools.tool import Caller, Outcome, ToolResult
from app.chat.wording import listed, money
from shop.orders.changed import chosen
from shop.orders.document import Order, OrderStatus
from shop.orders.policy import method_of

log = structlog.get_logger(__name__)


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
        order = await self.order(arguments.order_id, caller, "return", arguments.said)
        if isinstance(order, ToolResult):
            return order
        done = order.change_of(actor_of(self.name, arguments, caller).request_key) is not None
        refusal = None if done else self.actions.policy.may_be_returned(order, self.actions.clock())
        if refusal is not None:
            return refused(order, refusal)
        item_ids = items_meant(order, arguments.item_ids, arguments.said)
        if not item_ids:
            names_told = [described(item) for item in order.items]
            return asking(which_items(order, "return"), "said", (order_record(order),), order.order_id, names_told)
        exact = arguments.model_copy(update={"order_id": order.order_id, "item_ids": item_ids, "said": ""})
        actor = actor_of(self.name, exact, caller)
        decided = await self.actions.give_back(order.order_id, item_ids, exact.method_id, actor, commit=confirmed)
        if (wrong := undecided(decided, order.order_id)) is not None:
            return wrong
        what = f"{names(chosen(order, item_ids))} of order {order.order_id}"
        facts = decided.facts
        money_back = f"{money(facts['amount'], order.currency)} to {method_words(facts['method'])}"
        if not confirmed:
            summary = f"Return {what} and get {money_back} back, {facts['back_in']} after the items have arrived."
            return proposed(self.name, exact, summary, order)
        say = (
            f"The return of {what} is requested. You get {money_back} back, {facts['back_in']} after the items arrive."
        )
        return carried_out(self.name, decided, say)


@dataclass(frozen=True, slots=True)
class CancelTool(OrderTool):
    """Cancels an order that has not been packed yet."""

    name: str = "cancel"
    description: str = "Cancels an order that the policy still allows to cancel, with a reason. Proposed first."
    changes: bool = True

    @property
    def arguments(self) -> type[CancelArguments]:
        return CancelArguments

    async def run(self, arguments: CancelArguments, caller: Caller, confirmed: bool = False, /) -> ToolResult:
        order = await self.order(arguments.order_id, caller, "cancel")
        if isinstance(order, ToolResult):
            return order
        exact = arguments.model_copy(update={"order_id": order.order_id})
        actor = actor_of(self.name, exact, caller)
        decided = await self.actions.cancel(order.order_id, exact.reason, actor, commit=confirmed)
        if decided.refusal is not None and decided.refusal.code == "reason" and not exact.reason:
            reasons = listed([f"it is {reason}" for reason in self.actions.policy.cancel.reasons], "or")
            return asking(
                f"Why would you like to cancel order {order.order_id}: {reasons}?",
                "reason",
                (order_record(order),),
                order.order_id,
            )
        if (wrong := undecided(decided, order.order_id)) is not None:
            return self._instead(wrong, order)
        back = refund_words(order, decided.facts)
        if not confirmed:
            return proposed(self.name, exact, f"Cancel order {order.order_id} and refund {back}.", order)
        return carried_out(self.name, decided, f"Order {order.order_id} is cancelled. You get {back}.")

    def _instead(self, refused: ToolResult, order: Order) -> ToolResult:
        """What was delivered cannot be cancelled, but it may be returned."""
        if order.status is not OrderStatus.DELIVERED:
            return refused
        if self.actions.policy.may_be_returned(order, self.actions.clock()) is not None:
            return refused
        return ToolResult(refused.outcome, refused.records, f"{refused.say} You can return it instead.", refused.facts)


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
        order = await self.order(arguments.order_id, caller, "exchange", arguments.said)
        if isinstance(order, ToolResult):
            return order
        exact = await self._exact(arguments, order)
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
            return proposed(self.name, exact, f"Exchange {what}. {price}{once}", order)
        if early:
            return carried_out(self.name, decided, f"Order {order.order_id} is changed. {price}")
        return carried_out(self.name, decided, f"The exchange in order {order.order_id} is requested. {price}")

    async def _exact(self, arguments: ExchangeArguments, order: Order) -> ExchangeArguments | ToolResult:
        """The arguments with every id, or the question that they take."""
        item_ids = items_meant(order, arguments.item_ids, arguments.said)
        if not item_ids:
            names_told = [described(item) for item in order.items]
            return asking(which_items(order, "exchange"), "said", (order_record(order),), order.order_id, names_told)
        new_ids = list(arguments.new_item_ids)
        if not new_ids:
            for item in in_order(order, item_ids):
                variants = await self.actions.inventory.variants(item.product_id)
                found = variant_meant(item, variants, arguments.said)
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


@dataclass(frozen=True, slots=True)
class ChangeAddressTool(OrderTool):
    """Another address for an order that was not packed yet, or for the account."""

    name: str = "change_address"
    description: str = "Changes where an order goes, or (without an order) the address of the account. Proposed first."
    changes: bool = True

    @property
    def arguments(self) -> type[AddressArguments]:
        return AddressArguments

    async def run(self, arguments: AddressArguments, caller: Caller, confirmed: bool = False, /) -> ToolResult:
        if caller.customer_id is None:
            return ToolResult(Outcome.REFUSED, say=SIGN_IN)
        if arguments.order_id is None:
            return await self._of_account(arguments, caller, confirmed)
        order = await self.order(arguments.order_id, caller, "change")
        if isinstance(order, ToolResult):
            return order
        if arguments.address is None:
            refusal = self.actions.policy.may_change_address(order)
            if refusal is not None:
                return refused(order, refusal)
            return asking(ASK_ADDRESS, "address", (order_record(order),), order.order_id)
        exact = arguments.model_copy(update={"order_id": order.order_id})
        actor = actor_of(self.name, exact, caller)
        decided = await self.actions.change_address(order.order_id, arguments.address, actor, commit=confirmed)
        if (wrong := undecided(decided, order.order_id)) is not None:
            return wrong
        where = arguments.address.in_words()
        if not confirmed:
            return proposed(self.name, exact, f"Send order {order.order_id} to {where}.", order)
        return carried_out(self.name, decided, f"Order {order.order_id} goes to {where}.")

    async def _of_account(self, arguments: AddressArguments, caller: Caller, confirmed: bool) -> ToolResult:
        customer = await self.actions.customers.get(caller.customer_id or "")
        if customer is None:
            return ToolResult(Outcome.EMPTY, say="I find no account of yours here.")
        if arguments.address is None:
            return asking(ASK_ADDRESS, "address", (customer_record(customer),))
        where = arguments.address.in_words()
        if not confirmed:
            summary = f"Change the address of your account to {where}."
            return ToolResult(Outcome.PROPOSED, (customer_record(customer),), f"{summary} Shall I do that?",
                              proposal=proposal(self.name, arguments, summary))  # fmt: skip
        key = actor_of(self.name, arguments, caller).request_key
        changed = await self.actions.customers.change_address(customer.customer_id, arguments.address, key)
        log.info("account changed", tool=self.name)
        return ToolResult(Outcome.DONE, (customer_record(changed),), f"The address of your account is now {where}.")


@dataclass(frozen=True, slots=True)
class ChangePaymentTool(OrderTool):
    """Another payment method for an order that was not packed yet."""

    name: str = "change_payment"
    description: str = "Pays an order that was not packed yet with another payment method of the account."
    changes: bool = True

    @property
    def arguments(self) -> type[PaymentArguments]:
        return PaymentArguments

    async def run(self, arguments: PaymentArguments, caller: Caller, confirmed: bool = False, /) -> ToolResult:
        order = await self.order(arguments.order_id, caller, "pay")
        if isinstance(order, ToolResult):
            return order
        actor = actor_of(self.name, arguments, caller)
        decided = await self.actions.change_payment(order.order_id, arguments.method_id, actor, commit=confirmed)
        if (wrong := undecided(decided, order.order_id)) is not None:
            return wrong
        customer = await self.actions.customers.get(order.customer_id)
        method = method_words(method_of(customer, arguments.method_id))
        back = refund_words(order, decided.facts)
        if not confirmed:
            summary = f"Pay order {order.order_id} with {method} and refund {back}."
            return proposed(self.name, arguments, summary, order)
        return carried_out(self.name, decided, f"Order {order.order_id} is paid with {method}. You get {back}.")
