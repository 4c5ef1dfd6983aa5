"""One random catalogue for every test of search, and the service over it."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio

from es.settings import EngineSettings
from shop.products.document import Product
from tests.factory import catalogue
from tests.shops import api, shop_of

SEED = 20260730
COUNT = 300


@pytest.fixture(scope="session")
def products() -> list[Product]:
    return catalogue(SEED, COUNT)


@pytest.fixture(scope="session")
def shop(es_url: str, products: list[Product]) -> Iterator[EngineSettings]:
    """The engine of a shop with the random catalogue; its tests read, and change nothing."""
    with shop_of(es_url, products) as engine:
        yield engine


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def client(shop: EngineSettings) -> AsyncIterator[httpx.AsyncClient]:
    """The service with few neighbours, so that there is a tail behind them."""
    async with api(shop, knn_k=10, knn_candidates=50, search_deadline_s=30) as opened:
        yield opened
