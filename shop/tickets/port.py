"""Where tickets go: the port that a help desk is connected by."""

from collections.abc import Sequence
from typing import Protocol

from shop.tickets.document import NewTicket, Ticket


class TicketPort(Protocol):
    """Tickets of one shop. Every call may raise EngineError."""

    async def create(self, wanted: NewTicket, request_key: str) -> Ticket:
        """A new ticket; the same one for the same request key."""
        ...

    async def get(self, ticket_id: str) -> Ticket | None:
        """The ticket; None where there is none."""
        ...

    async def of_customer(self, customer_id: str, *, limit: int = 20) -> Sequence[Ticket]:
        """The customer's tickets, the latest first."""
        ...
