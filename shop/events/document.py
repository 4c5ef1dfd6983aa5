"""An event: a closed union of types, told apart by `type`.

Nine interactions (view_category, view_product, add_to_cart, update_cart, remove_from_cart, checkout_started,
order_placed, search, review_submitted) and what a shop sees beside them: impression, recommendation_click,
search_click, recommendation_feedback, dwell, scroll.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, TypeAdapter, field_validator, model_validator
from pydantic.networks import IPvAnyAddress

from shop.events.parts import (
    MAX_ITEMS,
    MAX_SHOWN,
    Category,
    Currency,
    Id,
    Line,
    Name,
    Part,
    Position,
    Price,
    Quantity,
    Shown,
    Url,
    extra_problem,
)
from shop.products.document import Moment, ProductId, Text
from shop.products.values import MAX_PRICE


class Event(Part):
    """What every event may say. One of `customer_id` and `session_id` must be there, unless consent is denied."""

    event_id: Id | None = Field(
        None,
        description="Of the sender's making; the same id is stored once. Without it, it is made from the content, "
        "so that the same event with the same timestamp is stored once.",
    )
    timestamp: Moment | None = Field(
        None,
        description="When it happened: ISO 8601 (UTC where no zone is given), or seconds or milliseconds since 1970. "
        "Without it: when it was received.",
    )
    customer_id: Id | None = Field(None, description="Of a customer who is signed in.")
    session_id: Id | None = Field(None, description="Of the visit, anonymous or not.")
    consent: bool | None = Field(None, description="False: stored without anything that says who it was.")
    page_url: Url | None = None
    referrer_url: Url | None = None
    ip_address: IPvAnyAddress | None = Field(None, description="Stored truncated or hashed, never whole.")
    user_agent: Annotated[Text, StringConstraints(max_length=1000)] | None = None
    placement: Name | None = Field(None, description="Where on the site: home, product, cart, ...")
    algorithm: Name | None = Field(None, description="What chose the product or the list.")
    search_id: Id | None = Field(None, description="Of the search whose hits led here, as its answer gave it.")
    recommendation_id: Id | None = Field(None, description="Of the recommendations that led here, likewise.")
    position: Position | None = None
    extra: dict[str, Any] | None = Field(None, description="Anything else, kept and not searched.")

    @field_validator("timestamp", mode="after")
    @classmethod
    def _writable(cls, moment: datetime | None) -> datetime | None:
        if moment is not None and moment.year < 1000:
            raise ValueError("the year must have four digits")
        return moment

    @field_validator("extra", mode="after")
    @classmethod
    def _small(cls, extra: dict[str, Any] | None) -> dict[str, Any] | None:
        if extra is not None and (problem := extra_problem(extra)):
            raise ValueError(problem)
        return extra

    def lines(self) -> "tuple[Line | Shown, ...]":
        """The products that the event is about, with what it says of each."""
        return ()


class _OfProduct(Event):
    product_id: ProductId
    category: Category | None = None

    def lines(self) -> tuple[Line | Shown, ...]:
        return (Line(product_id=self.product_id),)


class ViewCategory(Event):
    """A category page was opened."""

    type: Literal["view_category"]
    category: Category


class ViewProduct(_OfProduct):
    """A product page was opened."""

    type: Literal["view_product"]
    seconds: Annotated[float, Field(ge=0, le=86_400)] | None = Field(None, description="How long it was open.")


class _OfCart(_OfProduct):
    price: Price | None = Field(None, description="Of one piece, in main units of `currency`.")
    currency: Currency | None = None

    @model_validator(mode="after")
    def _countable(self) -> Self:
        if (self.price or 0) * (getattr(self, "quantity", None) or 1) >= MAX_PRICE:
            raise ValueError(f"price times quantity reaches {MAX_PRICE:,}; check both")
        return self

    def lines(self) -> tuple[Line | Shown, ...]:
        quantity = getattr(self, "quantity", None) or 1
        return (Line(product_id=self.product_id, quantity=quantity, price=self.price),)


class AddToCart(_OfCart):
    """A product was put into the cart."""

    type: Literal["add_to_cart"]
    quantity: Quantity = 1


class UpdateCart(_OfCart):
    """The quantity of a product in the cart was changed."""

    type: Literal["update_cart"]
    quantity: Annotated[int, Field(ge=0, le=1_000_000, description="The new quantity.")]


class RemoveFromCart(_OfCart):
    """A product was taken out of the cart."""

    type: Literal["remove_from_cart"]
    quantity: Quantity | None = None


class _OfLines(Event):
    total: Price | None = Field(None, description="What is paid, in main units of `currency`.")
    currency: Currency | None = None

    @model_validator(mode="after")
    def _countable(self) -> Self:
        if sum((line.price or 0) * line.quantity for line in self.lines() if isinstance(line, Line)) >= MAX_PRICE:
            raise ValueError(f"the sum of the items reaches {MAX_PRICE:,}; check prices and quantities")
        return self


class CheckoutStarted(_OfLines):
    """The way to the till was taken."""

    type: Literal["checkout_started"]
    items: Annotated[list[Line], Field(default_factory=list, max_length=MAX_ITEMS)]

    def lines(self) -> tuple[Line | Shown, ...]:
        return tuple(self.items)


class OrderPlaced(_OfLines):
    """An order was placed. In place of `items`, `product_id` with `quantity` and `price` is an order of one line."""

    type: Literal["order_placed"]
    order_id: Id
    items: Annotated[list[Line], Field(min_length=1, max_length=MAX_ITEMS)]

    @model_validator(mode="before")
    @classmethod
    def _one_line(cls, data: Any) -> Any:  # noqa: ANN401 - whatever was sent
        if not isinstance(data, dict) or "items" in data or "product_id" not in data:
            return data
        line = {name: data[name] for name in ("product_id", "quantity", "price") if data.get(name) is not None}
        return {**{name: v for name, v in data.items() if name not in Line.model_fields}, "items": [line]}

    def lines(self) -> tuple[Line | Shown, ...]:
        return tuple(self.items)


class Search(Event):
    """Words were searched for."""

    type: Literal["search"]
    query: Annotated[Text, StringConstraints(max_length=500)]
    results: Annotated[int, Field(ge=0)] | None = Field(None, description="How many products were found.")
    category: Category | None = None


class ReviewSubmitted(_OfProduct):
    """A review was written."""

    type: Literal["review_submitted"]
    rating: Annotated[float, Field(ge=0, le=5)] | None = None
    comment: Annotated[Text, StringConstraints(max_length=10_000)] | None = None


class Impression(Event):
    """A list of products was shown."""

    type: Literal["impression"]
    placement: Name
    items: Annotated[list[Shown], Field(min_length=1, max_length=MAX_SHOWN)]

    def lines(self) -> tuple[Line | Shown, ...]:
        return tuple(self.items)


class RecommendationClick(_OfProduct):
    """A recommended product was clicked."""

    type: Literal["recommendation_click"]
    recommendation_id: Id


class SearchClick(_OfProduct):
    """A hit of a search was clicked."""

    type: Literal["search_click"]
    search_id: Id


class RecommendationFeedback(Event):
    """What a shopper says of a recommendation, or did about it elsewhere."""

    type: Literal["recommendation_feedback"]
    recommendation_id: Id
    verdict: Literal["like", "dislike", "dismiss", "purchase"]
    product_id: ProductId | None = None
    comment: Annotated[Text, StringConstraints(max_length=10_000)] | None = None

    def lines(self) -> tuple[Line | Shown, ...]:
        return (Line(product_id=self.product_id),) if self.product_id else ()


class Dwell(Event):
    """A page, or a product, stayed in view."""

    type: Literal["dwell"]
    seconds: Annotated[float, Field(ge=0, le=86_400)]
    product_id: ProductId | None = None

    def lines(self) -> tuple[Line | Shown, ...]:
        return (Line(product_id=self.product_id),) if self.product_id else ()


class Scroll(Event):
    """A page was scrolled."""

    type: Literal["scroll"]
    depth: Annotated[float, Field(ge=0, le=1, description="Share of the page that came into view.")]
    product_id: ProductId | None = None

    def lines(self) -> tuple[Line | Shown, ...]:
        return (Line(product_id=self.product_id),) if self.product_id else ()


AnyEvent = Annotated[
    ViewCategory
    | ViewProduct
    | AddToCart
    | UpdateCart
    | RemoveFromCart
    | CheckoutStarted
    | OrderPlaced
    | Search
    | ReviewSubmitted
    | Impression
    | RecommendationClick
    | SearchClick
    | RecommendationFeedback
    | Dwell
    | Scroll,
    Field(discriminator="type"),
]

CLASSES: tuple[type[Event], ...] = (
    ViewCategory, ViewProduct, AddToCart, UpdateCart, RemoveFromCart, CheckoutStarted, OrderPlaced, Search,
    ReviewSubmitted, Impression, RecommendationClick, SearchClick, RecommendationFeedback, Dwell, Scroll,
)  # fmt: skip
TYPES: tuple[str, ...] = tuple(kind.model_fields["type"].annotation.__args__[0] for kind in CLASSES)  # type: ignore[union-attr]
ADAPTER: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)
