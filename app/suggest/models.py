"""The public JSON of suggestions."""

from pydantic import BaseModel, ConfigDict, Field

from app.search.models import ProductCard

MAX_LENGTH = 500
MAX_LIMIT = 20
DEFAULT_LIMIT = 6


class SuggestParameters(BaseModel):
    """What GET /api/suggest takes."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(
        "", max_length=MAX_LENGTH, description="What stands in the search field; suggestions begin at two characters."
    )
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Most suggestions of each kind.")


class Part(BaseModel):
    text: str = Field(examples=["hik"])
    matched: bool = Field(description="Whether this is what was typed.")


class QuerySuggestion(BaseModel):
    text: str = Field(examples=["hiking backpack"])
    parts: list[Part] = Field(description="The text in pieces, to show which was typed.")
    source: str = Field(description="searches: people searched for it; catalogue: products say it.")


class FilterOfSearch(BaseModel):
    name: str = Field(description="Parameter of /api/search.", examples=["brand"])
    value: str = Field(examples=["Northpeak"])


class FilterSuggestion(BaseModel):
    text: str
    parts: list[Part]
    filter: FilterOfSearch


class ProductSuggestion(ProductCard):
    parts: list[Part] = Field(description="The name in pieces.")


class SuggestAnswer(BaseModel):
    """Suggestions of each kind, best first. Every query finds something; every category and brand has products."""

    queries: list[QuerySuggestion]
    categories: list[FilterSuggestion]
    brands: list[FilterSuggestion]
    products: list[ProductSuggestion]
    took_ms: float
    degraded: list[str] = Field(description="What had to be left out, and why; empty when all was well.")
