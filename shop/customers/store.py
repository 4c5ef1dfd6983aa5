"""Customers in Elasticsearch: the adapter that comes with the product."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from elasticsearch import AsyncElasticsearch

from es.documents import DocumentChanged, Documents, State, Stored, Writing
from es.errors import EngineUnavailable
from es.mappings import keyed
from es.names import IndexNames
from shop.customers.document import Customer, CustomerMissing, folded
from shop.feed_rows import KEPT, put_rows, stands
from shop.orders.document import Address

_TRIES: Final = 5


class CustomerStore:
    """CustomerPort over an index of this shop's Elasticsearch."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames, *, deadline_s: float = 5.0) -> None:
        self._documents = Documents(client, names.customers, keyed.CUSTOMERS, deadline_s=deadline_s)

    async def get(self, customer_id: str) -> Customer | None:
        stored = await self._documents.get(customer_id) if 0 < len(customer_id.encode()) <= 512 else None
        return None if stored is None else Customer.model_validate(stored.document)

    async def by_email(self, email: str) -> Customer | None:
        return await self._only([{"term": {keyed.EMAIL: folded(email)}}])

    async def by_name(self, first_name: str, last_name: str, postcode: str) -> Customer | None:
        name = folded(f"{first_name} {last_name}")
        return await self._only([{"term": {keyed.NAME: name}}, {"term": {keyed.POSTCODE: folded(postcode)}}])

    async def change_address(self, customer_id: str, address: Address, request_key: str) -> Customer:
        def changed(customer: Customer) -> Customer:
            return customer.with_address(address, request_key, datetime.now(UTC))

        return await self._change(customer_id, request_key, changed)

    async def post(self, customer_id: str, method_id: str, amount: Decimal, request_key: str) -> Customer:
        def changed(customer: Customer) -> Customer:
            return customer.with_posting(method_id, amount, request_key, datetime.now(UTC))

        return await self._change(customer_id, request_key, changed)

    async def load(self, customers: Sequence[Customer]) -> list[str]:
        """Customers of a feed put in the place of those that there are. For each an empty string, or why it was left
        out: a customer who was changed here since the feed was written stays."""
        return await put_rows(self._documents, customers, lambda customer: customer.customer_id, _of_a_feed)

    async def count(self) -> int:
        return await self._documents.count()

    async def loaded(self) -> int | None:
        """How many customers there are; None where there was never one."""
        return await self._documents.loaded()

    async def _only(self, terms: list[dict[str, Any]]) -> Customer | None:
        found = await self._documents.find({"bool": {"filter": terms}}, limit=2)
        return Customer.model_validate(found[0].document) if len(found) == 1 else None

    async def _change(self, customer_id: str, request_key: str, changed: Callable[[Customer], Customer]) -> Customer:
        for _ in range(_TRIES):
            stored = await self._documents.get(customer_id)
            if stored is None:
                raise CustomerMissing(f'There is no customer "{customer_id}".')
            before = Customer.model_validate(stored.document)
            if before.changed_for(request_key):
                return before
            after = changed(before)
            try:
                await self._documents.write(_writing(after, stored.state))
            except DocumentChanged:
                continue  # somebody else changed the same customer: decide anew
            return after
        raise EngineUnavailable("The account is being changed by others at the same time; try again.")


def _of_a_feed(customer: Customer, stored: Stored | None) -> Writing | str:
    """What a feed says of a customer, with what was changed here, unless that is newer."""
    if stored is None:
        return _writing(customer.model_copy(update={"changes": []}), None)
    before = Customer.model_validate(stored.document)
    if stands(before.last_changed_at, customer.updated_at):
        return KEPT
    return _writing(customer.model_copy(update={"changes": before.changes}), stored.state)


def _writing(customer: Customer, state: State | None) -> Writing:
    found_by = {
        keyed.EMAIL: folded(customer.email),
        keyed.NAME: folded(f"{customer.first_name} {customer.last_name}"),
        keyed.POSTCODE: folded(customer.address.postcode) if customer.address else "",
    }
    return Writing(customer.customer_id, customer.model_dump(mode="json"), found_by, state)
