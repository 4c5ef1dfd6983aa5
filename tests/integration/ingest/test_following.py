"""What is written while a catalogue is loaded, or its vectors are made, is in the new one, in the order in which it was
written."""

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from embed.fake import FakeEmbedder
from es.client import connect
from es.errors import EngineError, EngineUnavailable, GenerationError, HandoverLost
from es.generations import Written
from es.names import IndexNames
from es.settings import EngineSettings
from ingest.connection import Connection
from ingest.embedding import MeteredEmbedder
from ingest.errors import LoadRefused
from ingest.feeds.row import FeedRow, Rows
from ingest.load import FullLoad
from ingest.mapping.mapper import Mapper, identity
from ingest.progress import Progress
from ingest.reembed import LiveProducts, ReEmbedding
from ingest.rejects import RejectsFile
from ingest.settings import IngestSettings
from shop.products.changes.apply import ProductUpserts
from shop.products.changes.change import Change
from shop.products.changes.versions import Clock, Order
from shop.products.document import Product
from shop.products.store import ProductStore, VersionedProduct
from shop.products.stored import product_of
from tests.factory import product
from tests.shops import load

pytestmark = pytest.mark.needs_es

PATIENCE_S = 60


class Feed:
    """Rows of products, with something done when the row of a product is read; at the end with the name ""."""

    label, unit, size_bytes = "feed", "record", None

    def __init__(self, products: list[Product], at: dict[str, Callable[[], object]]) -> None:
        self._products = products
        self._at = at

    def bytes_read(self) -> int:
        return 0

    def rows(self) -> Rows:
        for place, item in enumerate(self._products, 1):
            if item.product_id in self._at:
                self._at[item.product_id]()
            yield FeedRow(place, item.model_dump(mode="json", exclude_none=True))
        self._at.get("", lambda: None)()


class Shop:
    def __init__(self, engine: EngineSettings, folder: Path) -> None:
        self.engine = engine
        self.client = connect(engine)
        self.names = IndexNames(engine.index_prefix)
        self.folder = folder
        self.settings = IngestSettings(batch_products=10, max_reject_share=0, min_share_of_live=0.5)

    def store(self, name: str = "fake") -> ProductStore:
        return ProductStore(self.client, self.names, FakeEmbedder(32, name=name, warn=False), retry_for_s=20)

    def upserts(self) -> ProductUpserts:
        return ProductUpserts(self.client, self.store())

    def load(self, products: list[Product], at: dict[str, Callable[[], object]]) -> str:
        feed = Feed(products, at)
        progress = Progress([feed], io.StringIO())
        mapper = Mapper(identity(split_texts=False), "USD", optional=True)
        rejects = RejectsFile(self.folder / "rejects.jsonl")
        run = FullLoad(self.store(), [feed], mapper, rejects, self.settings, progress=progress, stop=threading.Event())
        try:
            return run.run().index
        finally:
            rejects.close()

    def embed(self, at: Callable[[], object], name: str) -> str:
        """Makes all vectors by another model; `at` is done once it has begun."""
        metered = MeteredEmbedder(Meanwhile(32, name, at))
        store = ProductStore(self.client, self.names, metered, retry_for_s=20)
        rejects = RejectsFile(self.folder / "rejects.jsonl")
        progress = Progress([], io.StringIO())
        connection = Connection(self.client, store, metered, None)
        run = ReEmbedding(connection, LiveProducts(), rejects, self.settings, progress=progress, stop=threading.Event())
        try:
            return run.run(run.due(text=True, pictures=False), []).index
        finally:
            rejects.close()

    def get(self, product_id: str) -> Product | None:
        found = self.client.options(ignore_status=404).get(index=self.names.alias("products"), id=product_id)
        return product_of(found["_source"]) if found["found"] else None

    def price(self, product_id: str) -> Decimal | None:
        found = self.get(product_id)
        return found.price if found else None


class Meanwhile(FakeEmbedder):
    """A model that has something done before the first texts."""

    def __init__(self, dims: int, name: str, at: Callable[[], object]) -> None:
        super().__init__(dims, name=name, warn=False)
        self._at: Callable[[], object] | None = at

    def embed_texts(self, texts: Any) -> Any:  # noqa: ANN401 - as FakeEmbedder
        at, self._at = self._at, None
        if at is not None:
            at()
        return super().embed_texts(texts)


@pytest.fixture
def shop(engine_settings: EngineSettings, tmp_path: Path) -> Iterator[Shop]:
    found = Shop(engine_settings, tmp_path)
    yield found
    found.client.close()


def change(product_id: str, deleted: bool = False, whole: Product | None = None, **fields: Any) -> Change:  # noqa: ANN401
    return Change(product_id, fields, lambda: whole or ["name is missing"], deleted)


def some(price: str, names: str = "abcdefgh") -> list[Product]:
    return [product(name, name=f"Lamp {name}", price=price, brand="Feed") for name in names]


class Delayed:
    """A writer that has written to the live generation, and is kept from going on until it is let."""

    def __init__(self, shop: Shop, *changes: Change) -> None:
        store = shop.store()
        self._upserts = ProductUpserts(shop.client, store)
        self._changes = changes
        self._asked = 0
        self._written, self._go_on = threading.Event(), threading.Event()
        self._look = store.generations.written
        store.generations.written = self._slowly  # type: ignore[method-assign]
        self._thread = threading.Thread(target=self._apply)
        self.raised: EngineError | None = None

    def _apply(self) -> None:
        try:
            self._upserts.apply(self._changes)
        except EngineError as error:
            self.raised = error

    def _slowly(self) -> Written:
        # First it asks where to write, then where else.
        self._asked += 1
        if self._asked == 2:
            self._written.set()
            assert self._go_on.wait(PATIENCE_S)
        return self._look()

    def write(self) -> None:
        self._thread.start()
        assert self._written.wait(PATIENCE_S)

    def finish(self) -> None:
        self._go_on.set()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        if self.raised is not None:
            raise self.raised


def overtaken(shop: Shop, name: str) -> None:
    """Two writers on one product: the first is the second one to look for other generations."""
    slow = Delayed(shop, change(name, price=Decimal(11)))
    slow.write()
    shop.upserts().apply([change(name, price=Decimal(22))])
    slow.finish()


def test_two_writers_during_a_load_end_as_in_the_live_catalogue(shop: Shop) -> None:
    """The product's row was read before, and comes only later."""
    load(shop.engine, some("1"), FakeEmbedder(32, warn=False))
    shop.load(some("2"), {"c": lambda: overtaken(shop, "a"), "d": lambda: overtaken(shop, "h")})
    assert [shop.price(name) for name in "abh"] == [22, 2, 22]


def test_two_writers_while_vectors_are_made_end_as_in_the_live_catalogue(shop: Shop) -> None:
    load(shop.engine, some("1"), FakeEmbedder(32, name="old", warn=False))
    shop.embed(lambda: overtaken(shop, "a"), "new")
    assert [shop.price(name) for name in "ab"] == [22, 1]


def test_a_writer_that_looks_up_late_does_not_overwrite_what_came_after_the_load(shop: Shop) -> None:
    load(shop.engine, some("1"), FakeEmbedder(32, warn=False))
    slow = Delayed(shop, change("a", price=Decimal(11)))
    shop.load(some("2"), {"c": slow.write})
    assert shop.price("a") == 11
    shop.upserts().apply([change("a", price=Decimal(33))])
    slow.finish()
    assert shop.price("a") == 33


def test_what_changes_meanwhile_is_laid_over_the_rows(shop: Shop) -> None:
    load(shop.engine, some("1"), FakeEmbedder(32, warn=False))
    rows = [*some("2"), product("n", name="Lamp n", price="2")]

    def changes() -> None:
        shop.upserts().apply(
            [
                change("a", price=Decimal(9)),
                change("h", specifications={"color": "red"}),
                change("c", deleted=True),
                change("d", deleted=True),
                change("e", price=Decimal(9)),
                change("x", whole=product("x", name="Lamp x", price="7")),
            ]
        )
        shop.upserts().apply([change("e", price=Decimal(1)), change("d", whole=product("d", name="Again", price="3"))])

    shop.load(rows, {"d": changes})
    a, h = shop.get("a"), shop.get("h")
    assert a is not None
    assert (a.price, a.brand) == (9, "Feed"), "the field that was changed, and the rest of the row"
    assert h is not None
    assert (h.price, h.specifications) == (2, {"color": "red"})
    assert (shop.price("c"), shop.price("d"), shop.price("x"), shop.price("n")) == (None, 3, 7, 2)
    assert shop.price("e") == 2, "what was changed and taken back is as in the feed"
    found = shop.client.search(
        index=shop.names.alias("products"), query={"exists": {"field": "text_vector"}}, size=0, track_total_hits=True
    )
    assert found["hits"]["total"]["value"] == 9


def test_a_newer_row_counts_by_the_shops_own_versions(shop: Shop) -> None:
    now = datetime.now(UTC)
    load(shop.engine, some("1"), FakeEmbedder(32, warn=False))
    rows = [item.model_copy(update={"updated_at": now}) for item in some("2")]

    def changes() -> None:
        older = Order(Clock.VERSION, int((now - timedelta(hours=1)).timestamp() * 1000))
        newer = Order(Clock.VERSION, int((now + timedelta(minutes=1)).timestamp() * 1000))
        for name, order in (("a", older), ("b", newer)):
            shop.upserts().apply([Change(name, {"price": Decimal(9)}, lambda: ["no product"], order=order)])

    shop.load(rows, {"c": changes})
    assert [shop.price(name) for name in "abc"] == [2, 9, 2]


def test_changes_go_on_with_another_model_while_vectors_are_made(shop: Shop) -> None:
    """The service has the old model still."""
    load(shop.engine, some("1"), FakeEmbedder(32, name="fake", warn=False))

    def changes() -> None:
        shop.upserts().apply([change("a", name="Something else entirely"), change("b", deleted=True)])

    index = shop.embed(changes, "new")
    assert shop.store().generations.models(index)["text_vector"]["model"].startswith("new")
    found = shop.get("a")
    assert found is not None
    assert found.name == "Something else entirely"
    assert shop.get("b") is None


def test_writes_go_on_after_a_load_that_is_refused(shop: Shop) -> None:
    before = load(shop.engine, some("1"), FakeEmbedder(32, warn=False))
    with pytest.raises(LoadRefused, match="fewer than"):
        shop.load(some("2", "ab"), {"b": lambda: shop.upserts().apply([change("a", price=Decimal(9))])})
    shop.upserts().apply([change("b", price=Decimal(9))])
    assert [shop.price(name) for name in "ab"] == [9, 9]
    assert shop.store().generations.live() == before


def test_a_load_does_not_take_the_place_of_one_that_it_did_not_follow(shop: Shop) -> None:
    load(shop.engine, some("1"), FakeEmbedder(32, warn=False))
    other: list[str] = []
    with pytest.raises(HandoverLost, match="not live any more"):
        shop.load(some("2"), {"c": lambda: other.append(load(shop.engine, some("5"), FakeEmbedder(32, warn=False)))})
    assert shop.store().generations.live() == other[0]
    assert shop.price("a") == 5
    shop.store().write(other[0], [VersionedProduct(product("z"), 1)])


@contextmanager
def refusing(shop: Shop, index: str) -> Iterator[None]:
    """No product is taken by the index, for a reason of its own."""
    pipeline = f"{shop.engine.index_prefix}-refuses"
    shop.client.ingest.put_pipeline(id=pipeline, processors=[{"fail": {"message": "not this one"}}])
    shop.client.indices.put_settings(index=index, settings={"index.default_pipeline": pipeline})
    yield
    shop.client.indices.put_settings(index=index, settings={"index.default_pipeline": "_none"})
    shop.client.ingest.delete_pipeline(id=pipeline)


@contextmanager
def closed(shop: Shop, index: str) -> Iterator[None]:
    """The index takes no writes."""
    shop.client.indices.put_settings(index=index, settings={"index.blocks.write": True})
    yield
    shop.client.indices.put_settings(index=index, settings={"index.blocks.write": False})


@pytest.mark.parametrize(
    ("trouble", "raised", "why"),
    [
        (refusing, GenerationError, "refused product z in .*not this one"),
        (closed, EngineUnavailable, "takes no changes"),
    ],
)
def test_a_change_that_another_live_generation_refuses_is_not_told_as_made(
    shop: Shop,
    trouble: Callable[[Shop, str], AbstractContextManager[None]],
    raised: type[EngineError],
    why: str,
) -> None:
    """One made live by hand, after the change was written to the one before; it does not have the product."""
    load(shop.engine, some("1"), FakeEmbedder(32, warn=False))
    new = change("z", whole=product("z", name="Lamp z", price="5"))
    slow = Delayed(shop, new)
    slow.write()
    assert shop.price("z") == 5
    with trouble(shop, load(shop.engine, some("2"), FakeEmbedder(32, warn=False))):
        with pytest.raises(raised, match=why):
            slow.finish()
        assert shop.price("z") is None
    shop.upserts().apply([new])
    assert shop.price("z") == 5
