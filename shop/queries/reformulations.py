"""Queries that shoppers said again in other words: the same session, the next query within a minute. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from es.mappings import queries as fields
from shop.queries.analytics import Period, counted
from shop.queries.words import reformulates

WITHIN_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One search of a session. `at`: seconds since 1970."""

    session_id: str
    at: float
    text: str


@dataclass(slots=True)
class Reformulations:
    """Counts as `add` is given searches in the order of session and time. `searches`: those that belong to a
    session."""

    searches: int = 0
    reformulated: int = 0
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    _before: Turn | None = None

    def add(self, turns: Iterable[Turn]) -> None:
        for turn in turns:
            self.searches += 1
            before, self._before = self._before, turn
            if before is None or before.session_id != turn.session_id or turn.at - before.at > WITHIN_S:
                continue
            if reformulates(before.text, turn.text):
                self.reformulated += 1
                self.pairs[before.text, turn.text] += 1

    def told(self, size: int, *, complete: bool) -> dict[str, Any]:
        """As JSON: `rate` is the share of the sessions' searches that were said again."""
        pairs = sorted(self.pairs.items(), key=lambda pair: (-pair[1], pair[0]))[:size]
        return {
            "searches_in_sessions": self.searches,
            "reformulated": self.reformulated,
            "rate": round(self.reformulated / self.searches, 4) if self.searches else None,
            "pairs": [{"query": one, "then": other, "count": count} for (one, other), count in pairs],
            "complete": complete,
        }


def turns_body(period: Period, size: int, after: list[Any] | None) -> dict[str, Any]:
    """The `_search` body of the next searches of sessions, by session and time."""
    body: dict[str, Any] = {
        "size": size,
        "track_total_hits": False,
        "_source": False,
        "fields": [fields.TEXT],
        "query": {"bool": {"filter": [counted(period), {"exists": {"field": fields.SESSION}}]}},
        "sort": [fields.SESSION, fields.TIME, fields.SEARCH_ID],
    }
    return body if after is None else {**body, "search_after": after}


def read_turns(hits: Iterable[dict[str, Any]]) -> list[Turn]:
    return [Turn(hit["sort"][0], hit["sort"][1] / 1000, hit["fields"][fields.TEXT][0]) for hit in hits]
