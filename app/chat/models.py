"""The public JSON of the conversation."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.bodies import RequestBody
from app.search.models import ProductCard

MAX_MESSAGE = 4_000


class ChatMessage(RequestBody):
    """Something that the user says."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"message": "I need a gift for my hiking-loving mom, under $100"}]}
    )

    message: str = Field("", max_length=MAX_MESSAGE, description="What the user says; may be empty beside a picture.")
    session_id: str | None = Field(None, max_length=100, description="The session to go on with; null begins one.")
    message_id: str | None = Field(
        None,
        max_length=100,
        description="A name of your own for this message: sent again, it is answered with the same answer once more.",
    )
    image: str | None = Field(None, description="A picture in base64: products that look like it.")


class Recommendation(BaseModel):
    """A product with how well it fits and why."""

    product: ProductCard
    relevance_score: float = Field(description="How well it fits the words, 0 to 1; 0.5: not ranked by words.")
    recommendation_reason: str = Field(description="Why this one; true of the product's record.")
    match_factors: dict[str, float] = Field(
        description="relevance, price, occasion and interest, each 0 to 1; 0.5: nothing was said of it."
    )
    confidence: float = Field(description="Weighted mean of the factors.")
    alternative_products: list[str] = Field(description="Ids of others of its category that were found.")


class Citation(BaseModel):
    start: int = Field(description="First character of the message that rests on these records.")
    end: int = Field(description="The character after the last one.")
    record_ids: list[str]


class Action(BaseModel):
    """Something that the user may do next."""

    type: str = Field(examples=["compare_products"])
    label: str = Field(examples=["Compare the first two"])
    say: str = Field("", description="A message that does it.")


class ChatAnswer(BaseModel):
    """One answer."""

    session_id: str
    response_id: str
    message_id: str
    message: str = Field(description="What the assistant says.")
    intent: str
    recommendations: list[Recommendation]
    records: list[dict[str, Any]] = Field(description="What the answer rests on: products, orders, passages.")
    table: list[dict[str, Any]] | None = Field(None, description="Rows of a comparison: name, values, differs.")
    citations: list[Citation]
    clarifying_questions: list[str]
    shopping_context: dict[str, Any] = Field(description="What is known by now; correct it by saying so.")
    next_actions: list[str]
    actions: list[Action]
    proposal: dict[str, Any] | None = Field(None, description="What waits for a yes.")
    confidence: float = Field(description="How sure the assistant is of what was meant, 0 to 1.")
    written_by: str = Field(description="built-in, or the model that wrote it.")
    degraded: list[str]
    generated_at: str
    took_ms: float


class HistoryLine(BaseModel):
    role: Literal["user", "assistant"]
    text: str
    at: str
    message_id: str
    answer: dict[str, Any] | None = None


class History(BaseModel):
    session_id: str
    created_at: str
    expires_at: str
    shopping_context: dict[str, Any]
    messages: list[HistoryLine]


class ChatFeedback(RequestBody):
    """What the user thought of an answer."""

    session_id: str = Field(max_length=100)
    response_id: str = Field(max_length=100)
    helpful: bool | None = None
    resolved: bool | None = Field(None, description="Whether what was asked is settled.")
    rating: int | None = Field(None, ge=1, le=5)
    comment: str = Field("", max_length=2000)
