"""A product as a shop describes it, and what makes it valid."""

import math
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from shop.products.values import MAX_PRICE, AgeGroup, Category, Gender, attribute_name

AttributeValue = bool | int | float | str
MAX_ATTRIBUTES = 1000
MAX_VALUES = 200
MAX_ID_BYTES = 512

# Control characters, and halves of characters (surrogates), which no encoding can carry.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def _printable(text: str) -> str:
    """Control characters never reach the index: they break logs, CSV exports and terminals."""
    if not text.isprintable():
        text = _CONTROL.sub(" ", text)
    return text.strip()


def _short_id(product_id: str) -> str:
    # One longer id would make Elasticsearch refuse the whole request that it is part of.
    if len(product_id.encode()) > MAX_ID_BYTES:
        raise ValueError(f"it is longer than {MAX_ID_BYTES} bytes")
    return product_id


def _as_list(value: object) -> object:
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _distinct(values: list[str]) -> list[str]:
    return list(dict.fromkeys(v for v in values if v))


Text = Annotated[str, AfterValidator(_printable)]
Word = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_printable)]
Words = Annotated[list[Word], BeforeValidator(_as_list), AfterValidator(_distinct), Field(max_length=MAX_VALUES)]
Moment = Annotated[datetime, AfterValidator(_utc)]
ProductId = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x20\x7f]+$"), AfterValidator(_short_id)
]


class Product(BaseModel):
    """One thing that can be bought: a single product, or one variant of a family (`parent_id`).

    The nineteen fields of the product model, with `margin`, `parent_id`, `categories` and `identifiers` beside them.
    Only `product_id`, `name` and `price` must be there.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    product_id: ProductId
    name: Annotated[Text, StringConstraints(min_length=1, max_length=1000)]
    description: Annotated[Text, StringConstraints(max_length=50_000)] = ""
    category: Category | None = None
    price: Annotated[Decimal, Field(ge=0, lt=MAX_PRICE, description="In main units of `currency`; exact.")]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "USD"
    brand: Word = ""
    rating: Annotated[float, Field(ge=0, le=5, allow_inf_nan=False)] | None = None
    review_count: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    images: Annotated[list[Text], BeforeValidator(_as_list), Field(max_length=MAX_VALUES)] = []
    specifications: dict[str, AttributeValue | list[AttributeValue]] = {}
    tags: Words = []
    target_gender: Gender | None = None
    target_age: AgeGroup | None = None
    occasions: Words = []
    features: Annotated[list[Text], BeforeValidator(_as_list), Field(max_length=MAX_VALUES)] = []
    in_stock: bool = True
    stock_quantity: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None
    margin: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = Field(
        None, description="The shop's share of the price, for ranking alone: no answer shows it."
    )
    parent_id: ProductId | None = Field(None, description="The family that this product is a variant of.")
    categories: Words = Field([], description='The shop\'s own categories as paths: "Men/Tops/Hoodies".')
    identifiers: Words = Field([], description="Model number, SKU, EAN and other codes that people search by.")

    @model_validator(mode="before")
    @classmethod
    def _attributes_by_name(cls, data: Any) -> Any:  # noqa: ANN401 - whatever the caller passed
        if isinstance(data, dict) and data.get("specifications"):
            data = {**data, "specifications": clean_attributes(data["specifications"])}
        return data

    @model_validator(mode="before")
    @classmethod
    def _stock_decides(cls, data: Any) -> Any:  # noqa: ANN401 - whatever the caller passed
        """Where only the quantity is told, it says whether the product is in stock."""
        if isinstance(data, dict) and data.get("in_stock") is None and data.get("stock_quantity") is not None:
            quantity = data["stock_quantity"]
            if isinstance(quantity, int):
                data = {**data, "in_stock": quantity > 0}
        if isinstance(data, dict) and data.get("in_stock", 0) is None:
            data = {key: value for key, value in data.items() if key != "in_stock"}
        return data

    @property
    def group_id(self) -> str:
        """What variants of one family share; a product without a family is a group of its own."""
        return self.parent_id or self.product_id


def clean_attributes(raw: Any) -> dict[str, AttributeValue | list[AttributeValue]]:  # noqa: ANN401 - feed data
    """Specifications with stored names and plain values: nested objects become `outer_inner`, empty ones go.

    Raises ValueError where it is not an object, or has more than MAX_ATTRIBUTES entries.
    """
    if not isinstance(raw, dict):
        raise ValueError("specifications must be an object of names and values")
    flat: dict[str, AttributeValue | list[AttributeValue]] = {}
    for key, value in raw.items():
        if isinstance(value, dict):
            flat.update({attribute_name(f"{key}_{k}"): v for k, v in clean_attributes(value).items()})
        elif (kept := _plain(value)) not in (None, "", []):
            flat[attribute_name(str(key))] = kept
    flat.pop("", None)
    if len(flat) > MAX_ATTRIBUTES:
        raise ValueError(f"more than {MAX_ATTRIBUTES} specifications")
    return flat


def _plain(value: object) -> AttributeValue | list[AttributeValue] | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**63 else str(value)
    if isinstance(value, float | Decimal):
        try:
            number = float(value)
        except OverflowError:
            return None
        return number if math.isfinite(number) else None
    if isinstance(value, list | tuple | set):
        items = [_plain(item) for item in list(value)[:MAX_VALUES]]
        return [item for item in items if item is not None and item != "" and not isinstance(item, list)]
    if value is None:
        return None
    return _printable(str(value))[:2000]
