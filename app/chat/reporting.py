"""What is kept of conversations, for the user (history, erasing), and for the shop (feedback, analytics)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from app.analytics.service import period_of
from app.chat.context import context_of
from app.chat.errors import SessionMissing
from app.chat.models import ChatFeedback
from app.chat.sessions import Sessions
from app.problems import BadRequest
from es.mappings import conversations as fields
from shop.conversations.document import line_json
from shop.conversations.store import ConversationStore

DEFAULT_DAYS: Final = 30
TOP: Final = 20


@dataclass(frozen=True, slots=True)
class ChatRecords:
    """Reads and judges what was said."""

    sessions: Sessions
    store: ConversationStore

    async def history(self, session_id: str, owner: str | None) -> dict[str, Any]:
        """Raises SessionMissing, EngineError."""
        found = await self.sessions.read(session_id, owner)
        return {
            "session_id": found.session_id,
            "created_at": found.created_at.isoformat(),
            "expires_at": found.expires_at.isoformat(),
            "shopping_context": context_of(found.context).as_json(),
            "messages": [line_json(line) for line in found.lines],
        }

    async def erase(self, session_id: str, owner: str | None) -> None:
        """Raises SessionMissing, EngineError."""
        await self.sessions.erase(session_id, owner)

    async def feedback(self, said: ChatFeedback, owner: str | None) -> None:
        """Raises BadRequest, SessionMissing, EngineError."""
        changes: dict[str, Any] = {
            name: value
            for name, value in (
                (fields.HELPFUL, said.helpful),
                (fields.RESOLVED, said.resolved),
                (fields.RATING, said.rating),
            )
            if value is not None
        }
        if said.comment:
            changes["comment"] = said.comment
        if not changes:
            raise BadRequest([("helpful", "Say helpful, resolved, rating or comment.")])
        conversation = await self.sessions.read(said.session_id, owner)
        given = {line.answer["response_id"] for line in conversation.lines if line.answer is not None}
        if said.response_id not in given or not await self.store.judge_turn(said.response_id, changes):
            raise SessionMissing("There is no such answer in this session.")

    async def analytics(self, start: str, end: str) -> dict[str, Any]:
        """Figures from `start` to `end`, days or moments. Raises BadRequest, EngineError."""
        period = period_of(start, end, datetime.now(UTC), usual_days=DEFAULT_DAYS)
        since, until = period.start, period.end
        within = {"range": {fields.AT: {"gte": since.isoformat(), "lt": until.isoformat()}}}
        each = _measures()
        aggs: dict[str, Any] = {
            **each,
            "sessions": {"cardinality": {"field": fields.SESSION_ID, "precision_threshold": 40_000}},
            "by_day": {
                "date_histogram": {"field": fields.AT, "calendar_interval": "day", "min_doc_count": 1},
                "aggs": each,
            },
            "by_intent": {"terms": {"field": fields.INTENT, "size": 50}, "aggs": each},
            "by_writer": {"terms": {"field": fields.WRITTEN_BY, "size": 20}},
            "unanswered": {
                "filter": {"term": {fields.ANSWERED: False}},
                "aggs": {"messages": {"terms": {"field": f"{fields.MESSAGE}.exact", "size": TOP}}},
            },
        }
        counted = await self.store.count_turns(aggs, within)
        return {"from": since.isoformat(), "to": until.isoformat(), **_told(counted)}


def _measures() -> dict[str, Any]:
    return {
        "answered": {"filter": {"term": {fields.ANSWERED: True}}},
        "escalated": {"filter": {"term": {fields.ESCALATED: True}}},
        "degraded": {"filter": {"exists": {"field": fields.DEGRADED}}},
        "helpful": {"filter": {"term": {fields.HELPFUL: True}}},
        "judged_helpful": {"filter": {"exists": {"field": fields.HELPFUL}}},
        "resolved": {"filter": {"term": {fields.RESOLVED: True}}},
        "judged_resolved": {"filter": {"exists": {"field": fields.RESOLVED}}},
        "rating": {"avg": {"field": fields.RATING}},
        "sentences": {"sum": {"field": fields.SENTENCES}},
        "repaired": {"sum": {"field": fields.REPAIRED}},
        "withheld": {"sum": {"field": fields.WITHHELD}},
        "took": {"percentiles": {"field": fields.TOOK_MS, "percents": [50, 95]}},
        "input_tokens": {"sum": {"field": fields.INPUT_TOKENS}},
        "output_tokens": {"sum": {"field": fields.OUTPUT_TOKENS}},
        "cost": {"sum": {"field": fields.COST_USD}},
    }


def _told(counted: dict[str, Any]) -> dict[str, Any]:
    total, found = counted["total"], counted["aggregations"]
    if not found:
        return {"turns": 0, "sessions": 0, "by_day": [], "by_intent": [], "by_writer": {}, "unanswered": []}
    return {
        **_figures(total, found),
        "sessions": found["sessions"]["value"],
        "by_day": [{"day": b["key_as_string"][:10], **_figures(b["doc_count"], b)} for b in found["by_day"]["buckets"]],
        "by_intent": [{"intent": b["key"], **_figures(b["doc_count"], b)} for b in found["by_intent"]["buckets"]],
        "by_writer": {b["key"]: b["doc_count"] for b in found["by_writer"]["buckets"]},
        "unanswered": [
            {"message": b["key"], "count": b["doc_count"]} for b in found["unanswered"]["messages"]["buckets"]
        ],
    }


def _figures(turns: int, found: dict[str, Any]) -> dict[str, Any]:
    """Rates of one group of turns; None where nothing was judged."""

    def count(name: str) -> int:
        return int(found[name]["doc_count"])

    def share(part: float, whole: float) -> float | None:
        return round(part / whole, 4) if whole else None

    sentences = found["sentences"]["value"]
    faulty = found["repaired"]["value"] + found["withheld"]["value"]
    took = found["took"]["values"]
    return {
        "turns": turns,
        "answered_rate": share(count("answered"), turns),
        "escalation_rate": share(count("escalated"), turns),
        "degraded_rate": share(count("degraded"), turns),
        "helpful_rate": share(count("helpful"), count("judged_helpful")),
        "resolution_rate": share(count("resolved"), count("judged_resolved")),
        "rating": None if found["rating"]["value"] is None else round(found["rating"]["value"], 2),
        "accuracy": share(sentences - faulty, sentences),
        "took_ms": {"p50": _rounded(took.get("50.0")), "p95": _rounded(took.get("95.0"))},
        "tokens": {"input": int(found["input_tokens"]["value"]), "output": int(found["output_tokens"]["value"])},
        "cost_usd": round(found["cost"]["value"], 6),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
