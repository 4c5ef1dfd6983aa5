"""Searches and clicks reach the log without being waited for, and no search fails for its log."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from es.client import connect, connect_async
from es.mappings import queries as fields
from es.names import IndexNames
from es.series import Series
from es.settings import EngineSettings
from evaluate.faults.proxy import State, proxy_to
from shop.queries.log import QueryLog
from shop.queries.record import Click, LoggedSearch, new_search_id
from shop.settings import QueryLogSettings
from tests.shops import api

pytestmark = pytest.mark.needs_es


def stored(engine: EngineSettings) -> dict[str, dict[str, Any]]:
    """The logged searches by id."""
    names = IndexNames(engine.index_prefix)
    with connect(engine) as client:
        if not client.indices.exists_alias(name=names.queries):
            return {}
        client.indices.refresh(index=names.queries)
        found = client.search(index=names.queries, size=1000)["hits"]["hits"]
    return {hit["_id"]: hit["_source"] for hit in found}


async def until(seen: Callable[[], bool], seconds: float = 20.0) -> None:
    for _ in range(int(seconds / 0.1)):
        if await asyncio.to_thread(seen):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it did not happen in time")


async def search(client: httpx.AsyncClient, headers: dict[str, str] | None = None, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401
    response = await client.get("/api/search", params=parameters, headers=headers)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


async def test_a_search_is_logged_with_what_it_showed(shop: EngineSettings, client: httpx.AsyncClient) -> None:
    answer = await search(client, {"X-Session-Id": "s1"}, q="Silent LAMP", size=4, page=2, max_price=17)
    posted = await client.post("/api/search", json={"q": "lamp", "session_id": "s2"}, headers={"X-Visitor-Id": "v"})
    await until(lambda: len(stored(shop)) == 2)
    found = stored(shop)[answer["search_id"]]
    assert found["shown"] == [hit["product_id"] for hit in answer["hits"]]
    assert (found["first_position"], found["total"], found["text"]) == (5, answer["total"], "silent lamp")
    assert (found["session_id"], found["filters"]) == ("s1", {"price": ["..17"]})
    other = stored(shop)[posted.json()["search_id"]]
    assert (other["session_id"], other["visitor_id"]) == ("s2", "v")


async def test_clicks_count_once_a_product(shop: EngineSettings, client: httpx.AsyncClient) -> None:
    answer = await search(client, q="lamp", size=5)
    shown = [hit["product_id"] for hit in answer["hits"]]
    path = f"/api/search/{answer['search_id']}/clicks"
    # At once: the search itself is not written yet. Again and again: it counts once.
    for product_id in (shown[3], shown[1], shown[3], shown[1]):
        response = await client.post(path, json={"product_id": product_id, "position": 1})
        assert (response.status_code, response.json()) == (202, {"logged": True})
    await until(lambda: len(stored(shop).get(answer["search_id"], {}).get("clicks", [])) == 2)
    found = stored(shop)[answer["search_id"]]
    assert {click["product_id"]: click["position"] for click in found["clicks"]} == {shown[3]: 4, shown[1]: 2}
    assert (found["best_click"], found["reciprocal_rank"]) == (2, 0.5)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("nothing", {"product_id": "a"}, 400),
        ("0" * 32, {}, 400),
        ("0" * 32, {"product_id": ""}, 400),
        ("0" * 32, {"product_id": "a", "position": 0}, 400),
        ("0" * 32, {"product_id": "a", "position": "1"}, 400),
        ("0" * 32, {"product_id": "a", "rank": 1}, 400),
    ],
)
async def test_a_wrong_click_is_told(client: httpx.AsyncClient, path: str, body: dict[str, Any], status: int) -> None:
    response = await client.post(f"/api/search/{path}/clicks", json=body)
    assert response.status_code == status
    assert response.json()["type"] == "/problems/invalid-parameter"


async def test_a_wrong_session_is_told(client: httpx.AsyncClient) -> None:
    for response in (
        await client.get("/api/search", params={"session_id": "a b"}),
        await client.get("/api/search", headers={"X-Session-Id": "x" * 129}),
        await client.post("/api/search", json={"session_id": "a b"}),
    ):
        assert response.status_code == 400, response.text
        assert response.json()["errors"][0]["parameter"] == "session_id"


async def test_switched_off_nothing_is_kept(shop: EngineSettings) -> None:
    async with api(shop, query_log=False) as client:
        answer = await search(client, q="lamp")
        click = await client.post(f"/api/search/{answer['search_id']}/clicks", json={"product_id": "lamp1"})
        assert click.json() == {"logged": False}
        assert "query_log" not in (await client.get("/health/ready")).json()["checks"]
    assert stored(shop) == {}


def entry(text: str = "lamp") -> LoggedSearch:
    return LoggedSearch(new_search_id(), text, 3, ["lamp1", "lamp2"])


async def test_what_waits_through_an_outage_is_written_after_it(shop: EngineSettings) -> None:
    """And what has no room is dropped and counted; taking note never waits and never raises."""
    settings = QueryLogSettings(query_log_flush_s=0.1, query_log_queue=20)
    async with proxy_to(shop.es_url) as proxy:
        engine = shop.model_copy(update={"es_url": proxy.url})
        client = connect_async(engine)
        log = QueryLog(client, IndexNames(shop.index_prefix), settings)
        log.start()
        first = entry()
        log.searched(first)
        await until(lambda: first.search_id in stored(shop))
        proxy.set(State.CUT)
        entries = [entry() for _ in range(25)]
        for each in entries:
            log.searched(each)
        await until(lambda: log.status().trouble != "")
        assert (log.status().waiting, log.status().dropped) == (20, 5)
        proxy.set(State.OPEN)
        await until(lambda: log.status().waiting == 0 and not log.status().trouble)
        await log.stop()
        await client.close()
    assert set(stored(shop)) == {first.search_id, *(each.search_id for each in entries[:20])}
    assert (log.status().written, log.status().trouble) == (21, "")


async def test_a_search_does_not_wait_for_its_log(shop: EngineSettings) -> None:
    """The log hangs; searches go on, and the health check says what is wrong."""
    async with proxy_to(shop.es_url) as proxy, api(shop, search_deadline_s=30) as client:
        app: Any = client._transport.app  # type: ignore[attr-defined]
        log = app.state.services.search.queries
        broken = connect_async(shop.model_copy(update={"es_url": proxy.url}))
        log._client = broken
        proxy.set(State.CUT)
        for _ in range(3):
            await search(client, q="lamp")
        await until(lambda: log.status().trouble != "")
        ready = (await client.get("/health/ready")).json()
        assert ready["status"] == "degraded"
        assert "searches are not logged, 3 wait" in ready["checks"]["query_log"]["detail"]
        await broken.close()
        log._client = connect_async(shop)
        await until(lambda: len(stored(shop)) == 3)
        await log._client.close()


async def test_the_rest_is_written_at_the_end(shop: EngineSettings) -> None:
    async with api(shop, query_log_flush_s=60) as client:
        answer = await search(client, q="lamp")
        assert stored(shop) == {}
    assert set(stored(shop)) == {answer["search_id"]}


async def test_a_click_in_no_search_is_given_up_and_counted(shop: EngineSettings) -> None:
    client = connect_async(shop)
    log = QueryLog(client, IndexNames(shop.index_prefix), QueryLogSettings(query_log_flush_s=0.1))
    log.start()
    log.clicked(Click(new_search_id(), "lamp1", 1, at=1.0))
    log.clicked(Click(new_search_id(), "lamp1", 1))
    await until(lambda: log.status().unmatched == 1)
    assert log.status().waiting == 1
    await log.stop()
    await client.close()


async def test_the_series_rolls_over_and_ends(shop: EngineSettings) -> None:
    names = IndexNames(shop.index_prefix)
    async with connect_async(shop) as client:
        series = Series(client, names, fields.KIND, fields.definition())
        await series.ensure()
        await series.ensure()
        assert await series.roll_over(1) is None
        await client.index(index=series.alias, id="old", document={"total": 1}, refresh=True)
        await asyncio.sleep(1.1)
        assert await series.roll_over(1e-9) == names.numbered("queries", 2)
        await client.index(index=series.alias, id="new", document={"total": 1}, refresh=True)
        # Both are read, the newest is written.
        assert set(stored(shop)) == {"old", "new"}
        second = names.numbered("queries", 2)
        mapping = (await client.indices.get_mapping(index=second))[second]["mappings"]
        assert mapping["properties"] == fields.definition()["mappings"]["properties"]
        assert await series.expire(1) == []
        await asyncio.sleep(0.1)
        assert await series.expire(1e-9) == [names.numbered("queries", 1)]
        assert set(stored(shop)) == {"new"}


async def test_a_deleted_series_is_begun_again(shop: EngineSettings, client: httpx.AsyncClient) -> None:
    await search(client, q="lamp")
    await until(lambda: len(stored(shop)) == 1)
    with connect(shop) as engine:
        engine.indices.delete(index=IndexNames(shop.index_prefix).numbered("queries", 1))
    again = await search(client, q="lamp")
    await until(lambda: set(stored(shop)) == {again["search_id"]})


async def test_a_click_may_come_as_an_event(shop: EngineSettings, client: httpx.AsyncClient) -> None:
    answer = await search(client, q="lamp", size=5)
    shown = [hit["product_id"] for hit in answer["hits"]]
    click = {"type": "search_click", "session_id": "s1", "product_id": shown[2], "search_id": answer["search_id"]}
    elsewhere = {**click, "search_id": "of another shop"}
    for _ in range(2):
        response = await client.post("/api/events", json=[click, elsewhere])
        assert response.status_code == 200, response.text
    path = f"/api/search/{answer['search_id']}/clicks"
    assert (await client.post(path, json={"product_id": shown[2]})).status_code == 202
    await until(lambda: "clicks" in stored(shop).get(answer["search_id"], {}))
    await asyncio.sleep(0.5)
    found = stored(shop)[answer["search_id"]]
    assert [(each["product_id"], each["position"]) for each in found["clicks"]] == [(shown[2], 3)]
