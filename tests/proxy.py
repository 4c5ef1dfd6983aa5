"""A TCP proxy that can be cut, slowed and mended: an Elasticsearch that goes away and comes back."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit


class State(StrEnum):
    OPEN = "open"
    CUT = "cut"  # connections are closed at once, as by a host whose server died
    SILENT = "silent"  # requests are taken and never answered, as by a server in a long pause


@dataclass(slots=True)
class Proxy:
    """Listens on a free port of this machine. `delay_s` is waited before each piece of an answer."""

    host: str
    port: int
    state: State = State.OPEN
    delay_s: float = 0.0
    connections: int = 0
    url: str = ""
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def set(self, state: State) -> None:
        """Changes the state; connections that are open now are closed, but for a silent server, which keeps them."""
        self.state = state
        if state is State.CUT:
            for writer in self._open:
                writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.state is State.CUT:
            writer.transport.abort()
            return
        self._open.add(writer)
        try:
            there, onward = await asyncio.open_connection(self.host, self.port)
        except OSError:
            writer.transport.abort()
            return
        self._open.add(onward)
        try:
            await asyncio.gather(self._copy(reader, onward, 0.0), self._copy(there, writer, 1.0))
        finally:
            for end in (writer, onward):
                self._open.discard(end)
                end.transport.abort()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, slowed: float) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                while self.state is State.SILENT:
                    await asyncio.sleep(0.02)
                if slowed and self.delay_s:
                    await asyncio.sleep(self.delay_s)
                writer.write(data)
                await writer.drain()
            writer.transport.abort()


@asynccontextmanager
async def proxy_to(url: str) -> AsyncIterator[Proxy]:
    """A proxy in front of the server at `url`, for the length of the block."""
    parts = urlsplit(url)
    proxy = Proxy(parts.hostname or "127.0.0.1", parts.port or 9200)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(proxy._serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
