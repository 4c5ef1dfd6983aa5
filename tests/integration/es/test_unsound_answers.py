"""Answers that are no answers of Elasticsearch, though the first one was: they are trouble, never data."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from es.client import connect, connect_async, translated
from es.errors import EngineError
from es.settings import EngineSettings
from tests.engines import engine_at

_GOOD = b'{"errors":false,"items":[]}'
_PRODUCT = b"X-Elastic-Product: Elasticsearch\r\n"
_HEAD = b"HTTP/1.1 200 OK\r\n" + _PRODUCT + b"Content-Type: application/vnd.elasticsearch+json;compatible-with=9\r\n"
GOOD = _HEAD + b"Content-Length: %d\r\n\r\n" % len(_GOOD) + _GOOD
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\nwiki"
CUT_IN_THE_HEAD = _HEAD[:-10]
CUT_IN_THE_BODY = GOOD[:-10]
NOISE = bytes(range(256))


@asynccontextmanager
async def answering(*answers: bytes) -> AsyncIterator[EngineSettings]:
    """A server that gives these answers, one after another, each over a connection of its own."""
    left = list(answers)
    busy: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        busy.append(writer)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        await reader.readexactly(length)
        writer.write(left.pop(0))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield engine_at(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    finally:
        server.close()
        for writer in busy:
            writer.close()


def written(settings: EngineSettings) -> list[object]:
    """What two bulk requests of one client came to."""
    found: list[object] = []
    with connect(settings) as client:
        for _ in range(2):
            try:
                with translated():
                    found.append(client.bulk(operations=[{"delete": {"_index": "a", "_id": "b"}}])["items"])
            except EngineError as error:
                found.append(error)
    return found


@pytest.mark.parametrize("answer", [PAGE, CUT_IN_THE_HEAD, CUT_IN_THE_BODY, NOISE, b""])
async def test_an_unsound_answer_is_trouble_for_the_blocking_client(answer: bytes) -> None:
    async with answering(GOOD, answer) as settings:
        first, second = await asyncio.to_thread(written, settings)
    assert first == []
    assert isinstance(second, EngineError)


@pytest.mark.parametrize("answer", [PAGE, CUT_IN_THE_HEAD, CUT_IN_THE_BODY, NOISE, b""])
async def test_an_unsound_answer_is_trouble_for_the_client_of_the_service(answer: bytes) -> None:
    async with answering(GOOD, answer) as settings:
        client = connect_async(settings)
        try:
            with translated():
                assert (await client.bulk(operations=[{"delete": {"_index": "a", "_id": "b"}}]))["items"] == []
            with pytest.raises(EngineError), translated():
                await client.bulk(operations=[{"delete": {"_index": "a", "_id": "b"}}])
        finally:
            await client.close()
