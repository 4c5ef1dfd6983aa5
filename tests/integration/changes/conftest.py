"""A shop with products, and a real Redis."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from es.settings import EngineSettings
from tests.factory import product
from tests.redis_server import RedisServer
from tests.shops import load
from tests.streaming import Streaming


@pytest.fixture
def streaming(engine_settings: EngineSettings, tmp_path: Path) -> Iterator[Streaming]:
    server = RedisServer(tmp_path)
    load(engine_settings, [product(f"p{n}", price="1") for n in range(20)], None)
    found = Streaming(engine_settings, server, tmp_path)
    server.start()
    try:
        yield found
    finally:
        found.close()
