"""A TCP proxy that can be cut, slowed, made to refuse or to talk nonsense, and mended: a dependency in trouble."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit


class State(StrEnum):
    OPEN = "open"
    CUT = "cut"  # connections are closed at once, as by a host whose server died
    SILENT = "silent"  # requests are taken and never answered, as by a server in a long pause
    BROKEN = "broken"  # answers end in the middle
    BUSY = "busy"  # 429, in the words of the one behind
    UNAVAILABLE = "unavailable"  # 503
    GARBAGE = "garbage"  # a whole answer that is not in its language, as of some other server at this address
    NOISE = "noise"  # bytes that are no answer at all


class Speech(StrEnum):
    """How refusals are told."""

    HTTP = "http"
    REDIS = "redis"


_NOISE: Final = bytes(range(256)) * 2
_PAGE: Final = b"<html><body>It works!</body></html>"
_REFUSAL: Final = b'{"error": {"type": "%s", "reason": "try again"}, "message": "try again", "status": %d}'


def _http(status: str, body: bytes, kind: str = "application/json", *more: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", "Connection: close", *more]
    return ("\r\n".join(head) + "\r\n\r\n").encode() + body


_PRODUCT: Final = "X-Elastic-Product: Elasticsearch"
ANSWERS: Final[dict[Speech, dict[State, bytes]]] = {
    Speech.HTTP: {
        State.BUSY: _http(
            "429 Too Many Requests", _REFUSAL % (b"es_rejected_execution_exception", 429),
            "application/json", _PRODUCT, "Retry-After: 1",
        ),
        State.UNAVAILABLE: _http(
            "503 Service Unavailable", _REFUSAL % (b"cluster_block_exception", 503), "application/json", _PRODUCT
        ),
        State.GARBAGE: _http("200 OK", _PAGE, "text/html"),
        State.NOISE: _NOISE,
    },
    Speech.REDIS: {
        State.BUSY: b"-LOADING Redis is loading the dataset in memory\r\n",
        State.UNAVAILABLE: b"-MISCONF Redis is configured to save, but is not able to persist on disk.\r\n",
        State.GARBAGE: _http("200 OK", _PAGE, "text/html"),
        State.NOISE: _NOISE,
    },
}  # fmt: skip
_LENGTH: Final = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Proxy:
    """Listens on a free port of this machine. `delay_s` is waited before each piece of an answer."""

    host: str
    port: int
    speech: Speech = Speech.HTTP
    state: State = State.OPEN
    delay_s: float = 0.0
    connections: int = 0
    url: str = ""
    listening_port: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def set(self, state: State) -> None:
        """Changes the state; connections that are open now are closed where it is a cut, and kept else."""
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
            self._open.discard(writer)
            writer.transport.abort()
            return
        self._open.add(onward)
        try:
            await asyncio.gather(self._asked(reader, onward, writer), self._answered(there, writer))
        finally:
            for end in (writer, onward):
                self._open.discard(end)
                end.transport.abort()

    async def _asked(
        self, reader: asyncio.StreamReader, onward: asyncio.StreamWriter, back: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                while self.state is State.SILENT:
                    await asyncio.sleep(0.02)
                if refusal := ANSWERS[self.speech].get(self.state):
                    await self._taken(reader, data)
                    back.write(refusal)
                    await back.drain()
                    back.close()
                    return
                onward.write(data)
                await onward.drain()
            onward.transport.abort()

    async def _taken(self, reader: asyncio.StreamReader, data: bytes) -> None:
        """The rest of a request: whoever is answered in the middle of it would not hear the answer."""
        head, end, body = data.partition(b"\r\n\r\n")
        length = _LENGTH.search(head) if end and self.speech is Speech.HTTP else None
        left = int(length[1]) - len(body) if length else 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                while left > 0 and (more := await reader.read(65536)):
                    left -= len(more)

    async def _answered(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await there.read(65536):
                while self.state is State.SILENT:
                    await asyncio.sleep(0.02)
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                if self.state is State.BROKEN:
                    writer.write(data[: len(data) // 2])
                    await writer.drain()
                    break
                writer.write(data)
                await writer.drain()
            writer.close()


@asynccontextmanager
async def proxy_to(url: str, speech: Speech = Speech.HTTP) -> AsyncIterator[Proxy]:
    """A proxy in front of the server at `url`, for the length of the block."""
    parts = urlsplit(url)
    proxy = Proxy(parts.hostname or "127.0.0.1", parts.port or 9200, speech)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(proxy._serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    proxy.listening_port = server.sockets[0].getsockname()[1]
    proxy.url = f"http://127.0.0.1:{proxy.listening_port}"
    try:
        yield proxy
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
