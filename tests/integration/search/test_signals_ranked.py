"""Signals and learned weights in the service: they order, they are explained, and they leave pages consistent."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.search.weights import Learned, QueryWeights
from embed.fake import FakeEmbedder
from es.settings import EngineSettings
from shop.products.document import Product
from tests.factory import product
from tests.shops import api, shop_of

pytestmark = pytest.mark.needs_es

DAYS_AGO = datetime.now(UTC) - timedelta(days=300)
MODEL = FakeEmbedder(64, name="fake", warn=False)


def alike(product_id: str, **overrides: Any) -> Product:  # noqa: ANN401
    """Products that fit a query for lamps equally well."""
    return product(product_id, **{"name": "Camping lamp", "review_count": 0, **overrides})


PRODUCTS = [
    alike("a-plain"),
    alike("b-loved", rating=4.9, review_count=800),
    alike("c-praised-once", rating=5.0, review_count=1),
    alike("d-disliked", rating=2.0, review_count=800),
    alike("e-new", created_at=datetime.now(UTC)),
    alike("f-old", created_at=DAYS_AGO),
    alike("g-earner", margin=0.9),
    alike("h-giveaway", margin=0.05),
    alike("i-sold-out", in_stock=False),
]
AS_FOUND = [p.product_id for p in PRODUCTS]


@pytest.fixture(scope="module")
def lamps(es_url: str) -> Iterator[EngineSettings]:
    with shop_of(es_url, PRODUCTS, MODEL) as engine:
        yield engine


async def found(engine: EngineSettings, parameters: str = "", **settings: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    async with api(engine, semantic_floor=-1, search_deadline_s=30, **settings) as client:
        answer = (await client.get(f"/api/search?q=camping lamp&explain=true&{parameters}")).json()
        return list(answer["hits"])


def ids(hits: list[dict[str, Any]]) -> list[str]:
    return [hit["product_id"] for hit in hits]


async def test_without_signals_equal_products_stand_by_their_ids(lamps: EngineSettings) -> None:
    hits = await found(lamps)
    assert ids(hits) == AS_FOUND
    assert "signals" not in hits[0]["explanation"]
    assert hits[0]["explanation"]["weight_per_query"] is False


@pytest.mark.parametrize(
    ("signal", "first", "last"),
    [
        ("popularity", ["b-loved", "d-disliked", "c-praised-once"], "i-sold-out"),
        ("rating", ["b-loved", "c-praised-once"], "d-disliked"),
        ("freshness", ["e-new"], "f-old"),
        ("stock", AS_FOUND[:-1], "i-sold-out"),
        ("margin", ["g-earner"], "h-giveaway"),
    ],
)
async def test_a_signal_orders_what_fits_equally_well(
    lamps: EngineSettings, signal: str, first: list[str], last: str
) -> None:
    hits = await found(lamps, **{f"signal_{signal}": 0.2})
    assert ids(hits)[: len(first)] == first
    assert ids(hits)[-1] == last
    for hit in hits:
        told = hit["explanation"]
        parts = told["lexical_part"] + told["semantic_part"] + told["look_part"]
        assert list(told["signals"]) == [signal]
        assert told["boost"] == pytest.approx(told["signals"][signal]["effect"])
        assert hit["score"] == pytest.approx(parts * (1 + told["boost"]), abs=1e-5)


async def test_signals_order_every_page_of_the_window_alike(lamps: EngineSettings) -> None:
    settings = {"signal_rating": 0.2, "signal_freshness": 0.1, "signal_margin": 0.1, "signal_stock": 0.1}
    whole = ids(await found(lamps, **settings))
    assert whole != AS_FOUND
    async with api(lamps, semantic_floor=-1, search_deadline_s=30, **settings) as client:
        paged, cursor = [], ""
        while cursor is not None:
            answer = (await client.get(f"/api/search?q=camping lamp&size=2&cursor={cursor}")).json()
            paged += ids(answer["hits"])
            cursor = answer["next_cursor"]
    assert paged == whole


async def test_what_only_the_words_order_keeps_their_order(lamps: EngineSettings) -> None:
    hits = await found(lamps, "mode=lexical", signal_rating=0.5)
    assert ids(hits) == AS_FOUND
    assert {hit["explanation"]["ordered_by"] for hit in hits} == {"lexical_score"}


async def test_no_answer_shows_the_margin(lamps: EngineSettings) -> None:
    async with api(lamps, semantic_floor=-1, search_deadline_s=30, signal_margin=0.2) as client:
        one = await client.get("/api/products/g-earner")
        many = await client.post("/api/products/batch", json={"product_ids": ["g-earner"]})
        similar = await client.get("/api/products/g-earner/similar?min_similarity=0")
        searched = await client.get("/api/search?q=camping lamp")
        refused = await client.get("/api/search?margin=0.9")
    assert [answer.status_code for answer in (one, many, similar, searched)] == [200] * 4
    assert refused.status_code == 400
    for answer in (one, many, similar, searched):
        assert "margin" not in answer.text


def weights_file(folder: Path, model: str) -> Path:
    """Weights that trust the meaning the more words the query has."""
    learned = QueryWeights(
        text_model=model,
        intercept=0.6,
        least=0.2,
        most=0.8,
        features={"words": Learned(mean=1.0, scale=1.0, coefficient=-0.1)},
    )
    path = folder / f"{len(model)}.json"
    path.write_text(learned.model_dump_json())
    return path


async def test_each_query_has_its_own_weight_with_a_learned_file(lamps: EngineSettings, tmp_path: Path) -> None:
    async with api(lamps, search_deadline_s=30, fusion_weights=weights_file(tmp_path, MODEL.spec.id)) as client:
        for query, weight in (("lamp", 0.6), ("camping lamp", 0.5), ("a camping lamp for tents", 0.4)):
            answer = (await client.get(f"/api/search?q={query}&explain=true")).json()
            told = answer["hits"][0]["explanation"]
            assert told["weight_per_query"] is True
            assert told["lexical_weight"] == pytest.approx(weight)
        meant = (await client.get("/api/search?q=lamp&explain=true&mode=semantic")).json()
        assert meant["hits"][0]["explanation"]["lexical_weight"] == 0.0


async def test_weights_learned_from_another_model_do_not_apply(lamps: EngineSettings, tmp_path: Path) -> None:
    hits = await found(lamps, fusion_weights=weights_file(tmp_path, "another model"), lexical_weight=0.3)
    assert hits[0]["explanation"]["weight_per_query"] is False
    assert hits[0]["explanation"]["lexical_weight"] == 0.3


async def test_families_are_ordered_by_signals_too(lamps: EngineSettings) -> None:
    settings = {"signal_rating": 0.2, "signal_freshness": 0.1}
    # Every lamp is a family of its own here: grouped or not, the list is the same.
    assert ids(await found(lamps, "group=parent", **settings)) == ids(await found(lamps, **settings))
