"""A server that speaks the part of Kibana's API that imports saved objects, and answers as Kibana 9.4 does.

It keeps what was imported, by space; refuses requests without `kbn-xsrf`, without the key, or into spaces that are
not there; tells of references to what is not there, and of conflicts where nothing may be overwritten.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "key-of-the-tests"
Json = dict[str, Any]


@dataclass
class FakeKibana:
    """`version`: what it says it is; `unready`: so many requests are answered with 503 first; `refusals`: status and
    message of the next imports; `unknown`: types that it does not know."""

    url: str = ""
    version: str = "9.4.3"
    unready: int = 0
    refusals: list[tuple[int, str]] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    spaces: dict[str, dict[tuple[str, str], Json]] = field(default_factory=lambda: {"default": {}, "team": {}})
    requests: list[str] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: FakeKibana

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.state.requests.append(f"GET {path}")
        if self.state.unready:
            self.state.unready -= 1
            self._send(503, "Kibana server is not ready yet")
        elif path == "/api/status":
            # Whoever Kibana does not know is told the level alone.
            known = {"version": {"number": self.state.version}} if self._known() else {}
            self._send(200, {**known, "status": {"overall": {"level": "available"}}})
        elif path.startswith("/api/spaces/space/"):
            space = path.rsplit("/", 1)[1]
            if space in self.state.spaces:
                self._send(200, {"id": space, "name": space, "disabledFeatures": []})
            else:
                self._fail(404, "Not Found")
        else:
            self._fail(404, "Not Found")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        where = urlsplit(self.path)
        self.state.requests.append(f"POST {self.path}")
        parts = where.path.split("/")
        space = parts[2] if parts[1] == "s" else "default"
        if "/".join(parts[-3:]) != "api/saved_objects/_import":
            self._fail(404, "Not Found")
        elif "kbn-xsrf" not in self.headers:
            self._fail(400, "Request must contain a kbn-xsrf header.")
        elif not self._known():
            self._fail(401, "security_exception: missing authentication credentials")
        elif self.state.refusals:
            self._fail(*self.state.refusals.pop(0))
        else:
            overwrite = parse_qs(where.query).get("overwrite") == ["true"]
            self._send(200, self._imported(self._file(body), space, overwrite))

    def _imported(self, content: bytes, space: str, overwrite: bool) -> Json:
        objects = [json.loads(line) for line in content.splitlines()]
        there = self.state.spaces[space]
        coming = {(made["type"], made["id"]) for made in objects}
        taken: list[Json] = []
        errors: list[Json] = []
        for made in objects:
            key = (made["type"], made["id"])
            missing = [each for each in made["references"] if (each["type"], each["id"]) not in coming | there.keys()]
            why: Json | None = None
            if made["type"] in self.state.unknown:
                why = {"type": "unsupported_type"}
            elif missing:
                why = {
                    "type": "missing_references",
                    "references": [{"type": m["type"], "id": m["id"]} for m in missing],
                }
            elif key in there and not overwrite:
                why = {"type": "conflict"}
            told = {"type": key[0], "id": key[1], "meta": {"title": key[1]}, "managed": False}
            if why is not None:
                errors.append({**told, "error": why})
            else:
                taken.append({**told, **({"overwrite": True} if key in there else {})})
                there[key] = made
        answer: Json = {"successCount": len(taken), "success": not errors, "warnings": [], "successResults": taken}
        return {**answer, "errors": errors} if errors else answer

    def _file(self, body: bytes) -> bytes:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        parts = BytesParser(policy=HTTP).parsebytes(head + body)
        part = next(
            part for part in parts.iter_parts() if part.get_param("name", header="content-disposition") == "file"
        )
        assert str(part.get_filename()).endswith(".ndjson"), "Kibana refuses files of other names"
        content: bytes = part.get_payload(decode=True)
        return content

    def _known(self) -> bool:
        return self.headers.get("Authorization") == f"ApiKey {KEY}"

    def _fail(self, status: int, message: str) -> None:
        self._send(status, {"statusCode": status, "error": "Error", "message": message})

    def _send(self, status: int, told: Json | str) -> None:
        content = told.encode() if isinstance(told, str) else json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if isinstance(told, str) else "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: it is no part of what is tested."""


@contextmanager
def fake_kibana() -> Iterator[FakeKibana]:
    """A Kibana of the block's own."""
    state = FakeKibana()
    handler = type("OwnHandler", (Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        state.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
