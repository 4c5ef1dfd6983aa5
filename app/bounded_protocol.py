"""The HTTP protocol of the server, with bounds that uvicorn has not: headers must end, in size and in time."""

import asyncio
import socket
from functools import partial
from typing import Any, Final, cast

from starlette.types import Scope
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.access.settings import AccessSettings
from app.door import DOOR, Door, Visit

READ_AT_ONCE: Final = 256 * 1024
"""The most that asyncio reads from a socket at once, in bytes."""
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class BoundedProtocol(HttpToolsProtocol):
    """Whoever opens a connection and does not get to the end of the headers within SHOPSCOUT_HEADERS_DEADLINE_S is cut
    off, and so is who sends more than SHOPSCOUT_MAX_HEADERS_KB of them. Time and size count from the first byte of
    each request, for the first one from the opening of the connection."""

    _settings: AccessSettings | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*args, **kwargs)
        if BoundedProtocol._settings is None:
            BoundedProtocol._settings = AccessSettings()
        self._most_bytes = BoundedProtocol._settings.max_headers_kb * 1024
        self._deadline_s = BoundedProtocol._settings.headers_deadline_s
        self._header_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._in_headers = True
        self._unfinished = 0
        self._gone = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn
        super().connection_made(transport)
        _send_at_once(transport)
        self.transport = Together(transport, self.loop)  # type: ignore[assignment] # all of it that is used here
        self._timer = self.loop.call_later(self._deadline_s, self._cut, _TOO_SLOW)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_headers, self._header_bytes = True, 0
        if self._timer is None:
            self._timer = self.loop.call_later(self._deadline_s, self._cut, _TOO_SLOW)

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        # Four bytes of ": " and the line's end; empty headers cost something too.
        self._count(len(name) + len(value) + 4)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_headers = False
        self._stop_timer()
        if not self._gone:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._gone:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._gone:
            super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        if self._gone:
            return
        super().data_received(data)
        # One header that never ends is not told by the parser; what is read at once may be the end of a body too.
        self._unfinished = self._unfinished + len(data) if self._in_headers else 0
        if self._unfinished > self._most_bytes + READ_AT_ONCE:
            self._cut(_TOO_LARGE)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Asks at the door before there is a task."""
        door: Door | None = self.app_state.get(DOOR)
        begin = partial(super()._start_asgi_task, cycle, app)
        if door is None:
            begin()
        else:
            refuse = partial(self._refuse, cycle)
            door.come(Visit(cast("Scope", cycle.scope), begin, refuse, lambda: cycle.disconnected))

    def _refuse(self, cycle: RequestResponseCycle, answer: bytes) -> None:
        """Sends the whole answer, which is all that becomes of the request; what is left of its body is not kept."""
        if cycle.disconnected or self.transport.is_closing():
            return
        if not cycle.keep_alive:
            answer = answer.replace(b"\r\n", b"\r\nconnection: close\r\n", 1)
        cycle.response_started = cycle.response_complete = True
        cycle.body.clear()
        self.transport.write(answer)
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _count(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > self._most_bytes:
            self._cut(_TOO_LARGE)

    def _cut(self, answer: bytes) -> None:
        self._stop_timer()
        if not self._gone:
            self._gone = True
            self.transport.write(answer)
            self.transport.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Together:
    """A transport that sends what is written in one turn of the loop in one go: head and body of an answer are two
    writes, and each costs a call of the system and wakes whoever reads."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a transport has
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Sends with the next turn."""
        if not self._held:
            self._loop.call_soon(self._flush)
        self._held.append(data)

    def close(self) -> None:
        """Sends what is held, then closes."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._held:
            data, self._held = b"".join(self._held), []
            if not self._transport.is_closing():
                self._transport.write(data)


def _send_at_once(transport: asyncio.Transport) -> None:
    """Head and body of an answer are two writes. The second would wait for the other side's word that it has the first,
    40 ms on Linux; asyncio sees to that only for sockets that were told that they are TCP, and uvicorn makes the ones
    of several processes otherwise."""
    sock = transport.get_extra_info("socket")
    if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
