"""What a turn answers, and what is kept of it for the figures. Pure but for ids and the time."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.chat import answering
from app.chat.answering import Found
from app.chat.context import Context
from app.chat.reading.intents import SHOPPING, Intent
from app.chat.reading.message import Reading
from app.chat.writing import Written
from shop.conversations.masking import masked
from shop.conversations.turn import Turn


def answer_body(
    session_id: str,
    message_id: str,
    reading: Reading,
    context: Context,
    found: Found,
    listed: list[dict[str, Any]],
    written: Written,
) -> dict[str, Any]:
    """The whole answer of a turn, as POST /api/chat/message gives it; how long it took is put in at its end."""
    offered = answering.actions(reading, context, found)
    sure = [item["confidence"] for item in listed[:3]]
    return {
        "session_id": session_id,
        "response_id": uuid.uuid4().hex,
        "message_id": message_id,
        "message": written.text,
        "intent": reading.intent.value,
        "recommendations": listed,
        "records": [record.as_json() for record in found.records if record.kind.value != "product"],
        "table": found.facts.get("table"),
        "citations": [{"start": c.start, "end": c.end, "record_ids": list(c.record_ids)} for c in written.citations],
        "clarifying_questions": answering.questions(reading, context, found),
        "shopping_context": context.as_json() | answering.described(context),
        "next_actions": [action["type"] for action in offered],
        "actions": offered,
        "proposal": found.proposal,
        "confidence": round(reading.sure * (sum(sure) / len(sure) if sure else 1.0), 3),
        "written_by": written.by,
        "degraded": [*found.degraded, *written.degraded],
        "generated_at": datetime.now(UTC).isoformat(),
        "took_ms": 0.0,
    }


def turn_of(answer: Mapping[str, Any], message: str, at: datetime, written: Written, products_ms: float) -> Turn:
    """The turn as it is counted; personal data in the message is masked."""
    usage = written.usage
    return Turn(
        turn_id=answer["response_id"],
        session_id=answer["session_id"],
        at=at,
        intent=answer["intent"],
        written_by=answer["written_by"],
        answered=answer["intent"] not in ("unclear", "off_topic", "other_language") and not _empty(answer),
        escalated=answer["intent"] == Intent.HUMAN.value,
        message=masked(message),
        took_ms=answer["took_ms"],
        first_products_ms=products_ms,
        degraded=answer["degraded"],
        products=[item["product"]["product_id"] for item in answer["recommendations"]],
        sentences=written.sentences,
        repaired=written.repaired,
        withheld=written.withheld,
        input_tokens=usage.input_tokens if usage else 0,
        output_tokens=usage.output_tokens if usage else 0,
        cost_usd=usage.cost_usd if usage else 0.0,
    )


def _empty(answer: Mapping[str, Any]) -> bool:
    """A search that found nothing."""
    return answer["intent"] in {intent.value for intent in SHOPPING} and not answer["recommendations"]
