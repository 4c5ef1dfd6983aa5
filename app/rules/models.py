"""The public JSON of merchandising rules."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.bodies import RequestBody
from shop.rules.document import Rule
from shop.rules.schedule import Moment

MAX_PREVIEW_SIZE = 100
MAX_DRAFTS = 100


class RuleBody(Rule, RequestBody):
    """A rule as it is sent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "tents-for-summer",
                    "name": "Tents: our own first",
                    "when": {"query_contains": ["tent"], "schedule": {"starts": "2027-05-01T00:00"}},
                    "actions": [
                        {"type": "pin", "product_id": "summit-trail-45l-green", "place": 1},
                        {"type": "boost", "products": {"filters": {"brand": "Northpeak"}}, "factor": 1.5},
                    ],
                }
            ]
        },
    )


class RuleAnswer(BaseModel):
    """A rule with its version."""

    rule: Rule
    version: int = Field(description="Name it with a change: it is refused with 409 if somebody else was faster.")
    changed_at: datetime
    changed_by: str
    notes: list[str] = Field([], description="What is likely a mistake, such as a product that there is not.")


class RuleList(BaseModel):
    rules: list[RuleAnswer] = Field(description="In the order in which they go: by priority, then by id.")


class ChangeAnswer(BaseModel):
    """One change of a rule."""

    version: int = Field(description="The version that the change made.")
    action: Literal["create", "update", "delete", "undo"]
    at: datetime
    by: str
    before: dict[str, Any] | None = Field(description="The rule before; null: there was none.")
    after: dict[str, Any] | None = Field(description="The rule after; null: it was deleted.")


class HistoryAnswer(BaseModel):
    rule_id: str
    changes: list[ChangeAnswer] = Field(description="Newest first.")


class UndoBody(RequestBody):
    """Which version the editor saw, and where to go back to."""

    version: int = Field(ge=1, le=2**53, description="The rule's version now.")
    to_version: int | None = Field(None, ge=1, le=2**53, description="Left out: the state before the last change.")


class ConflictAnswer(BaseModel):
    kind: str = Field(examples=["same_place"])
    rules: list[str] = Field(description="Ids, in the order in which they go.")
    told: str = Field(description="What disagrees and what comes of it.")


class ConflictList(BaseModel):
    conflicts: list[ConflictAnswer] = Field(description="At most 200.")


class PreviewBody(RequestBody):
    """A request as a shopper would make it, a time, and rules to try."""

    q: str = Field("", max_length=10_000)
    filters: dict[str, Any] = Field({}, description="As in POST /api/search.")
    sort: str = "relevance"
    mode: str = "hybrid"
    device: str = Field("", max_length=64)
    segment: str = Field("", max_length=64)
    size: int = Field(24, ge=1, le=MAX_PREVIEW_SIZE)
    at: Moment | None = Field(None, description="When; without an offset it is UTC. Left out: now.")
    drafts: list[Rule] = Field(
        [], max_length=MAX_DRAFTS, description="Rules to try; one with the id of a stored rule takes its place."
    )
    without: list[str] = Field([], max_length=MAX_DRAFTS, description="Ids of stored rules to leave out.")
    compare_with: Literal["live", "no_rules"] | None = Field(
        None,
        description="What `before` shows: what shoppers get now, or what they would get without any rule. Left out: "
        "live where drafts, without or at are given, else no_rules.",
    )


class PreviewHit(BaseModel):
    place: int
    product_id: str
    name: str
    rules: list[dict[str, Any]] = Field(description="What rules did to this hit.")


class PreviewSide(BaseModel):
    """One of the two lists."""

    at: datetime
    text: str = Field(description="The words that are searched for.")
    other_wordings: list[str]
    total: int
    redirect: str | None
    rules: list[dict[str, str]] = Field(description="Rules that did something: id and action.")
    hits: list[PreviewHit]


class Move(BaseModel):
    product_id: str
    before: int | None = Field(description="Its place before; null: not among the hits shown.")
    after: int | None


class Skipped(BaseModel):
    rule: str
    action: str
    by: str = Field(description="The rule that came first; empty: no rule.")
    why: str


class PreviewAnswer(BaseModel):
    before: PreviewSide
    after: PreviewSide
    moves: list[Move] = Field(description="Hits whose place differs.")
    skipped: list[Skipped] = Field(description="Actions that were not done as they stand (after), and why.")
    degraded: list[str]
