"""Generations on a real server: what is live, what is kept, what goes; and searches while all that happens."""

import asyncio
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from embed.fake import FakeEmbedder
from es.client import connect
from es.errors import EngineError, GenerationError
from es.generations import Generations
from es.mappings import products as fields
from es.names import IndexNames
from es.settings import EngineSettings
from shop.products.store import ProductStore, VersionedProduct
from tests.factory import catalogue, product
from tests.shops import api, load

pytestmark = pytest.mark.needs_es


@pytest.fixture
def server(engine_settings: EngineSettings) -> Iterator[Elasticsearch]:
    with connect(engine_settings) as client:
        yield client


@pytest.fixture
def generations(server: Elasticsearch, engine_settings: EngineSettings) -> Generations:
    return Generations(server, IndexNames(engine_settings.index_prefix), fields.KIND)


def states(generations: Generations) -> list[tuple[str, str, bool]]:
    return [(g.index, g.state, g.live) for g in generations.all()]


def loaded_by(server: Elasticsearch, index: str, **loader: Any) -> None:  # noqa: ANN401
    """Rewrites who loads a generation, and when it began."""
    meta = server.indices.get_mapping(index=index)[index]["mappings"]["_meta"]
    meta["generation"]["loader"] = {**meta["generation"]["loader"], **loader}
    if "created_at" in loader:
        meta["generation"]["created_at"] = loader["created_at"]
    server.indices.put_mapping(index=index, meta=meta)


def test_the_life_of_generations(generations: Generations, engine_settings: EngineSettings) -> None:
    assert generations.all() == []
    assert generations.live() is None
    with pytest.raises(GenerationError, match="no earlier generation"):
        generations.roll_back()
    made = [load(engine_settings, [product(f"p{n}")], None) for n in range(4)]
    assert [index for index, _, _ in states(generations)] == made
    assert generations.live() == made[3]
    assert generations.roll_back() == made[2]
    assert generations.live() == made[2]
    assert generations.prune(keep=2) == made[:2]
    assert generations.live() == made[2]
    with pytest.raises(GenerationError, match="no earlier generation"):
        generations.roll_back()
    with pytest.raises(GenerationError, match="is live"):
        generations.delete(made[2])
    generations.swap(made[3])
    assert generations.prune(keep=1) == [made[2]]
    assert states(generations) == [(made[3], "ready", True)]


def test_a_load_is_seen_by_nobody_before_its_swap(generations: Generations, engine_settings: EngineSettings) -> None:
    first = load(engine_settings, [product("a")], None)
    second = generations.create(fields.definition(None, None))
    assert generations.live() == first
    assert (second, "loading", False) in states(generations)
    assert generations.prune(keep=1) == [], "a load that goes on is left alone"
    generations.finish(second)
    assert generations.swap(second) == first
    assert (second, "ready", True) in states(generations)


def test_abandoned_loads_are_pruned_and_living_ones_are_not(generations: Generations, server: Elasticsearch) -> None:
    mine, dead, used_again, elsewhere, long_ago = (generations.create(fields.definition(None, None)) for _ in range(5))
    loaded_by(server, dead, pid=2**22 - 1)
    loaded_by(server, used_again, started=1.0)  # the process has our id and another start
    loaded_by(server, elsewhere, host="another-host")
    before = (datetime.now(UTC) - timedelta(hours=25)).isoformat()
    loaded_by(server, long_ago, host="another-host", created_at=before)
    assert generations.prune() == [dead, used_again, long_ago]
    assert [index for index, _, _ in states(generations)] == [mine, elsewhere]


def test_what_is_not_a_generation_is_left_alone(generations: Generations, server: Elasticsearch) -> None:
    other = f"{generations.alias}-guests"
    server.indices.create(index=other)
    assert generations.all() == []
    generations.prune(keep=1)
    assert server.indices.exists(index=other)


def test_a_late_write_does_not_bring_a_deleted_generation_back(generations: Generations, server: Elasticsearch) -> None:
    index = generations.create(fields.definition(None, None))
    generations.delete(index)
    answer = server.bulk(index=index, operations=[{"index": {"_id": "p"}}, {"product_id": "p"}])
    assert answer["errors"]
    assert not server.indices.exists(index=index)


def test_swapping_to_what_is_not_there_changes_nothing(
    generations: Generations, engine_settings: EngineSettings
) -> None:
    live = load(engine_settings, [product()], None)
    with pytest.raises(EngineError):
        generations.swap(f"{generations.alias}-g00000000000000000000")
    assert generations.live() == live


def test_checks_refuse_what_must_not_go_live(server: Elasticsearch, engine_settings: EngineSettings) -> None:
    embedder = FakeEmbedder(warn=False)
    store = ProductStore(server, IndexNames(engine_settings.index_prefix), embedder)
    products = catalogue(1, 20)
    index = store.begin_load()
    store.write(index, [VersionedProduct(p, 1) for p in products])
    store.generations.finish(index)

    def problems(expected: int, sample: list[Any], checked_by: ProductStore = store) -> list[str]:
        return [c.name for c in checked_by.generations.check(index, checked_by.checks(expected, sample)) if c.problem]

    assert problems(20, products) == []
    assert problems(21, products) == ["count"]
    assert problems(20, [product("missing", name="Nowhere to be found")]) == ["smoke"]
    moved = products[0].model_copy(update={"name": products[0].name + " entirely otherwise called"})
    assert problems(20, [moved]) == ["smoke"]
    other = ProductStore(server, IndexNames(engine_settings.index_prefix), FakeEmbedder(64, name="other", warn=False))
    assert "mapping" in problems(20, [], other)


async def test_swapping_under_load_fails_no_request(engine_settings: EngineSettings) -> None:
    """Catalogues go live one after another, with another model and with none too, while everybody searches."""
    embedders = [FakeEmbedder(warn=False), None, FakeEmbedder(32, name="small", warn=False), FakeEmbedder(warn=False)]
    embedders += [FakeEmbedder(64, name="other", warn=False), FakeEmbedder(warn=False)]
    sizes = [40, 50, 60, 70, 80, 90]
    load(engine_settings, catalogue(0, sizes[0]), embedders[0])
    done = asyncio.Event()
    seen: list[tuple[int, int, tuple[str, ...]]] = []

    async with api(engine_settings, search_deadline_s=30, facts_refresh_s=600) as client:

        async def shopper(number: int) -> None:
            searches: list[dict[str, Any]] = [
                {"q": "trail lamp", "facets": "brand", "color": "red"},
                {"q": "silent", "mode": "semantic"},
                {"sort": "price", "size": 200},
                {"q": "trail", "mode": "lexical"},
            ]
            while not done.is_set():
                response = await client.get("/api/search", params=searches[number % len(searches)])
                body = response.json()
                seen.append((response.status_code, body.get("total", -1), tuple(body.get("degraded", []))))
                # The catalogues are loaded in this process too, and must come to it.
                await asyncio.sleep(0.02)

        async def loader() -> None:
            for embedder, size in list(zip(embedders, sizes, strict=True))[1:]:
                await asyncio.to_thread(load, engine_settings, catalogue(0, size), embedder)
                before = len(seen)
                while size not in {total for _, total, _ in seen} or len(seen) < before + 20:
                    await asyncio.sleep(0.05)
            done.set()

        await asyncio.gather(loader(), *(shopper(n) for n in range(8)))
        last = (await client.get("/api/search", params={"q": "silent", "mode": "semantic"})).json()

    assert {status for status, _, _ in seen} == {200}
    reasons = {reason for _, _, degraded in seen for reason in degraded}
    for told in ("loaded without vectors", "vectors of small-32@", "vectors of other-64@"):
        assert any(told in reason for reason in reasons), (told, reasons)
    assert last["degraded"] == []


def test_the_loader_is_named_in_a_generation(generations: Generations) -> None:
    generations.create(fields.definition(None, None))
    (found,) = generations.all()
    assert found.meta["generation"]["loader"]["host"] == socket.gethostname()
    assert found.documents == 0
    assert abs((datetime.now(UTC) - found.created_at).total_seconds()) < 60
