"""The public JSON of a product."""

from typing import Any

from pydantic import BaseModel, Field

from app.bodies import RequestBody

MAX_BATCH = 200


class ProductAnswer(BaseModel):
    """A product with all its fields."""

    product_id: str
    parent_id: str | None
    name: str
    description: str
    category: str | None
    categories: list[str] = Field(description="The shop's own categories as paths.")
    price: float = Field(description="In main units of `currency`.")
    currency: str
    brand: str
    rating: float | None
    review_count: int
    image: str | None = Field(description="Address of the first picture.")
    images: list[str]
    specifications: dict[str, Any]
    tags: list[str]
    target_gender: str | None
    target_age: str | None
    occasions: list[str]
    features: list[str]
    in_stock: bool
    stock_quantity: int | None
    created_at: str | None
    updated_at: str | None
    identifiers: list[str]


class ProductBatch(RequestBody):
    """Which products to look up."""

    product_ids: list[str] = Field(min_length=1, max_length=MAX_BATCH, examples=[["a-1", "a-2"]])


class ProductBatchAnswer(BaseModel):
    products: list[ProductAnswer] = Field(description="Those found, in the order asked for.")
    missing: list[str] = Field(description="Ids of which there is no product.")
