"""A ticket: something that a person of the shop is to look at."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shop.products.document import Moment, Text, Word


class TicketStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class NewTicket(BaseModel):
    """What is asked for. `kind`: question, complaint, hand_over and so on. `conversation`: where it was talked of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Word = "question"
    subject: Annotated[Text, StringConstraints(min_length=1, max_length=300)]
    text: Annotated[Text, StringConstraints(max_length=10_000)] = ""
    customer_id: str | None = None
    order_id: str | None = None
    conversation: str = ""
    priority: Annotated[int, Field(ge=1, le=5)] = 3


class Ticket(NewTicket):
    """A ticket that was made."""

    ticket_id: str
    status: TicketStatus = TicketStatus.OPEN
    created_at: Moment
