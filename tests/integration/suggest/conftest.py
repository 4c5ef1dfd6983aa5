"""The demo catalogue, and the service over it with its words gathered."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from app.deps import AppServices
from es.settings import EngineSettings
from shop.demo.catalogue import read_catalogue
from shop.products.document import Product
from tests.factory import Products
from tests.shops import api, shop_of


@pytest.fixture(scope="session")
def demo_products() -> list[Product]:
    return Products(Product.model_validate(row) for row in read_catalogue())


@pytest.fixture(scope="session")
def demo(es_url: str, demo_products: list[Product]) -> Iterator[EngineSettings]:
    """The engine of a shop with the demo catalogue; its tests read, and change nothing."""
    with shop_of(es_url, demo_products) as engine:
        yield engine


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def demo_client(demo: EngineSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with api(demo, search_deadline_s=30) as opened:
        await lexicon_gathered(opened)
        yield opened


def services_of(client: httpx.AsyncClient) -> AppServices:
    """What the app behind a client of `tests.shops.api` has open."""
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    app = transport.app
    assert isinstance(app, FastAPI)
    services: AppServices = app.state.services
    return services


async def lexicon_gathered(client: httpx.AsyncClient, index: str = "") -> None:
    """Waits until the words of the catalogue (of this generation) are there."""
    keeper = services_of(client).suggest.lexicon
    async with asyncio.timeout(60):
        while keeper.current is None or (index and keeper.current.index != index):
            await asyncio.sleep(0.05)
