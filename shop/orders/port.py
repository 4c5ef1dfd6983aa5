"""Where orders are: the port that an order system is connected by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shop.orders.document import Order


class OrderChanged(Exception):
    """Somebody else changed the order since it was read; read it again and decide anew."""


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """An order as it was read. `state` is the adapter's own: it tells whether the order is still the same."""

    order: Order
    state: Any


class OrderPort(Protocol):
    """Orders of one shop. Every call may raise EngineError (EngineUnavailable: try again later).

    An adapter keeps an order's `changes`: they say which requests have been carried out.
    """

    async def get(self, order_id: str) -> HeldOrder | None:
        """The order of this number, however it is written ("#w1", "W1"); None where there is none."""
        ...

    async def of_customer(self, customer_id: str, *, limit: int = 20) -> Sequence[Order]:
        """The customer's orders, the latest first; those without a date come last."""
        ...

    async def save(self, held: HeldOrder, order: Order) -> HeldOrder:
        """Puts `order` in the place of what was read. Raises OrderChanged where that is not what is there any more."""
        ...
