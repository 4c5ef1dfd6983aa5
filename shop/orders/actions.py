"""Changes to orders: decided by the policy, written once, gift cards settled with them.

An order is written first, with what its change does to gift cards; then those are posted, each once. Whatever is
interrupted between the two is finished by the next request about the order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from es.errors import EngineUnavailable
from shop.customers.document import BalanceTooLow, Customer, CustomerMissing
from shop.customers.port import CustomerPort
from shop.inventory.port import InventoryPort
from shop.inventory.stock import StockItem
from shop.orders import changed
from shop.orders.changed import Effect
from shop.orders.conditions import Refusal
from shop.orders.document import Address, Change, Order
from shop.orders.policy import Policy, method_of, original_method
from shop.orders.port import HeldOrder, OrderChanged, OrderPort

_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Actor:
    """Who wants it: the customer, where it was asked (`by`), and the key under which it is done once."""

    customer_id: str
    request_key: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of it. `refusal` says why not; else `order` is the order as it is (or would be: `done` False).
    `facts`: amounts and so on, for telling. `missing`: there is no such order of this customer."""

    order: Order | None = None
    done: bool = False
    refusal: Refusal | None = None
    missing: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


Deciding = Callable[[Order, Customer | None], Effect | Refusal]


class OrderActions:
    """Everything that a customer may change about orders. Raises what the ports raise (EngineError)."""

    def __init__(
        self,
        orders: OrderPort,
        customers: CustomerPort,
        inventory: InventoryPort,
        policy: Policy,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.orders = orders
        self.customers = customers
        self.inventory = inventory
        self.policy = policy
        self.clock = clock

    async def mine(self, order_id: str, customer_id: str) -> Order | None:
        """The customer's order; None for one that there is not, and for anybody else's alike."""
        held = await self._held(order_id, customer_id)
        return None if held is None else held.order

    async def cancel(self, order_id: str, reason: str, actor: Actor, *, commit: bool) -> Decided:
        def decide(order: Order, customer: Customer | None) -> Effect | Refusal:
            now = self.clock()
            refusal = self.policy.may_cancel(order, reason, now)
            return refusal or changed.cancelled(order, customer, reason, now)

        return await self._act("cancel", order_id, actor, decide, commit=commit)

    async def give_back(
        self, order_id: str, item_ids: Sequence[str], method_id: str | None, actor: Actor, *, commit: bool
    ) -> Decided:
        """A return. `method_id` None: the refund goes the way the order was paid."""

        def decide(order: Order, customer: Customer | None) -> Effect | Refusal:
            now = self.clock()
            method = method_of(customer, method_id or original_method(order))
            refusal = self.policy.may_return(order, item_ids, method, now)
            if refusal or method is None:
                return refusal or Refusal("no_method", "")
            return changed.return_requested(order, item_ids, method, now)

        return await self._act("return", order_id, actor, decide, commit=commit)

    async def exchange(
        self,
        order_id: str,
        pairs: Sequence[tuple[str, str]],
        method_id: str | None,
        actor: Actor,
        *,
        commit: bool,
    ) -> Decided:
        """Swaps items for other variants: of what was delivered an exchange, of what was not sent yet at once.
        `pairs`: item ids, old and new."""
        stock = await self.inventory.items([new for _, new in pairs])
        swaps: list[tuple[str, StockItem | None]] = [(old, stock.get(new)) for old, new in pairs]

        def decide(order: Order, customer: Customer | None) -> Effect | Refusal:
            now = self.clock()
            method = method_of(customer, method_id or original_method(order))
            early = order.status in self.policy.change_items.statuses
            if early:
                refusal = self.policy.may_change_items(order, swaps, method)
            else:
                refusal = self.policy.may_exchange(order, swaps, method, now)
            known = [(old, new) for old, new in swaps if new is not None]
            if refusal or method is None:
                return refusal or Refusal("no_method", "")
            if early:
                return changed.items_changed(order, known, method, now)
            return changed.exchange_requested(order, known, method, now)

        return await self._act("exchange", order_id, actor, decide, commit=commit)

    async def change_address(self, order_id: str, address: Address, actor: Actor, *, commit: bool) -> Decided:
        def decide(order: Order, _customer: Customer | None) -> Effect | Refusal:
            refusal = self.policy.may_change_address(order)
            return refusal or Effect(order.model_copy(update={"address": address}))

        return await self._act("change_address", order_id, actor, decide, commit=commit)

    async def change_payment(self, order_id: str, method_id: str, actor: Actor, *, commit: bool) -> Decided:
        def decide(order: Order, customer: Customer | None) -> Effect | Refusal:
            method = method_of(customer, method_id)
            refusal = self.policy.may_change_payment(order, method)
            if refusal or method is None:
                return refusal or Refusal("no_method", "")
            return changed.paid_otherwise(order, customer, method, self.clock())

        return await self._act("change_payment", order_id, actor, decide, commit=commit)

    async def _held(self, order_id: str, customer_id: str) -> HeldOrder | None:
        held = await self.orders.get(order_id)
        return held if held is not None and held.order.customer_id == customer_id else None

    async def _act(self, action: str, order_id: str, actor: Actor, decide: Deciding, *, commit: bool) -> Decided:
        for _ in range(_TRIES):
            held = await self._held(order_id, actor.customer_id)
            if held is None:
                return Decided(missing=True)
            try:
                held = await self._settled(held)
            except OrderChanged:
                continue
            customer = await self.customers.get(actor.customer_id)
            before = held.order
            if (change := before.change_of(actor.request_key)) is not None:
                return Decided(before, done=True, facts=changed.told(change, customer, self.policy))
            effect = decide(before, customer)
            if isinstance(effect, Refusal):
                return Decided(before, refusal=effect)
            if not commit:
                return Decided(effect.order, facts=changed.told(effect, customer, self.policy))
            try:
                return await self._write(held, effect, action, actor, customer)
            except OrderChanged:
                continue  # decided about an order that is not the same any more
        raise EngineUnavailable("The order is being changed by others at the same time; try again.")

    async def _write(
        self, held: HeldOrder, effect: Effect, action: str, actor: Actor, customer: Customer | None
    ) -> Decided:
        change = Change(
            request_key=actor.request_key,
            action=action,
            at=self.clock(),
            by=actor.by,
            policy=self.policy.name,
            postings=list(effect.postings),
            amount=effect.amount,
            method_id=effect.method_id,
            settled=not effect.postings,
        )
        after = effect.order.model_copy(update={"changes": [*effect.order.changes, change]})
        saved = await self.orders.save(held, after)
        try:
            saved = await self._settled(saved)
        except (BalanceTooLow, CustomerMissing):
            # The gift card was emptied between the decision and now: nothing has been posted, so nothing was done.
            await self.orders.save(saved, held.order)
            return Decided(held.order, refusal=covered_no_more())
        except OrderChanged:
            pass  # somebody changed the order meanwhile; postings are made once, and marked by the next request
        return Decided(saved.order, done=True, facts=changed.told(effect, customer, self.policy))

    async def _settled(self, held: HeldOrder) -> HeldOrder:
        """The order with every posting of its changes made. Raises BalanceTooLow where one cannot be made."""
        order = held.order
        open_changes = [change for change in order.changes if not change.settled]
        if not open_changes:
            return held
        for change in open_changes:
            # What is spent comes first: where it is not there any more, nothing else has been posted yet.
            for place, posting in enumerate(sorted(change.postings, key=lambda one: one.amount)):
                key = f"{order.order_id}:{change.request_key}:{place}"
                await self.customers.post(order.customer_id, posting.method_id, posting.amount, key)
        settled = [change.model_copy(update={"settled": True}) for change in order.changes]
        return await self.orders.save(held, order.model_copy(update={"changes": settled}))


def covered_no_more() -> Refusal:
    """What is said where a balance was spent in the meantime."""
    return Refusal("balance", "There is not enough on the gift card any more; nothing was changed.")
