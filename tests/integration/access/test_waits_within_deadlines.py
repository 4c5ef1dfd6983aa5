"""What a request waits for a place comes out of its own deadline: the real service over a socket, its places taken, and
an Elasticsearch that does not answer."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pytest
import uvicorn
from uvicorn.server import ServerState

from app.bounded_protocol import BoundedProtocol
from app.door import DOOR, Door
from app.lane import Lane
from app.recommend.settings import RecommendSettings
from app.waiting import patience_of
from es.settings import EngineSettings
from evaluate.faults.proxy import Proxy, State, proxy_to
from tests.factory import event, product
from tests.shops import WORDS_ALONE, load, service

pytestmark = pytest.mark.needs_es

SEARCH_S: Final = 2.0
LISTS_S: Final = 0.5
EVENTS_S: Final = 0.6
CHANGES_S: Final = 1.0
LATE_S: Final = 0.4
"""A machine that does other things too; half of what a list or an event was late when it waited as searches may."""


@dataclass(frozen=True, slots=True)
class Case:
    """A request, and how long it may take in all."""

    method: str
    path: str
    deadline_s: float
    json: Any = None


CASES: Final = (
    Case("GET", "/api/search?q=trail", SEARCH_S),
    Case("GET", "/api/products/p1/similar", SEARCH_S),
    Case("GET", "/api/products/p1", SEARCH_S),
    Case("GET", "/api/suggest?q=tr", SEARCH_S),
    Case("POST", "/api/recommendations", LISTS_S, {"placement": "home", "customer_id": "c1"}),
    Case("GET", "/api/recommendations?placement=home&customer_id=c1", LISTS_S),
    Case("POST", "/api/events", EVENTS_S, {"events": [event("view_product")]}),
    Case("PATCH", "/api/products/p1", CHANGES_S, {"price": 12.5}),
)


@dataclass(frozen=True, slots=True)
class Shop:
    """The service, its door and what stands before its Elasticsearch."""

    client: httpx.AsyncClient
    door: Door
    proxy: Proxy

    @property
    def lanes(self) -> list[Lane[Any]]:
        door = self.door
        return [door.quick, door.light, door.spared, door.events, door.changes]

    def fill(self) -> None:
        for lane in self.lanes:
            while lane.enter() is not None:
                pass

    def empty(self) -> None:
        """Everybody goes; the door looks who waits a moment later."""
        for lane in self.lanes:
            for _ in range(lane.under_way):
                lane.give_back()

    async def timed(self, case: Case) -> tuple[httpx.Response, float]:
        began = time.monotonic()
        response = await self.client.request(case.method, case.path, json=case.json)
        return response, time.monotonic() - began


@asynccontextmanager
async def opened(engine: EngineSettings) -> AsyncIterator[Shop]:
    async with proxy_to(engine.es_url) as proxy:
        app = service(
            engine.model_copy(update={"es_url": proxy.url}),
            recommend=RecommendSettings(deadline_s=LISTS_S),
            search_deadline_s=SEARCH_S,
            events_deadline_s=EVENTS_S,
            changes_deadline_s=CHANGES_S,
        )
        async with app.router.lifespan_context(app) as state:
            config = uvicorn.Config(app, log_config=None, http=BoundedProtocol, lifespan="off")
            config.load()
            common, loop = ServerState(), asyncio.get_running_loop()
            server = await loop.create_server(lambda: BoundedProtocol(config, common, dict(state)), "127.0.0.1", 0)
            host, port = server.sockets[0].getsockname()
            async with server, httpx.AsyncClient(base_url=f"http://{host}:{port}", timeout=30) as client:
                yield Shop(client, state[DOOR], proxy)
            proxy.set(State.OPEN)


@pytest.fixture
async def busy(engine_settings: EngineSettings) -> AsyncIterator[Shop]:
    load(engine_settings, [product(f"p{n}", name=f"Trail lamp {n}") for n in range(3)], WORDS_ALONE)
    async with opened(engine_settings) as found:
        # Each once in peace, so that what is read only once has been read.
        for case in CASES:
            response, _ = await found.timed(case)
            assert response.status_code == 200, response.text
            assert response.json().get("refused", 0) == 0
        found.fill()
        yield found
        found.empty()


async def test_who_finds_no_place_is_refused_within_his_own_deadline(busy: Shop) -> None:
    for case, (response, took_s) in zip(CASES, await asyncio.gather(*map(busy.timed, CASES)), strict=True):
        assert response.status_code == 503, case
        assert response.json()["type"] == "/problems/overloaded"
        assert took_s < case.deadline_s + LATE_S, case


async def test_who_has_waited_has_an_answer_within_his_own_deadline(busy: Shop) -> None:
    """A place comes as late as may be, and Elasticsearch does not answer then."""
    busy.proxy.set(State.SILENT)

    async def late(case: Case) -> None:
        asked = asyncio.create_task(busy.timed(case))
        await asyncio.sleep(0.7 * patience_of(case.deadline_s))
        busy.empty()
        response, took_s = await asked
        assert response.status_code in (200, 503), case
        assert response.status_code == 200 or response.json()["type"] != "/problems/overloaded", case
        assert took_s < case.deadline_s + LATE_S, case
        busy.fill()

    for case in CASES:
        await late(case)
