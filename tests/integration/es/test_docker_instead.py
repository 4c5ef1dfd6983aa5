"""A machine without Java but with Docker: `docker` is a script, a small HTTP server its Elasticsearch."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from es.embedded import EmbeddedServer, java
from es.embedded.docker import BACKUPS, IMAGE, engine_answers
from es.errors import EngineSetupError
from es.settings import EngineSettings
from tests.unit.es.programs import program


class Answers(BaseHTTPRequestHandler):
    """What Elasticsearch says at / and about its health."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"version": {"number": "9.4.3"}, "timed_out": False}).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def engine() -> Iterator[int]:
    """Port of the pretended Elasticsearch."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def bare(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any Java; its `bin` is all that is on PATH."""
    monkeypatch.setattr(java, "SYSTEM_PLACES", ())
    monkeypatch.setenv("HOME", str(open_folder))
    monkeypatch.setenv("PATH", str(open_folder / "bin"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    (open_folder / "bin").mkdir()
    return open_folder


def server(machine: Path) -> EmbeddedServer:
    return EmbeddedServer(EngineSettings(cache_dir=machine / "cache", es_start_timeout_s=5), data_name="docker")


def test_without_java_and_docker_the_ways_to_mend_it_are_named(bare: Path) -> None:
    with pytest.raises(EngineSetupError) as refusal:
        server(bare).start()
    assert all(way in str(refusal.value) for way in ("JAVA_HOME", "Docker", "SHOPSCOUT_ES_URL"))


def test_docker_without_an_engine_is_no_docker(bare: Path) -> None:
    program(bare / "bin" / "docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1")
    assert not engine_answers()


def test_container_is_started_found_again_and_removed(bare: Path, engine: int) -> None:
    said = bare / "said"
    program(
        bare / "bin" / "docker",
        f'echo "$@" >> {said}; case "$1" in port) echo 127.0.0.1:{engine};; logs) echo its words;; esac',
    )
    embedded = server(bare)
    assert embedded.start() == f"http://127.0.0.1:{engine}"
    assert embedded.start() == f"http://127.0.0.1:{engine}"
    status = embedded.status()
    assert (status.running, status.pid, status.version) == (True, None, "9.4.3")
    assert embedded.logs(5) == ["its words"]
    assert embedded.stop()
    assert not embedded.status().running
    commands = said.read_text().splitlines()
    runs = [line for line in commands if line.startswith("run ")]
    owning, running = runs
    assert owning.endswith(f"--entrypoint chown {IMAGE} 1000:0 {BACKUPS}")
    assert running.endswith(IMAGE)
    volume = f"-v {container_name(commands)}-backups:{BACKUPS}"
    assert volume in owning
    for option in (
        "discovery.type=single-node",
        "-p 127.0.0.1:",
        ":/usr/share/elasticsearch/data",
        f"path.repo={BACKUPS}",
        volume,
    ):
        assert option in running
    assert not [line for line in commands if line.startswith("volume")]  # its data stays


def container_name(commands: list[str]) -> str:
    """The name of the container that `docker port` was asked about."""
    return next(line.split()[1] for line in commands if line.startswith("port "))


def test_refusal_of_docker_is_quoted(bare: Path) -> None:
    program(bare / "bin" / "docker", '[ "$1" = run ] && echo "no such image" >&2 && exit 125; exit 0')
    with pytest.raises(EngineSetupError, match=f"Docker could not start {IMAGE}: no such image"):
        server(bare).start()
