"""A shop on the run's Elasticsearch that is reindexed in this process, with something done at each of its stages."""

import io
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from embed.fake import FakeEmbedder
from es.client import connect
from es.handover import Handover
from es.lease import Leases
from es.names import IndexNames
from es.settings import EngineSettings
from ingest.connection import Connection
from ingest.embedding import MeteredEmbedder
from ingest.progress import Progress
from ingest.reindex.gates import Gate
from ingest.reindex.judged import Judged
from ingest.reindex.run import LiveProducts, Reindex, ReindexSummary
from ingest.rejects import RejectsFile
from ingest.settings import IngestSettings, ReindexSettings
from shop.products.changes.apply import ProductUpserts
from shop.products.changes.change import Change, Outcome
from shop.products.changes.versions import Clock, Order
from shop.products.document import Product
from shop.products.store import ProductStore, VersionedProduct
from shop.products.stored import product_of
from tests.factory import product

STAGES = ("copying", "merging", "gates", "handing over")
At = Mapping[str, Callable[[], object]]


class Stages(Progress):
    """Progress that does something when a stage begins, once each."""

    def __init__(self, at: At) -> None:
        super().__init__([], io.StringIO())
        self.lines: list[str] = []
        self._at = dict(at)

    def say(self, message: str) -> None:
        self.lines.append(message)
        for stage in [stage for stage in self._at if message.startswith(stage)]:
            self._at.pop(stage)()


class Shop:
    """A shop with changes to it, and runs over it. `shards`: of what is loaded."""

    def __init__(self, engine: EngineSettings, folder: Path, embedder: FakeEmbedder | None, shards: int = 1) -> None:
        self.engine = engine
        self.folder = folder
        self.embedder = embedder
        self.client = connect(engine)
        self.names = IndexNames(engine.index_prefix)
        self.store = ProductStore(self.client, self.names, embedder, shards=shards, retry_for_s=20)
        self.generations = self.store.generations
        self.handover = Handover(self.client, self.generations)
        self.leases = Leases(self.client, self.names, lease_s=10)
        self.gates: list[Gate] = []
        self.said: list[str] = []

    def load(self, products: Sequence[Product]) -> str:
        index = self.store.begin_load()
        self.store.write(index, [VersionedProduct(item, 1) for item in products])
        self.store.generations.finish(index)
        self.store.generations.swap(index)
        return index

    def run(
        self,
        action: str = "start",
        *,
        at: At | None = None,
        embedder: FakeEmbedder | None = None,
        judged: Judged | None = None,
        again: bool = False,
        **own: Any,  # noqa: ANN401 - any setting of ReindexSettings
    ) -> ReindexSummary:
        """Starts, resumes or aborts a reindex in this thread."""
        progress = Stages(at or {})
        model = embedder or self.embedder
        metered = MeteredEmbedder(model) if model is not None else None
        store = ProductStore(self.client, self.names, metered, retry_for_s=20)
        rejects = RejectsFile(self.folder / "reindex.rejects.jsonl")
        self.gates = []
        run = Reindex(
            Connection(self.client, store, metered, None),
            LiveProducts(),
            rejects,
            IngestSettings(batch_products=50, keep=3),
            ReindexSettings(**{"lease_s": 15, "recall_queries": 5, "sample": 50, **own}),
            judged,
            progress=progress,
            stop=threading.Event(),
            told=self.gates.append,
        )
        try:
            if action == "abort":
                run.abort()
                return run.summary
            return run.start(again=again) if action == "start" else run.resume()
        finally:
            self.said = progress.lines
            rejects.close()

    def upserts(self) -> ProductUpserts:
        return ProductUpserts(self.client, ProductStore(self.client, self.names, self.embedder, retry_for_s=20))

    def apply(self, *changes: Change) -> list[Outcome]:
        return self.upserts().apply(changes)

    def live(self) -> str:
        found = self.generations.live()
        assert found is not None
        return found

    def products(self, index: str = "") -> dict[str, Product]:
        """Every product of the live index, or of another."""
        index = index or self.generations.alias
        self.client.indices.refresh(index=index)
        hits = self.client.search(index=index, size=10_000)["hits"]["hits"]
        return {hit["_id"]: product_of(hit["_source"]) for hit in hits}

    def copies(self) -> list[str]:
        return [g.index for g in self.generations.all() if g.state == "copying"]

    def blocked(self, index: str) -> bool:
        found = self.client.indices.get_settings(index=index, flat_settings=True)[index]["settings"]
        return found.get("index.blocks.write") == "true"


def priced(product_id: str, price: float, version: int | None = None) -> Change:
    """A new price; with a version one that may come too late."""
    order = Order(Clock.VERSION, version) if version is not None else None
    return Change(product_id, {"price": Decimal(str(price))}, lambda: ["there is none"], patch=True, order=order)


def deleted(product_id: str, version: int | None = None) -> Change:
    order = Order(Clock.VERSION, version) if version is not None else None
    return Change(product_id, {}, lambda: ["there is none"], deleted=True, order=order)


def created(product_id: str, **fields: Any) -> Change:  # noqa: ANN401 - any field of a product
    made = product(product_id, **fields)
    return Change(product_id, {}, lambda: made, replaces=True, order=Order(Clock.VERSION, 1))


def some(count: int) -> list[Product]:
    kinds = ("mug", "lamp", "tent", "kettle", "watch")
    return [product(f"p{n}", name=f"{kinds[n % 5]} number {n}", price=str(n + 1)) for n in range(count)]


@pytest.fixture
def shop(engine_settings: EngineSettings, tmp_path: Path) -> Iterator[Shop]:
    found = Shop(engine_settings, tmp_path, FakeEmbedder(32, warn=False))
    yield found
    name = f"{found.generations.alias}-generations"
    found.client.options(ignore_status=404).indices.delete_index_template(name=name)
    found.client.close()
