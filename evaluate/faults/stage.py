"""The whole shop with a proxy before each thing that it depends on: Elasticsearch, Redis, the language model."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from es.client import connect
from es.errors import IndexMissing
from es.mappings import events as event_fields
from es.names import IndexNames
from es.settings import EngineSettings
from evaluate.faults.ledger import Found, Ledger
from evaluate.faults.model_server import model_server
from evaluate.faults.plan import KILLED, SLOW, Fault, Target
from evaluate.faults.proxy import Proxy, Speech, State, proxy_to
from evaluate.processes.process import ApiProcess, Process
from evaluate.processes.redis_server import RedisProcess, redis_is_there
from evaluate.server import erase_indices
from shop.events.streamed import event_stream
from shop.products.changes.queued import change_stream
from shop.products.document import Product
from shop.products.store import ProductStore, VersionedProduct
from shop.stream.errors import StreamUnavailable

DEADLINES: Final = {
    "search": 1.5, "suggest": 1.5, "product": 1.5, "recommend": 0.8, "events": 2.0, "change": 3.0, "bulk": 3.0,
    "chat": 10.0,
}  # fmt: skip
"""Seconds that each kind of request has, as the settings below say."""
SETTINGS: Final = {
    "SHOPSCOUT_ACCESS": "open",
    "SHOPSCOUT_WORKERS": "1",
    "SHOPSCOUT_LOG_LEVEL": "info",
    "SHOPSCOUT_TEXT_MODEL": "none",
    "SHOPSCOUT_CLIP_MODEL": "none",
    "SHOPSCOUT_SEARCH_DEADLINE_S": "1.5",
    "SHOPSCOUT_EVENTS_DEADLINE_S": "2",
    "SHOPSCOUT_CHANGES_DEADLINE_S": "3",
    "SHOPSCOUT_RECOMMEND_DEADLINE_S": "0.8",
    "SHOPSCOUT_CHAT_DEADLINE_S": "1.5",
    "SHOPSCOUT_CHAT_TURN_S": "10",
    "SHOPSCOUT_LLM_API_KEY": "key",
    "SHOPSCOUT_LLM_FIRST_TOKEN_S": "1",
    "SHOPSCOUT_LLM_TOTAL_S": "2",
    "SHOPSCOUT_LLM_BREAKER_OPEN_S": "3",
    "SHOPSCOUT_LLM_USER_DAY_USD": "0",
    "SHOPSCOUT_LLM_DAY_USD": "0",
    "SHOPSCOUT_CHANGES_CLAIM_S": "3",
    "SHOPSCOUT_EVENTS_CLAIM_S": "3",
    "SHOPSCOUT_CHANGES_RETRY_S": "0.3",
}
PRODUCTS: Final = 60
ASKED_S: Final = 5.0


@dataclass(slots=True)
class Stage:
    """What a run plays on. `away`: when the API did not run, in seconds since `began`; `engine` leads to the real
    Elasticsearch, past the proxy."""

    engine: EngineSettings
    proxies: dict[Target, Proxy]
    redis: RedisProcess | None
    api: ApiProcess
    consumer: Process | None
    began: float = 0.0
    away: list[tuple[float, float]] = field(default_factory=list)
    read_from: int = 0

    @property
    def targets(self) -> list[Target]:
        """What there is to go wrong."""
        without = {Target.REDIS, Target.REDIS_SERVER, Target.CONSUMER} if self.redis is None else set()
        return [target for target in Target if target not in without]

    def begin(self) -> None:
        """A run begins now."""
        self.began = time.monotonic()
        self.away = []
        self.read_from = self.api.log.stat().st_size

    async def play(self, fault: Fault) -> None:
        """Waits for its time, makes the trouble, and mends it. What is killed is started anew, as a supervisor does."""
        await asyncio.sleep(max(0.0, self.began + fault.at_s - time.monotonic()))
        if fault.trouble == KILLED:
            await self._killed(fault)
            return
        proxy = self.proxies[fault.target]
        if fault.trouble == SLOW:
            proxy.delay_s = fault.delay_s
        else:
            proxy.set(State(fault.trouble))
        await asyncio.sleep(fault.for_s)
        proxy.delay_s = 0.0
        proxy.set(State.OPEN)

    async def _killed(self, fault: Fault) -> None:
        if fault.target is Target.REDIS_SERVER and self.redis is not None:
            await asyncio.to_thread(self.redis.kill)
            await asyncio.sleep(fault.for_s)
            await asyncio.to_thread(self.redis.start)
        elif fault.target is Target.CONSUMER and self.consumer is not None:
            await asyncio.to_thread(self.consumer.kill)
        elif fault.target is Target.API:
            at = time.monotonic() - self.began
            await asyncio.to_thread(self.api.kill)
            self.api.start()
            await asyncio.to_thread(self.api.wait_until, lambda: self.api.answers("/health/live"), 60, "It stays away")
            self.away.append((at, time.monotonic() - self.began))

    async def supervise(self) -> None:
        """A consumer that ended is started again."""
        while self.consumer is not None:
            if not self.consumer.alive:
                self.consumer.start()
            await asyncio.sleep(0.3)

    def served_ms(self) -> dict[str, float]:
        """Request id -> milliseconds in the service, of the run."""
        with self.api.log.open("rb") as log:
            log.seek(self.read_from)
            text = log.read().decode("utf-8", "replace")
        found = {}
        for line in text.splitlines():
            if '"event": "request"' in line:
                with suppress(ValueError, KeyError):
                    told = json.loads(line)
                    found[told["request_id"]] = float(told["ms"])
        return found

    async def waiting(self) -> tuple[int, frozenset[str]]:
        """Changes and events that wait in the streams, and products with dead letters. Asked again for ASKED_S where
        Redis does not answer: who looks on may be kept waiting by the machine, too. Raises StreamUnavailable."""
        end = time.monotonic() + ASKED_S
        while True:
            try:
                return await self._waiting()
            except StreamUnavailable:
                if time.monotonic() > end:
                    raise
            await asyncio.sleep(0.2)

    async def _waiting(self) -> tuple[int, frozenset[str]]:
        if self.redis is None:
            return 0, frozenset()
        changes = change_stream(self.redis.address, self.engine.index_prefix)
        events = event_stream(self.redis.address, self.engine.index_prefix)
        try:
            waiting = (await changes.load())[0] + (await events.load())[0]
            letters = await changes.dead(10_000)
        finally:
            await changes.close()
            await events.close()
        return waiting, frozenset(json.loads(letter.payload)["product_id"] for letter in letters if letter.payload)

    async def found(self, client: httpx.AsyncClient, ledger: Ledger, name: str) -> Found:
        """What the shop has of a run, once all is well: read over the API, events from their index."""
        prices: dict[str, float | None] = {}
        for product_id in ledger.goods:
            answer = await client.get(f"/api/products/{product_id}")
            prices[product_id] = answer.json()["price"] if answer.status_code == 200 else None
        asked = {"brand": name, "size": "100", "understand": "false"}
        hits = (await client.get("/api/search", params=asked)).json()["hits"]
        messages: Counter[str] = Counter()
        for session in ledger.messages:
            answer = await client.get(f"/api/chat/history/{session}")
            if answer.status_code == 200:
                messages.update(line["message_id"] for line in answer.json()["messages"] if line["role"] == "user")
        _, dead = await self.waiting()
        events = await asyncio.to_thread(self._events, name)
        return Found(prices, dead, [hit["product_id"] for hit in hits], events, messages)

    def refresh(self) -> None:
        """What is stored can be searched."""
        with connect(self.engine) as client:
            client.indices.refresh(index=f"{self.engine.index_prefix}-*")

    def _events(self, name: str) -> Counter[str]:
        wanted: dict[str, Any] = {"term": {event_fields.SESSION_ID: name}}
        with connect(self.engine) as client:
            try:
                hits = client.search(index=IndexNames(self.engine.index_prefix).events, query=wanted, size=10_000)[
                    "hits"
                ]["hits"]
            except IndexMissing:
                return Counter()
        return Counter(hit["_source"].get("event_id", hit["_id"]) for hit in hits)


@asynccontextmanager
async def staged(engine: EngineSettings, folder: Path) -> AsyncIterator[Stage]:
    """The shop over the server at `engine.es_url`, with an index prefix of its own that is removed at the end. Without
    redis-server there is no stream, and nothing of it goes wrong. Raises EngineError, MeasurementFailed."""
    async with AsyncExitStack() as opened:
        await asyncio.to_thread(_load, engine)
        opened.callback(erase_indices, engine)
        proxies = {Target.ELASTICSEARCH: await opened.enter_async_context(proxy_to(engine.es_url))}
        model = await opened.enter_async_context(model_server())
        proxies[Target.MODEL] = await opened.enter_async_context(proxy_to(model))
        settings = {
            **SETTINGS,
            "SHOPSCOUT_ES_URL": proxies[Target.ELASTICSEARCH].url,
            "SHOPSCOUT_INDEX_PREFIX": engine.index_prefix,
            "SHOPSCOUT_LLM_BASE_URL": proxies[Target.MODEL].url,
            "SHOPSCOUT_REDIS_URL": "",
        }
        redis, consumer = None, None
        if redis_is_there():
            redis = RedisProcess(folder)
            opened.callback(redis.kill)
            await asyncio.to_thread(redis.start)
            before = await opened.enter_async_context(proxy_to(f"http://127.0.0.1:{redis.port}", Speech.REDIS))
            proxies[Target.REDIS] = before
            settings["SHOPSCOUT_REDIS_URL"] = f"redis://127.0.0.1:{before.listening_port}/0"
            consumer = Process(["ingest", "stream", "run", "--no-vectors"], settings, folder / "consumer.log")
            opened.callback(consumer.kill)
            consumer.start()
        api = ApiProcess(settings, folder / "api.log")
        opened.callback(api.kill)
        await asyncio.to_thread(api.start_and_wait)
        yield Stage(engine, proxies, redis, api, consumer)


def _load(engine: EngineSettings) -> None:
    kinds = ("lamp", "red kettle", "dome tent", "wireless headphones")
    made = [
        Product(product_id=f"{kinds[n % 4].split()[-1]}{n}", name=f"{kinds[n % 4]} {n}", price=str(5 + n), brand="Acme")
        for n in range(PRODUCTS)
    ]
    with connect(engine) as client:
        store = ProductStore(client, IndexNames(engine.index_prefix), None)
        index = store.begin_load()
        store.write(index, [VersionedProduct(product, 1) for product in made])
        store.generations.finish(index)
        store.generations.swap(index)
