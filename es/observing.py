"""Requests to Elasticsearch as somebody else may count them: what came of each, and how long it took."""

from collections.abc import Callable
from typing import Final

Observe = Callable[[str, float], None]
"""Called after each request with its outcome (ok, refused: 4xx, failed: 5xx or no answer, late) and its seconds."""
OUTCOMES: Final = ("ok", "refused", "failed", "late")


def unobserved(_outcome: str, _seconds: float) -> None:
    """Nobody counts."""


def outcome_of(status: int) -> str:
    """What an HTTP status says. That something is not there is an answer like another."""
    if status < 400 or status == 404:
        return "ok"
    return "failed" if status >= 500 or status == 429 else "refused"
