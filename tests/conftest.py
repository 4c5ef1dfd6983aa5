"""What every test may ask for: a real Elasticsearch, settings for it, and no network beyond this machine."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import pytest
import structlog
from hypothesis import settings
from pytest_socket import disable_socket, enable_socket, socket_allow_hosts

from es.settings import EngineSettings
from tests.engines import own_engine
from tests.hanging import pytest_runtest_setup, pytest_timeout_cancel_timer, pytest_timeout_set_timer
from tests.servers import elasticsearch_for_tests, erase_server

__all__ = ["pytest_runtest_setup", "pytest_timeout_cancel_timer", "pytest_timeout_set_timer"]

TESTS = Path(__file__).parent
# These run on plain values; a socket in one of them is a defect.
WITHOUT_SOCKETS = {"unit", "golden"}
LOOPBACK = ["127.0.0.1", "::1", "localhost"]

# The same examples in every run: a suite that fails now and then teaches people not to look.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write the golden files anew")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - of pytest-xdist, which may be absent
    """Tells each worker process whose run it is part of."""
    node.workerinput["run"] = os.getpid()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        erase_server(os.getpid())


@pytest.fixture(scope="session", autouse=True)
def _few_logs() -> None:
    """Warnings and worse: a line a request would bury what a failed test has to say."""
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure([plain], structlog.make_filtering_bound_logger(logging.WARNING))


@pytest.fixture(autouse=True)
def _same_logging() -> Iterator[None]:
    """What a test sets up for the whole process would write to the closed output of that test ever after."""
    before = structlog.get_config()
    yield
    assert structlog.get_config() == before


@pytest.fixture(scope="session")
def es_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of the run's own Elasticsearch, started when the first test asks for it and gone at the end."""
    with elasticsearch_for_tests(getattr(request.config, "workerinput", {}).get("run", os.getpid())) as url:
        yield url


@pytest.fixture
def engine_settings(es_url: str) -> Iterator[EngineSettings]:
    """Settings for the run's server with an index prefix of the test's own; its indices go with it."""
    with own_engine(es_url) as engine:
        yield engine


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every account may enter (those of pytest are closed)."""
    with TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(autouse=True)
def _network(request: pytest.FixtureRequest) -> Iterator[None]:
    """No sockets in unit and golden tests; elsewhere this machine alone (and the tests' server)."""
    kind = Path(request.path).relative_to(TESTS).parts[0]
    if kind in WITHOUT_SOCKETS:
        disable_socket(allow_unix_socket=True)
        yield
        enable_socket()
        return
    hosts = list(LOOPBACK)
    if "es_url" in request.fixturenames:
        hosts.append(urlsplit(request.getfixturevalue("es_url")).hostname or "localhost")
    socket_allow_hosts(hosts, allow_unix_socket=True)
    yield
