"""python -m es: what it prints, where, and its exit codes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).parents[3]


def es(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command line with nothing in its environment but these settings."""
    assignments = [f"SHOPSCOUT_{name.upper()}={value}" for name, value in settings.items()]
    command = ["env", "-u", "SHOPSCOUT_ES_URL", *assignments, sys.executable, "-m", "es", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


class Guarded(BaseHTTPRequestHandler):
    """A server that lets in who has the key."""

    def do_GET(self) -> None:
        key = self.headers["Authorization"]
        allowed = key in ("ApiKey abc", "Basic dTpw", "ApiKey old")
        self.send_response(200 if allowed else 401)
        self.end_headers()
        if allowed:
            self.wfile.write(json.dumps({"version": {"number": "8.19.0" if key == "ApiKey old" else "9.1.0"}}).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def guarded() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Guarded) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("verb", ["up", "status"])
@pytest.mark.parametrize("credentials", [{"es_api_key": "abc"}, {"es_user": "u", "es_password": "p"}])
def test_configured_server_is_asked_with_its_credentials(guarded: str, verb: str, credentials: dict[str, str]) -> None:
    answer = es(verb, es_url=guarded, **credentials)
    assert answer.returncode == 0
    assert answer.stdout == f"{guarded} (SHOPSCOUT_ES_URL) answers: Elasticsearch 9.1.0\n"


def test_wrong_credentials_name_the_settings(guarded: str) -> None:
    answer = es("up", es_url=guarded, es_api_key="wrong")
    assert answer.returncode == 1
    assert "refuses these credentials (401)" in answer.stderr
    assert "SHOPSCOUT_ES_API_KEY" in answer.stderr


def test_server_that_is_too_old_is_named(guarded: str) -> None:
    answer = es("up", es_url=guarded, es_api_key="old")
    assert answer.returncode == 1
    assert answer.stderr == f"{guarded} is Elasticsearch 8.19.0; version 9 or newer is needed.\n"


def test_reader_that_has_seen_enough_is_no_error(open_folder: Path) -> None:
    command = f"SHOPSCOUT_CACHE_DIR={open_folder} SHOPSCOUT_ES_URL= {sys.executable} -m es down | true"
    answer = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert answer.stderr == ""


def test_configured_server_that_is_down_is_one_sentence() -> None:
    answer = es("status", es_url="http://127.0.0.1:1")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.startswith("nothing answers at http://127.0.0.1:1 (")
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize("verb", ["down", "logs"])
def test_configured_server_is_not_ours_to_touch(guarded: str, verb: str) -> None:
    answer = es(verb, es_url=guarded)
    assert answer.returncode == 1
    assert guarded in answer.stderr


def test_nothing_started_yet(open_folder: Path) -> None:
    assert es("status", cache_dir=str(open_folder)).returncode == 3
    assert es("logs", cache_dir=str(open_folder)).returncode == 3
    down = es("down", cache_dir=str(open_folder))
    assert (down.returncode, down.stdout) == (0, "it was not running\n")


def test_wrong_setting_is_named_without_a_stack_trace() -> None:
    answer = es("up", es_heap="lots", es_port="99999")
    assert answer.returncode == 2
    assert "SHOPSCOUT_ES_HEAP must be" in answer.stderr
    assert "SHOPSCOUT_ES_PORT: " in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("arguments", [[], ["sideways"], ["up", "there"], ["logs", "-n", "0"]])
def test_wrong_usage(arguments: list[str]) -> None:
    answer = es(*arguments)
    assert answer.returncode == 2
    assert "usage: python -m es" in answer.stderr
