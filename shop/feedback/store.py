"""What the job `feedback` counted, read back. Asynchronous; every call has a deadline."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final

from elasticsearch import AsyncElasticsearch

from es.client import translated
from es.errors import IndexMissing
from es.mappings import feedback as fields
from es.names import IndexNames
from shop.feedback.distinct import Distinct
from shop.feedback.figures import SUMS, Counted, Groups

_PAGE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Covered:
    """Whole days (UTC) that a generation holds of a period, from `start` to before `end`, counted at `at`."""

    index: str
    start: datetime
    end: datetime
    at: datetime


class FeedbackReader:
    """Reads the live generation of one shop. All raise EngineError."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames) -> None:
        self._client = client
        self._alias = names.alias(fields.KIND)

    async def covered(self, start: datetime, end: datetime, *, deadline_s: float) -> Covered | None:
        """The days from `start` on that are counted; None where `start` is no midnight, comes before the first
        counted day, or no whole day is counted, and where the job has never run."""
        try:
            with translated():
                answer = await self._client.options(request_timeout=deadline_s).indices.get_mapping(index=self._alias)
        except IndexMissing:
            return None
        if not answer.body:
            return None
        index, body = next(iter(answer.body.items()))
        meta = body["mappings"]["_meta"]
        since = datetime.combine(date.fromisoformat(meta[fields.SINCE]), time(), UTC)
        until = datetime.fromisoformat(meta[fields.UNTIL])
        last = min(midnight(end), midnight(until))
        if start != midnight(start) or start < since or last <= start:
            return None
        return Covered(index, start, last, until)

    async def groups(self, covered: Covered, *, deadline_s: float) -> Groups:
        """Sums of the covered days, by dimension and value."""
        found: Groups = {}
        after: list[Any] | None = None
        days = {"gte": covered.start.date().isoformat(), "lt": covered.end.date().isoformat()}
        while True:
            with translated():
                answer = await self._client.options(request_timeout=deadline_s).search(
                    index=covered.index,
                    query={"range": {fields.DAY: days}},
                    sort=[{fields.DAY: "asc"}, {fields.DIMENSION: "asc"}, {fields.VALUE: "asc"}],
                    search_after=after,
                    size=_PAGE,
                    track_total_hits=False,
                )
            hits = answer["hits"]["hits"]
            for hit in hits:
                _add(found, hit["_source"])
            if len(hits) < _PAGE:
                return found
            after = hits[-1]["sort"]


def midnight(moment: datetime) -> datetime:
    """The beginning of its day, UTC."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _add(groups: Groups, source: dict[str, Any]) -> None:
    sums = {name: int(source[name]) for name in SUMS}
    counted = Counted(sums, Distinct(source[fields.PRODUCTS]))
    keys = [(source[fields.DIMENSION], source[fields.VALUE])]
    if source[fields.DIMENSION] == "all":
        keys.append(("day", source[fields.DAY]))
    for dimension, value in keys:
        groups.setdefault(dimension, {}).setdefault(value, Counted()).add(counted)
