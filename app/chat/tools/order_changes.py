"""Tools that change an order of the caller: proposed first, carried out once, decided by the policy each time."""

import re
from dataclasses import dataclass, replace
from typing import Final

import structlog

from app.chat.tools.order_arguments import (
    AddressArguments,
    CancelArguments,
    OrderArguments,
    PaymentArguments,
    is_part,
    items_meant,
    names_item,
)
from app.chat.tools.order_methods import method_meant
from app.chat.tools.order_options import later
from app.chat.tools.order_records import (
    customer_record,
    method_words,
    order_record,
    refund_words,
)
from app.chat.tools.order_results import (
    ASK_ADDRESS,
    LOOKED_AT,
    SIGN_IN,
    UNDER_WAY,
    OrderTool,
    actor_of,
    asking,
    carried_out,
    proposal,
    proposed,
    refused,
    undecided,
    with_item,
)
from app.chat.tools.tool import Caller, Outcome, ToolResult
from app.chat.wording import listed
from shop.customers.document import Customer
from shop.orders.document import Order, OrderStatus
from shop.orders.policy import method_of, original_method

log = structlog.get_logger(__name__)

# That only a part of an order is to be cancelled.
_PART: Final = re.compile(r"\b(?:only|just|keep|except|not the|but not|without|part of|one of)\b", re.IGNORECASE)
# Who speaks of an order means all of it, whatever item tells which one.
_WHOLE: Final = re.compile(
    r"(?<!from my )(?<!from the )(?<!off my )(?<!off the )(?<!in my )(?<!in the )"
    r"\b(?:orders?|purchase|everything"
    r"|all of it|whole|entire|it all)\b",
    re.IGNORECASE,
)
_APART: Final = re.compile(
    r"[.;!?]+\s+|,\s+(?=(?:can|could|please|i|we|cancel|take|remove)\b)|\b(?:but|so)\b", re.IGNORECASE
)
_GIVES_UP: Final = re.compile(
    r"\b(?:cancel\w*|drop|scrap|skip|delete|remove|take|leave|(?:don'?t|do not|no longer|not) (?:want|need)"
    r"|without|keep|except)\b",
    re.IGNORECASE,
)
_ACCOUNT: Final = re.compile(r"\b(?:account|profile|address book)\b", re.IGNORECASE)
_AN_ORDER: Final = re.compile(
    r"\b(?:orders?|ordered|package|parcel|delivery|shipment|purchase)\b|\b(?:deliver|send|sent|ship|shipped"
    r"|delivered|going|goes|go|leave) (?:it|them|this|that|there|to)\b|\b(?:i|we) (?:\w+ )?(?:put in|entered"
    r"|typed|gave)\b",
    re.IGNORECASE,
)


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
        order = await self.order(arguments.order_id, caller, "cancel", arguments.said)
        if isinstance(order, ToolResult):
            return order
        if _only_a_part(order, arguments.said):
            say = (
                f"Order {order.order_id} can only be cancelled as a whole, not single items of it; what you do not "
                "want you can return when it has arrived. If none of it is to come, say “cancel the whole order”."
            )
            return ToolResult(Outcome.EMPTY, (order_record(order),), say)
        exact = arguments.model_copy(update={"order_id": order.order_id, "said": ""})
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
            others = await self.others(
                order,
                caller,
                arguments.said,
                lambda one: self.actions.policy.may_cancel(one, exact.reason, self.actions.clock()),
            )
            made = proposed(self.name, exact, f"Cancel order {order.order_id} and refund {back}.", order)
            return _with_others(made, exact, *others)
        return carried_out(self.name, decided, f"Order {order.order_id} is cancelled. You get {back}.")

    def _instead(self, refused: ToolResult, order: Order) -> ToolResult:
        """What was sent or delivered cannot be cancelled, but it may be returned, now or later."""
        if order.status in UNDER_WAY:
            say = f"{refused.say} {later(self.actions.policy)}"
            return ToolResult(refused.outcome, refused.records, say, refused.facts)
        if order.status is not OrderStatus.DELIVERED:
            return refused
        if self.actions.policy.may_be_returned(order, self.actions.clock()) is not None:
            return refused
        return ToolResult(refused.outcome, refused.records, f"{refused.say} You can return it instead.", refused.facts)


def _with_others(result: ToolResult, exact: OrderArguments, told: str, after: list[str]) -> ToolResult:
    """What is proposed, with what is told of the other orders that were meant, and the same of those that come after
    it."""
    then = [exact.model_copy(update={"order_id": order_id}).model_dump(mode="json") for order_id in after]
    made = dict(result.proposal or {})
    if then:
        made["then"] = [{"tool": made["tool"], "arguments": arguments} for arguments in then]
    return replace(result, say=f"{told} {result.say}".strip(), proposal=made)


def _of_it(order: Order, said: str) -> str:
    """The clauses that say what is not wanted, where they name items: "I ordered a mug and a lamp, cancel the lamp"."""
    parts = [part for part in _APART.split(said) if _GIVES_UP.search(part)]
    told = ". ".join(parts)
    return told if names_item(order, told) else said


def _only_a_part(order: Order, said: str) -> bool:
    """Whether only some items are to be cancelled, even where it is not clear which."""
    said = _of_it(order, said)
    some = names_item(order, said) and len(items_meant(order, [], said)) < len(order.items)
    whole = _WHOLE.search(said) is not None or order.order_id.lower() in said.lower()
    return is_part(order, said) or (some and (_PART.search(said) is not None or not whole))


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
        if arguments.order_id is None and not await self._of_an_order(arguments.said, caller.customer_id):
            return await self._of_account(arguments, caller, confirmed)
        order = await self.order(arguments.order_id, caller, "change", arguments.said)
        if isinstance(order, ToolResult):
            return order
        if arguments.address is None:
            refusal = self.actions.policy.may_change_address(order)
            if refusal is not None:
                return refused(order, refusal)
            return asking(ASK_ADDRESS, "address", (order_record(order),), order.order_id)
        exact = arguments.model_copy(update={"order_id": order.order_id, "said": ""})
        actor = actor_of(self.name, exact, caller)
        decided = await self.actions.change_address(order.order_id, arguments.address, actor, commit=confirmed)
        if (wrong := undecided(decided, order.order_id)) is not None:
            return wrong
        where = arguments.address.in_words()
        if not confirmed:
            others = await self.others(order, caller, arguments.said, self.actions.policy.may_change_address)
            made = proposed(self.name, exact, f"Send order {order.order_id} to {where}.", order)
            return _with_others(made, exact, *others)
        return carried_out(self.name, decided, f"Order {order.order_id} goes to {where}.")

    async def _of_an_order(self, said: str, customer_id: str) -> bool:
        """Whether the words speak of an order, by its items or in general, and not of the account."""
        if _ACCOUNT.search(said):
            return False
        orders = await self.actions.orders.of_customer(customer_id, limit=LOOKED_AT)
        return _AN_ORDER.search(said) is not None or bool(with_item(orders, said))

    async def _of_account(self, arguments: AddressArguments, caller: Caller, confirmed: bool) -> ToolResult:
        customer = await self.actions.customers.get(caller.customer_id or "")
        if customer is None:
            return ToolResult(Outcome.EMPTY, say="I find no account of yours here.")
        if arguments.address is None:
            return asking(ASK_ADDRESS, "address", (customer_record(customer),))
        where = arguments.address.in_words()
        if not confirmed:
            exact = arguments.model_copy(update={"said": ""})
            summary = f"Change the address of your account to {where}."
            return ToolResult(Outcome.PROPOSED, (customer_record(customer),), f"{summary} Shall I do that?",
                              proposal=proposal(self.name, exact, summary))  # fmt: skip
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
        order = await self.order(arguments.order_id, caller, "pay", arguments.said)
        if isinstance(order, ToolResult):
            return order
        customer = await self.actions.customers.get(order.customer_id)
        exact = arguments
        if arguments.method_id is None:
            meant = method_meant(customer, arguments.said)
            if meant is None:
                return self._which(order, customer)
            exact = arguments.model_copy(update={"order_id": order.order_id, "method_id": meant.method_id, "said": ""})
        method_id = exact.method_id or ""
        actor = actor_of(self.name, exact, caller)
        decided = await self.actions.change_payment(order.order_id, method_id, actor, commit=confirmed)
        if (wrong := undecided(decided, order.order_id)) is not None:
            return wrong
        method = method_words(method_of(customer, method_id))
        back = refund_words(order, decided.facts)
        if not confirmed:
            summary = f"Pay order {order.order_id} with {method} and refund {back}."
            return proposed(self.name, exact, summary, order)
        return carried_out(self.name, decided, f"Order {order.order_id} is paid with {method}. You get {back}.")

    def _which(self, order: Order, customer: Customer | None) -> ToolResult:
        """The question with which of the customer's ways it is to be paid, where the policy lets it be changed."""
        held = [one for one in customer.methods if one.method_id != original_method(order)] if customer else []
        refusal = self.actions.policy.may_change_payment(order, held[0] if held else None)
        if refusal is not None and (len(held) < 2 or refusal.code != "balance"):
            return refused(order, refusal)
        ways = [one.in_words() for one in held]
        say = f"With which would you like to pay order {order.order_id}: {listed(ways, 'or')}?"
        return asking(say, "said", (order_record(order),), order.order_id, ways)
