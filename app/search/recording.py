"""What a search leaves in the query log, and what a request says of who asks. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.problems import BadRequest
from app.search.filters import Filter, FlagFilter, RangeFilter
from app.search.query import SearchQuery
from app.search.spans import SpanFilter
from shop.queries.record import ID_PATTERN, MAX_ID, LoggedSearch, Visit

SESSION_HEADER = "X-Session-Id"
VISITOR_HEADER = "X-Visitor-Id"
TYPING_HEADER = "X-Typing"


def without_visit(headers: Mapping[str, str], pairs: Sequence[tuple[str, str]]) -> tuple[Visit, list[tuple[str, str]]]:
    """Who asks, and the parameters without those that say so; raises as `visit_of` does."""
    session = [value for name, value in pairs if name == "session_id"]
    return visit_of(headers, session[0] if session else ""), [pair for pair in pairs if pair[0] != "session_id"]


def visit_of(headers: Mapping[str, str], session_id: str = "") -> Visit:
    """Who asks, from headers and the parameter `session_id`, which wins. Raises BadRequest for ids that are none."""
    session = session_id or headers.get(SESSION_HEADER, "")
    visitor = headers.get(VISITOR_HEADER, "")
    wrong = [
        (name, f"{name} must be at most {MAX_ID} letters, digits or signs without spaces.")
        for name, value in (("session_id", session), (VISITOR_HEADER, visitor))
        if len(value) > MAX_ID or not re.fullmatch(ID_PATTERN, value)
    ]
    if wrong:
        raise BadRequest(wrong)
    return Visit(session, visitor, headers.get(TYPING_HEADER, "").strip().lower() in ("1", "true", "yes"))


def logged(query: SearchQuery, answer: Mapping[str, Any], visit: Visit) -> LoggedSearch:
    """The record of an answered search."""
    deep = query.cursor is not None
    return LoggedSearch(
        search_id=answer["search_id"],
        raw=query.text,
        total=answer["total"],
        shown=[hit["product_id"] for hit in answer["hits"]],
        # Behind the window a cursor does not know how many there were before it.
        first_position=None if deep else query.offset + 1,
        understood=answer["understood"],
        filters={given.name: _values(given) for given in query.filters},
        sort=query.sort.value,
        mode=query.mode.value,
        took_ms=answer["took_ms"],
        degraded=answer["degraded"],
        visit=visit,
    )


def _values(given: Filter) -> list[str]:
    if isinstance(given, FlagFilter):
        return ["true" if given.value else "false"]
    if isinstance(given, RangeFilter):
        return [f"{'' if given.gte is None else given.gte}..{'' if given.lte is None else given.lte}"]
    if isinstance(given, SpanFilter):
        return [span.text for span in given.spans]
    return list(given.values)
