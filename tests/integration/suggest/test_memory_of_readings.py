"""The words of the catalogue are read again and again: what was read before is let go."""

import gc
import random
import string
import tracemalloc
from collections.abc import Iterator

import httpx
import pytest

from app.deps import AppServices
from es.settings import EngineSettings
from shop.products.document import Product
from tests.factory import product
from tests.shops import service, shop_of

pytestmark = pytest.mark.needs_es

READINGS = 8
SEARCHES = 10


def wordy(count: int) -> list[Product]:
    """Products with many words, so that a reading of them takes more than what a test is inexact by."""
    draw = random.Random(4)
    words = ["".join(draw.choices(string.ascii_lowercase, k=7)) for _ in range(4_000)]

    def text(length: int) -> str:
        return " ".join(draw.choices(words, k=length))

    return [
        product(f"p{n}", name=f"Lamp {text(5)}", description=text(40), brand=text(1), tags=[text(1)])
        for n in range(count)
    ]


@pytest.fixture
def engine(es_url: str) -> Iterator[EngineSettings]:
    with shop_of(es_url, wordy(600), None) as found:
        yield found


async def read_again(services: AppServices) -> None:
    """Both readings, as if they were due."""
    await services.suggest.lexicon.gather()
    services.understanding._read_at = float("-inf")
    await services.understanding.ready()


def held_mb() -> float:
    gc.collect()
    return tracemalloc.get_traced_memory()[0] / 1e6


async def test_readings_take_no_more_memory_each_time(engine: EngineSettings) -> None:
    app = service(engine, facts_refresh_s=600, query_log=False)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client,
    ):
        services: AppServices = app.state.services
        tracemalloc.start()
        try:
            held = []
            for turn in range(READINGS):
                for number in range(SEARCHES):
                    asked = {"q": f"lamp {turn} {number}", "facets": "brand"}
                    assert (await client.get("/api/search", params=asked)).status_code == 200
                await read_again(services)
                held.append(held_mb())
            # What would be kept if one reading were.
            kept = services.suggest.lexicon.current, services.understanding._words
            before = held_mb()
            await read_again(services)
            one = held_mb() - before
            assert kept
        finally:
            tracemalloc.stop()
    assert one > 0.3
    # The last five readings; searches of before leave something in memories that are bounded.
    assert held[-1] - held[2] < one / 2, held
