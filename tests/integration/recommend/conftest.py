"""A shop with products, a history, and what the jobs learned from it; and the service over it."""

import random
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.recommend.settings import RecommendSettings
from es.client import connect
from es.lease import Leases
from es.names import IndexNames
from es.settings import EngineSettings
from jobs.job import Workplace, run_job
from jobs.registry import LEARNING, job_named
from jobs.settings import JobSettings
from shop.products.document import Product
from shop.settings import EventSettings
from tests.factory import catalogue, event
from tests.integration.jobs.conftest import store
from tests.shops import api, shop_of

SEED = 20261121
COUNT = 150
# What is recommended is tested, not how soon: a part that is late is left out.
PATIENT = RecommendSettings(deadline_s=20, rows_read_ahead=0)
Sent = dict[str, Any]


def past(products: Sequence[Product], now: datetime, sessions: int = 250) -> list[Sent]:
    """Visits of 20 customers and strangers over 25 days: each stays near one of ten corners of the catalogue."""
    chance = random.Random(SEED)
    ids = [p.product_id for p in products]
    events: list[Sent] = []
    for number in range(sessions):
        at = now - timedelta(days=chance.uniform(0.05, 25))
        who: Sent = {"session_id": f"past-{number}"}
        if chance.random() < 0.6:
            who["customer_id"] = f"c{chance.randint(1, 20)}"
        corner = chance.randrange(10) * 12
        seen = [ids[(corner + int(abs(chance.gauss(0, 3)))) % len(ids)] for _ in range(chance.randint(2, 6))]
        for step, product in enumerate(seen):
            moment = (at + timedelta(seconds=30 * step)).isoformat()
            events.append(event("view_product", product_id=product, timestamp=moment) | who)
        if chance.random() < 0.5:
            moment = (at + timedelta(minutes=10)).isoformat()
            items = [{"product_id": p, "quantity": 1, "price": 10} for p in dict.fromkeys(seen)]
            events.append(event("order_placed", order_id=f"o{number}", items=items, timestamp=moment) | who)
    for number, one in enumerate(events):
        one["event_id"] = f"past-{number}"
    return events


def learn(engine: EngineSettings, folder: Path, events: Sequence[Sent], jobs: Sequence[str] = LEARNING) -> None:
    """Stores the events as history and runs the jobs that learn from it."""
    with connect(engine) as client:
        names = IndexNames(engine.index_prefix)
        settings = JobSettings(lease_s=30)
        place = Workplace(client, names, settings, EventSettings(), folder, datetime.now(UTC), lambda _: None)
        store(place, events)
        leases = Leases(client, names, lease_s=settings.lease_s)
        for name in jobs:
            run_job(job_named(name), place, leases)


@pytest.fixture(scope="session")
def products() -> list[Product]:
    return catalogue(SEED, COUNT)


@pytest.fixture(scope="session")
def shop(es_url: str, products: list[Product], tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineSettings]:
    """A shop that has learned; its tests may add events of visits of their own."""
    with shop_of(es_url, products) as engine:
        learn(engine, tmp_path_factory.mktemp("jobs"), past(products, datetime.now(UTC)))
        yield engine


@pytest_asyncio.fixture(scope="session")
async def client(shop: EngineSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with api(shop, recommend=PATIENT) as opened:
        yield opened
