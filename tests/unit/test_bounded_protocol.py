"""What is written in one turn of the loop goes to the socket in one go."""

import asyncio
from typing import Any

from app.bounded_protocol import Together


class Socket:
    """A transport that remembers what came."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.sent.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str) -> str:
        return f"the {name}"


async def test_head_and_body_are_one_write_and_the_next_turn_another() -> None:
    under: Any = Socket()
    together = Together(under, asyncio.get_running_loop())
    together.write(b"head ")
    together.write(b"body")
    assert under.sent == []
    await asyncio.sleep(0)
    together.write(b"more")
    await asyncio.sleep(0)
    assert under.sent == [b"head body", b"more"]


async def test_what_is_held_is_sent_before_it_is_closed_and_nothing_after() -> None:
    under: Any = Socket()
    together = Together(under, asyncio.get_running_loop())
    together.write(b"last words")
    together.close()
    assert (under.sent, together.is_closing()) == ([b"last words"], True)
    together.write(b"too late")
    await asyncio.sleep(0)
    assert under.sent == [b"last words"]


async def test_all_else_is_the_transport_itself() -> None:
    under: Any = Socket()
    assert Together(under, asyncio.get_running_loop()).get_extra_info("peername") == "the peername"
