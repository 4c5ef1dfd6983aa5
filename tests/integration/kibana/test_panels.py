"""Every panel of the built file, asked of a real Elasticsearch that the simulator filled: it must tell what is planted.

The searches are read from the NDJSON as it would be pushed, and the truths come from the simulator, which counts them
in the traffic that it made and not in any index.
"""

import asyncio
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch

from es.client import connect, connect_async
from es.lease import Leases
from es.names import IndexNames
from es.settings import EngineSettings
from ingest.simulation.plan import Plan
from ingest.simulation.stock import demo_stock
from ingest.simulation.traffic import Traffic, simulate
from ingest.simulation.writing import Stored, store_events, store_rest
from jobs.job import Workplace, run_job
from jobs.registry import job_named
from jobs.settings import JobSettings
from kibana.__main__ import main
from kibana.build import ndjson, saved_objects
from kibana.check import read
from kibana.showing import panels, rows, shown
from kibana.source import dashboards, data_views
from shop.demo.catalogue import read_catalogue
from shop.products.document import Product
from shop.settings import EventSettings
from tests.engines import engine_at, own_engine
from tests.shops import load

pytestmark = pytest.mark.needs_es

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
PLAN = Plan(NOW, days=24, seed=5, sessions=25)
PRODUCTS = [Product.model_validate(row) for row in list(read_catalogue())[::3]]
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Shop:
    """A filled shop, and the rows of each panel by `dashboard panel`."""

    engine: EngineSettings
    traffic: Traffic
    truths: dict[str, Any]
    panels: dict[str, Rows]

    @property
    def planted(self) -> dict[str, Any]:
        return dict(self.truths["planted"])

    @property
    def counted(self) -> dict[str, Any]:
        return dict(self.truths["counted"])

    def one(self, panel: str) -> float:
        """The number of a panel that shows one."""
        (row,) = self.panels[panel]
        (value,) = row.values()
        return float(value)

    def by(self, panel: str) -> dict[str, dict[str, Any]]:
        """The rows of a panel by what they are of; days are days."""
        return {
            str(row["by0"])[:10] if str(row["by0"]).endswith("Z") else str(row["by0"]): row
            for row in self.panels[panel]
        }


@pytest.fixture(scope="module")
def shop(es_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    traffic = simulate(PLAN, demo_stock(product.model_dump() for product in PRODUCTS))
    with own_engine(es_url, f"kib{uuid4().hex[:10]}") as engine, connect(engine) as client:
        names = IndexNames(engine.index_prefix)
        load(engine, PRODUCTS, None)
        _fill(client, engine, names, traffic, tmp_path_factory.mktemp("jobs"))
        objects = read(ndjson(saved_objects(dashboards(), data_views(), names)))
        start = NOW - timedelta(days=31)
        found = {}
        for made in (each for each in objects if each["type"] == "dashboard"):
            kept = [each for each in objects if each["type"] != "dashboard"] + [made]
            name = made["id"].removeprefix(f"{names.prefix}-")
            found |= {f"{name} {panel.panel}": rows(client, panel) for _, panel in panels(kept, start, NOW)}
        yield Shop(engine, traffic, traffic.truths(), found)


def _fill(client: Elasticsearch, engine: EngineSettings, names: IndexNames, traffic: Traffic, folder: Path) -> None:
    store_events(client, names, traffic, NOW)

    async def rest() -> None:
        async with connect_async(engine) as other:
            await store_rest(other, names, traffic, Stored())

    asyncio.run(rest())
    place = Workplace(client, names, JobSettings(), EventSettings(), folder, NOW, lambda _: None)
    for job in ("feedback", "trends"):
        run_job(job_named(job), place, Leases(client, names, lease_s=60))
    client.indices.refresh(index=f"{names.prefix}-*")


def test_every_panel_shows_something(shop: Shop) -> None:
    assert len(shop.panels) == sum(len(dashboard.panels) for dashboard in dashboards()) > 50
    for name, found in shop.panels.items():
        if name == "operations bots":
            assert found == []
            continue
        assert found, name
        for figure in found[0].keys() - {"by0", "by1"}:
            assert any(row[figure] is not None for row in found), f"{name}: {figure}"
        assert not any(isinstance(value, float) and math.isnan(value) for row in found for value in row.values())


def test_searches_are_those_that_were_made(shop: Shop) -> None:
    counted = shop.counted
    assert shop.one("search searches") == counted["searches"]
    assert shop.one("search no-results") == pytest.approx(counted["no_results"] / counted["searches"])
    assert shop.one("search clicked") == pytest.approx(counted["clicked"] / counted["found"])
    by_day = {day: row["searches"] for day, row in shop.by("search searches-by-day").items() if row["searches"]}
    assert by_day == counted["searches_by_day"]
    unmet = {row["by0"]: row["searches"] for row in shop.panels["search unmet"]}
    assert unmet == counted["no_result_queries"]
    assert set(list(unmet)[:1]) == {shop.planted["unmet_queries"][0]}
    assert sum(row["searches"] for row in shop.panels["search first-click"]) == counted["clicked"]


def test_the_broken_week_stands_out(shop: Shop) -> None:
    week = shop.planted["broken_week"]
    broken = {day for day in shop.by("search latency-by-day") if week["from"] <= day <= week["to"]}
    assert len(broken) == 7

    def mean(panel: str, figure: str, *, inside: bool) -> float:
        values = [
            row[figure] for day, row in shop.by(panel).items() if (day in broken) == inside and row[figure] is not None
        ]
        return float(sum(values) / len(values))

    slower = mean("search latency-by-day", "p50", inside=True) / mean("search latency-by-day", "p50", inside=False)
    assert slower == pytest.approx(week["times_slower"], rel=0.15)
    assert mean("search outcome-by-day", "no_results", inside=True) == pytest.approx(week["no_results"], abs=0.1)
    assert mean("search outcome-by-day", "no_results", inside=False) < 0.12
    assert mean("search outcome-by-day", "ctr", inside=True) == pytest.approx(week["clicked"], abs=0.12)
    assert mean("search outcome-by-day", "ctr", inside=False) == pytest.approx(
        shop.planted["quiet"]["clicked"], abs=0.08
    )
    assert mean("chat outcome-by-day", "escalated", inside=True) == pytest.approx(week["escalated"], abs=0.1)
    assert mean("chat outcome-by-day", "escalated", inside=False) < 0.12
    without = shop.panels["operations degraded-searches"]
    assert {row["by1"] for row in without} == {"semantic"}
    assert {str(row["by0"])[:10] for row in without if row["searches"]} <= broken
    assert sum(row["searches"] for row in without) == shop.counted["degraded_searches"]
    assert {row["by1"] for row in shop.panels["operations degraded-turns"]} == {"writer"}


def test_the_rising_query_rises(shop: Shop) -> None:
    rising = shop.planted["rising_query"]
    days = {str(row["by0"])[:10]: row["searches"] for row in shop.panels["search rising"] if row["by1"] == rising}
    assert {day: count for day, count in days.items() if count} == shop.counted["rising_by_day"]
    last = f"{PLAN.day(PLAN.days * 2 // 3):%Y-%m-%d}"
    assert sum(count for day, count in days.items() if day >= last) > 3 * sum(
        c for day, c in days.items() if day < last
    )
    assert max(shop.panels["search top-queries"], key=lambda row: row["searches"])["by0"] == rising


def test_recommendations_are_told_apart_by_algorithm(shop: Shop) -> None:
    found = shop.by("recommendations by-algorithm")
    assert found.keys() == shop.planted["algorithms"].keys()
    shown = Counter[tuple[str, str]]()
    for event in shop.traffic.events:
        if event["type"] == "impression":
            shown.update((item["algorithm"], item["product_id"]) for item in event["items"])
    for name, planted in shop.planted["algorithms"].items():
        row, counted = found[name], shop.counted["recommendations"][name]
        assert {key: row[key] for key in counted} == counted
        assert row["ctr"] == pytest.approx(planted["ctr"], rel=0.25)
        assert row["conversion"] == pytest.approx(planted["conversion"], abs=0.12)
        assert row["coverage"] == pytest.approx(sum(key[0] == name for key in shown) / len(PRODUCTS), rel=0.02)
        assert row["revenue"] > 0
    best = max(found, key=lambda name: found[name]["conversion"])
    assert best == max(shop.planted["algorithms"], key=lambda name: shop.planted["algorithms"][name]["conversion"])
    assert shop.one("recommendations revenue") == pytest.approx(sum(row["revenue"] for row in found.values()))
    by_day = sum(row["revenue"] for row in shop.panels["recommendations revenue-by-day"])
    assert by_day == pytest.approx(shop.one("recommendations revenue"))


def test_conversations_cost_and_settle_what_they_did(shop: Shop) -> None:
    counted = shop.counted
    assert shop.one("chat conversations") == pytest.approx(counted["conversations"], rel=0.02)
    assert shop.one("chat resolved") == pytest.approx(counted["resolved"] / counted["judged"])
    assert shop.one("chat escalated") == pytest.approx(counted["escalated"] / counted["turns"])
    assert shop.one("chat cost") == pytest.approx(counted["cost_usd"])
    intents = shop.by("chat by-intent")
    for intent, resolved in shop.planted["resolved"].items():
        if intents[intent]["turns"] > 60:
            assert intents[intent]["resolved"] == pytest.approx(resolved, abs=0.15)
    writers = shop.by("chat by-writer")
    assert writers["built-in"]["turns"] == counted["built_in"]
    model = next(row for name, row in writers.items() if name != "built-in")
    assert model["repaired"] == pytest.approx(shop.planted["repaired_sentences"], abs=0.02)
    assert sum(row["turns"] for row in shop.panels["chat unanswered"]) == counted["unanswered"]
    assert sum(row["turns"] for row in shop.panels["chat turns-by-day"]) == counted["turns"]
    # Today's spending is not booked.
    today = sum(turn["cost_usd"] for turn in shop.traffic.turns if turn["at"][:10] == f"{NOW:%Y-%m-%d}")
    spent = sum(row["spent"] for row in shop.panels["chat cost-by-day"])
    assert spent == pytest.approx(counted["cost_usd"] - today, abs=1e-5)
    calls = sum(row["answered"] for row in shop.panels["operations model-calls"])
    assert calls == sum(turn["input_tokens"] > 0 and turn["at"][:10] < f"{NOW:%Y-%m-%d}" for turn in shop.traffic.turns)


def test_sales_grow_and_segments_show(shop: Shop) -> None:
    counted = shop.counted
    assert shop.one("sales visits") == pytest.approx(counted["sessions"], rel=0.02)
    assert shop.one("sales revenue") == pytest.approx(counted["revenue"])
    assert shop.one("sales order-value") == pytest.approx(counted["revenue"] / counted["orders"])
    assert shop.one("sales conversion") == pytest.approx(counted["orders"] / counted["sessions"], rel=0.03)
    visits = {day: row["visits"] for day, row in shop.by("sales visits-by-day").items()}
    for day, sessions in counted["sessions_by_day"].items():
        # A visit may go on past midnight.
        assert visits[day] == pytest.approx(sessions, abs=4)
    weeks = [sum(visits[f"{PLAN.day(first + n)}"] for n in range(7)) for first in (0, 14)]
    assert weeks[1] > weeks[0]
    steps = shop.by("sales funnel")
    assert (
        steps["looked at a product"]["visits"] > steps["put one into the cart"]["visits"] > steps["ordered"]["visits"]
    )
    categories, segments = shop.by("sales by-category"), shop.planted["segments"]
    night = max(categories, key=lambda name: categories[name]["at_night"])
    assert night == segments["night_owls"]["category"]
    # On weekends everybody comes more often, and weekenders only then.
    others = [row["at_weekends"] for name, row in categories.items() if name != segments["weekenders"]["category"]]
    assert categories[segments["weekenders"]["category"]]["at_weekends"] > max(others)
    hours = Counter[int]()
    for row in shop.panels["sales by-hour"]:
        hours[row["by0"]] += int(row["views"])
    assert sum(hours.values()) == counted["events"]["view_product"]


def test_the_catalogue_is_what_was_loaded(shop: Shop) -> None:
    assert shop.one("catalogue products") == len(PRODUCTS)
    assert shop.one("catalogue in-stock") == pytest.approx(sum(p.in_stock for p in PRODUCTS) / len(PRODUCTS))
    expected = Counter(str(product.category) for product in PRODUCTS)
    assert {name: row["products"] for name, row in shop.by("catalogue by-category").items()} == expected
    assert sum(row["products"] for row in shop.panels["catalogue by-price"]) == len(PRODUCTS)
    sold_out = Counter(str(product.category) for product in PRODUCTS if not product.in_stock)
    for name, row in shop.by("catalogue stock-by-category").items():
        assert row["sold_out"] == sold_out[name]
    assert shop.panels["operations jobs"] == [{"by0": "done", "jobs": 2.0, "seconds": pytest.approx(0, abs=600)}]


def test_panels_are_told_as_text_and_a_shop_without_traffic_says_so(shop: Shop, es_url: str) -> None:
    wanted = [dashboard for dashboard in dashboards() if dashboard.id == "search"]

    def told(engine: EngineSettings) -> str:
        objects = saved_objects(wanted, data_views(), IndexNames(engine.index_prefix))
        with connect(engine) as client:
            return "\n".join(shown(client, objects, NOW - timedelta(days=31), NOW))

    found = told(shop.engine)
    assert f"# Searches\n  Searches: {shop.counted['searches']:,}\n" in found
    assert f"  Clicked: {shop.one('search clicked'):.1%}\n" in found
    assert f"  Day: {PLAN.first}, Searches: " in found
    assert " ms, 95th percentile: " in found
    assert "nothing yet" in told(engine_at(es_url))


def test_the_command_shows_a_dashboard(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOPSCOUT_ES_URL", shop.engine.es_url)
    monkeypatch.setenv("SHOPSCOUT_INDEX_PREFIX", shop.engine.index_prefix)
    assert main(["show", "catalogue"]) == 0
    assert f"# Products\n  Products: {len(PRODUCTS)}" in capsys.readouterr().out
    assert main(["show", "cheese"]) == 2
    assert "there are catalogue, chat" in capsys.readouterr().err
