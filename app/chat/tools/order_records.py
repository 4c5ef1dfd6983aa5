"""Orders, customers and tickets as records, and as sentences. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from app.chat.quotable import product_name
from app.chat.records import Record, RecordKind
from app.chat.wording import listed, money
from shop.customers.document import Customer, PaymentMethod
from shop.orders.document import Order, OrderItem, OrderStatus, PaymentKind
from shop.tickets.document import Ticket

_STATUS: Final[Mapping[OrderStatus, str]] = {
    OrderStatus.PENDING: "has been received and has not been packed yet",
    OrderStatus.PROCESSED: "is being packed",
    OrderStatus.SHIPPED: "is on its way",
    OrderStatus.DELIVERED: "has been delivered",
    OrderStatus.CANCELLED: "has been cancelled",
    OrderStatus.RETURN_REQUESTED: "has been delivered, and a return is under way",
    OrderStatus.RETURNED: "has been returned",
    OrderStatus.EXCHANGE_REQUESTED: "has been delivered, and an exchange is under way",
    OrderStatus.EXCHANGED: "has been exchanged",
}
_NAMED: Final = 3


def order_record(order: Order) -> Record:
    """An order as the conversation may speak of it; amounts in main units of its currency."""
    fields: dict[str, Any] = {
        "order_id": order.order_id,
        "status": order.status.value,
        "total": float(order.total),
        "currency": order.currency,
        "items": [item_fields(item) for item in order.items],
        "placed_at": day(order.placed_at),
        "expected_at": day(order.expected_at),
        "delivered_at": day(order.delivered_at),
        "address": order.address.in_words() if order.address else None,
        "tracking_ids": [tracking for sent in order.shipments for tracking in sent.tracking_ids],
        "carrier": next((sent.carrier for sent in order.shipments if sent.carrier), None),
        "refunds": [float(paid.amount) for paid in order.payments if paid.kind is PaymentKind.REFUND],
        "cancellation_reason": order.cancellation.reason if order.cancellation else None,
    }
    if order.returned is not None:
        fields |= {"returned_items": order.returned.item_ids, "return_amount": float(order.returned.amount)}
    if order.exchanged is not None:
        fields |= {
            "exchanged_items": order.exchanged.item_ids,
            "new_items": order.exchanged.new_item_ids,
            "price_difference": float(order.exchanged.difference),
        }
    kept = {name: value for name, value in fields.items() if value not in (None, [], "")}
    return Record(RecordKind.ORDER, f"{RecordKind.ORDER.value}:{order.order_id}", f"Order {order.order_id}", kept)


def item_fields(item: OrderItem) -> dict[str, Any]:
    return {
        "item_id": item.item_id,
        "product_id": item.product_id,
        "name": product_name(item.name, item.product_id),
        "price": float(item.price),
        **({"options": dict(item.options)} if item.options else {}),
    }


def customer_record(customer: Customer) -> Record:
    """A customer to the customer: the address of e-mail hidden but for its ends, no numbers of cards."""
    fields = {
        "name": f"{customer.first_name} {customer.last_name}".strip(),
        "email": masked(customer.email),
        "address": customer.address.in_words() if customer.address else "",
        "payment_methods": [method.in_words().removeprefix("your ") for method in customer.methods],
    }
    kept = {name: value for name, value in fields.items() if value}
    return Record(RecordKind.CUSTOMER, f"{RecordKind.CUSTOMER.value}:me", "Your account", kept)


def ticket_record(ticket: Ticket) -> Record:
    fields = {"ticket_id": ticket.ticket_id, "subject": ticket.subject, "status": ticket.status.value}
    return Record(
        RecordKind.TICKET, f"{RecordKind.TICKET.value}:{ticket.ticket_id}", f"Ticket {ticket.ticket_id}", fields
    )


def is_late(order: Order, now: datetime) -> bool:
    """Whether an order should have arrived before today and has not."""
    under_way = order.status in (OrderStatus.PENDING, OrderStatus.PROCESSED, OrderStatus.SHIPPED)
    return under_way and order.expected_at is not None and order.expected_at.date() < now.date()


def status_sentence(order: Order, now: datetime) -> str:
    """Where an order is, and when it comes, came or should have come, in one or two sentences."""
    said = f"Order {order.order_id} ({names(order.items)}) {_STATUS[order.status]}"
    if order.status is OrderStatus.DELIVERED and order.delivered_at is not None:
        said = f"Order {order.order_id} ({names(order.items)}) was delivered on {day(order.delivered_at)}"
    tracking = [number for sent in order.shipments for number in sent.tracking_ids]
    if order.status is OrderStatus.SHIPPED and tracking:
        word = "number is" if len(tracking) == 1 else "numbers are"
        said += f"; the tracking {word} {listed(tracking)}"
    said += "."
    if order.expected_at is not None and order.status in (
        OrderStatus.PENDING, OrderStatus.PROCESSED, OrderStatus.SHIPPED,
    ):  # fmt: skip
        late = is_late(order, now)
        said += f" It should have arrived by {day(order.expected_at)}: it is late." if late else ""
        said += "" if late else f" It should arrive by {day(order.expected_at)}."
    return said


def short(order: Order) -> str:
    """W100 (Mug), delivered."""
    return f"{order.order_id} ({names(order.items)}), {order.status.value.replace('_', ' ')}"


def names(items: Sequence[OrderItem]) -> str:
    """The names of items, each once, the first few of many."""
    told = list(dict.fromkeys(product_name(item.name, item.product_id) for item in items))
    if len(told) > _NAMED:
        more = len(told) - (_NAMED - 1)
        return f"{', '.join(told[: _NAMED - 1])} and {more} more"
    return listed(told)


def described(item: OrderItem) -> str:
    """Mug (red, 300 ml)."""
    options = ", ".join(item.options.values())
    name = product_name(item.name, item.product_id)
    return f"{name} ({options})" if options else name


def refund_words(order: Order, facts: Mapping[str, Any]) -> str:
    """$52.50 to your Visa card ending in 4242 within 5 to 7 business days."""
    return f"{money(facts['amount'], order.currency)} to {method_words(facts['method'])} {facts['back_in']}"


def difference_words(order: Order, facts: Mapping[str, Any], early: bool) -> str:
    """What an exchange costs, as a sentence."""
    amount = facts["amount"]
    if amount == 0:
        return "There is no difference in price."
    method = method_words(facts["method"])
    if amount > 0:
        return f"The difference of {money(amount, order.currency)} is paid with {method}."
    when = f" {facts['back_in']}" if early else " when the items have arrived"
    return f"The difference of {money(-amount, order.currency)} goes back to {method}{when}."


def method_words(method: PaymentMethod | None) -> str:
    return method.in_words() if method is not None else "the way you paid"


def day(moment: datetime | None) -> str | None:
    """5 May 2026."""
    return f"{moment.day} {moment:%B %Y}" if moment is not None else None


def masked(email: str) -> str:
    """a***@example.com."""
    name, at, host = email.partition("@")
    return f"{name[:1]}***{at}{host}" if at else ""
