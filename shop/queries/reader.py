"""The query log read: analytics, and what people search for. Asynchronous; every call has a deadline."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from elasticsearch import AsyncElasticsearch

from es.client import translated
from es.errors import EngineTimeout, IndexMissing
from es.mappings import queries as fields
from es.names import IndexNames
from shop.queries.analytics import Period, counted, nothing, read_report, report_body
from shop.queries.reformulations import Reformulations, read_turns, turns_body

PAGE: Final = 5_000
MOST_TURNS: Final = 100_000
# Three times what is wanted: some go because too few people asked for them.
_SPARE: Final = 3


@dataclass(frozen=True, slots=True)
class PopularQuery:
    """A normalised query, how often it was searched for with results, and by how many people: sessions, where a
    search without one counts as a person of its own."""

    text: str
    searches: int
    people: int


class QueryLogReader:
    """Reads the log of one shop. A log that does not exist yet is an empty one. `least_people`: how many must have
    searched for a query before others are told of it."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames, *, least_people: int = 3) -> None:
        self._client = client
        self._least_people = least_people
        self._alias = names.queries

    async def report(self, period: Period, *, size: int, deadline_s: float) -> dict[str, Any]:
        """Every figure but reformulations. Raises EngineTimeout, EngineUnavailable."""
        return read_report(await self._search(report_body(period, size), deadline_s))

    async def reformulations(self, period: Period, *, size: int, deadline_s: float) -> dict[str, Any]:
        """Reformulations among the first MOST_TURNS searches of sessions; raises as `report` does."""
        found = Reformulations()
        after: list[Any] | None = None
        while found.searches < MOST_TURNS:
            answer = await self._search(turns_body(period, PAGE, after), deadline_s)
            hits = answer["hits"]["hits"]
            found.add(read_turns(hits))
            if len(hits) < PAGE:
                return found.told(size, complete=True)
            after = hits[-1]["sort"]
        return found.told(size, complete=False)

    async def popular(
        self, *, days: float, size: int, deadline_s: float = 5.0, now: datetime | None = None
    ) -> list[PopularQuery]:
        """The queries with results of the last `days`, most searched first; none that too few people searched for,
        as a query can tell who asked."""
        end = now or datetime.now(UTC)
        period = Period(end - timedelta(days=days), end)
        something = {"range": {fields.TOTAL: {"gt": 0}}}
        people = {
            "sessions": {"cardinality": {"field": fields.SESSION, "precision_threshold": 1000}},
            "alone": {"missing": {"field": fields.SESSION}},
        }
        listed = {
            "field": fields.TEXT,
            "size": size * _SPARE,
            "shard_size": 10_000,
            "min_doc_count": self._least_people,
        }
        body = {
            "size": 0,
            "query": {"bool": {"filter": [counted(period), something]}},
            "aggs": {"queries": {"terms": listed, "aggs": people}},
        }
        answer = await self._search(body, deadline_s)
        found = [
            PopularQuery(b["key"], b["doc_count"], b["sessions"]["value"] + b["alone"]["doc_count"])
            for b in answer["aggregations"]["queries"]["buckets"]
        ]
        return [query for query in found if query.people >= self._least_people][:size]

    async def _search(self, body: dict[str, Any], deadline_s: float) -> dict[str, Any]:
        """One `_search` over the series. Where there is none yet, the answer is what an empty index would say."""
        client = self._client.options(request_timeout=deadline_s)
        try:
            with translated():
                limited = {**body, "timeout": f"{int(deadline_s * 1000)}ms"}
                answer = await client.search(index=self._alias, body=limited)
        except IndexMissing:
            return {"hits": {"total": {"value": 0}, "hits": []}, "aggregations": nothing(body.get("aggs", {}))}
        if answer["timed_out"]:
            raise EngineTimeout("The query log was not read in time; ask for a shorter period.")
        return dict(answer)
