"""Tools about the account, tickets and people: who the customer is, what is handed to the shop's team."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

import structlog
from pydantic import Field, StringConstraints

from app.chat.tools.order_records import customer_record, ticket_record
from app.chat.tools.order_results import actor_of, asking, proposal
from app.chat.tools.tool import Arguments, Caller, Outcome, ToolResult
from app.chat.wording import listed
from shop.conversations.masking import without_cards
from shop.customers.port import CustomerPort
from shop.tickets.document import NewTicket
from shop.tickets.port import TicketPort

log = structlog.get_logger(__name__)

URGENT: Final = 4
TICKET: Final = "create_ticket"


class AccountArguments(Arguments):
    """`topic`: what is asked about, such as password; empty: what is known of the account."""

    topic: Annotated[str, StringConstraints(max_length=300)] = ""


class TicketArguments(Arguments):
    """`subject`: what it is about; asked for where it is empty."""

    subject: Annotated[str, StringConstraints(max_length=300)] = ""
    text: Annotated[str, StringConstraints(max_length=10_000)] = ""
    order_id: Annotated[str, StringConstraints(max_length=200)] | None = None


class HandOverArguments(Arguments):
    """`summary`: what it is about, for the person who takes over."""

    summary: Annotated[str, StringConstraints(max_length=10_000)] = ""
    priority: int = Field(URGENT, ge=1, le=5)


_ASKS_WHAT: Final = re.compile(r"\b(?:which|what)\b|\bdo you have\b", re.IGNORECASE)
_CARDS: Final = re.compile(r"\b(?:cards?|payment|pay|visa|paypal)\b", re.IGNORECASE)


def _told_of(fields: Mapping[str, Any], topic: str) -> str:
    """What the shop has of the account, of what is asked for."""
    if _CARDS.search(topic):
        methods = listed(list(fields.get("payment_methods", ())))
        return f"Your account has these ways to pay: {methods}." if methods else "Your account has no way to pay yet."
    told = [f"the e-mail address {fields['email']}"] if "email" in fields else []
    told += [f"the address {fields['address']}"] if "address" in fields else []
    return f"Your account has {' and '.join(told)}." if told else "Your account has no address yet."


@dataclass(frozen=True, slots=True)
class AccountTool:
    """What the shop knows of the customer; what cannot be changed here."""

    customers: CustomerPort
    name: str = "account_help"
    description: str = "The customer's own account: name, address, payment methods."
    changes: bool = False

    @property
    def arguments(self) -> type[AccountArguments]:
        return AccountArguments

    async def run(self, arguments: AccountArguments, caller: Caller, _confirmed: bool = False, /) -> ToolResult:
        if caller.customer_id is None:
            return ToolResult(Outcome.REFUSED, say="Please sign in first, so that I can see your account.")
        customer = await self.customers.get(caller.customer_id)
        if customer is None:
            return ToolResult(Outcome.EMPTY, say="I find no account of yours here.")
        record = customer_record(customer)
        if _ASKS_WHAT.search(arguments.topic):
            return ToolResult(Outcome.DONE, (record,), _told_of(record.fields, arguments.topic))
        if arguments.topic:
            say = "I cannot change that from here, but I can hand it over to a person or change your address."
            return ToolResult(Outcome.DONE, (record,), say)
        fields = record.fields
        told = [f"the address {fields['address']}"] if "address" in fields else []
        told += [f"the e-mail address {fields['email']}"] if "email" in fields else []
        say = f"Your account has {' and '.join(told)}." if told else "Your account has no address yet."
        return ToolResult(Outcome.DONE, (record,), say)


@dataclass(frozen=True, slots=True)
class TicketTool:
    """Something for a person of the shop to look at."""

    tickets: TicketPort
    name: str = TICKET
    description: str = "Writes down a question or complaint for the shop's team. Proposed first."
    changes: bool = True

    @property
    def arguments(self) -> type[TicketArguments]:
        return TicketArguments

    async def run(self, arguments: TicketArguments, caller: Caller, confirmed: bool = False, /) -> ToolResult:
        if not arguments.subject.strip():
            return asking("What is it about? I will write it down for the shop's team.", "subject")
        if not confirmed:
            summary = f'Make a ticket for the shop\'s team: "{without_cards(arguments.subject)}".'
            made = proposal(self.name, arguments, summary)
            return ToolResult(Outcome.PROPOSED, say=f"{summary} Shall I do that?", proposal=made)
        wanted = NewTicket(
            subject=without_cards(arguments.subject),
            text=without_cards(arguments.text),
            order_id=arguments.order_id,
            customer_id=caller.customer_id,
            conversation=caller.session_id,
        )
        ticket = await self.tickets.create(wanted, actor_of(self.name, arguments, caller).request_key)
        log.info("ticket made", tool=self.name, ticket_id=ticket.ticket_id)
        say = f"Ticket {ticket.ticket_id} is made; the shop's team will look at it."
        return ToolResult(Outcome.DONE, (ticket_record(ticket),), say)


@dataclass(frozen=True, slots=True)
class HandOverTool:
    """A person takes over. Nothing of the customer's is changed, so it takes no confirmation."""

    tickets: TicketPort
    name: str = "hand_over"
    description: str = "Hands the conversation over to a person of the shop, with what it was about."
    changes: bool = False

    @property
    def arguments(self) -> type[HandOverArguments]:
        return HandOverArguments

    async def run(self, arguments: HandOverArguments, caller: Caller, _confirmed: bool = False, /) -> ToolResult:
        wanted = NewTicket(
            kind="hand_over",
            subject="A customer would like to talk to a person",
            text=without_cards(arguments.summary),
            customer_id=caller.customer_id,
            conversation=caller.session_id,
            priority=arguments.priority,
        )
        ticket = await self.tickets.create(wanted, actor_of(self.name, arguments, caller).request_key)
        log.info("handed over", tool=self.name, ticket_id=ticket.ticket_id)
        say = f"Ticket {ticket.ticket_id} is with the shop's team now; a person will take it from here."
        return ToolResult(Outcome.DONE, (ticket_record(ticket),), say, {"handed_over": True})
