"""A small shop that can be talked with."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from embed.load import text_embedder
from embed.onnx import OnnxTextEmbedder
from embed.settings import EmbedSettings
from es.settings import EngineSettings
from evaluate.dialogues.measure import load_demo
from shop.products.document import Product
from tests.engines import own_engine
from tests.factory import product
from tests.shops import api, shop_of

GOODS: tuple[dict[str, Any], ...] = (
    {"name": "Summit hiking boots", "price": "149", "target_gender": "female", "target_age": "adults"},
    {"name": "Trail hiking socks", "price": "18", "target_gender": "female", "target_age": "adults"},
    {"name": "Ridge hiking poles", "price": "75", "target_gender": "unisex", "target_age": "adults"},
    {"name": "Pico hiking backpack for children", "price": "30", "target_gender": "kids", "target_age": "kids"},
    {"name": "Beard trimmer for hiking men", "price": "40", "target_gender": "male", "target_age": "adults"},
    {"name": "Skillet for cooking", "price": "42", "target_gender": "unisex", "target_age": "adults"},
    {"name": "Copper cooking pot", "price": "210", "target_gender": "unisex", "target_age": "adults"},
    {"name": "Fitness tracker", "price": "89", "target_gender": "unisex", "target_age": "adults"},
    {"name": "Sold out cooking class", "price": "20", "in_stock": False},
)


def goods() -> list[Product]:
    made = []
    for number, fields in enumerate(GOODS):
        battery = {"battery_life_days": 7} if "tracker" in fields["name"] else {}
        described = {
            "description": f"{fields['name']} of good make. It lasts for years.",
            "rating": 4.6,
            "review_count": 120 + number,
            "specifications": {"weight_g": 100 * (number + 1), **battery},
        }
        made.append(product(f"g{number}", **{"in_stock": True, **described, **fields}))
    return made


@pytest.fixture(scope="module")
def shop(es_url: str) -> Iterator[EngineSettings]:
    with shop_of(es_url, goods()) as engine:
        yield engine


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def client(shop: EngineSettings) -> AsyncIterator[httpx.AsyncClient]:
    # The fake model knows no meaning: what it calls near is noise.
    async with api(shop, search_deadline_s=30, semantic_floor=0.99) as opened:
        yield opened


@pytest.fixture(scope="module")
def sentences() -> OnnxTextEmbedder:
    """The real model of sentences."""
    return text_embedder(EmbedSettings())


@pytest.fixture(scope="module")
def demo_shop(es_url: str, sentences: OnnxTextEmbedder) -> Iterator[EngineSettings]:
    """The demo catalogue with the vectors of that model, loaded once for all tests of a module."""
    with own_engine(es_url) as engine:
        load_demo(engine, es_url, sentences)
        yield engine
