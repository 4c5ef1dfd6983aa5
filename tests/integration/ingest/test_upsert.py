"""Changes of single products: merged, conditional, and seen by loads that are under way."""

import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from embed.fake import FakeEmbedder
from es.client import connect
from es.errors import GenerationError
from es.names import IndexNames
from es.settings import EngineSettings
from shop.products.changes.apply import ProductUpserts
from shop.products.changes.change import Change, Result
from shop.products.document import Product
from shop.products.store import ProductStore, VersionedProduct
from shop.products.stored import product_of
from tests.factory import product
from tests.integration.ingest.conftest import Ingest, product_rows


class CountingEmbedder(FakeEmbedder):
    """The fake model, counting the texts that it is asked for."""

    asked = 0

    def embed_texts(self, texts: Any) -> Any:  # noqa: ANN401 - as FakeEmbedder
        self.asked += len(texts)
        return super().embed_texts(texts)


class Shop:
    """A live catalogue with vectors, and changes to it."""

    def __init__(self, engine: EngineSettings) -> None:
        self.client = connect(engine)
        self.embedder = CountingEmbedder(32, warn=False)
        self.store = ProductStore(self.client, IndexNames(engine.index_prefix), self.embedder)
        self.upserts = ProductUpserts(self.client, self.store)

    def load(self, *products: Product) -> str:
        index = self.store.begin_load()
        self.store.write(index, [VersionedProduct(p, 1) for p in products])
        self.store.generations.finish(index)
        self.store.generations.swap(index)
        self.embedder.asked = 0
        return index

    def get(self, product_id: str, index: str = "") -> Product:
        source = self.client.get(index=index or self.store.generations.alias, id=product_id)["_source"]
        return product_of(source)

    def has(self, product_id: str, index: str = "") -> bool:
        return bool(self.client.exists(index=index or self.store.generations.alias, id=product_id))

    def vectors(self) -> int:
        self.client.indices.refresh(index=self.store.generations.alias)
        query = {"exists": {"field": "text_vector"}}
        return int(self.client.count(index=self.store.generations.alias, query=query)["count"])


@pytest.fixture
def shop(engine_settings: EngineSettings) -> Iterator[Shop]:
    found = Shop(engine_settings)
    yield found
    name = f"{found.store.generations.alias}-generations"
    found.client.options(ignore_status=404).indices.delete_index_template(name=name)
    found.client.close()


def change(product_id: str, deleted: bool = False, whole: Product | None = None, **fields: Any) -> Change:  # noqa: ANN401
    return Change(product_id, fields, lambda: whole or ["name is missing"], deleted)


def test_some_fields_change_and_the_others_stay(shop: Shop) -> None:
    shop.load(product("a", brand="Acme", stock_quantity=3, specifications={"size": "M", "wool": True}), product("b"))
    outcomes = shop.upserts.apply(
        [
            change("a", price=Decimal("5.50"), stock_quantity=0, specifications={"wool": None, "fit": "slim"}),
            change("b", price=Decimal("19.99")),
            change("c", price=Decimal(1)),
            change("d", whole=product("d")),
        ]
    )

    assert [o.result for o in outcomes] == [Result.CHANGED, Result.UNCHANGED, Result.REFUSED, Result.CREATED]
    changed = shop.get("a")
    assert (changed.price, changed.brand, changed.in_stock) == (Decimal("5.50"), "Acme", False)
    assert changed.specifications == {"size": "M", "fit": "slim"}
    assert outcomes[2].why == ["name is missing"]


def test_vectors_are_kept_and_made_anew_only_for_a_new_text(shop: Shop) -> None:
    shop.load(product("a"), product("b"))
    shop.upserts.apply([change("a", price=Decimal(7)), change("b", name="Quite another thing")])

    assert shop.embedder.asked == 1
    assert shop.vectors() == 2


def test_none_clears_a_field_and_what_is_invalid_is_refused(shop: Shop) -> None:
    shop.load(product("a", brand="Acme", rating=4), product("b"))
    outcomes = shop.upserts.apply([change("a", brand=None, rating=None), change("b", name=None)])

    assert [o.result for o in outcomes] == [Result.CHANGED, Result.REFUSED]
    assert (shop.get("a").brand, shop.get("a").rating) == ("", None)
    assert shop.get("b").name


def test_older_changes_are_stale(shop: Shop) -> None:
    shop.load(product("a", updated_at="2026-02-01T00:00:00Z"))
    newer, older = (Product.model_validate({**shop.get("a").model_dump(), "updated_at": t}).updated_at for t in
                    ("2026-03-01T00:00:00Z", "2026-01-01T00:00:00Z"))  # fmt: skip
    results = [
        shop.upserts.apply([item])[0].result
        for item in (
            change("a", price=Decimal(1), updated_at=older),
            change("a", deleted=True, updated_at=older),
            change("a", price=Decimal(2), updated_at=newer),
        )
    ]

    assert results == [Result.STALE, Result.STALE, Result.CHANGED]
    assert shop.get("a").price == 2


def test_deletion(shop: Shop) -> None:
    shop.load(product("a"), product("b"))
    outcomes = shop.upserts.apply([change("a", deleted=True), change("gone", deleted=True)])

    assert [o.result for o in outcomes] == [Result.DELETED, Result.UNCHANGED]
    assert not shop.has("a")


def test_no_change_is_lost_to_another_at_the_same_time(shop: Shop) -> None:
    shop.load(product("a", specifications={}))
    names = [f"key_{n}" for n in range(8)]

    def add(name: str) -> None:
        for turn in range(5):
            outcome = shop.upserts.apply([change("a", specifications={f"{name}_{turn}": "x"})])[0]
            assert outcome.result is Result.CHANGED

    threads = [threading.Thread(target=add, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(shop.get("a").specifications) == 40


def test_another_model_or_none_is_refused(shop: Shop, engine_settings: EngineSettings) -> None:
    with pytest.raises(GenerationError, match="Nothing is loaded yet"):
        shop.upserts.apply([change("a")])
    shop.load(product("a"))
    names = IndexNames(engine_settings.index_prefix)
    for embedder in (None, FakeEmbedder(32, name="another", warn=False)):
        other = ProductUpserts(shop.client, ProductStore(shop.client, names, embedder))
        with pytest.raises(GenerationError, match="two models cannot be mixed"):
            other.apply([change("a", name="Another text")])
        assert other.apply([change("a", stock_quantity=3 if embedder else 4)])[0].result is Result.CHANGED


def test_a_feed_of_changes(ingest: Ingest) -> None:
    early = ingest.upsert(product_rows(1))
    ingest.load(product_rows(10))
    done = ingest.upsert(
        [
            {"product_id": "p1", "price": "7,50 €"},
            {"product_id": "p2", "stock_quantity": 0},
            {"product_id": "p3", "deleted": True},
            {"product_id": "p1", "price": 8},
            {"product_id": "p4", "price": "x"},
            {"product_id": "p5", "rating": 9},
            {"product_id": "unknown", "price": 1},
            {"price": 1},
            {"product_id": "n1", "name": "New", "price": 3},
        ]
    )

    assert (early.returncode, done.returncode) == (1, 0)
    assert "Nothing is loaded yet" in early.stderr
    live = ingest.live()
    assert (live["p1"]["price_milli"], live["p1"]["currency"]) == (8000, "EUR")
    assert live["p2"]["in_stock"] is False
    assert "p3" not in live
    assert live["n1"]["name"] == "New"
    assert {(r["line"], r["reason"]) for r in ingest.rejects()} == {
        (5, 'price "x" is not a number'),
        (6, "rating 9.0 is too large (the limit is 5.0)"),
        (7, "the product is not in the catalogue, and the row is no whole product; name is missing"),
        (8, "product_id is missing"),
    }
    assert "9 rows read, 4 products indexed, 4 rejected, 1 deleted" in done.stdout


def test_deletions_by_a_column_of_ones_own(ingest: Ingest) -> None:
    ingest.load(product_rows(3))
    done = ingest.upsert([{"product_id": "p0", "weg": "ja"}, {"product_id": "p1", "weg": "nein"}], "--delete", "weg")

    assert done.returncode == 0, done.stderr
    assert sorted(ingest.live()) == ["p1", "p2"]


def test_a_change_is_not_left_out_for_a_column_that_it_does_not_have(ingest: Ingest) -> None:
    mapping = """
    skip: [{column: status, is_not: active}, {column: price, empty: true}]
    fields: {product_id: product_id, name: name, price: price, stock_quantity: stock}
    """
    (ingest.folder / "shop.yaml").write_text(mapping)
    by = ("--map", "shop.yaml")
    ingest.load(product_rows(3, status="active"), *by)

    done = ingest.upsert(
        [
            {"product_id": "p0", "price": 8},
            {"product_id": "p1", "stock": 0},
            {"product_id": "p2", "price": 9, "status": "draft"},
            {"product_id": "new", "name": "New", "price": 3},
        ],
        *by,
    )
    nothing = ingest.upsert([{"product_id": "p2", "price": 9, "status": "draft"}], *by)

    live = ingest.live()
    assert (live["p0"]["price_milli"], live["p1"]["in_stock"], live["p2"]["price_milli"]) == (8000, False, 2500)
    assert "4 rows read, 2 products indexed, 1 rejected, 1 left out" in done.stdout
    assert [(r["product_id"], r["reason"]) for r in ingest.rejects()] == [
        ("new", "the product is not in the catalogue, and `skip` of the mapping leaves out rows like this one")
    ]
    assert "every row was left out; look at `skip`" in nothing.stdout
    assert "no row has the columns" not in nothing.stdout
