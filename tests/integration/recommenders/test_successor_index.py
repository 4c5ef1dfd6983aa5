"""Successors written as a generation and read back, against a real Elasticsearch."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch

from es.client import connect, connect_async
from es.errors import IndexMissing
from es.generations import Generations
from es.mappings import successors as fields
from es.names import IndexNames
from es.settings import EngineSettings
from shop.recommenders.sequential import CounterSettings
from shop.recommenders.successor_index import SuccessorReader, documents
from shop.recommenders.successors import continued, learned

pytestmark = pytest.mark.needs_es
NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
async def client(engine_settings: EngineSettings) -> AsyncIterator[AsyncElasticsearch]:
    client = connect_async(engine_settings)
    yield client
    await client.close()


def written(engine: EngineSettings, sequences: list[list[str]], settings: CounterSettings) -> None:
    with connect(engine) as client:
        generations = Generations(client, IndexNames(engine.index_prefix), fields.KIND)
        index = generations.create(fields.definition(settings.decay))
        operations: list[dict[str, Any]] = []
        for product_id, document in documents(learned(sequences, settings), NOW):
            operations += [{"index": {"_id": product_id}}, document]
        assert not client.bulk(index=index, operations=operations)["errors"]
        generations.finish(index)
        generations.swap(index)


async def test_what_was_learned_is_read_back(engine_settings: EngineSettings, client: AsyncElasticsearch) -> None:
    settings = CounterSettings(decay=0.5)
    written(engine_settings, [["lamp", "bulb"], ["lamp", "bulb", "desk"], ["rug", "lamp"]], settings)
    reader = SuccessorReader(client, IndexNames(engine_settings.index_prefix))
    assert await reader.decay(deadline_s=5) == 0.5
    found = await reader.of(["lamp", "nothing"], deadline_s=5)
    assert list(found) == ["lamp"]
    (first, *_) = continued(["rug", "lamp"], found, 3, decay=0.5, exclude=["rug", "lamp"])
    assert (first.product_id, first.because) == ("bulb", "lamp")
    wanted = dict(learned([["lamp", "bulb"], ["lamp", "bulb", "desk"], ["rug", "lamp"]], settings))["lamp"]
    assert list(found["lamp"].product_ids) == list(wanted.product_ids)
    assert list(found["lamp"].weights) == pytest.approx(list(wanted.weights), rel=1e-4)


async def test_a_new_generation_replaces_the_old(engine_settings: EngineSettings, client: AsyncElasticsearch) -> None:
    reader = SuccessorReader(client, IndexNames(engine_settings.index_prefix))
    written(engine_settings, [["a", "b"]], CounterSettings())
    written(engine_settings, [["a", "c"]], CounterSettings())
    assert (await reader.of(["a"], deadline_s=5))["a"].product_ids == ["c"]


async def test_before_the_first_run(engine_settings: EngineSettings, client: AsyncElasticsearch) -> None:
    reader = SuccessorReader(client, IndexNames(engine_settings.index_prefix))
    assert await reader.of([], deadline_s=5) == {}
    with pytest.raises(IndexMissing):
        await reader.of(["a"], deadline_s=5)
    with pytest.raises(IndexMissing):
        await reader.decay(deadline_s=5)
