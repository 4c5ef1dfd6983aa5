"""An order as the shop keeps it. Amounts are exact, in main units of the order's currency."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shop.products.document import Moment, Text, Word
from shop.products.values import MAX_PRICE

MAX_ITEMS = 500
Id = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x20\x7f]+$")]
Amount = Annotated[Decimal, Field(ge=0, lt=MAX_PRICE)]
Difference = Annotated[Decimal, Field(gt=-MAX_PRICE, lt=MAX_PRICE)]


class OrderStatus(StrEnum):
    """Where an order is. PENDING: nothing has been done for it yet. PROCESSED: it is being packed."""

    PENDING = "pending"
    PROCESSED = "processed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURN_REQUESTED = "return_requested"
    RETURNED = "returned"
    EXCHANGE_REQUESTED = "exchange_requested"
    EXCHANGED = "exchanged"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Address(_Part):
    """A postal address."""

    line1: Annotated[Text, StringConstraints(min_length=1, max_length=200)]
    line2: Annotated[Text, StringConstraints(max_length=200)] = ""
    city: Annotated[Text, StringConstraints(min_length=1, max_length=200)]
    region: Annotated[Text, StringConstraints(max_length=200)] = ""
    postcode: Annotated[Text, StringConstraints(min_length=1, max_length=20)]
    country: Annotated[Text, StringConstraints(min_length=2, max_length=100)]

    def in_words(self) -> str:
        """The address on one line."""
        lines = [self.line1, self.line2, self.city, f"{self.region} {self.postcode}".strip(), self.country]
        return ", ".join(line for line in lines if line)


class OrderItem(_Part):
    """One piece of one thing. `item_id` is what was sold (a variant), `product_id` the family that it may be exchanged
    within; several pieces of one thing are several items."""

    item_id: Id
    product_id: Id
    name: Annotated[Text, StringConstraints(min_length=1, max_length=1000)]
    price: Amount
    options: dict[Word, Word] = {}

    @model_validator(mode="before")
    @classmethod
    def _own_family(cls, data: Any) -> Any:  # noqa: ANN401 - whatever the caller passed
        if isinstance(data, dict) and not data.get("product_id"):
            data = {**data, "product_id": data.get("item_id")}
        return data


class PaymentKind(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"


class Payment(_Part):
    """Money that was taken or given back, by the id of a payment method of the customer."""

    kind: PaymentKind
    amount: Amount
    method_id: Id
    at: Moment | None = None


class Shipment(_Part):
    """A parcel and what is in it."""

    tracking_ids: list[Word] = []
    carrier: Word = ""
    item_ids: list[Id] = []
    shipped_at: Moment | None = None


class Cancellation(_Part):
    reason: Word
    at: Moment | None = None


class Return(_Part):
    """What is sent back, and where the money goes."""

    item_ids: list[Id]
    method_id: Id
    amount: Amount
    at: Moment | None = None


class Exchange(_Part):
    """What is swapped for what, in pairs; `difference` is what the new things cost more (negative: less)."""

    item_ids: list[Id]
    new_item_ids: list[Id]
    method_id: Id
    difference: Difference
    at: Moment | None = None


class Posting(_Part):
    """What a change does to the balance of a gift card; negative: it is spent."""

    method_id: Id
    amount: Difference


class Change(_Part):
    """A change that was made to an order: once for each `request_key`. `policy` is the one that allowed it.

    `amount` and `method_id`: the money that it moves or will move, and where: what is given back, or what exchanged
    things cost more. `postings` are made on gift cards at once; `settled`: they have been.
    """

    request_key: Word
    action: Word
    at: Moment
    by: Word
    policy: Word
    amount: Difference | None = None
    method_id: str = ""
    postings: list[Posting] = []
    settled: bool = True


class Order(_Part):
    """One order of one customer."""

    order_id: Id
    customer_id: Id
    status: OrderStatus
    items: Annotated[list[OrderItem], Field(min_length=1, max_length=MAX_ITEMS)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "USD"
    address: Address | None = None
    placed_at: Moment | None = None
    expected_at: Moment | None = None
    delivered_at: Moment | None = None
    updated_at: Moment | None = None
    shipments: list[Shipment] = []
    payments: list[Payment] = []
    items_changed: bool = False
    cancellation: Cancellation | None = None
    returned: Return | None = None
    exchanged: Exchange | None = None
    changes: list[Change] = []

    @model_validator(mode="before")
    @classmethod
    def _pieces(cls, data: Any) -> Any:  # noqa: ANN401 - whatever the caller passed
        """An item with a quantity becomes so many items."""
        if not isinstance(data, dict) or not isinstance(data.get("items"), list):
            return data
        items: list[Any] = []
        for item in data["items"]:
            if not isinstance(item, dict) or "quantity" not in item:
                items.append(item)
                continue
            quantity = item["quantity"]
            if not isinstance(quantity, int) or isinstance(quantity, bool) or not 1 <= quantity <= MAX_ITEMS:
                raise ValueError(f"the quantity of an item must be a whole number from 1 to {MAX_ITEMS}")
            items += [{name: value for name, value in item.items() if name != "quantity"}] * quantity
        return {**data, "items": items}

    @property
    def total(self) -> Decimal:
        """The sum of the prices of its items."""
        return sum((item.price for item in self.items), Decimal(0))

    def change_of(self, request_key: str) -> Change | None:
        """The change that was made for a request, if it was."""
        return next((change for change in self.changes if change.request_key == request_key), None)

    @property
    def last_changed_at(self) -> datetime | None:
        return max((change.at for change in self.changes), default=None)


def order_key(order_id: str) -> str:
    """What an order is found by, however it is written: "#w123 " and "W123" are one."""
    return "".join(order_id.split()).lstrip("#").upper()
