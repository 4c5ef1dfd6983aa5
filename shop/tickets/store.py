"""Tickets in Elasticsearch: the adapter that comes with the product."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from elasticsearch import AsyncElasticsearch

from es.documents import DocumentChanged, Documents, Writing
from es.errors import EngineUnavailable
from es.mappings import keyed
from es.names import IndexNames
from shop.tickets.document import NewTicket, Ticket


class TicketStore:
    """TicketPort over an index of this shop's Elasticsearch."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames, *, deadline_s: float = 5.0) -> None:
        self._documents = Documents(client, names.tickets, keyed.TICKETS, deadline_s=deadline_s)

    async def create(self, wanted: NewTicket, request_key: str) -> Ticket:
        ticket = Ticket(**wanted.model_dump(), ticket_id=ticket_id(request_key), created_at=datetime.now(UTC))
        found_by = {
            keyed.CUSTOMER_ID: ticket.customer_id or "",
            keyed.STATUS: ticket.status.value,
            keyed.CREATED_AT: ticket.created_at.isoformat(),
        }
        try:
            await self._documents.write(Writing(ticket.ticket_id, ticket.model_dump(mode="json"), found_by, None))
        except DocumentChanged:
            made = await self.get(ticket.ticket_id)
            if made is None:
                raise EngineUnavailable("The ticket is being made at this moment; try again.") from None
            return made
        return ticket

    async def count(self) -> int:
        return await self._documents.count()

    async def loaded(self) -> int | None:
        """How many tickets there are; None where there was never one."""
        return await self._documents.loaded()

    async def get(self, ticket_id: str) -> Ticket | None:
        stored = await self._documents.get(ticket_id) if 0 < len(ticket_id.encode()) <= 512 else None
        return None if stored is None else Ticket.model_validate(stored.document)

    async def of_customer(self, customer_id: str, *, limit: int = 20) -> Sequence[Ticket]:
        query = {"term": {keyed.CUSTOMER_ID: customer_id}}
        found = await self._documents.find(query, newest=keyed.CREATED_AT, limit=limit)
        return [Ticket.model_validate(stored.document) for stored in found]


def ticket_id(request_key: str) -> str:
    """The number of a request's ticket, the same each time: T and 8 letters and digits."""
    digest = hashlib.sha256(request_key.encode()).digest()
    return "T" + base64.b32encode(digest[:5]).decode()
