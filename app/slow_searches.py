"""The slow-query log: one line with the whole of a search that took long, so that it can be sent again."""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import asdict
from typing import Any, Final

import structlog

from app.meter import STAGES
from app.search.query import SearchQuery

log = structlog.get_logger("shopscout.slow")

LONGEST_LIST: Final = 50
"""Vectors are longer; nobody reads 384 numbers, and they follow from the words."""


SENT: ContextVar[Sequence[Mapping[str, Any]]] = ContextVar("sent", default=())
"""What Elasticsearch was sent last for the request under way."""


def report(asked: SearchQuery, answer: Mapping[str, Any]) -> None:
    """Writes the line: what was asked, what Elasticsearch was sent last, what came of it, and how long it took."""
    stages = STAGES.get() or {}
    log.warning(
        "slow search",
        search_id=answer["search_id"],
        took_ms=answer["took_ms"],
        stages_ms={name: round(1000 * seconds, 1) for name, seconds in stages.items()},
        total=answer["total"],
        degraded=answer["degraded"],
        asked=_plain(asdict(asked)),
        sent=[_plain(body) for body in SENT.get()],
    )


def _plain(value: object) -> Any:  # noqa: ANN401 - whatever there is
    """Plain JSON of it: pictures and vectors by their size alone."""
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items() if part not in (None, [], (), {}, "")}
    if isinstance(value, list | tuple | set | frozenset):
        if len(value) > LONGEST_LIST:
            return f"<{len(value)} values>"
        return [_plain(part) for part in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if hasattr(value, "shape"):
        return f"<{value.shape[0] if value.shape else 0} numbers>"
    return str(value)
