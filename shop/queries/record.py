"""A search as it is logged, and a click in it. Pure."""

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from es.mappings import queries as fields
from shop.queries.words import normalised

MAX_RAW: Final = 1_000
MAX_POSITION: Final = 100_000
MAX_ID: Final = 128
ID_PATTERN: Final = r"^[!-~]*$"
"""Ids of sessions and visitors: letters, digits and signs of ASCII, without spaces."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who searches, as far as the shop says so. `typing`: the words are not complete yet, so that the search is
    answered and logged, but counted nowhere."""

    session_id: str = ""
    visitor_id: str = ""
    typing: bool = False


NOBODY: Final = Visit()


@dataclass(frozen=True, slots=True)
class LoggedSearch:
    """One search and its answer. `shown`: product ids in their order; `first_position`: that of the first, from 1,
    or None where it is not known. `at`: seconds since 1970."""

    search_id: str
    raw: str
    total: int
    shown: Sequence[str] = ()
    first_position: int | None = 1
    understood: Mapping[str, Any] = field(default_factory=dict)
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = "relevance"
    mode: str = "hybrid"
    took_ms: float = 0.0
    degraded: Sequence[str] = ()
    visit: Visit = NOBODY
    at: float = field(default_factory=time.time)


@dataclass(frozen=True, slots=True)
class Click:
    """A product opened from the list of a search. `position`: from 1, as the shop says; where the log knows the
    product's position, that one counts."""

    search_id: str
    product_id: str
    position: int | None = None
    at: float = field(default_factory=time.time)


def new_search_id() -> str:
    """An id that nobody can guess, 32 hexadecimal digits."""
    return uuid.uuid4().hex


def document(search: LoggedSearch) -> dict[str, Any]:
    """The document to index; what is empty is left out."""
    made: dict[str, Any] = {
        fields.SEARCH_ID: search.search_id,
        fields.TIME: moment(search.at),
        fields.RAW: search.raw[:MAX_RAW],
        fields.TEXT: normalised(search.raw),
        fields.UNDERSTOOD: dict(search.understood),
        fields.FILTERS: {name: list(values) for name, values in search.filters.items()},
        fields.SORT: search.sort,
        fields.MODE: search.mode,
        fields.FIRST_POSITION: search.first_position,
        fields.SHOWN: list(search.shown),
        fields.DEGRADED: list(search.degraded),
        fields.SESSION: search.visit.session_id,
        fields.VISITOR: search.visit.visitor_id,
    }
    made = {name: value for name, value in made.items() if value not in ("", None, {}, [])}
    return made | {
        fields.TOTAL: search.total,
        fields.TOOK_MS: search.took_ms,
        fields.TYPING: search.visit.typing,
    }


def click_change(click: Click, source: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of ADD_CLICK for a click in the logged search of this source."""
    shown: Sequence[str] = source.get(fields.SHOWN, ())
    first = source.get(fields.FIRST_POSITION)
    position = click.position
    if first is not None and click.product_id in shown:
        position = first + list(shown).index(click.product_id)
    made = {fields.CLICK_PRODUCT: click.product_id, fields.CLICK_TIME: moment(click.at)}
    return {"click": made if position is None else {**made, fields.CLICK_POSITION: position}}


ADD_CLICK: Final = """
if (ctx._source.clicks == null) { ctx._source.clicks = new ArrayList(); }
boolean known = false;
for (def each : ctx._source.clicks) { if (each.product_id == params.click.product_id) { known = true; } }
if (known) { ctx.op = 'noop'; } else {
  ctx._source.clicks.add(params.click);
  ctx._source.typing = false;
  def position = params.click.position;
  if (position != null && (ctx._source.best_click == null || position < ctx._source.best_click)) {
    ctx._source.best_click = position;
    ctx._source.reciprocal_rank = 1.0 / position;
  }
}
"""
"""Adds a click to a logged search, once a product. Whoever opens a product has typed enough: the search counts."""


def with_click(made: Mapping[str, Any], click: Click) -> dict[str, Any]:
    """A search's document with a click in it, as ADD_CLICK would leave it."""
    added = click_change(click, made)["click"]
    clicks = list(made.get(fields.CLICKS, ()))
    if any(each[fields.CLICK_PRODUCT] == click.product_id for each in clicks):
        return dict(made)
    changed = {**made, fields.CLICKS: [*clicks, added], fields.TYPING: False}
    position, best = added.get(fields.CLICK_POSITION), made.get(fields.BEST_CLICK)
    if position is not None and (best is None or position < best):
        changed |= {fields.BEST_CLICK: position, fields.RECIPROCAL_RANK: 1.0 / position}
    return changed


def moment(at: float) -> str:
    """Seconds since 1970 as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
