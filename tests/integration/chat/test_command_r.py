"""Answers written by Command R+, over HTTP, with the real SDK against a server that speaks Cohere's wire format."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import orjson
import pytest
import pytest_asyncio
from pydantic import SecretStr

from es.settings import EngineSettings
from tests.cohere_server import (
    KEY,
    FakeCohere,
    Scene,
    answers_bytes,
    cut_after,
    endless,
    fake_cohere,
    raw_events,
    says,
    silent,
    status,
)
from tests.language_models import settings_for_tests
from tests.shops import api

pytestmark = pytest.mark.needs_es

MODEL = "command-r-plus-08-2024"
ASKED = "I need hiking boots for my mom, and they should be under $200"
TOLD = "The Summit hiking boots are good for walks with your mom."


@pytest.fixture(scope="module")
def server() -> Iterator[FakeCohere]:
    with fake_cohere() as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def client(shop: EngineSettings, server: FakeCohere) -> AsyncIterator[httpx.AsyncClient]:
    llm = settings_for_tests(
        api_key=SecretStr(KEY),
        base_url=server.url,
        first_token_s=3.0,
        total_s=6.0,
        retries=0,
        breaker_failures=100,
        max_answer_characters=2000,
    )
    async with api(shop, llm=llm, search_deadline_s=30, semantic_floor=0.99) as opened:
        yield opened


async def ask(client: httpx.AsyncClient, message: str = ASKED) -> dict[str, Any]:
    answer = await client.post("/api/chat/message", json={"message": message})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_model_writes_from_what_was_found(client: httpx.AsyncClient, server: FakeCohere) -> None:
    server.plays(says("The Summit hiking boots ", "are good for walks with your mom."))
    answer = await ask(client)
    assert answer["written_by"] == MODEL
    assert answer["message"] == TOLD
    assert answer["degraded"] == []
    sent = server.requests[0]
    boots = next(item for item in answer["recommendations"] if "boots" in item["product"]["name"])
    record = next(d for d in sent["documents"] if d["id"] == f"product:{boots['product']['product_id']}")
    assert record["data"]["price"] == boots["product"]["price"]
    assert {d["id"] for d in sent["documents"]} == {
        f"product:{item['product']['product_id']}" for item in answer["recommendations"]
    }


async def test_citations_point_at_the_text_that_was_sent(client: httpx.AsyncClient, server: FakeCohere) -> None:
    server.plays(says("The boots."))
    first = server.requests
    await ask(client)
    cited = first[0]["documents"][0]["id"]
    wrong = [(40, 48, "hiking boots", [cited]), (4, 23, "Summit hiking boots", ["product:invented"])]
    server.plays(says(TOLD, cites=[(4, 23, "Summit hiking boots", [cited]), *wrong]))
    answer = await ask(client)
    assert [c["record_ids"] for c in answer["citations"]] == [[cited], [cited]]
    texts = [answer["message"][c["start"] : c["end"]] for c in answer["citations"]]
    assert texts == ["Summit hiking boots", "hiking boots"]


async def test_parts_stream_products_first(client: httpx.AsyncClient, server: FakeCohere) -> None:
    server.plays(says(f"{TOLD} ", "They keep her feet dry."))
    headers = {"Accept": "text/event-stream"}
    answer = await client.post("/api/chat/message", json={"message": ASKED}, headers=headers)
    parts = [orjson.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]
    kinds = [part.get("type") for part in parts]
    assert kinds.index("products") < kinds.index("text")
    assert "".join(part["delta"] for part in parts if part.get("type") == "text").startswith(TOLD)


@pytest.mark.parametrize(
    "scene",
    [
        status(500),
        status(429, Retry_After="0"),
        status(400),
        silent(),
        cut_after(),
        cut_after("The Sum"),
        answers_bytes(b"<html></html>", "text/html"),
        raw_events("data: {not json\n\n"),
        raw_events("event: x\n\n", end=False),
        says(),
        says("Ces chaussures sont parfaites pour votre mère et elle les aimera dans la montagne."),
    ],
)
async def test_without_a_usable_answer_the_built_in_writer_writes(
    client: httpx.AsyncClient, server: FakeCohere, scene: Scene
) -> None:
    server.plays(scene)
    answer = await ask(client)
    assert answer["written_by"] == "built-in"
    assert "Summit hiking boots" in answer["message"]
    assert answer["recommendations"]
    assert len(answer["degraded"]) == 1
    assert MODEL in answer["degraded"][0]


async def test_an_endless_answer_is_cut_to_whole_sentences(client: httpx.AsyncClient, server: FakeCohere) -> None:
    server.plays(endless("They are good for your mom. "))
    answer = await ask(client)
    assert 0 < len(answer["message"]) <= 2000
    assert answer["message"].endswith(".")


async def test_greetings_ask_no_model(client: httpx.AsyncClient, server: FakeCohere) -> None:
    server.plays(says("Never."))
    answer = await ask(client, "hello")
    assert (answer["written_by"], answer["degraded"]) == ("built-in", [])
    assert server.requests == []


async def test_what_it_costs_is_told(client: httpx.AsyncClient, server: FakeCohere) -> None:
    server.plays(says(TOLD, usage={"billed_units": {"input_tokens": 1000, "output_tokens": 0}}))
    await ask(client)
    check = (await client.get("/health/ready")).json()["checks"]["language_model"]
    assert check["status"] == "ok"
    assert f"{MODEL}: " in check["detail"]


async def test_a_cap_stops_calls_and_not_answers(shop: EngineSettings, server: FakeCohere) -> None:
    llm = settings_for_tests(api_key=SecretStr(KEY), base_url=server.url, day_usd=0.5)
    async with api(shop, llm=llm, search_deadline_s=30, semantic_floor=0.99) as client:
        # 0.49 dollars: what the tests before have cost lies in the same account, and is a few cents.
        server.plays(says(TOLD, usage={"billed_units": {"input_tokens": 196_000, "output_tokens": 0}}))
        answers = [await ask(client) for _ in range(3)]
        check = (await client.get("/health/ready")).json()["checks"]["language_model"]
    assert [answer["written_by"] for answer in answers] == [MODEL, "built-in", "built-in"]
    assert len(server.requests) == 1
    assert all("Summit hiking boots" in answer["message"] for answer in answers)
    assert check["status"] == "degraded"
    assert "SHOPSCOUT_LLM_DAY_USD" in check["detail"]


async def test_without_a_key_it_is_off_and_nothing_is_degraded(shop: EngineSettings) -> None:
    async with api(shop, search_deadline_s=30, semantic_floor=0.99) as client:
        answer = await ask(client)
        ready = (await client.get("/health/ready")).json()
    assert (answer["written_by"], answer["degraded"]) == ("built-in", [])
    assert ready["checks"]["language_model"]["status"] == "off"
