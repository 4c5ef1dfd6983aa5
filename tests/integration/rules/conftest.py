"""A shop with a random catalogue whose rules the tests may change, and the service over it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from es.settings import EngineSettings
from shop.products.document import Product
from tests.factory import catalogue, product
from tests.shops import api, shop_of

SEED = 20260801
FURNITURE = [
    product("sofa-1", name="Oak sofa", brand="Nord", in_stock=True),
    product("couch-1", name="Leather couch", brand="Nord", in_stock=True),
    product("settee-1", name="Velvet settee", brand="Sud", in_stock=True),
    product("daybed-1", name="Day bed", brand="Sud", in_stock=True),
    product("gone-1", name="Oak sofa bed", brand="Nord", in_stock=False),
]

Steer = Callable[..., Awaitable[None]]


@pytest.fixture(scope="module")
def products() -> list[Product]:
    return [*catalogue(SEED, 250), *FURNITURE]


@pytest.fixture(scope="module")
def shop(es_url: str, products: list[Product]) -> Iterator[EngineSettings]:
    with shop_of(es_url, products) as engine:
        yield engine


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def client(shop: EngineSettings) -> AsyncIterator[httpx.AsyncClient]:
    """The service with few neighbours, so that there is a tail behind them."""
    async with api(shop, knn_k=10, knn_candidates=50, search_deadline_s=30) as opened:
        yield opened


@pytest_asyncio.fixture
async def steer(client: httpx.AsyncClient) -> AsyncIterator[Steer]:
    """Makes rules; they are gone after the test."""

    async def make(*rules: dict[str, Any]) -> None:
        for given in rules:
            response = await client.post("/api/admin/rules", json=given)
            assert response.status_code == 201, response.text

    yield make
    for stored in (await client.get("/api/admin/rules")).json()["rules"]:
        gone = await client.delete(f"/api/admin/rules/{stored['rule']['id']}?version={stored['version']}")
        assert gone.status_code == 200
