"""The public JSON of what was understood."""

from typing import Any, Literal

from pydantic import BaseModel, Field


class UnderstoodConstraint(BaseModel):
    field: str = Field(
        description="price, rating, in_stock, brand, category, shop_category, gender, age, occasion, an attribute, or "
        "words: words that must not be there.",
        examples=["price"],
    )
    op: Literal["eq", "in", "not", "lte", "gte", "near"]
    value: Any = Field(description="A text, a number, true or false; a list for `in`.", examples=[50])
    source: str = Field(description="The words it came from; as `keep_words` they stay words.", examples=["under $50"])
    applied: Literal["filter", "wish", "no"] = Field(
        description="filter: every hit holds it. wish: every hit holds it unless that leaves too few. no: not used."
    )
    currency: str | None = Field(None, description="The currency that was said.")
    also_in: list[str] | None = Field(
        None,
        description="Other attributes that say the same of other products: one of them may have it instead; of `not`, "
        "none may.",
    )
    but: list[str] | None = Field(
        None, description="Categories below those that are left out: what goes with a phone is no phone."
    )
    why: str | None = Field(None, description="Why it was not used.")


class UnderstoodSort(BaseModel):
    value: str = Field(description="The order, as the parameter `sort` has it.", examples=["price_asc"])
    source: str = Field(examples=["cheapest"])


class Understood(BaseModel):
    text: str = Field(description="The words that are left to search for.", examples=["running shoes"])
    constraints: list[UnderstoodConstraint] = Field([], description="Constraints found in the words.")
    sort: UnderstoodSort | None = Field(None, description="The order that the words ask for.")
    notes: list[str] = Field([], description="What could not be done as it was said, and what was done instead.")
