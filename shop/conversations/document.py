"""A conversation as the shop keeps it. Pure values."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

MAX_LINES = 200
"""Lines of one conversation that are kept; the oldest leave first."""


@dataclass(frozen=True, slots=True)
class StoredLine:
    """What was said: by `role` (user or assistant), the `text`, and for the assistant its whole `answer`.
    `message_id` joins question and answer."""

    role: str
    text: str
    at: datetime
    message_id: str
    answer: dict[str, Any] | None = None


def owner_digest(customer_id: str | None) -> str:
    """Who began a session, told apart but not told; empty for nobody in particular."""
    return hashlib.sha256(f"session owner {customer_id}".encode()).hexdigest()[:32] if customer_id else ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One session: who began it (`owner`, empty for nobody in particular), until when it lives, what is known by now
    (`context`), and what was said."""

    session_id: str
    owner: str
    created_at: datetime
    expires_at: datetime
    context: dict[str, Any] = field(default_factory=dict)
    lines: tuple[StoredLine, ...] = ()

    def answer_to(self, message_id: str) -> dict[str, Any] | None:
        """The answer that this message has had already."""
        for line in reversed(self.lines):
            if line.message_id == message_id and line.answer is not None:
                return line.answer
        return None

    def expired(self, now: datetime) -> bool:
        return now >= self.expires_at

    def with_turn(
        self, said: StoredLine, answered: StoredLine, context: dict[str, Any], expires_at: datetime
    ) -> "Conversation":
        lines = (*self.lines, said, answered)[-MAX_LINES:]
        return replace(self, lines=lines, context=context, expires_at=expires_at)


def line_json(line: StoredLine) -> dict[str, Any]:
    told: dict[str, Any] = {
        "role": line.role,
        "text": line.text,
        "at": line.at.isoformat(),
        "message_id": line.message_id,
    }
    return told if line.answer is None else {**told, "answer": line.answer}


def line_of(value: dict[str, Any]) -> StoredLine:
    at = datetime.fromisoformat(value["at"]).astimezone(UTC)
    return StoredLine(value["role"], value["text"], at, value["message_id"], value.get("answer"))
