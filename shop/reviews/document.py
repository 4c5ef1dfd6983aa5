"""A review: what somebody says of a product."""

import hashlib
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shop.orders.document import Id
from shop.products.document import Moment, Text, Word


class Review(BaseModel):
    """One review. `rating`: stars, 1 to 5. Without an id it has one that follows from what it says."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    review_id: Id
    product_id: Id
    rating: Annotated[float, Field(ge=1, le=5, allow_inf_nan=False)] | None = None
    title: Annotated[Text, StringConstraints(max_length=1000)] = ""
    text: Annotated[Text, StringConstraints(max_length=20_000)] = ""
    author: Word = ""
    at: Moment | None = None

    @model_validator(mode="before")
    @classmethod
    def _own_id(cls, data: Any) -> Any:  # noqa: ANN401 - whatever the caller passed
        if not isinstance(data, dict):
            return data
        values = {name: value for name, value in data.items() if value not in ("", None)}
        if not values.get("review_id"):
            said = "\x1f".join(
                str(values.get(name, "")) for name in ("product_id", "rating", "title", "text", "author")
            )
            values["review_id"] = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:20]
        return values

    @property
    def words(self) -> str:
        """Title and text, each said once: many shops begin the text with the title."""
        if not self.title or self.text.startswith(self.title):
            return self.text or self.title
        return f"{self.title.rstrip()}. {self.text}" if self.text else self.title
