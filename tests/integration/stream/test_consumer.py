"""A consumer over a real Redis takes up what it had in hand, without waiting until that counts as abandoned."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from shop.stream.consumer import Consumer, Pace, Settled
from shop.stream.errors import StreamUnavailable
from shop.stream.redis_stream import DeadLetter, Entry, RedisStream
from tests.redis_server import RedisServer

NEVER = Pace(batch=3, claim_s=3600)


@pytest.fixture
async def stream(tmp_path: Path) -> AsyncIterator[RedisStream]:
    server = RedisServer(tmp_path)
    server.start()
    stream = RedisStream(server.url, "test", "what")
    yield stream
    await stream.close()
    server.kill()


async def emptied(stream: RedisStream) -> None:
    async with asyncio.timeout(10):
        while (await stream.status()).waiting:
            await asyncio.sleep(0.02)


async def run_until_empty(stream: RedisStream, consumer: Consumer) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(consumer.run(stop))
    try:
        await emptied(stream)
    finally:
        stop.set()
        await running


async def test_what_it_took_without_hearing_of_it_is_done(stream: RedisStream) -> None:
    done: list[bytes] = []

    def work(entries: Sequence[Entry]) -> Settled:
        done.extend(entry.payload for entry in entries)
        return Settled(done=list(entries))

    consumer = Consumer(stream, work, NEVER)
    await stream.join(consumer.name)
    await stream.add([f"{number}".encode() for number in range(8)])
    # As where the connection breaks before the answer has come.
    assert len(await stream.read(consumer.name, 7, 0.1)) == 7
    await run_until_empty(stream, consumer)
    assert done == [b"0", b"1", b"2", b"3", b"4", b"5", b"6", b"7"]


async def test_what_it_could_not_tell_of_is_done_again(stream: RedisStream, monkeypatch: pytest.MonkeyPatch) -> None:
    settle, away = stream.settle, 2

    async def settle_later(*told: list[Entry]) -> None:
        nonlocal away
        if away and any(told):
            away -= 1
            raise StreamUnavailable("away")
        await settle(*told)  # type: ignore[arg-type]

    done: list[bytes] = []

    def work(entries: Sequence[Entry]) -> Settled:
        done.extend(entry.payload for entry in entries)
        return Settled(done=list(entries))

    monkeypatch.setattr(stream, "settle", settle_later)
    await stream.add([b"0", b"1"])
    await run_until_empty(stream, Consumer(stream, work, NEVER))
    assert done == [b"0", b"1"] * 3


async def test_what_ends_its_consumer_each_time_is_buried(stream: RedisStream) -> None:
    consumer = Consumer(stream, lambda entries: Settled(done=list(entries)), NEVER)
    await stream.join(consumer.name)
    await stream.add([b"deadly"])
    await stream.read(consumer.name, 1, 0.1)
    for _ in range(20):
        await stream.taken(consumer.name, 1)
    await run_until_empty(stream, consumer)
    (letter,) = await stream.dead()
    assert letter == DeadLetter(letter.letter_id, b"deadly", "its consumers ended 20 times")
