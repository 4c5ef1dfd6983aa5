"""/metrics: what happened is counted, and nothing that anybody chooses becomes a label."""

import re

import httpx
import structlog
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from es.settings import EngineSettings
from tests.factory import product
from tests.integration.access.conftest import closed, make, store_of
from tests.shops import api, load, no_models


async def counts(client: httpx.AsyncClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    answer = await client.get("/metrics")
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
