"""Which scope opens which route: the one table of it.

A row covers a path and everything below it; of several the longest counts. Under `/api` what no row covers needs
`admin`, so that a route that somebody forgot is closed; a test finds the row missing.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from shop.keys.key import Scope


class Rule(Enum):
    """What is opened otherwise than by a scope."""

    OPEN = "open"
    METRICS = "metrics"


Need = Scope | Rule
READS: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Row:
    """A path, what it needs, and what reading it needs where that is something else."""

    path: str
    need: Need
    reading: Need | None = None


TABLE: Final = (
    Row("/api/search", Scope.SEARCH),
    Row("/api/understand", Scope.SEARCH),
    Row("/api/suggest", Scope.SEARCH),
    Row("/api/products", Scope.CATALOGUE, reading=Scope.SEARCH),
    Row("/api/products/batch", Scope.SEARCH),
    Row("/api/recommendations", Scope.SEARCH),
    Row("/api/chat", Scope.CHAT),
    Row("/api/chat/analytics", Scope.ADMIN),
    Row("/api/events", Scope.EVENTS),
    Row("/api/feedback", Scope.EVENTS),
    Row("/api/admin", Scope.ADMIN),
    Row("/api/admin/rules", Scope.RULES),
    Row("/metrics", Rule.METRICS),
)
_LONGEST_FIRST: Final = tuple(sorted(TABLE, key=lambda row: -len(row.path)))


def row_of(path: str) -> Row | None:
    """The row that covers a path."""
    for row in _LONGEST_FIRST:
        if path.startswith(row.path) and (len(path) == len(row.path) or path[len(row.path)] == "/"):
            return row
    return None


def need_of(method: str, path: str) -> Need:
    """What a request needs. Pages, health checks and the description of the API are open."""
    row = row_of(path)
    if row is None:
        return Scope.ADMIN if path.startswith("/api/") or path == "/api" else Rule.OPEN
    return row.reading if row.reading is not None and method in READS else row.need
