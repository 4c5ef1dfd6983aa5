"""Recommendations chosen by Command R+, over HTTP, against a server that speaks Cohere's wire format."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from app.recommend.settings import RecommendSettings
from es.settings import EngineSettings
from tests.cohere_server import (
    KEY,
    FakeCohere,
    Handler,
    Json,
    Scene,
    answers_bytes,
    cut_after,
    fake_cohere,
    says,
    status,
)
from tests.factory import event
from tests.language_models import settings_for_tests
from tests.shops import api

pytestmark = pytest.mark.needs_es


@pytest.fixture
def server() -> Iterator[FakeCohere]:
    with fake_cohere() as found:
        yield found


@asynccontextmanager
async def open_shop(engine: EngineSettings, server: FakeCohere, **changes: Any) -> AsyncIterator[httpx.AsyncClient]:  # noqa: ANN401
    told = {"recommend_wait_s": 5.0, "retries": 0} | changes
    llm = settings_for_tests(api_key=SecretStr(KEY), base_url=server.url, **told)
    patient = {"search_deadline_s": 30, "events_deadline_s": 30}
    # Lists are made anew each time: what the model remembers is counted, not what the service does.
    recommend = RecommendSettings(deadline_s=20, cache_s=0)
    async with api(engine, llm=llm, recommend=recommend, **patient) as client:
        yield client


def chooses(*extra: dict[str, Any], count: int = 8) -> Scene:
    """Picks the last candidates that it is given, the very last first; `extra` picks come before them."""

    def scene(handler: Handler, body: Json) -> None:
        listed = json.loads(body["messages"][-1]["content"])
        ids = [one["id"] for one in reversed(listed["candidates"])][:count]
        own = [one["id"] for one in listed["own"]][:1]
        picks = [
            {"id": each, "score": 99 - place, "reason": "Fits well with what you like.", "because": own}
            for place, each in enumerate(ids)
        ]
        says(json.dumps({"picks": [*extra, *picks]}))(handler, body)

    return scene


async def for_you(client: httpx.AsyncClient, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401
    answer = await client.get("/api/recommendations", params={"placement": "for_you", "limit": 8, **parameters})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def candidates(server: FakeCohere) -> list[str]:
    return [one["id"] for one in json.loads(server.requests[0]["messages"][-1]["content"])["candidates"]]


async def test_the_models_picks_come_first_with_score_and_reason(shop: EngineSettings, server: FakeCohere) -> None:
    server.plays(chooses())
    async with open_shop(shop, server) as client:
        answer = await for_you(client, customer_id="c1")
    sent = server.requests[0]
    assert sent["response_format"]["type"] == "json_object"
    assert "documents" not in sent
    told = json.loads(sent["messages"][-1]["content"])
    assert 8 < len(told["candidates"]) <= 50
    assert told["own"]
    assert told["everyone"]
    assert {item["algorithm"] for item in answer["items"]} == {"llm"}
    assert {item["product_id"] for item in answer["items"]} <= set(candidates(server))
    assert answer["items"][0]["reason"] == "Fits well with what you like."
    assert answer["degraded"] == []


async def test_an_hour_in_memory_for_each_and_for_strangers_together(shop: EngineSettings, server: FakeCohere) -> None:
    server.plays(chooses())
    async with open_shop(shop, server) as client:
        first = await for_you(client, customer_id="c2")
        again = await for_you(client, customer_id="c2")
        assert [i["product_id"] for i in first["items"]] == [i["product_id"] for i in again["items"]]
        assert len(server.requests) == 1
        await for_you(client, customer_id="c3")
        assert len(server.requests) == 2
        await for_you(client, session_id="nobody-1")
        await for_you(client, session_id="nobody-2")
        assert len(server.requests) == 3
        report = (await client.get("/api/admin/language-model")).json()
    assert report["recommendations"] == {"hits": 2, "misses": 3, "calls": 3, "hit_rate": 0.4}
    assert report["today"]["calls"] >= 3
    assert report["today"]["cost_usd"] > 0
    assert report["status"] == "ok"


async def test_a_purchase_makes_it_choose_again(shop: EngineSettings, server: FakeCohere) -> None:
    server.plays(chooses())
    async with open_shop(shop, server) as client:
        first = await for_you(client, customer_id="c4")
        bought = first["items"][0]["product_id"]
        order = event("order_placed", customer_id="c4", order_id="o-llm", items=[{"product_id": bought}])
        order.pop("timestamp", None)
        assert (await client.post("/api/events", json=order)).status_code in (200, 202)
        for _ in range(50):
            again = await for_you(client, customer_id="c4")
            if len(server.requests) > 1:
                break
            await asyncio.sleep(0.1)
    assert len(server.requests) == 2
    assert bought not in [item["product_id"] for item in again["items"]]


async def test_a_list_does_not_wait_and_the_next_one_has_it(shop: EngineSettings, server: FakeCohere) -> None:
    def slowly(handler: Handler, body: Json) -> None:
        handler.wait(0.5)
        chooses()(handler, body)

    server.plays(slowly)
    async with open_shop(shop, server, recommend_wait_s=0.0) as client:
        first = await for_you(client, customer_id="c5")
        assert len(first["items"]) == 8
        assert "llm" not in {item["algorithm"] for item in first["items"]}
        for _ in range(100):
            later = await for_you(client, customer_id="c5")
            if later["items"][0]["algorithm"] == "llm":
                break
            await asyncio.sleep(0.1)
    assert later["items"][0]["algorithm"] == "llm"
    assert len(server.requests) == 1, "those who ask meanwhile share one call"


async def test_gaps_are_filled_and_what_is_no_candidate_is_dropped(shop: EngineSettings, server: FakeCohere) -> None:
    invented = {"id": "invented", "score": 100, "reason": "Buy me.", "because": []}
    server.plays(chooses(invented, count=3))
    async with open_shop(shop, server) as client:
        answer = await for_you(client, customer_id="c6")
    assert len(answer["items"]) == 8
    assert [item["algorithm"] for item in answer["items"]].count("llm") == 3
    assert "invented" not in {item["product_id"] for item in answer["items"]}
    assert len({item["product_id"] for item in answer["items"]}) == 8


@pytest.mark.parametrize(
    "scene",
    [
        status(500),
        status(429, Retry_After="60"),
        cut_after('{"pi'),
        says("I would rather not."),
        says(json.dumps({"picks": [{"id": "invented", "score": 1, "reason": "", "because": []}]})),
        says("[" * 5000),
        answers_bytes(b"{", "application/json"),
    ],
)
async def test_without_the_model_the_list_is_whole(shop: EngineSettings, server: FakeCohere, scene: Scene) -> None:
    server.plays(scene)
    async with open_shop(shop, server) as client:
        answers = [await for_you(client, customer_id="c7") for _ in range(3)]
    for answer in answers:
        assert len(answer["items"]) == 8
        assert any(one.startswith("llm: ") for one in answer["degraded"])
    assert len(server.requests) == 1, "what failed is not tried with every list"


async def test_a_cap_stops_calls_and_not_lists(shop: EngineSettings, server: FakeCohere) -> None:
    server.plays(chooses())
    async with open_shop(shop, server, user_day_usd=0.0001) as client:
        answer = await for_you(client, customer_id="c8")
    assert len(answer["items"]) == 8
    assert answer["degraded"] == ["llm: what the model may cost is used up"]
    assert server.requests == []


async def test_without_a_key_nothing_is_missing(shop: EngineSettings) -> None:
    async with api(shop, search_deadline_s=30) as client:
        answer = await for_you(client, customer_id="c1")
        report = (await client.get("/api/admin/language-model")).json()
    assert len(answer["items"]) == 8
    assert not [one for one in answer["degraded"] if one.startswith("llm")]
    assert (report["status"], report["recommendations"]["hit_rate"]) == ("off", None)
