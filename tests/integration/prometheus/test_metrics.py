"""/metrics: what happened is counted, and nothing that anybody chooses becomes a label."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import httpx
import pytest
import structlog
import yaml
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from app.meter import meter
from es.settings import EngineSettings
from tests.factory import event, product
from tests.integration.access.conftest import closed, make, store_of
from tests.shops import api, load, no_models

ROOT = Path(__file__).parents[3]


async def counts(
    client: httpx.AsyncClient, headers: Mapping[str, str] | None = None
) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    answer = await client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_a_search_is_counted_with_its_stages_and_calls(engine_settings: EngineSettings) -> None:
    load(engine_settings, [product(product_id="p1", name="Red lamp")], None)
    async with api(engine_settings) as client:
        before = await counts(client)
        assert (await client.get("/api/search?q=lamp")).status_code == 200
        assert (await client.get("/api/search?size=-1")).status_code == 400
        assert (await client.get("/api/products/p1")).status_code == 200
        after = await counts(client)

    def more(name: str, **labels: str) -> float:
        key = (f"shopscout_{name}", tuple(sorted(labels.items())))
        return after[key] - before.get(key, 0)

    assert more("requests_total", method="GET", route="/api/search", status="200") == 1
    assert more("requests_total", method="GET", route="/api/search", status="400") == 1
    assert more("requests_total", method="GET", route="/api/products/{product_id}", status="200") == 1
    assert more("request_seconds_count", route="/api/search") == 2
    for stage in ("understand", "embed", "elasticsearch", "present"):
        assert more("stage_seconds_count", stage=stage) >= 1, stage
    assert more("elasticsearch_requests_total", outcome="ok") >= 2
    assert more("degraded_total", kind="search", part="semantic") == 1, "it was loaded without vectors"


SELECTOR = re.compile(r"(shopscout_[a-z_]+)(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)(=~?)"([^"]*)"')


@pytest.fixture
def fresh() -> Iterator[None]:
    """A meter that has counted nothing, as in a process that has just begun."""
    meter.cache_clear()
    yield
    meter.cache_clear()


def chosen(name: str, matchers: str, told: Iterable[tuple[str, tuple[tuple[str, str], ...]]]) -> list[dict[str, str]]:
    """Labels of the samples that a selector of Prometheus chooses."""
    asked = [(label, value if how == "=~" else re.escape(value)) for label, how, value in MATCHER.findall(matchers)]
    found = [dict(labels) for sample, labels in told if sample == name]
    return [own for own in found if all(re.fullmatch(value, own.get(label, "")) for label, value in asked)]


@pytest.mark.usefixtures("fresh")
async def test_what_an_alert_asks_for_is_there_before_it_happens(engine_settings: EngineSettings) -> None:
    groups = yaml.safe_load((ROOT / "docs" / "reference" / "alerts.yaml").read_text())["groups"]
    selectors = [
        (rule["alert"], *selector) for group in groups for rule in group["rules"]
        for selector in SELECTOR.findall(rule["expr"])
    ]  # fmt: skip
    async with api(engine_settings) as client:
        told = await counts(client)
    assert len(selectors) > 10
    for alert, name, matchers in selectors:
        assert chosen(name, matchers, told), f"{alert}: nothing tells {name}{{{matchers}}}"
    assert {own["part"] for own in chosen("shopscout_degraded_total", 'kind="search"', told)} >= {
        "semantic", "pictures", "understanding",
    }  # fmt: skip
    statuses = {own["status"] for own in chosen("shopscout_requests_total", 'route="/api/search",method="GET"', told)}
    assert statuses >= {"200", "401", "500", "503"}


@pytest.mark.usefixtures("fresh")
async def test_the_first_of_what_goes_wrong_is_one_more(engine_settings: EngineSettings) -> None:
    """Whatever has been counted in the end was told at zero in the beginning."""
    load(engine_settings, [product(product_id="p1", name="Red lamp")], None)
    closed_shop = closed(metrics_token=SecretStr("a token for scraping"))
    scraper = {"Authorization": "Bearer a token for scraping"}
    async with store_of(engine_settings) as store:
        key = {"X-Api-Key": await make(store, "search", "events")}
    async with api(engine_settings, no_models(), access=closed_shop) as client:
        before = await counts(client, scraper)
        assert (await client.get("/api/search?q=lamp")).status_code == 401
        assert (await client.get("/api/search?q=lamp", headers=key)).status_code == 200
        assert (await client.get("/api/suggest?q=la", headers=key)).status_code == 200
        assert (await client.get("/api/recommendations?placement=home", headers=key)).status_code == 200
        assert (await client.post("/api/events", json=[event("view_product")], headers=key)).status_code == 200
        after = await counts(client, scraper)
    own = ("degraded_total", "model_calls_total", "elasticsearch_requests_total", "events_total", "requests_total")
    counted = {one for one in after if one[0].removeprefix("shopscout_") in own and after[one] > before.get(one, 0)}
    assert ("shopscout_degraded_total", (("kind", "search"), ("part", "semantic"))) in counted
    assert ("shopscout_requests_total", (("method", "GET"), ("route", "/api/search"), ("status", "401"))) in counted
    # The page of the metrics itself is nobody's failure.
    assert {one for one in counted if dict(one[1]).get("route") != "/metrics"} <= set(before)


async def test_events_and_models_are_counted(engine_settings: EngineSettings) -> None:
    load(engine_settings, [product(product_id="p1", name="Red lamp")], None)
    async with api(engine_settings, no_models()) as client:
        before = await counts(client)
        sent = [{"type": "view_product", "product_id": "p1", "session_id": "s"}, {"type": "nothing"}]
        assert (await client.post("/api/events", json=sent)).status_code == 200
        after = await counts(client)
    for status in ("accepted", "refused"):
        key = ("shopscout_events_total", (("status", status),))
        assert after[key] - before.get(key, 0) == 1


async def test_what_is_asked_for_makes_no_labels(engine_settings: EngineSettings) -> None:
    async with api(engine_settings) as client:
        for n in range(20):
            await client.get(f"/api/nothing-{n}")
            await client.get(f"/anything/{n}")
            await client.request(f"METHOD{n}", "/api/search")
        text = (await client.get("/metrics")).text
    assert not re.search(r"nothing-|anything|METHOD", text)


async def test_prometheus_needs_its_token_or_a_key_of_admin(engine_settings: EngineSettings) -> None:
    async with store_of(engine_settings) as store:
        admin, search = await make(store, "admin"), await make(store, "search")
    async with api(engine_settings, access=closed(metrics_token=SecretStr("a token for scraping"))) as client:
        assert (await client.get("/metrics")).status_code == 401
        assert (await client.get("/metrics", headers={"X-Api-Key": search})).status_code == 403
        assert (await client.get("/metrics", headers={"X-Api-Key": admin})).status_code == 200
        good, bad = {"Authorization": "Bearer a token for scraping"}, {"Authorization": "Bearer another"}
        assert (await client.get("/metrics", headers=good)).status_code == 200
        assert (await client.get("/metrics", headers=bad)).status_code == 401
        assert (await client.get("/api/search", headers=good)).status_code == 401, "it opens nothing else"


async def test_a_slow_search_is_logged_whole_and_without_personal_data(engine_settings: EngineSettings) -> None:
    load(engine_settings, [product(product_id="p1", name="Red lamp")], None)
    async with api(engine_settings, slow_search_ms=0.001) as client:
        with structlog.testing.capture_logs() as lines:
            answer = await client.get("/api/search?q=red+lamp&max_price=50&sort=price_asc&facets=brand")
    slow = next(line for line in lines if line["event"] == "slow search")
    assert slow["search_id"] == answer.json()["search_id"]
    assert slow["asked"]["text"] == "red lamp"
    assert "50" in str(slow["asked"]["filters"])
    assert "red lamp" in str(slow["sent"])
    assert slow["stages_ms"]["elasticsearch"] > 0
    assert len(str(slow)) < 30_000


async def test_a_quick_search_is_not(engine_settings: EngineSettings) -> None:
    load(engine_settings, [product(product_id="p1", name="Red lamp")], None)
    async with api(engine_settings, slow_search_ms=0) as client:
        with structlog.testing.capture_logs() as lines:
            await client.get("/api/search?q=red")
    assert not [line for line in lines if line["event"] == "slow search"]
