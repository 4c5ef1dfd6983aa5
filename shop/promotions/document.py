"""A promotion: what is cheaper, how, and until when. Whether it is applied to a cart is the shop's affair."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shop.orders.document import Id
from shop.products.document import Moment, Text, Word


class Promotion(BaseModel):
    """One promotion. Without `product_ids`, `categories` and `brands` it is for everything."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    promotion_id: Id
    title: Annotated[Text, StringConstraints(min_length=1, max_length=300)]
    text: Annotated[Text, StringConstraints(max_length=2000)] = ""
    code: Word = ""
    percent: Annotated[float, Field(gt=0, le=100)] | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    product_ids: list[Id] = []
    categories: list[Word] = []
    brands: list[Word] = []

    @model_validator(mode="after")
    def _in_order(self) -> "Promotion":
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValueError("ends_at must be later than starts_at")
        return self

    def runs(self, now: datetime) -> bool:
        """Whether it is on at this moment."""
        return (self.starts_at is None or self.starts_at <= now) and (self.ends_at is None or now < self.ends_at)

    def applies(self, product_id: str, category: str | None, brand: str) -> bool:
        """Whether it is for this product."""
        if not (self.product_ids or self.categories or self.brands):
            return True
        return product_id in self.product_ids or category in self.categories or (bool(brand) and brand in self.brands)
