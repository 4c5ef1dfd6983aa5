"""Changes through a real Redis stream: accepted means made in the end, whatever dies in between."""

import asyncio
import signal
import time
from typing import Any

import httpx
import orjson
import pytest

from es.client import connect
from evaluate.faults.proxy import Speech, State, proxy_to
from shop.stream.entrance import AWAY_S
from tests.redis_server import RedisServer
from tests.shops import api
from tests.streaming import Streaming

pytestmark = pytest.mark.needs_es


def patches(version: int, price: float, count: int = 20) -> bytes:
    return b"\n".join(
        orjson.dumps({"op": "patch", "product_id": f"p{n}", "version": version, "fields": {"price": price}})
        for n in range(count)
    )


async def bulk(client: httpx.AsyncClient, body: bytes) -> dict[str, Any]:
    answer = await client.post("/api/products/_bulk", content=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["results"]
    return found


async def test_accepted_changes_are_made_in_any_case_in_the_end(streaming: Streaming) -> None:
    streaming.consume(2)
    async with api(streaming.engine, **streaming.settings) as client:
        one = await client.patch("/api/products/p1?version=3", json={"price": 33})
        old = await client.patch("/api/products/p1?version=2", json={"price": 22})
        made = await client.put("/api/products/new/1", json={"name": "New", "price": 5})
        wrong = await client.patch("/api/products/p1", json={"price": -1})
        tag = (await client.get("/api/products/p2")).headers["etag"]
        condition = await client.patch("/api/products/p2", json={"price": 2}, headers={"If-Match": tag})
        gone = await client.delete("/api/products/p3")
        ready = (await client.get("/health/ready")).json()["checks"]["changes"]
        metrics = (await client.get("/metrics")).text
    streaming.until(streaming.empty)

    assert "shopscout_changes_lag_seconds " in metrics
    assert 'shopscout_changes_total{result="queued"}' in metrics
    statuses = [r.status_code for r in (one, old, made, wrong, condition, gone)]
    assert statuses == [202, 202, 202, 400, 200, 202]
    assert one.json()["result"] == "queued"
    assert ready["status"] == "ok"
    assert "2 consumers" in ready["detail"]
    prices = streaming.prices()
    assert (prices["p1"], prices["new/1"], prices["p2"]) == (33_000, 5_000, 2_000)
    assert "p3" not in prices


async def test_without_a_consumer_changes_are_made_at_once(streaming: Streaming) -> None:
    async with api(streaming.engine, **streaming.settings) as client:
        answer = await client.patch("/api/products/p1", json={"price": 4})
        ready = (await client.get("/health/ready")).json()["checks"]["changes"]
    assert answer.status_code == 200
    assert ready["status"] == "degraded"
    assert "no consumer runs" in ready["detail"]


async def test_a_redis_that_keeps_nothing_is_not_trusted(streaming: Streaming) -> None:
    streaming.consume()
    with streaming.redis() as client:
        client.config_set("appendonly", "no")
    async with api(streaming.engine, **streaming.settings) as shop:
        answer = await shop.patch("/api/products/p1", json={"price": 4})
        ready = (await shop.get("/health/ready")).json()["checks"]["changes"]
    assert answer.status_code == 200
    assert "appendonly" in ready["detail"]


async def test_a_consumer_killed_in_the_middle_loses_nothing(streaming: Streaming) -> None:
    first = streaming.consume()[0]
    async with api(streaming.engine, **streaming.settings) as client:
        first.send_signal(signal.SIGSTOP)
        await bulk(client, patches(5, 50))
        first.send_signal(signal.SIGCONT)
        # Some of it is in its hands now, or made and not yet told.
        streaming.until(lambda: _pending(streaming) > 0 or streaming.empty(), 20)
        first.kill()
        assert (await bulk(client, patches(6, 60, 10)))["queued"] == 10
        second = streaming.consume()[0]
        streaming.until(streaming.empty)
    assert second.poll() is None
    prices = streaming.prices()
    assert {prices[f"p{n}"] for n in range(10)} == {60_000}
    assert {prices[f"p{n}"] for n in range(10, 20)} == {50_000}


def _pending(streaming: Streaming) -> int:
    with streaming.redis() as client:
        return int(client.xpending(f"{streaming.engine.index_prefix}:changes", "index")["pending"])


async def test_work_of_the_dead_is_claimed(streaming: Streaming) -> None:
    streaming.consume()
    key = f"{streaming.engine.index_prefix}:changes"
    async with api(streaming.engine, **streaming.settings) as client:
        await bulk(client, patches(5, 50, 1))
        streaming.until(streaming.empty)
        # Another consumer takes the next ones, and is never heard of again.
        streaming.running[0].send_signal(signal.SIGSTOP)
        await asyncio.sleep(1)  # what it has asked for before ends
        await bulk(client, patches(6, 60))
        with streaming.redis() as redis:
            taken = redis.xreadgroup("index", "dead", {key: ">"}, count=1000)
        assert taken
        streaming.running[0].send_signal(signal.SIGCONT)
        streaming.until(streaming.empty)
    assert set(streaming.prices().values()) == {60_000}


async def test_redis_is_killed_and_comes_back(streaming: Streaming) -> None:
    consumer = streaming.consume()[0]
    async with api(streaming.engine, **streaming.settings) as client:
        consumer.send_signal(signal.SIGSTOP)
        before = await bulk(client, patches(5, 50))
        streaming.server.kill()
        away = await client.patch("/api/products/p0?version=7", json={"price": 70})
        ready = (await client.get("/health/ready")).json()["checks"]["changes"]
        streaming.server.start()
        consumer.send_signal(signal.SIGCONT)
        streaming.until(streaming.empty)
        streaming.until(lambda: streaming.alive() > 0)
        await asyncio.sleep(AWAY_S)  # until then the API leaves Redis alone
        after = await client.patch("/api/products/p1?version=7", json={"price": 71})
        streaming.until(streaming.empty)

    assert before == {"queued": 20}
    assert away.status_code == 200
    assert ready["status"] == "degraded"
    assert after.status_code == 202
    prices = streaming.prices()
    assert (prices["p0"], prices["p1"]) == (70_000, 71_000)
    assert {prices[f"p{n}"] for n in range(2, 20)} == {50_000}


async def test_dead_letters_are_looked_at_and_replayed(streaming: Streaming) -> None:
    streaming.consume()
    key = f"{streaming.engine.index_prefix}:changes"
    with streaming.redis() as redis:
        for poison in (b"", b"{", b'{"op": "put"}', b"\xff" * 100):
            redis.xadd(key, {"change": poison, "tries": 0})
        redis.xadd(key, {"something": "else"})
    async with api(streaming.engine, **streaming.settings) as client:
        await client.patch("/api/products/later", json={"price": 9})
        await client.patch("/api/products/p1", json={"price": 8})
        streaming.until(streaming.empty)
        letters = [orjson.loads(line) for line in streaming.run("dead").splitlines()]
        assert streaming.status()["dead"] == 6
        await client.put("/api/products/later?version=1", json={"name": "Later", "price": 3})
        streaming.until(streaming.empty)
        missing = next(letter for letter in letters if "there is no product" in letter["reason"])
        assert "1 changes" in streaming.run("replay", missing["id"])
        streaming.until(streaming.empty)

    assert streaming.prices()["later"] == 9_000
    assert streaming.prices()["p1"] == 8_000
    assert streaming.command("replay", "1-1").wait(60) == 1
    assert streaming.command("replay", "nope").wait(60) == 2
    assert "5 changes" in streaming.run("replay")
    streaming.until(lambda: streaming.empty() and streaming.status()["dead"] == 5)


async def test_a_change_that_comes_before_its_product_waits_for_it(streaming: Streaming) -> None:
    streaming.tries = 10
    streaming.consume()
    async with api(streaming.engine, **streaming.settings) as client:
        first = {"op": "patch", "product_id": "soon", "version": 2, "fields": {"price": 9}}
        second = {"op": "put", "product_id": "soon", "version": 1, "fields": {"name": "Soon", "price": 3}}
        await bulk(client, b"\n".join(map(orjson.dumps, (first, second))))
        streaming.until(streaming.empty)
    assert streaming.prices()["soon"] == 9_000


async def test_too_much_waiting_is_refused(streaming: Streaming) -> None:
    consumer = streaming.consume()[0]
    async with api(streaming.engine, **streaming.settings, changes_queue=30) as client:
        consumer.send_signal(signal.SIGSTOP)
        assert await bulk(client, patches(1, 1)) == {"queued": 20}
        refused = await client.post("/api/products/_bulk", content=patches(2, 2))
        single = await client.patch("/api/products/p1", json={"price": 4})
        consumer.send_signal(signal.SIGCONT)
        streaming.until(streaming.empty)
        taken = await client.patch("/api/products/p1", json={"price": 4})
    assert (refused.status_code, single.status_code, taken.status_code) == (503, 202, 202)
    assert int(refused.headers["retry-after"]) >= 1


async def test_while_elasticsearch_takes_nothing_changes_wait(streaming: Streaming) -> None:
    streaming.consume()
    alias = f"{streaming.engine.index_prefix}-products"
    block = {"index.blocks.read_only_allow_delete": True}
    async with api(streaming.engine, **streaming.settings) as client:
        with connect(streaming.engine) as elastic:
            async with asyncio.timeout(60):
                while not _held(streaming):
                    # Elasticsearch takes the block away by itself now and then, as its disk is not full.
                    elastic.indices.put_settings(index=alias, settings=block)
                    assert (await client.patch("/api/products/p1", json={"price": 4})).status_code == 202
                    await asyncio.sleep(0.1)
            elastic.indices.put_settings(index=alias, settings=dict.fromkeys(block))
        streaming.until(streaming.empty)
    assert streaming.prices()["p1"] == 4_000


def _held(streaming: Streaming) -> bool:
    """Whether a consumer has had a change in its hands for long."""
    with streaming.redis() as client:
        found = client.xpending_range(streaming.key, "index", "-", "+", 1)
    return any(int(entry["time_since_delivered"]) > 1500 for entry in found)


async def test_a_consumer_ends_when_it_is_told(streaming: Streaming) -> None:
    consumer = streaming.consume()[0]
    async with api(streaming.engine, **streaming.settings) as client:
        await bulk(client, patches(1, 2))
        streaming.until(streaming.empty)
    consumer.terminate()
    out, _ = consumer.communicate(timeout=30)
    assert consumer.returncode == 0
    assert orjson.loads(out) == {"changes": {"changed": 20}, "events": {}}
    assert streaming.alive() == 0


def test_commands_without_redis(streaming: Streaming) -> None:
    streaming.server.kill()
    assert streaming.command("status").wait(60) == 1
    assert "Redis does not answer" in (streaming.folder / "consumers.log").read_text()
    assert isinstance(streaming.server, RedisServer)


async def test_a_redis_that_falls_silent_costs_no_change_more_than_its_deadline(streaming: Streaming) -> None:
    streaming.consume()
    async with proxy_to(f"http://127.0.0.1:{streaming.server.port}", Speech.REDIS) as proxy:
        through = f"redis://127.0.0.1:{proxy.listening_port}/0"
        async with api(streaming.engine, redis_url=through, changes_deadline_s=20) as client:
            assert (await client.patch("/api/products/p1", json={"price": 4})).status_code == 202
            proxy.set(State.SILENT)
            began = time.monotonic()
            away = [await client.patch(f"/api/products/p{n}", json={"price": 5}) for n in (2, 3)]
            ready = (await client.get("/health/ready")).json()["checks"]["changes"]
            took = time.monotonic() - began
            proxy.set(State.OPEN)
            await asyncio.sleep(AWAY_S)
            back = await client.patch("/api/products/p4", json={"price": 6})
            streaming.until(streaming.empty)
    assert [answer.status_code for answer in away] == [200, 200]
    assert ready["status"] == "degraded"
    assert back.status_code == 202
    # It was waited for once, a part of the deadline; the second change went another way at once.
    assert took < 2 * 20
    prices = streaming.prices()
    assert [prices[f"p{n}"] for n in (1, 2, 3, 4)] == [4_000, 5_000, 5_000, 6_000]
