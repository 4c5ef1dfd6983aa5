"""Events through a real Redis stream: accepted means stored in the end, once, and known to the next list at once."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
import pytest

from embed.fake import FakeEmbedder
from es.client import connect
from es.names import IndexNames
from es.settings import EngineSettings
from evaluate.faults.proxy import Speech, State, proxy_to
from shop.events.intake import Taken
from shop.events.recent import RecentEvents
from shop.events.store import EventStore
from shop.events.streamed import EventWork, event_stream
from shop.settings import EventSettings
from shop.stream.consumer import Consumer, Pace
from shop.stream.entrance import AWAY_S
from shop.stream.redis_stream import Note
from tests.factory import catalogue, event
from tests.integration.events.test_events_api import send, stored
from tests.shops import api, load
from tests.streaming import Streaming

pytestmark = pytest.mark.needs_es
SETTINGS = EventSettings(tries=2, retry_s=0.1)
PACE = Pace(batch=50, claim_s=0.3)


@asynccontextmanager
async def consuming(streaming: Streaming, es_url: str = "") -> AsyncIterator[Consumer]:
    """A consumer in this process, which has said that it runs. Its counts are told once it has ended."""
    stream = event_stream(streaming.server.url, streaming.engine.index_prefix)
    with connect(streaming.engine, es_url) as client:
        store = EventStore(client, IndexNames(streaming.engine.index_prefix), SETTINGS)
        consumer, stop = Consumer(stream, EventWork(store, SETTINGS), PACE), asyncio.Event()
        running = asyncio.create_task(consumer.run(stop))
        try:
            await until(streaming, lambda: streaming.alive() > 0)
            yield consumer
        finally:
            stop.set()
            await running
            await stream.close()


@asynccontextmanager
async def idle(streaming: Streaming) -> AsyncIterator[None]:
    """A consumer that says it runs and does nothing, so that everything waits."""
    stream = event_stream(streaming.server.url, streaming.engine.index_prefix)
    await stream.join("idle")
    yield
    await stream.leave("idle")
    await stream.close()


async def until(streaming: Streaming, there: Any) -> None:  # noqa: ANN401 - a function that says whether
    await asyncio.to_thread(streaming.until, there)


async def emptied(streaming: Streaming) -> None:
    await until(streaming, streaming.empty)


def views(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [event("view_product", event_id=f"e{n}") for n in range(first, first + count)]


async def road(client: httpx.AsyncClient) -> dict[str, str]:
    found: dict[str, str] = (await client.get("/health/ready")).json()["checks"]["events"]
    return found


async def test_accepted_events_are_stored_soon_after(streaming: Streaming) -> None:
    bad = event("view_product", event_id="bad", product_id="")
    async with consuming(streaming) as consumer, api(streaming.engine, **streaming.settings) as client:
        answer = await send(client, [*views(3), *views(1), bad, event("scroll")])
        again = await send(client, views(4))
        feedback = {"recommendation_id": "r-1", "interaction_type": "like", "session_id": "s", "event_id": "liked"}
        told = (await client.post("/api/feedback", json=feedback)).json()
        ready = await road(client)
        metrics = (await client.get("/metrics")).text
        await emptied(streaming)
    assert [item["status"] for item in answer["events"]] == [*["accepted"] * 3, "duplicate", "refused", "accepted"]
    assert (again["accepted"], again["duplicates"]) == (1, 3)
    assert told == {"event_id": "liked", "status": "accepted"}
    assert set(stored(streaming.engine)) == {"e0", "e1", "e2", "e3", "liked", answer["events"][5]["event_id"]}
    assert dict(consumer.counts) == {"accepted": 6}
    assert ready["status"] == "ok"
    assert "1 consumers" in ready["detail"]
    for name in ("shopscout_events_lag_seconds ", "shopscout_events_waiting ", "shopscout_events_dead "):
        assert name in metrics


async def test_without_a_consumer_or_with_a_redis_that_keeps_nothing_events_are_stored_at_once(
    streaming: Streaming,
) -> None:
    async with api(streaming.engine, **streaming.settings) as client:
        assert (await send(client, views(3)))["accepted"] == 3
        ready = await road(client)
        assert set(stored(streaming.engine)) == {"e0", "e1", "e2"}
        async with consuming(streaming) as consumer:
            # The stream has not heard of them, Elasticsearch has: they are told as accepted and are stored once.
            assert (await send(client, views(4)))["accepted"] == 4
            await emptied(streaming)
        assert dict(consumer.counts) == {"duplicate": 3, "accepted": 1}
    with streaming.redis() as redis:
        redis.config_set("appendonly", "no")
        try:
            async with consuming(streaming), api(streaming.engine, **streaming.settings) as client:
                assert (await send(client, views(1, first=4)))["accepted"] == 1
                lossy = await road(client)
                assert len(stored(streaming.engine)) == 5
        finally:
            redis.config_set("appendonly", "yes")
    assert ready["status"] == lossy["status"] == "degraded"
    assert "no consumer runs" in ready["detail"]
    assert "appendonly" in lossy["detail"]


async def test_the_next_recommendation_knows_what_waits_in_the_stream(streaming: Streaming) -> None:
    products = catalogue(7, 60)
    load(streaming.engine, products, FakeEmbedder(warn=False))
    asked = {"session_id": "visit", "limit": 20}
    async with idle(streaming), api(streaming.engine, **streaming.settings) as client:

        async def listed(**more: str) -> list[dict[str, Any]]:
            answer = await client.get("/api/recommendations", params=asked | more)
            assert answer.status_code == 200, answer.text
            found: list[dict[str, Any]] = answer.json()["items"]
            return found

        def known(items: list[dict[str, Any]]) -> bool:
            return any(item["reason_data"]["kind"] == "taste" for item in items)

        seen = products[0].product_id
        assert not known(await listed())
        await send(client, event("view_product", event_id="v", product_id=seen, session_id="visit"))
        after = await listed()
        assert known(after)
        assert seen not in {item["product_id"] for item in after}
        assert not known(await listed(session_id="another"))
        # Signed in meanwhile, and what is bought or disliked is shown no more.
        bought, disliked = after[0]["product_id"], after[1]["product_id"]
        who = {"session_id": "visit", "customer_id": "c"}
        order = event("order_placed", order_id="o", items=[{"product_id": bought}], event_id="o") | who
        await send(client, [order, event("view_product", product_id=seen, session_id="bot", user_agent="x-bot/1")])
        verdict = {
            "recommendation_id": "r",
            "interaction_type": "dislike",
            "product_id": disliked,
            "session_id": "visit",
        }
        assert (await client.post("/api/feedback", json=verdict)).status_code == 200
        later = [item["product_id"] for item in await listed()]
        assert not {bought, disliked} & set(later)
        assert bought not in {item["product_id"] for item in await listed(session_id="", customer_id="c")}
        assert not known(await listed(session_id="bot"))
        assert stored(streaming.engine) == {}
        async with consuming(streaming):
            await emptied(streaming)
        stored(streaming.engine)
        assert [item["product_id"] for item in await listed()] == later


async def test_what_cannot_be_stored_is_a_dead_letter_that_can_be_replayed(streaming: Streaming) -> None:
    good = orjson.dumps({"event_id": "g", "moment": "2026-03-01T12:00:00+00:00", "dated": True, "document": {}})
    strange = good.replace(b'"g"', b'"s"').replace(b"{}", b'{"timestamp": "noon"}')
    with streaming.redis() as redis:
        for payload in (b"", b"{", strange, good):
            redis.xadd(streaming.key, {"event": payload, "tries": 0})
        redis.xadd(streaming.key, {"something": "else"})
    async with consuming(streaming) as consumer:
        await emptied(streaming)
    assert dict(consumer.counts) == {"dead": 4, "accepted": 1, "later": 1}
    assert set(stored(streaming.engine)) == {"g"}
    letters = [orjson.loads(line) for line in streaming.run("dead").splitlines()]
    assert {letter["kind"] for letter in letters} == {"events"}
    refused = next(letter for letter in letters if "Elasticsearch refused it" in letter["reason"])
    assert orjson.loads(refused["event"])["event_id"] == "s"
    assert streaming.run("replay", refused["id"]) == "0 changes and 1 events are tried again\n"
    with streaming.redis() as redis:
        assert (redis.xlen(streaming.key), redis.xlen(f"{streaming.key}:dead")) == (1, 3)


async def test_too_much_waiting_is_refused(streaming: Streaming) -> None:
    kept = EventSettings(queue=30)
    async with idle(streaming), api(streaming.engine, events=kept, **streaming.settings) as client:
        assert (await send(client, views(25)))["accepted"] == 25
        refused = await client.post("/api/events", json=views(10, first=25))
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) >= 1
        async with consuming(streaming):
            await emptied(streaming)
            assert (await send(client, views(10, first=25)))["accepted"] == 10
            await emptied(streaming)
    assert set(stored(streaming.engine)) == {f"e{n}" for n in range(35)}


async def test_work_of_the_dead_is_claimed(streaming: Streaming) -> None:
    async with idle(streaming), api(streaming.engine, **streaming.settings) as client:
        await send(client, views(20))
        with streaming.redis() as redis:
            assert redis.xreadgroup("index", "gone", {streaming.key: ">"}, count=15)
        async with consuming(streaming) as consumer:
            await emptied(streaming)
        assert consumer.counts["accepted"] == 20
    assert len(stored(streaming.engine)) == 20


async def test_redis_falls_silent_and_comes_back(streaming: Streaming) -> None:
    async with (
        consuming(streaming),
        proxy_to(f"http://127.0.0.1:{streaming.server.port}", Speech.REDIS) as proxy,
        api(streaming.engine, redis_url=f"redis://127.0.0.1:{proxy.listening_port}/0", events_deadline_s=2) as client,
    ):
        await send(client, views(5))
        proxy.set(State.SILENT)
        away = await send(client, views(5, first=5))
        nothing_known = await client.get("/api/recommendations", params={"session_id": "s-1"})
        ready = await road(client)
        proxy.set(State.OPEN)
        await asyncio.sleep(AWAY_S)
        await send(client, views(5, first=10))
        back = await road(client)
        await emptied(streaming)
    assert away["accepted"] + away["duplicates"] == 5
    assert nothing_known.status_code in (200, 503), nothing_known.text
    assert (ready["status"], back["status"]) == ("degraded", "ok")
    assert set(stored(streaming.engine)) == {f"e{n}" for n in range(15)}


async def test_while_elasticsearch_is_away_events_wait(streaming: Streaming) -> None:
    async with (
        proxy_to(streaming.engine.es_url) as proxy,
        consuming(streaming, proxy.url) as consumer,
        api(streaming.engine, **streaming.settings) as client,
    ):
        proxy.set(State.CUT)
        assert (await send(client, views(5)))["accepted"] == 5
        await until(streaming, lambda: pending(streaming) == 5)
        proxy.set(State.OPEN)
        await emptied(streaming)
    assert dict(consumer.counts) == {"accepted": 5}
    assert set(stored(streaming.engine)) == {f"e{n}" for n in range(5)}


async def test_just_sent_events_are_asked_for_again_once_redis_is_back(streaming: Streaming) -> None:
    async with proxy_to(f"http://127.0.0.1:{streaming.server.port}", Speech.REDIS) as proxy:
        url, prefix = f"redis://127.0.0.1:{proxy.listening_port}/0", streaming.engine.index_prefix
        recent, bot = RecentEvents(url, prefix, call_s=5), {"type": "view_product", "session_id": "s", "bot": True}
        seen = {"type": "view_product", "session_id": "s", "customer_id": "c", "product_id": "p", "query": "secret"}
        now = datetime.now(UTC)
        events = [Taken("a", now, seen), Taken("b", now, bot), Taken("d", now, {"type": "scroll"})]
        stream = event_stream(url, prefix)
        named = [(event.event_id, b"{}") for event in events]
        assert await stream.add_named(named, recent.notes(events)) == [True, True, True]
        again = [Note(0, note.list_key, b"not noted twice") for note in recent.notes(events)]
        assert await stream.add_named(named[:1], again) == [False]
        await stream.close()
        kept = {"a": {"type": "view_product", "session_id": "s", "product_id": "p"}}
        assert await recent.of("", "s") == await recent.of("c", "") == await recent.of("c", "s") == kept
        assert await recent.of("another", "") == await recent.of("", "") == {}
        proxy.set(State.CUT)
        assert await recent.of("c", "s") == {}
        proxy.set(State.OPEN)
        async with asyncio.timeout(60):
            while await recent.of("c", "s") != kept:
                await asyncio.sleep(0.1)
        await recent.close()


def pending(streaming: Streaming) -> int:
    with streaming.redis() as client:
        return int(client.xpending(streaming.key, "index")["pending"])


async def test_a_consumer_killed_in_the_middle_and_a_redis_killed_lose_and_double_nothing(
    streaming: Streaming, engine_settings: EngineSettings
) -> None:
    first = (await asyncio.to_thread(streaming.consume))[0]
    async with api(engine_settings, **streaming.settings) as client:
        first.send_signal(signal.SIGSTOP)
        for n in range(0, 1000, 250):
            assert (await send(client, views(250, first=n)))["accepted"] == 250
        streaming.server.kill()
        streaming.server.start()
        first.send_signal(signal.SIGCONT)
        # Some of it is in its hands now, or stored and not yet told.
        await until(streaming, lambda: pending(streaming) > 0 or streaming.empty())
        first.kill()
        async with consuming(streaming):
            await emptied(streaming)
    assert set(stored(engine_settings)) == {f"e{n}" for n in range(1000)}
