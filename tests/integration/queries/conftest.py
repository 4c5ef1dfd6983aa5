"""A small shop of this folder's own, so that its log holds nothing but what a test put there."""

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from embed.fake import FakeEmbedder
from es.settings import EngineSettings
from tests.factory import product
from tests.shops import api, load

COLORS = ("red", "blue", "green")


@pytest_asyncio.fixture
async def shop(engine_settings: EngineSettings) -> EngineSettings:
    """Nine lamps."""
    lamps = [
        product(f"lamp{i}", name=f"Silent lamp {COLORS[i % 3]}", price=str(10 + i), review_count=i) for i in range(9)
    ]
    load(engine_settings, lamps, FakeEmbedder(warn=False))
    return engine_settings


@pytest_asyncio.fixture
async def client(shop: EngineSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with api(shop, search_deadline_s=30) as opened:
        yield opened
