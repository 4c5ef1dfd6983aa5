"""Every figure of the analytics equals a count in Python over the same random log."""

import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import httpx
import pytest
import pytest_asyncio

from es.client import connect_async
from es.names import IndexNames
from es.settings import EngineSettings
from shop.queries.log import QueryLog
from shop.queries.reader import QueryLogReader
from shop.queries.record import Click, LoggedSearch, Visit
from shop.settings import QueryLogSettings
from tests.engines import engine_at, own_engine
from tests.shops import api

pytestmark = pytest.mark.needs_es

START = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
DAY = 86_400
TEXTS = ("red lamp", "Red  Lamp", "blue lamp", "lamp", "lam", "kettle", "ketle", "zzz", "")


@dataclass(frozen=True, slots=True)
class Logged:
    search: LoggedSearch
    clicks: frozenset[int]

    @property
    def text(self) -> str:
        return " ".join(self.search.raw.lower().split())

    @property
    def counts(self) -> bool:
        return bool(self.text) and self.search.first_position == 1 and not self.typing

    @property
    def typing(self) -> bool:
        return self.search.visit.typing and not self.clicks

    @property
    def best(self) -> int | None:
        return min(self.clicks, default=None)


def random_log(count: int) -> list[Logged]:
    chance = random.Random(7)
    made = []
    for i in range(count):
        raw = chance.choice(TEXTS)
        total = 0 if raw == "zzz" or chance.random() < 0.2 else chance.randint(1, 40)
        first = chance.choice((1, 1, 1, 25, None))
        shown = [f"p{n}" for n in range(min(total, 24))]
        session = chance.choice(("", "a", "b", "c", "d"))
        search = LoggedSearch(
            f"{i:032x}",
            raw,
            total,
            shown,
            first_position=first,
            took_ms=round(chance.random() * 50, 1),
            degraded=("semantic: gone",) if chance.random() < 0.1 else (),
            visit=Visit(session, typing=chance.random() < 0.1),
            at=START + chance.randint(0, 4 * DAY),
        )
        places = [n for n in range(len(shown)) if chance.random() < 0.06]
        made.append(Logged(search, frozenset((first or 1) + n for n in places)))
    return made


LOG = random_log(600)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def engine(es_url: str) -> AsyncIterator[EngineSettings]:
    with own_engine(es_url) as engine:
        await log_everything(engine)
        yield engine


async def log_everything(engine: EngineSettings) -> None:
    names = IndexNames(engine.index_prefix)
    async with connect_async(engine) as client:
        log = QueryLog(client, names, QueryLogSettings(query_log_flush_s=0.1))
        log.start()
        for entry in LOG:
            log.searched(entry.search)
        await log.flush()
        await client.indices.refresh(index=names.queries)
        for entry in LOG:
            first = entry.search.first_position or 1
            for place in entry.clicks:
                # The shop's own position is wrong wherever the log knows better.
                told = 99 if entry.search.first_position else place
                log.clicked(Click(entry.search.search_id, f"p{place - first}", told))
        await log.flush()
        await log.stop()
        await client.indices.refresh(index=names.queries)


async def asked(engine: EngineSettings, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401
    async with api(engine, query_log=False) as client:
        response = await client.get("/api/admin/search/analytics", params=parameters)
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body


def clicks_of(entries: list[Logged]) -> dict[str, Any]:
    found = [entry for entry in entries if entry.search.total > 0]
    ranks = [1 / entry.best if entry.best else 0 for entry in found]
    clicked = [rank for rank in ranks if rank]

    def within(k: int) -> float | None:
        return sum(entry.best is not None and entry.best <= k for entry in found) / len(found) if found else None

    return {
        "ctr": {str(k): pytest.approx(within(k), abs=1e-4) for k in (1, 3, 10)},
        "mrr": pytest.approx(sum(ranks) / len(ranks), abs=1e-4) if ranks else None,
        "mrr_of_clicked": pytest.approx(sum(clicked) / len(clicked), abs=1e-4) if clicked else None,
    }


@pytest.mark.parametrize(("first", "last"), [(1, 4), (2, 2), (3, 4)])
async def test_every_figure_by_brute_force(engine: EngineSettings, first: int, last: int) -> None:
    told = await asked(engine, **{"from": f"2026-03-0{first}", "to": f"2026-03-0{last}", "size": 50})
    period = [e for e in LOG if START + (first - 1) * DAY <= e.search.at < START + last * DAY]
    counted = [e for e in period if e.counts]
    assert told["logged"] == len(period) > 100
    assert told["browsing"] == sum(not e.text for e in period)
    assert told["typing"] == sum(e.typing for e in period)
    assert told["degraded"] == sum(bool(e.search.degraded) for e in period)
    mean = sum(e.search.took_ms for e in period) / len(period)
    assert told["latency_ms"]["mean"] == pytest.approx(mean, abs=0.06)
    assert told["searches"] == len(counted)
    assert told["distinct_queries"] == len({e.text for e in counted})
    nothing = [e for e in counted if e.search.total == 0]
    assert told["no_results"] == len(nothing)
    assert told["no_result_rate"] == pytest.approx(len(nothing) / len(counted), abs=1e-4)
    assert {name: told[name] for name in ("ctr", "mrr", "mrr_of_clicked")} == clicks_of(counted)
    by_text: dict[str, list[Logged]] = defaultdict(list)
    for entry in counted:
        by_text[entry.text].append(entry)
    assert [row["searches"] for row in told["top_queries"]] == sorted(map(len, by_text.values()), reverse=True)
    for row in told["top_queries"]:
        own = by_text[row["query"]]
        assert row == {
            "query": row["query"],
            "searches": len(own),
            "no_results": sum(e.search.total == 0 for e in own),
            "mean_total": pytest.approx(sum(e.search.total for e in own) / len(own), abs=0.06),
            **clicks_of(own),
        }
    listed = {row["query"]: row["searches"] for row in told["no_result_queries"]}
    assert listed == dict(Counter(e.text for e in nothing))
    assert told["counts_are_exact"] is True


async def test_reformulations_by_brute_force(engine: EngineSettings) -> None:
    told = (await asked(engine, **{"from": "2026-03-01", "to": "2026-03-04"}))["reformulations"]
    sessions: dict[str, list[Logged]] = defaultdict(list)
    for entry in LOG:
        if entry.counts and entry.search.visit.session_id and entry.search.at < START + 4 * DAY:
            sessions[entry.search.visit.session_id].append(entry)
    assert told["searches_in_sessions"] == sum(map(len, sessions.values()))
    assert told["complete"] is True
    # What is one to a person who reads this log.
    again = {("red lamp", "blue lamp"), ("red lamp", "lamp"), ("blue lamp", "lamp"), ("kettle", "ketle")}
    again |= {(after, before) for before, after in again}
    pairs: Counter[tuple[str, str]] = Counter()
    for entries in sessions.values():
        entries.sort(key=lambda e: (e.search.at, e.search.search_id))
        for before, after in pairwise(entries):
            if after.search.at - before.search.at <= 60 and (before.text, after.text) in again | {("lamp", "lam")}:
                pairs[before.text, after.text] += 1
    assert {(p["query"], p["then"]): p["count"] for p in told["pairs"]} == dict(pairs)
    assert told["reformulated"] == pairs.total() > 0


@pytest.mark.parametrize("least", [1, 5, 30])
async def test_popular_queries_are_asked_for_by_many(engine: EngineSettings, least: int) -> None:
    async with connect_async(engine) as client:
        reader = QueryLogReader(client, IndexNames(engine.index_prefix), least_people=least)
        now = datetime(2026, 3, 5, tzinfo=UTC)
        found = await reader.popular(days=2, size=50, now=now)
    recent = [e for e in LOG if e.counts and e.search.total and START + 2 * DAY <= e.search.at < START + 4 * DAY]
    expected = {}
    for text in {e.text for e in recent}:
        own = [e.search.visit.session_id for e in recent if e.text == text]
        people = len({s for s in own if s}) + own.count("")
        if people >= least:
            expected[text] = (len(own), people)
    assert {query.text: (query.searches, query.people) for query in found} == expected
    assert (least == 30) == (expected == {})


async def test_of_an_empty_log_there_is_nothing_to_tell(es_url: str) -> None:
    told = await asked(engine_at(es_url))
    assert (told["searches"], told["mrr"], told["no_result_rate"], told["top_queries"]) == (0, None, None, [])
    assert told["ctr"] == {"1": None, "3": None, "10": None}
    assert told["reformulations"]["complete"] is True


@pytest.mark.parametrize(
    ("parameters", "parameter", "message"),
    [
        ({"from": "yesterday"}, "from", "must be a day such as"),
        ({"to": "2026-13-01"}, "to", "must be a day such as"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "from", "must be before"),
        ({"from": "2020-01-01", "to": "2026-03-01"}, "from", "at most 400 days"),
        ({"size": "0"}, "size", "must be at least 1"),
        ({"to": "0001-01-01"}, "to", "must be after 2000-01-01"),
    ],
)
async def test_a_wrong_period_is_told(
    engine: EngineSettings, parameters: dict[str, str], parameter: str, message: str
) -> None:
    async with api(engine, query_log=False) as client:
        response: httpx.Response = await client.get("/api/admin/search/analytics", params=parameters)
    assert response.status_code == 400
    assert [e for e in response.json()["errors"] if e["parameter"] == parameter and message in e["message"]], (
        response.text
    )
