"""Orders in Elasticsearch: the adapter that comes with the product."""

from collections.abc import Sequence
from typing import Any

from elasticsearch import AsyncElasticsearch

from es.documents import DocumentChanged, Documents, State, Stored, Writing
from es.mappings import keyed
from es.names import IndexNames
from shop.feed_rows import KEPT, put_rows, stands
from shop.orders.document import Order, order_key
from shop.orders.port import HeldOrder, OrderChanged


class OrderStore:
    """OrderPort over an index of this shop's Elasticsearch."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames, *, deadline_s: float = 5.0) -> None:
        self._documents = Documents(client, names.orders, keyed.ORDERS, deadline_s=deadline_s)

    async def get(self, order_id: str) -> HeldOrder | None:
        key = order_key(order_id)
        stored = await self._documents.get(key) if 0 < len(key.encode()) <= 512 else None
        return None if stored is None else _held(stored)

    async def of_customer(self, customer_id: str, *, limit: int = 20) -> Sequence[Order]:
        query = {"term": {keyed.CUSTOMER_ID: customer_id}}
        found = await self._documents.find(query, newest=keyed.PLACED_AT, limit=limit)
        return [Order.model_validate(stored.document) for stored in found]

    async def save(self, held: HeldOrder, order: Order) -> HeldOrder:
        try:
            state = await self._documents.write(_writing(order, held.state))
        except DocumentChanged as error:
            raise OrderChanged(str(error)) from error
        return HeldOrder(order, state)

    async def load(self, orders: Sequence[Order]) -> list[str]:
        """Orders of a feed put in the place of those that there are. For each an empty string, or why it was left out.

        An order that was changed here since the feed was written stays as it is; the trace of changes is never lost.
        """
        return await put_rows(self._documents, orders, lambda order: order_key(order.order_id), _of_a_feed)

    async def count(self) -> int:
        return await self._documents.count()

    async def loaded(self) -> int | None:
        """How many orders there are; None where there was never one."""
        return await self._documents.loaded()


def _held(stored: Stored) -> HeldOrder:
    return HeldOrder(Order.model_validate(stored.document), stored.state)


def _of_a_feed(order: Order, stored: Stored | None) -> Writing | str:
    """What a feed says of an order, with what was changed here, unless that is newer."""
    if stored is None:
        return _writing(order.model_copy(update={"changes": []}), None)
    before = Order.model_validate(stored.document)
    if stands(before.last_changed_at, order.updated_at):
        return KEPT
    return _writing(order.model_copy(update={"changes": before.changes}), stored.state)


def _writing(order: Order, state: State | None) -> Writing:
    found_by: dict[str, Any] = {keyed.CUSTOMER_ID: order.customer_id, keyed.STATUS: order.status.value}
    if order.placed_at is not None:
        found_by[keyed.PLACED_AT] = order.placed_at.isoformat()
    return Writing(order_key(order.order_id), order.model_dump(mode="json"), found_by, state)
