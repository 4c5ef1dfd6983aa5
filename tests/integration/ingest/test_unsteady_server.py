"""Loads through a server that is overloaded or away for a while: a proxy before the real one plays it."""

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.integration.ingest.conftest import Ingest, lines, product_rows


class Proxy(ThreadingHTTPServer):
    """Forwards to `target`; answers the next `refusals` bulk requests with `status`, and none while `away`."""

    daemon_threads = True

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = target
        self.status = 429
        self.refusals = 0
        self.refused = 0
        self.away = False
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        with self.server.lock:
            refuse = "_bulk" in self.path and self.server.refusals > 0
            if refuse:
                self.server.refusals -= 1
                self.server.refused += 1
        if self.server.away:
            self.close_connection = True
        elif refuse:
            self._send(self.server.status, b'{"error": {"type": "es_rejected_execution_exception", "reason": "busy"}}')
        else:
            self._forward(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _answer

    def _forward(self, body: bytes) -> None:
        headers = {k: v for k, v in self.headers.items() if k.lower() in ("content-type", "accept")}
        request = urllib.request.Request(self.server.target + self.path, body or None, headers, method=self.command)
        try:
            with urllib.request.urlopen(request) as answer:
                self._send(answer.status, answer.read(), answer.headers.get("content-type"))
        except urllib.error.HTTPError as error:
            with error:
                self._send(error.code, error.read(), error.headers.get("content-type"))

    def _send(self, status: int, body: bytes, kind: str | None = "application/json") -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.send_header("x-elastic-product", "Elasticsearch")
        if kind:
            self.send_header("content-type", kind)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a test's output is its own."""


@pytest.fixture
def proxy(es_url: str) -> Iterator[Proxy]:
    server = Proxy(es_url)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("status", [429, 503])
def test_refused_requests_are_sent_again(ingest: Ingest, proxy: Proxy, status: int) -> None:
    proxy.status, proxy.refusals = status, 3
    feed = lines(product_rows(3000))
    done = ingest.run("load", "-", "--format", "jsonl", stdin=feed, SHOPSCOUT_ES_URL=proxy.url)

    assert done.returncode == 0, done.stderr
    assert proxy.refused == 3
    assert "Trying again" in done.stderr
    assert len(ingest.live()) == 3000


def test_a_load_waits_for_a_server_that_goes_away(ingest: Ingest, proxy: Proxy) -> None:
    process = ingest.start("load", "-", "--format", "jsonl", SHOPSCOUT_ES_URL=proxy.url)
    process.stdin.write(lines(product_rows(2000)))
    process.stdin.flush()
    time.sleep(3)
    proxy.away = True
    process.stdin.write(lines(product_rows(4000)[2000:]))
    process.stdin.close()
    time.sleep(3)
    proxy.away = False
    _, err = process.communicate(timeout=120)

    assert process.returncode == 0, err
    assert b"Elasticsearch cannot be reached" in err
    assert len(ingest.live()) == 4000


def test_a_server_that_stays_away_ends_the_load_with_a_message(ingest: Ingest, proxy: Proxy) -> None:
    ingest.load(product_rows(3))
    process = ingest.start("load", "-", "--format", "jsonl", "--wait", "2", SHOPSCOUT_ES_URL=proxy.url)
    process.stdin.write(lines(product_rows(2000)))
    process.stdin.flush()
    time.sleep(3)
    proxy.away = True
    _, err = process.communicate(timeout=60)

    assert process.returncode == 4
    assert b"run the same command again" in err
    assert b"Traceback" not in err
    again = ingest.load(product_rows(10))
    assert len(ingest.live()) == 10
    assert "had left behind" in again.stderr
    assert len(ingest.generations.all()) == 2
