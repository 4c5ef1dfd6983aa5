"""What events are made of: ids, names, prices, the lines of an order and of a list, and the free part."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from shop.products.document import ProductId, Text
from shop.products.values import MAX_PRICE

MAX_ITEMS = 500
MAX_SHOWN = 200
MAX_EXTRA_KEYS = 50
MAX_EXTRA_CHARACTERS = 4000
MAX_EXTRA_DEPTH = 5


def _short_id(value: str) -> str:
    # One id of more than 512 bytes would make Elasticsearch refuse the whole request that it is part of.
    if len(value.encode()) > 512:
        raise ValueError("it is longer than 512 bytes")
    return value


Id = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x20\x7f]+$"), AfterValidator(_short_id)
]
Name = Annotated[Text, StringConstraints(min_length=1, max_length=100)]
Url = Annotated[Text, StringConstraints(max_length=2000)]
Category = Annotated[Text, StringConstraints(min_length=1, max_length=500)]
Price = Annotated[Decimal, Field(ge=0, lt=MAX_PRICE, allow_inf_nan=False)]
Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
Quantity = Annotated[int, Field(ge=1, le=1_000_000)]
Position = Annotated[int, Field(ge=1, le=100_000, description="Place in the list, 1 the first.")]


class Part(BaseModel):
    """What every part of an event holds to: nothing unknown, nothing changed later."""

    # Shops number their customers and products; 17 and "17" are one id.
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Line(Part):
    """One product of an order or a cart."""

    product_id: ProductId
    quantity: Quantity = 1
    price: Price | None = Field(None, description="Of one piece, in main units of `currency`.")


class Shown(Part):
    """One product of a list that a shopper was shown."""

    product_id: ProductId
    position: Position | None = None
    algorithm: Name | None = Field(None, description="What chose this product, where it is not the event's own.")
    propensity: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="Probability with which it was chosen for its place."
    )
    score: Annotated[float, Field(allow_inf_nan=False)] | None = None


def extra_problem(extra: dict[str, Any]) -> str:
    """What is wrong with the free part of an event: it is kept whole, so it must be small and plain."""
    if len(extra) > MAX_EXTRA_KEYS:
        return f"at most {MAX_EXTRA_KEYS} keys fit"
    size = 0
    left: list[tuple[object, int]] = [(extra, 1)]
    while left:
        value, depth = left.pop()
        if depth > MAX_EXTRA_DEPTH + 1:
            return f"it may be {MAX_EXTRA_DEPTH} levels deep, no more"
        if isinstance(value, dict):
            left += [(item, depth + 1) for pair in value.items() for item in pair]
        elif isinstance(value, list):
            left += [(item, depth + 1) for item in value]
        size += len(value) if isinstance(value, str) else 8
        if isinstance(value, str) and not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
            return "there is half of a surrogate pair in a text; send whole characters"
        if isinstance(value, float) and not -1e308 < value < 1e308:
            return "it holds a number that JSON cannot write"
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            return "it holds a whole number of more than 64 bits"
        if size > MAX_EXTRA_CHARACTERS:
            return f"it may hold {MAX_EXTRA_CHARACTERS} characters, no more"
    return ""
