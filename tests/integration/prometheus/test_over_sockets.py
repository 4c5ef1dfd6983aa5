"""The service as it runs: two workers that count together, and connections that never get to the point."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from es.embedded.ports import any_free
from es.settings import EngineSettings
from tests.factory import product
from tests.shops import load

ROOT = Path(__file__).parents[3]


@pytest.fixture
def running(engine_settings: EngineSettings, tmp_path: Path) -> Iterator[int]:
    """Port of `python -m app` with two workers; its logs are in tmp_path / "log"."""
    load(engine_settings, [product(product_id="p1", name="Red lamp")], None)
    port = any_free()
    settings = {
        "SHOPSCOUT_ES_URL": engine_settings.es_url,
        "SHOPSCOUT_INDEX_PREFIX": engine_settings.index_prefix,
        "SHOPSCOUT_PORT": str(port),
        "SHOPSCOUT_WORKERS": "2",
        "SHOPSCOUT_LOG_FORMAT": "json",
        "SHOPSCOUT_HEADERS_DEADLINE_S": "1",
        "SHOPSCOUT_BODY_DEADLINE_S": "1",
        "SHOPSCOUT_MAX_HEADERS_KB": "8",
    }
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app"], cwd=ROOT, env=os.environ | settings, stderr=log, stdout=log
        )
        try:
            _wait_for(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + 90
    while time.monotonic() < give_up:
        assert process.poll() is None, "it did not start"
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("it did not start in time")


def _get(port: int, path: str) -> str:
    # A connection of its own each time, so that both workers get some.
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return str(answer.read().decode())


def _sent(port: int, *parts: bytes, pause_s: float = 0.0) -> bytes:
    """What comes back until the other side closes."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        try:
            for part in parts:
                line.sendall(part)
                time.sleep(pause_s)
        except OSError:
            pass  # it was cut while we were sending
        try:
            while chunk := line.recv(65536):
                received += chunk
        except ConnectionResetError:
            pass
    return received


def test_workers_count_together_and_nobody_holds_a_line_for_ever(running: int, tmp_path: Path) -> None:
    for _ in range(30):
        _get(running, "/api/search?q=lamp")
    told = {int(float(line.split()[-1])) for line in _counted(running)}
    assert told == {30}, "every scrape tells the counts of both workers"

    began = time.monotonic()
    assert b" 408 " in _sent(running, b"GET /api/search HTTP/1.1\r\nHost: x\r\nX-A: ")
    assert b" 408 " in _sent(running, b""), "an open line without a request"
    assert time.monotonic() - began < 8
    flood = b"".join(b"X-%d: %s\r\n" % (n, b"a" * 90) for n in range(1_000))
    assert b" 431 " in _sent(running, b"GET /api/search HTTP/1.1\r\nHost: x\r\n", flood, b"\r\n")
    endless = [b"a" * 65_536] * 16
    assert b" 431 " in _sent(running, b"GET /api/search HTTP/1.1\r\nHost: x\r\nX-A: ", *endless)
    head = b"POST /api/search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n"
    slow = _sent(running, head + b"Connection: close\r\n\r\n", b'{"q": ')
    assert slow.startswith(b"HTTP/1.1 408")
    assert b"/problems/too-slow" in slow
    packed = _sent(running, head + b"Connection: close\r\nContent-Encoding: gzip\r\n\r\n" + b"x" * 50)
    assert packed.startswith(b"HTTP/1.1 415")
    assert json.loads(_get(running, "/api/search?q=lamp"))["total"] == 1

    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines() if line.startswith("{")]
    assert any("open to everybody on this machine" in line["event"] for line in lines)
    assert all(len(line["request_id"]) > 8 for line in lines if line["event"] == "request")
    assert "lamp" not in str([line for line in lines if line["event"] == "request"])


def _counted(port: int) -> Iterator[str]:
    own = ('method="GET"', 'route="/api/search"', 'status="200"')
    for _ in range(8):
        text = _get(port, "/metrics")
        yield from (
            line
            for line in text.splitlines()
            if line.startswith("shopscout_requests_total") and all(label in line for label in own)
        )
