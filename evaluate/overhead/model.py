"""A model without thought: an API in Cohere's wire format that begins to answer at once, and notes when it was asked.

What a shopper then waits for is ours alone.
"""

import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import StreamingResponse

from evaluate.errors import MeasurementFailed

SENTENCES = ("Here is what fits what you are looking for. ", "Have a look at the first one. ", "It is a good choice.")
_START_S = 30.0


@dataclass(slots=True)
class InstantModel:
    """`asked_at`, `began_at`: moments (time.perf_counter) of each request's arrival and of its first token."""

    url: str = ""
    asked_at: list[float] = field(default_factory=list)
    began_at: list[float] = field(default_factory=list)


def _events(model: InstantModel) -> Iterator[dict[str, Any]]:
    yield {"type": "message-start", "id": "m", "delta": {"message": {"role": "assistant", "content": []}}}
    yield {"type": "content-start", "index": 0, "delta": {"message": {"content": {"type": "text", "text": ""}}}}
    for number, text in enumerate(SENTENCES):
        if number == 0:
            model.began_at.append(time.perf_counter())
        yield {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": text}}}}
    yield {"type": "content-end", "index": 0}
    usage = {"billed_units": {"input_tokens": 1, "output_tokens": 1}, "tokens": {"input_tokens": 1, "output_tokens": 1}}
    yield {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": usage}}


def _app(model: InstantModel) -> FastAPI:
    app = FastAPI()

    async def told() -> AsyncIterator[bytes]:
        for event in _events(model):
            yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()

    @app.post("/v2/chat")
    async def chat(request: Request) -> StreamingResponse:
        await request.body()
        model.asked_at.append(time.perf_counter())
        return StreamingResponse(told(), media_type="text/event-stream")

    return app


@contextmanager
def instant_model() -> Iterator[InstantModel]:
    """The API on a free port of this machine, in a thread of its own; gone at the end."""
    model = InstantModel()
    listening = socket.create_server(("127.0.0.1", 0))
    model.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(_app(model), log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        deadline = time.monotonic() + _START_S
        while not server.started:
            if time.monotonic() > deadline:
                raise MeasurementFailed("The model for measuring does not start.")
            time.sleep(0.01)
        yield model
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
