"""The public JSON of recommendations."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from app.bodies import RequestBody
from app.search.models import ProductCard

_Id = Annotated[str, Field(max_length=512)]


class RecommendedProduct(ProductCard):
    position: int = Field(description="Place in the list, 1 the first; events refer to it.", examples=[1])
    score: float = Field(description="Higher is better, within this list only.")
    algorithm: str = Field(description="The recommender that speaks most for it, or `rule`.", examples=["sequential"])
    propensity: float = Field(description="Probability with which it was chosen for its place, above 0 to 1.")
    reason: str = Field(
        description="Why, in a sentence that is true by stored data; may be empty.",
        examples=["Because you looked at Trail backpack"],
    )
    reason_data: dict[str, Any] = Field(description="The figures that the reason is made from.")


class Recommendations(BaseModel):
    recommendation_id: str = Field(
        description="Send it with clicks (`recommendation_click`), carts and orders that follow from this list."
    )
    placement: str
    items: list[RecommendedProduct]
    degraded: list[str] = Field(description="What the list was made without, each with what to do.")
    cached: bool = Field(description="Answered from memory, as for everybody of whom nothing is known.")
    took_ms: float
    weights: Literal["starting", "learned"] = Field(
        description="Whether the parts of `hybrid` count as a shop starts with, or as the job `weights` learned."
    )


class RecommendBody(RequestBody):
    """What is asked: the parameters of GET, and the cart as a list."""

    placement: str = Field("home", description="Where the list is shown.")
    customer_id: _Id | None = Field(None, description="Of a customer who is signed in.")
    session_id: _Id | None = Field(None, description="Of the visit: what was clicked a moment ago counts.")
    product_id: _Id | None = Field(None, description="The page's product.")
    category: _Id | None = Field(None, description="A category, or a path of the shop's own.")
    cart: list[_Id] | None = Field(None, max_length=100, description="Product ids in the cart.")
    limit: int = Field(8, ge=1, le=50)
    min_similarity: float | None = Field(None, ge=0, le=1, description="Of products found as similar.")
    budget: float | None = Field(None, ge=0, lt=1e12, description="Nothing that costs more is shown.")
    device: _Id | None = Field(None, description="For merchandising rules.")
    segment: _Id | None = Field(None, description="For merchandising rules.")
