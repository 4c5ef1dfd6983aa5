"""Requests that find no place, over a real socket: refused before there is a task, and the line is good afterwards."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from app.bounded_protocol import BoundedProtocol
from app.door import DOOR, PLACE, Door
from app.waiting import SPARING

PAGE = b"GET /health/live HTTP/1.1\r\nHost: shop\r\n\r\n"
SEARCH = b"GET /api/search?q=lamp HTTP/1.1\r\nHost: shop\r\n\r\n"
POST = b"POST /api/search HTTP/1.1\r\nHost: shop\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200_000


class Shop:
    """An app that answers when it is told to."""

    def __init__(self) -> None:
        self.door = Door(1)
        self.go_on = asyncio.Event()
        self.began = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.began += 1
        if scope["path"].startswith("/api") and not SPARING.get():
            await self.go_on.wait()
        await Request(scope, receive).body()
        await PlainTextResponse("spared" if SPARING.get() else "here")(scope, receive, send)
        if PLACE in scope:
            self.door.leave(scope[PLACE])


class Line:
    """A connection to the shop."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer

    async def answer(self) -> tuple[int, bytes]:
        """Status and head of the next answer."""
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
        await self._reader.readexactly(int(length.partition(b":")[2]))
        return int(head.split()[1]), head.lower()

    async def ended(self) -> bool:
        return await self._reader.read() == b""


@asynccontextmanager
async def opened(shop: Shop, lines: int) -> AsyncIterator[list[Line]]:
    config = uvicorn.Config(shop, log_config=None, http=BoundedProtocol, lifespan="off")
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: BoundedProtocol(config, state, {DOOR: shop.door}), "127.0.0.1", 0)
    async with server, asyncio.timeout(30):
        address = server.sockets[0].getsockname()
        found = [Line(*await asyncio.open_connection(*address)) for _ in range(lines)]
        try:
            yield found
        finally:
            shop.go_on.set()
            for line in found:
                line.writer.close()
                await line.writer.wait_closed()
            shop.door.tell()


async def filled(shop: Shop, inside: Line, waiting: Line) -> None:
    """Every place is taken, and as many wait as may."""
    inside.writer.write(SEARCH)
    while shop.door.quick.under_way == 0:
        await asyncio.sleep(0.01)
    waiting.writer.write(POST)
    while not shop.door.quick.waiting:
        await asyncio.sleep(0.01)


async def test_who_is_refused_may_go_on_over_the_same_line() -> None:
    shop = Shop()
    async with opened(shop, 3) as (inside, waiting, other):
        # One may wait, for a moment, and its body with it; another is refused at once.
        await filled(shop, inside, waiting)
        other.writer.write(SEARCH + PAGE)
        status, head = await other.answer()
        assert (status, b"retry-after: " in head, b"connection: close" in head) == (503, True, False)
        assert (await other.answer())[0] == 200
        assert (await waiting.answer())[0] == 503
        assert shop.began == 2, "no task was made of what was refused"
        waiting.writer.write(PAGE)
        assert (await waiting.answer())[0] == 200
        shop.go_on.set()
        assert (await inside.answer())[0] == 200
        waiting.writer.write(POST)
        assert (await waiting.answer())[0] == 200


async def test_who_waits_is_let_in_and_who_wants_the_line_closed_has_it_closed() -> None:
    shop = Shop()
    async with opened(shop, 3) as (inside, waiting, other):
        await filled(shop, inside, waiting)
        other.writer.write(SEARCH.replace(b"Host", b"Connection: close\r\nHost"))
        status, head = await other.answer()
        assert (status, b"connection: close" in head, await other.ended()) == (503, True, True)
        shop.go_on.set()
        assert [(await line.answer())[0] for line in (inside, waiting)] == [200, 200]
        assert shop.door.quick.under_way == 0


async def test_what_can_be_answered_from_memory_is_answered() -> None:
    shop = Shop()
    async with opened(shop, 2) as (inside, other):
        inside.writer.write(SEARCH)
        while shop.door.quick.under_way == 0:
            await asyncio.sleep(0.01)
        other.writer.write(b"GET /api/recommendations HTTP/1.1\r\nHost: shop\r\n\r\n")
        assert (await other.answer())[0] == 200
        assert shop.door.spared.under_way == 0
