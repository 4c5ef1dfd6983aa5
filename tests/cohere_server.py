"""A server that speaks Cohere's v2 chat on this machine: the real wire format, and every way in which it can go wrong.

It refuses what the real one refuses: no key, no messages, documents of one id, a schema together with documents.
"""

import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "key-of-the-tests"
Json = dict[str, Any]
Scene = Callable[["Handler", Json], None]
"""What the server does with one request that it has not refused."""


@dataclass
class FakeCohere:
    """`scenes`: one for each request in their order, the last one again and again. `requests`: the bodies received."""

    scenes: list[Scene] = field(default_factory=list)
    requests: list[Json] = field(default_factory=list)
    url: str = ""
    closing: threading.Event = field(default_factory=threading.Event)

    def plays(self, *scenes: Scene) -> None:
        self.scenes[:] = scenes
        self.requests.clear()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: FakeCohere

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v2/chat":
            self.send_json(404, {"message": "no such path"})
            return
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            self.send_json(401, {"message": "invalid api token"})
            return
        if refusal := refused(body):
            self.send_json(400, {"message": refusal})
            return
        self.state.requests.append(body)
        scenes = self.state.scenes
        scene = scenes[min(len(self.state.requests), len(scenes)) - 1]
        try:
            scene(self, body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass

    def send_json(self, status: int, body: object, **headers: str) -> None:
        self.send_bytes(status, json.dumps(body).encode(), "application/json", **headers)

    def send_bytes(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def chunk(self, text: str | bytes) -> None:
        data = text.encode() if isinstance(text, str) else text
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def event(self, kind: str, **fields: Any) -> None:  # noqa: ANN401
        self.chunk(f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n")

    def text(self, text: str) -> None:
        self.event("content-delta", index=0, delta={"message": {"content": {"text": text}}})

    def end_message(self, reason: str = "COMPLETE", usage: object = None) -> None:
        billed = {"input_tokens": 100.0, "output_tokens": 20.0}
        counted = {"billed_units": billed, "tokens": {"input_tokens": 160.0, "output_tokens": 20.0}}
        self.event("message-end", delta={"finish_reason": reason, "usage": counted if usage is None else usage})
        self.chunk("data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def wait(self, seconds: float) -> None:
        """Ends early when the server is closed."""
        self.state.closing.wait(seconds)

    def cut(self) -> None:
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever asked has hung up, as is their right."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def refused(body: Json) -> str:
    """What the real API says to a request that it does not take; empty where it takes it."""
    if not body.get("model"):
        return "model is required"
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        return "messages must have at least one message"
    if any(m.get("role") not in ("system", "user", "assistant", "tool") or not m.get("content") for m in messages):
        return "a message needs a role and content"
    documents = body.get("documents") or []
    ids = [document.get("id") for document in documents]
    if len(set(ids)) != len(ids):
        return "duplicate document ids"
    if any(not isinstance(document.get("data"), dict) for document in documents):
        return "a document needs data"
    if body.get("response_format") and (documents or body.get("tools")):
        return "response_format is not supported with RAG or tools"
    if body.get("citation_options", {}).get("mode") not in (None, "ACCURATE", "FAST", "OFF"):
        return "unknown citation mode"
    return "" if body.get("stream") else "the tests stream alone"


def says(
    *texts: str,
    cites: Sequence[tuple[int, int, str, Sequence[str]]] = (),
    reason: str = "COMPLETE",
    usage: object = None,
    pause_s: float = 0.0,
) -> Scene:
    """An answer in these pieces. `cites`: (start, end, text, document ids)."""

    def scene(handler: Handler, body: Json) -> None:
        handler.begin()
        start = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
        handler.event("message-start", id="m1", delta={"message": start})
        handler.event("content-start", index=0, delta={"message": {"content": {"type": "text", "text": ""}}})
        for text in texts:
            handler.wait(pause_s)
            handler.text(text)
        handler.event("content-end", index=0)
        documents = {document["id"]: document for document in body.get("documents") or []}
        for number, (begin, end, text, ids) in enumerate(cites):
            sources = [
                {"type": "document", "id": each, "document": documents.get(each, {}).get("data")} for each in ids
            ]
            cited = {"start": begin, "end": end, "text": text, "sources": sources, "type": "TEXT_CONTENT"}
            handler.event("citation-start", index=number, delta={"message": {"citations": cited}})
            handler.event("citation-end", index=number)
        handler.end_message(reason, usage)

    return scene


def status(code: int, message: str = "no", **headers: str) -> Scene:
    """An error of HTTP, with these headers (`Retry_After="1"`)."""
    return lambda handler, _: handler.send_json(code, {"message": message}, **headers)


def answers_bytes(body: bytes, kind: str = "text/event-stream", code: int = 200) -> Scene:
    """These bytes, whatever they are."""
    return lambda handler, _: handler.send_bytes(code, body, kind)


def silent(seconds: float = 30.0) -> Scene:
    """Takes the request and says nothing."""
    return lambda handler, _: handler.wait(seconds)


def cut_after(*texts: str) -> Scene:
    """The connection breaks in the middle of the answer."""

    def scene(handler: Handler, _: Json) -> None:
        handler.begin()
        for text in texts:
            handler.text(text)
        time.sleep(0.05)
        handler.cut()

    return scene


def ends_without_end(*texts: str) -> Scene:
    """The stream ends as HTTP should, but its message never does."""

    def scene(handler: Handler, _: Json) -> None:
        handler.begin()
        for text in texts:
            handler.text(text)
        handler.wfile.write(b"0\r\n\r\n")

    return scene


def stalls_after(*texts: str, seconds: float = 30.0) -> Scene:
    """Stops in the middle, with the connection open."""

    def scene(handler: Handler, _: Json) -> None:
        handler.begin()
        for text in texts:
            handler.text(text)
        handler.wait(seconds)

    return scene


def endless(text: str = "and again ") -> Scene:
    """Never stops."""

    def scene(handler: Handler, _: Json) -> None:
        handler.begin()
        while not handler.state.closing.is_set():
            handler.text(text)

    return scene


def raw_events(*lines: str | bytes, end: bool = True) -> Scene:
    """These lines of a stream as they are, then (`end`) the end of a message."""

    def scene(handler: Handler, _: Json) -> None:
        handler.begin()
        for line in lines:
            handler.chunk(line)
        if end:
            handler.end_message()
        else:
            handler.wfile.write(b"0\r\n\r\n")

    return scene


@contextmanager
def fake_cohere(*scenes: Scene) -> Iterator[FakeCohere]:
    """The server, on a port of its own; gone at the end."""
    state = FakeCohere(list(scenes) or [says("Hello.")])
    server = Server(("127.0.0.1", 0), type("BoundHandler", (Handler,), {"state": state}))
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.closing.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
