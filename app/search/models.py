"""The public JSON of a search."""

from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.bodies import RequestBody
from app.search.example import MAX_LIKE, MAX_WEIGHT
from app.search.query import DEFAULT_FACET_SIZE, DEFAULT_SIZE, MAX_FACET_SIZE, MAX_SIZE
from app.search.understanding.models import Understood
from shop.queries.record import ID_PATTERN, MAX_ID, MAX_POSITION

SearchId = Annotated[str, Path(description="search_id of an answer.", pattern=r"^[0-9a-f]{32}$")]


class ProductCard(BaseModel):
    """A product as every list shows it."""

    product_id: str = Field(examples=["summit-trail-45l-green"])
    parent_id: str | None = Field(None, description="The family that it is a variant of.")
    name: str = Field(examples=["Summit Trail 45 L Hiking Backpack, Green"])
    price: float = Field(description="In main units of `currency`.", examples=[129.9])
    currency: str = Field(examples=["USD"])
    brand: str = Field(examples=["Northpeak"])
    category: str | None = Field(examples=["sports_outdoors"])
    rating: float | None = Field(description="0 to 5; null without reviews.", examples=[4.6])
    review_count: int = Field(examples=[213])
    in_stock: bool
    image: str | None = Field(description="Address of the first picture.")


class SignalEffect(BaseModel):
    """What a signal of the product's worth did to its score."""

    value: float | None = Field(description="0 to 1; null: not known, and without effect.")
    effect: float = Field(description="What it adds to the factor 1 of the score: 0.05 is a twentieth up.")


class Explanation(BaseModel):
    """How a hit got its place (only with explain=true)."""

    lexical_score: float = Field(description="BM25F of the words; 0: not found by words.")
    some_words_score: float = Field(
        0.0, description="BM25F of any of the words in name and brand; half of it counts where lexical_score is 0."
    )
    thing: bool = Field(
        False,
        description="Its name has the thing that is asked for; where others have it, half of lexical_score counts.",
    )
    cosine: float | None = Field(
        description="Cosine to the query's vector; null: no vector, or behind the fused part of the list."
    )
    look_cosine: float | None = Field(
        None, description="Cosine of its picture to what was searched for; null: no such vector, or not asked."
    )
    ordered_by: str = Field(description="fusion, lexical_score, the chosen sort, or rule (pinned).")
    lexical_part: float | None = Field(None, description="What the words put into the score.")
    semantic_part: float | None = Field(None, description="What the meaning put into the score.")
    look_part: float | None = Field(None, description="What the picture put into the score.")
    fusion: str | None = Field(None, description="convex or rrf.")
    lexical_weight: float | None = Field(None, description="Weight of the words in convex fusion.")
    weight_per_query: bool | None = Field(None, description="Whether that weight was made for this query.")
    look_share: float | None = Field(None, description="The pictures' share of the rest, in convex fusion.")
    boost: float | None = Field(None, description="What all signals add to the factor 1 of the score.")
    signals: dict[str, SignalEffect] | None = Field(None, description="Those that the settings turn on.")
    rules: list["HitRule"] | None = Field(None, description="Merchandising rules that moved the hit.")


class HitRule(BaseModel):
    id: str
    action: str = Field(examples=["pin"])
    place: int | None = Field(None, description="Of a pin: the place it was given.")
    factor: float | None = Field(None, description="Of boost and bury.")


class SearchHit(ProductCard):
    variants: int | None = Field(None, description="With group=parent: products of this family in the result.")
    score: float | None = Field(description="Relevance, comparable within one answer; null where not sorted by it.")
    explanation: Explanation | None = None


class FacetValue(BaseModel):
    value: str = Field(examples=["Northpeak"])
    count: int = Field(description="Products that the value would leave, other facets' selections applied.")
    selected: bool
    min: float | None = Field(None, description="Of a range: its least number, included; null where it is open.")
    below: float | None = Field(None, description="Of a range: the number that it ends below; null where it is open.")


class WordChange(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    before: str = Field(alias="from", examples=["hikng"])
    after: str = Field(alias="to", examples=["hiking"])


class Corrected(BaseModel):
    """What was searched for in the place of what was typed."""

    model_config = ConfigDict(populate_by_name=True)

    before: str = Field(alias="from", description="The words as they were typed.")
    after: str = Field(alias="to", description="The words that were searched for.")
    words: list[WordChange]


class AppliedRule(BaseModel):
    id: str
    action: str = Field(examples=["pin"])


class RelaxationStep(BaseModel):
    without: str = Field(description="The words given up, beside those of the steps before.")
    total: int = Field(description="Products that would be found.")


class PriceBounds(BaseModel):
    lowest: float
    highest: float
    currency: str


class PopularProducts(BaseModel):
    category: str | None = Field(description="The category nearest to the words; null: the whole shop.")
    hits: list[ProductCard]


class Relaxation(BaseModel):
    """What was given up where constraints left nothing, and what else there is."""

    message: str | None = Field(description="A sentence for the shopper.", examples=["“blender” starts at $39.90."])
    dropped: list[str] = Field(description="Words of the constraints that the hits do not hold.")
    steps: list[RelaxationStep] = Field(description="What every further step gives, in order. The budget is never one.")
    price: PriceBounds | None = Field(description="Real prices, where the budget is below all of them.")
    popular: PopularProducts | None = Field(description="Where nothing was found: popular, not what was asked for.")
    missing: str | None = Field(
        None,
        description="The thing that was asked for by name, where nothing in the shop is called so: the hits come "
        "near at best.",
        examples=["fishing rod"],
    )


class SearchAnswer(BaseModel):
    search_id: str = Field(description="Name it when reporting clicks on these hits.")
    total: int = Field(description="Exact number of products in the result.", examples=[37])
    took_ms: float
    hits: list[SearchHit]
    facets: dict[str, list[FacetValue]]
    understood: Understood
    did_you_mean: str | None = Field(description="Words that may be meant instead; null where none are likelier.")
    corrected: Corrected | None = Field(
        description="The mistyped words found (almost) nothing and were corrected; correct=false leaves them."
    )
    degraded: list[str] = Field(description="What this search had to go without, and why; empty when all was well.")
    relaxation: Relaxation | None = Field(
        None, description="Where nothing holds all of it: what was given up, or what else there is. Null: all is held."
    )
    rules: list[AppliedRule] = Field([], description="Merchandising rules that did something to this answer.")
    redirect: str | None = Field(None, description="Page that a rule sends the shopper to instead of these hits.")
    next_cursor: str | None = Field(description="Pass it as `cursor` for the hits after these; null at the end.")


class LikedProduct(BaseModel):
    """A product that the wanted ones are like, or with a weight below 0 unlike."""

    model_config = ConfigDict(extra="forbid")

    product_id: str
    weight: float = Field(1.0, description=f"-{MAX_WEIGHT:g} to {MAX_WEIGHT:g}, not 0.")


class SearchBody(RequestBody):
    """A search as JSON: the same names as the query parameters, filters in an object of their own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "q": "hiking backpack",
                    "filters": {"price": {"max": 150}, "color": ["green", "blue"], "in_stock": True},
                    "facets": ["brand", "color", "price_range"],
                    "size": 12,
                }
            ]
        },
    )

    q: str = Field("", description="What is searched for; empty browses.")
    filters: dict[str, Any] = Field(
        {},
        description='Filters by name: a value or a list of values (any of them), `{"min": .., "max": ..}`, '
        '`{"not": [..]}` (none of them). '
        "Names are those of the query parameters; any attribute of the catalogue is a filter too.",
    )
    image: str | None = Field(
        None, description="A picture in base64 (or a data: address): products that look like it. `q` changes it."
    )
    like: list[str | LikedProduct] = Field(
        [],
        max_length=MAX_LIKE,
        description="Products that the wanted ones are like, by id, or with a weight. They are not in the result.",
    )
    facets: list[str] = Field(
        [], description="Facets to count, such as brand, category or any attribute; auto: those that help."
    )
    facet_size: int = Field(DEFAULT_FACET_SIZE, description=f"Values a facet, 1 to {MAX_FACET_SIZE}.")
    sort: str = Field("relevance", description="relevance, price_asc, price_desc, rating, newest or popularity.")
    page: int = Field(1, description="Page, from 1.")
    size: int = Field(DEFAULT_SIZE, description=f"Hits a page, 0 to {MAX_SIZE}.")
    cursor: str | None = Field(None, description="next_cursor of the answer before.")
    mode: str = Field("hybrid", description="hybrid, lexical or semantic.")
    fusion: str = Field("convex", description="convex or rrf.")
    device: str = Field("", description="What it is shown on, such as mobile; merchandising rules may ask for it.")
    segment: str = Field("", description="Which customers it is for, such as vip; rules may ask for it.")
    explain: bool = Field(False, description="Tell how each hit got its place.")
    group: str | None = Field(None, description="none, or parent: one hit a family, and counts of families.")
    correct: bool = Field(True, description="false: take the words as they are typed.")
    relax: bool = Field(True, description="Give constraints up where nothing holds them all, and say which.")
    understand: bool = Field(True, description="Make constraints of the words that are some, such as a budget.")
    keep_words: list[str] = Field([], description="Sources of understood constraints that are to stay words.")
    session_id: str = Field(
        "",
        max_length=MAX_ID,
        pattern=ID_PATTERN,
        description="Visit of the shop that the search belongs to, for analytics; or the header X-Session-Id.",
    )


def _whole(value: Any) -> Any:  # noqa: ANN401 - whatever JSON there is
    """To JSON 3.0 is a whole number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class ClickBody(RequestBody):
    """A product that was opened from the hits of a search."""

    product_id: str = Field(min_length=1, max_length=200, examples=["summit-trail-45l-green"])
    position: Annotated[int | None, BeforeValidator(_whole)] = Field(
        None,
        ge=1,
        le=MAX_POSITION,
        description="Its place in the whole list, from 1. Where the log knows the place, that one counts.",
    )


class ClickAnswer(BaseModel):
    logged: bool = Field(description="false: the query log is off, or has no room for now.")
