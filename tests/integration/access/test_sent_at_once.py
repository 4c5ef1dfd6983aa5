"""An answer's body does not wait until its head was acknowledged, however the listening socket was made."""

import asyncio
import socket

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from app.bounded_protocol import BoundedProtocol


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("here")(scope, receive, send)


# uvicorn makes the socket of several processes without a protocol (0), and asyncio takes only 6 for TCP.
@pytest.mark.parametrize("number", [0, socket.IPPROTO_TCP])
async def test_small_writes_are_not_held_back(number: int) -> None:
    config = uvicorn.Config(_app, log_config=None, http=BoundedProtocol, lifespan="off")
    config.load()
    served: list[BoundedProtocol] = []

    def protocol() -> BoundedProtocol:
        served.append(BoundedProtocol(config, ServerState(), {}))
        return served[-1]

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, number) as listening:
        listening.bind(("127.0.0.1", 0))
        server = await asyncio.get_running_loop().create_server(protocol, sock=listening)
        async with server, asyncio.timeout(30):
            reader, writer = await asyncio.open_connection(*listening.getsockname())
            writer.write(b"GET / HTTP/1.1\r\nHost: shop\r\n\r\n")
            answer = await reader.readuntil(b"here")
            at_once = served[0].transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            writer.close()
            await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 200")
    assert at_once != 0, "small writes wait for one another"
