"""The life of a real embedded server: started by two at once, killed, started again, stopped."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from es.embedded import EmbeddedServer, docker
from es.embedded.account import server_account
from es.embedded.folders import engine_folders
from es.embedded.java import JavaMissing, find_jdk
from es.embedded.processes import LAUNCHER_MARK, SERVER_MARK, find
from es.errors import EngineSetupError
from es.settings import EngineSettings
from tests.servers import DATA_NAME, SHORT_LIFE

ROOT = Path(__file__).parents[3]
NAME = f"{DATA_NAME}{os.getpid()}-life"
START = f"""
from es.embedded import EmbeddedServer
from es.settings import EngineSettings
print(EmbeddedServer(EngineSettings(es_heap="512m", es_java_options={SHORT_LIFE!r}), data_name={NAME!r}).start())
"""


def starter() -> subprocess.Popen[str]:
    """Another process that starts the same server and prints its URL."""
    return subprocess.Popen(
        [sys.executable, "-c", START], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    """The server of this module, not started yet; erased at the end."""
    settings = EngineSettings(es_heap="512m", es_java_options=SHORT_LIFE)
    try:
        find_jdk(settings.java_home, server_account())
    except JavaMissing as error:
        if not docker.engine_answers():
            raise
        pytest.skip(f"this machine runs the server in a container: {error}")
    embedded = EmbeddedServer(settings, data_name=NAME)
    yield embedded
    embedded.erase()


def call(url: str, method: str = "GET", body: object = None) -> dict[str, object]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, method=method, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        answer: dict[str, object] = json.load(response)
        return answer


def token() -> str:
    return engine_folders(EngineSettings().cache_dir, server_account()).server(NAME).token


def servers() -> list[psutil.Process]:
    mark = SERVER_MARK + token()
    return [process for process in psutil.process_iter(["cmdline"]) if mark in (process.info["cmdline"] or [])]


def test_two_processes_that_start_at_once_get_one_server(server: EmbeddedServer) -> None:
    assert not server.status().running
    with starter() as one, starter() as two:
        answers = [process.communicate(timeout=200) for process in (one, two)]
    said = "".join(error for _, error in answers)
    urls = {url.strip() for url, _ in answers}
    status = server.status()
    assert urls == {status.url}, said
    assert said.count("starting Elasticsearch") == 1
    assert len(servers()) == 1
    assert (status.version, status.heap, status.pid) == ("9.4.3", "512m", servers()[0].pid)
    # Nobody but this machine can reach it, and not the usual port is taken.
    listening = {c.laddr.ip for c in servers()[0].net_connections("tcp") if c.status == psutil.CONN_LISTEN}
    assert {ip.removeprefix("::ffff:") for ip in listening} == {"127.0.0.1"}
    assert not status.url.endswith(f":{EngineSettings().es_port}")


def test_a_running_server_is_returned_at_once(server: EmbeddedServer) -> None:
    began = time.monotonic()
    assert server.start() == server.status().url
    assert time.monotonic() - began < 2
    assert len(servers()) == 1


def test_kill_of_server_and_starter_loses_nothing(server: EmbeddedServer) -> None:
    call(f"{server.start()}/kept/_doc/1", "PUT", {"name": "backpack"})
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    psutil.wait_procs(servers(), timeout=10)
    assert not server.status().running

    with starter() as process:  # killed in the middle of its start, its lock in its hand
        deadline = time.monotonic() + 60
        while find(LAUNCHER_MARK, token()) is None and time.monotonic() < deadline:
            time.sleep(0.05)
        process.kill()
    url = server.start()
    assert len(servers()) == 1
    assert call(f"{url}/kept/_doc/1")["_source"] == {"name": "backpack"}
    assert server.status().pid != pid


def test_stopped_server_is_gone_and_says_so(server: EmbeddedServer) -> None:
    server.start()
    assert server.stop()
    assert not server.status().running
    assert not servers()
    assert not server.stop()
    assert any("closed" in line for line in server.logs(20))


def test_heap_too_small_is_told_with_the_last_words_of_the_log() -> None:
    small = EmbeddedServer(EngineSettings(es_heap="1m"), data_name=f"{NAME}-small")
    try:
        with pytest.raises(EngineSetupError, match=r"died while starting; its last words: .*Too small maximum heap"):
            small.start()
        assert not small.status().running
    finally:
        small.erase()
    assert f"{NAME}-small" not in EmbeddedServer.known(EngineSettings())
