"""A real Redis for the events of a shop, one for all tests of the folder."""

from collections.abc import Iterator

import pytest

from es.settings import EngineSettings
from tests.redis_server import RedisServer
from tests.streaming import Streaming


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture
def streaming(
    engine_settings: EngineSettings, redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Streaming]:
    """Its stream is that of events, with keys of the test's own."""
    found = Streaming(engine_settings, redis_server, tmp_path_factory.mktemp("stream"), kind="events")
    try:
        yield found
    finally:
        found.stop()
