"""Limits of a running service: over two processes through a real Redis, which dies and comes back."""

import asyncio
import logging
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import structlog
from pydantic import SecretStr

from app.log_masking import masked
from es.embedded.ports import any_free
from es.settings import EngineSettings
from tests.integration.access.conftest import PAGE, SECRET, Keys, closed, make, store_of
from tests.shops import api

REDIS = shutil.which("redis-server")
needs_redis = pytest.mark.skipif(REDIS is None, reason="there is no redis-server; apt-get install redis-server")


@asynccontextmanager
async def redis_at(port: int, folder: Path) -> AsyncIterator[None]:
    assert REDIS is not None
    command = [REDIS, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        await until(lambda: _listens(port))
        yield
    finally:
        process.kill()
        process.wait()


async def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def until(holds: Callable[[], Awaitable[bool]], within_s: float = 15.0) -> None:
    give_up = time.monotonic() + within_s
    while not await holds():
        assert time.monotonic() < give_up, "it took too long"
        await asyncio.sleep(0.05)


async def away_from_the_turn() -> None:
    """Not over the turn of a minute, where a window ends."""
    if time.time() % 60 > 50:
        await asyncio.sleep(60.5 - time.time() % 60)


async def test_a_key_has_its_own_limit_and_is_told(engine_settings: EngineSettings) -> None:
    async with store_of(engine_settings) as store:
        key = await make(store, "search", per_minute=5)
    await away_from_the_turn()
    async with api(engine_settings, access=closed()) as client:
        answers = [await client.get("/api/search", headers={"X-Api-Key": key}) for _ in range(7)]
    assert [answer.status_code == 429 for answer in answers] == [False] * 5 + [True] * 2
    assert answers[0].headers["ratelimit-policy"] == '"key";q=5;w=60'
    assert answers[0].headers["ratelimit"].startswith('"key";r=4;t=')
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 120
    assert answers[-1].json()["type"] == "/problems/rate-limited"


async def test_shoppers_of_a_server_are_told_apart(engine_settings: EngineSettings) -> None:
    async with store_of(engine_settings) as store:
        key = await make(store, "search")
    await away_from_the_turn()
    async with api(engine_settings, access=closed(visitor_per_minute=3)) as client:

        async def refused(visitor: str) -> bool:
            answer = await client.get("/api/search", headers={"X-Api-Key": key, "X-Visitor-Id": visitor})
            return answer.status_code == 429

        assert [await refused("v-1") for _ in range(5)] == [False] * 3 + [True] * 2
        assert not await refused("v-2")


@needs_redis
async def test_two_processes_keep_one_limit_and_outlive_redis(engine_settings: EngineSettings, tmp_path: Path) -> None:
    async with store_of(engine_settings) as store:
        key = await make(store, "search", per_minute=20)
    port = any_free()
    access = closed(redis_url=SecretStr(f"redis://127.0.0.1:{port}/0"))

    async def refused(client: httpx.AsyncClient) -> bool:
        return (await client.get("/api/search", headers={"X-Api-Key": key})).status_code == 429

    async def said(client: httpx.AsyncClient, status: str) -> bool:
        checks = (await client.get("/health/ready")).json()["checks"]
        return bool(checks["rate_limits"]["status"] == status)

    async with api(engine_settings, access=access) as one, api(engine_settings, access=access) as other:
        await away_from_the_turn()
        async with redis_at(port, tmp_path):
            await until(lambda: said(one, "ok"))
            assert not any([await refused(one) for _ in range(15)])
            await asyncio.sleep(0.6)
            # The first that the other lets pass tells it what the one has counted.
            await refused(other)
            await asyncio.sleep(0.6)
            passed = [await refused(other) for _ in range(10)].count(False)
            assert passed <= 5
        await refused(one)
        await until(lambda: said(one, "degraded"))
        assert not (await one.get("/health/live")).is_error
        async with redis_at(port, tmp_path):
            await asyncio.sleep(0.1)
            give_up = time.monotonic() + 20
            while not await said(one, "ok"):
                assert time.monotonic() < give_up, "it did not come back by itself"
                await one.get("/api/search", headers={"X-Api-Key": key, "X-Visitor-Id": str(time.time())})
                await asyncio.sleep(0.2)


async def test_too_many_at_once_are_refused_early(engine_settings: EngineSettings) -> None:
    async with api(engine_settings, access=closed(access="open", max_concurrent_requests=2)) as client:
        answers = await asyncio.gather(*(client.get("/api/admin/rules") for _ in range(12)))
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(200) >= 2
    assert 503 in statuses
    assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 503)


async def test_an_encoded_body_is_not_unpacked(shop: httpx.AsyncClient, keys: Keys) -> None:
    for encoding in ("gzip", "deflate", "br", "zstd", "gzip, gzip"):
        headers = {**keys.of("search"), "Content-Encoding": encoding, "Content-Type": "application/json"}
        answer = await shop.post("/api/search", content=b"\x1f\x8b" + b"0" * 100, headers=headers)
        assert answer.status_code == 415
        assert answer.headers["accept-encoding"] == "identity"


async def test_no_line_of_the_log_holds_a_secret(shop: httpx.AsyncClient, keys: Keys) -> None:
    """Everything goes wrong once with a secret in it; what is logged is read as it is written."""
    key = keys.by_scope["search"]
    private = ["anna.berg@example.org", "4111 1111 1111 1111"]
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    with structlog.testing.capture_logs(processors=[structlog.processors.format_exc_info, masked]) as lines:
        await shop.get("/api/search", params={"q": f"{key} {private[0]}"}, headers={"X-Api-Key": key})
        await shop.get(f"/api/products/{key}", headers={"X-Api-Key": key})
        await shop.get("/api/search", headers={"Authorization": f"Bearer {key}"})
        await shop.get("/api/search", headers={"X-Api-Key": keys.public, "Origin": PAGE + ".evil.example"})
        await shop.post("/api/events", content=f'{{"key": "{key}', headers=keys.of("events"))
        await shop.get("/api/search", headers={"X-Api-Key": key, "Authorization": "Bearer ey.ey.ey"})
    structlog.configure(**before)
    told = str(lines)
    assert len(lines) >= 6
    for secret in (*private, SECRET, *(written.split("_")[2] for written in (*keys.by_scope.values(), keys.public))):
        assert secret not in told
