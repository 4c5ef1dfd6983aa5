"""The public JSON of events and feedback."""

from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, Field

from app.bodies import RequestBody
from app.events.body import MAX_EVENTS
from shop.events.document import ADAPTER
from shop.events.parts import Id
from shop.products.document import ProductId


class EventAnswer(BaseModel):
    """What became of one event."""

    index: int = Field(description="Its place in the batch, from 0.")
    event_id: str = Field(description="Its id, made here where none was sent; empty where it was refused without.")
    status: Literal["accepted", "duplicate", "refused"] = Field(
        description="accepted and duplicate: it is kept, durably; duplicate: it was before. refused: see `why`."
    )
    why: str = Field("", description="What is wrong and what would be right.")


class EventsAnswer(BaseModel):
    """What became of a batch."""

    accepted: int
    duplicates: int
    refused: int
    events: list[EventAnswer] = Field(description="One a event, in the order they were sent.")


class FeedbackBody(RequestBody):
    """What a shopper says of a recommendation, or did with it."""

    recommendation_id: Id = Field(examples=["r-42"])
    interaction_type: Literal["click", "purchase", "like", "dislike", "dismiss"]
    product_id: ProductId | None = Field(None, description="Needed for a click.")
    customer_id: Id | None = None
    session_id: Id | None = None
    event_id: Id | None = Field(None, description="The same id is counted once.")
    comment: str | None = Field(None, max_length=10_000)


class FeedbackAnswer(BaseModel):
    event_id: str
    status: Literal["accepted", "duplicate"]


REF = "#/components/schemas/{model}"


@cache
def schemas() -> dict[str, Any]:
    """Every type of event, for the description of the API: schema name -> JSON schema. Worked out once, to be read."""
    found: dict[str, Any] = ADAPTER.json_schema(ref_template=REF)["$defs"]
    return found


def request_body() -> dict[str, Any]:
    """How the body of POST /api/events is described. What is no event is answered event by event, not refused."""
    types = [{"$ref": REF.format(model=name)} for name, s in schemas().items() if "type" in s.get("properties", {})]
    other = {"description": "Anything else is answered as refused, with the reason."}
    listed = {"type": "array", "items": {"anyOf": [*types, other]}, "description": f"At most {MAX_EVENTS} events."}
    batch = {
        "type": "object",
        "properties": {"events": listed},
        "required": ["events"],
        "additionalProperties": False,
    }
    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"anyOf": [batch, listed, *types, {**other, "type": "object"}]}}
            },
        }
    }
