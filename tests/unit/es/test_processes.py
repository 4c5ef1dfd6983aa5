"""Processes are known by the token on their command line, never by a number in a file."""

import subprocess
import sys
from collections.abc import Iterator
from uuid import uuid4

import psutil
import pytest

from es.embedded.processes import SERVER_MARK, end, find, heap_of

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"


@pytest.fixture
def token() -> str:
    return uuid4().hex


@pytest.fixture
def server(token: str) -> Iterator[subprocess.Popen[str]]:
    """A process that bears the mark and does not end when it is asked to."""
    command = [sys.executable, "-c", STUBBORN, "-Xms1g", "-Xmx3g", SERVER_MARK + token]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def test_process_is_found_by_its_token_alone(token: str, server: subprocess.Popen[str]) -> None:
    process = find(SERVER_MARK, token)
    assert process is not None
    assert process.pid == server.pid
    assert heap_of(process) == "3g"
    assert find(SERVER_MARK, token[:-1]) is None


def test_killed_process_that_nobody_buried_is_not_found(token: str, server: subprocess.Popen[str]) -> None:
    server.kill()
    while psutil.Process(server.pid).status() != psutil.STATUS_ZOMBIE:
        pass
    assert find(SERVER_MARK, token) is None


def test_process_that_will_not_end_is_killed(token: str, server: subprocess.Popen[str]) -> None:
    process = find(SERVER_MARK, token)
    assert process is not None
    end(process, grace_s=0.3)
    assert find(SERVER_MARK, token) is None
    end(process, grace_s=0.3)  # ending the dead is no error
    assert not psutil.pid_exists(server.pid)
