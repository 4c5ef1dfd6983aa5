"""A language model for measurements: speaks the wire format of Cohere's v2 chat, and says one sentence."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

SENTENCE: Final = "Here is what fits best."
_LENGTH: Final = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


def _event(kind: str, **fields: Any) -> bytes:  # noqa: ANN401 - JSON
    data = f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def _answer() -> bytes:
    usage = {"billed_units": {"input_tokens": 100, "output_tokens": 6}}
    return b"".join(
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
            _event("message-start", id="m1", delta={"message": {"role": "assistant", "content": []}}),
            _event("content-start", index=0, delta={"message": {"content": {"type": "text", "text": ""}}}),
            _event("content-delta", index=0, delta={"message": {"content": {"text": SENTENCE}}}),
            _event("content-end", index=0),
            _event("message-end", delta={"finish_reason": "COMPLETE", "usage": usage}),
            b"0\r\n\r\n",
        )
    )


@asynccontextmanager
async def model_server() -> AsyncIterator[str]:
    """Its address, for the length of the block."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = _LENGTH.search(head)
                await reader.readexactly(int(length[1]) if length else 0)
                writer.write(_answer())
                await writer.drain()
        except (OSError, EOFError):
            pass
        finally:
            writer.transport.abort()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
