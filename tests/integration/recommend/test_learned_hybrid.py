"""The learned hybrid from stored events to the service's list, against the same model asked offline."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import scipy.sparse as sparse

from app.recommend.contract import Did, Interaction, RecommendationRequest
from app.recommend.knowledge import Knowledge
from app.recommend.reads import Reads
from app.recommend.recommenders.learned import Learned
from embed.fake import FakeEmbedder
from es.client import connect, connect_async
from es.lease import Leases
from es.mappings import neighbours as fields
from es.names import IndexNames
from es.settings import EngineSettings
from es.wire import Wire
from jobs.job import Workplace, run_job
from jobs.registry import job_named
from jobs.sequences import read_sequences
from jobs.settings import JobSettings
from jobs.text_vectors import text_vectors
from shop.products.document import Product
from shop.recommenders.contract import recommend
from shop.recommenders.histories import Histories
from shop.recommenders.neighbour_tables import READINGS, NeighbourTables, tabled_hybrid
from shop.recommenders.ranker_reader import RankerReader
from shop.recommenders.rankers import ListwiseLinear
from shop.settings import EventSettings
from tests.integration.jobs.conftest import store
from tests.integration.recommend.conftest import past
from tests.integration.recommend.test_recommendations import ask
from tests.shops import load

pytestmark = pytest.mark.needs_es


def tables_of(rows: dict[str, dict[str, Any]], numbers: dict[str, int]) -> dict[str, sparse.csr_matrix]:
    """The tables that the stored rows were made of."""
    found = {}
    for name in {reading.table for reading in READINGS.values()}:
        table = sparse.lil_matrix((len(numbers), len(numbers)), dtype=np.float32)
        for product, row in rows.items():
            for other, weight in zip(row[fields.PRODUCT_IDS], row[fields.WEIGHTS][name], strict=True):
                table[numbers[product], numbers[other]] = weight
        found[name] = sparse.csr_matrix(table)
    return found


async def test_what_is_served_is_what_the_job_learned(
    engine_settings: EngineSettings, products: list[Product], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = IndexNames(engine_settings.index_prefix)
    load(engine_settings, products, FakeEmbedder(warn=False))
    with connect(engine_settings) as client:
        settings = JobSettings(lease_s=30)
        place = Workplace(client, names, settings, EventSettings(), tmp_path, datetime.now(UTC), lambda _: None)
        leases = Leases(client, names, lease_s=30)
        store(place, past(products, place.now, sessions=120))
        figures = run_job(job_named("neighbours"), place, leases)
        with leases.held("neighbours") as lease:
            listed = read_sequences(place, lease, {"persons": 0, "events": 0})
            ids, vectors = text_vectors(place, lease)
            # What Elasticsearch before 9.3 does not know is what no Elasticsearch knows.
            monkeypatch.setattr("jobs.text_vectors.BINARY", "base2")
            by_older, vectors_by_older = text_vectors(place, lease)
        assert by_older == ids
        assert np.allclose(vectors_by_older, vectors, atol=1e-6)
        alias = names.alias(fields.KIND)
        meta = next(iter(client.indices.get_mapping(index=alias).values()))["mappings"]["_meta"]
        rows = {hit["_id"]: hit["_source"] for hit in client.search(index=alias, size=1_000)["hits"]["hits"]}
    assert figures["products"] == figures["texts"] == len(products) == len(ids)
    product_ids = sorted({*ids, *(p for sequence in listed for p in sequence)})
    numbers = {product: number for number, product in enumerate(product_ids)}
    histories = Histories.of(([numbers[p] for p in one] for one in listed), len(product_ids))
    tables = NeighbourTables(np.zeros((len(product_ids), 1), dtype=np.float32), tables=tables_of(rows, numbers))
    tables._fitted_to = histories
    hybrid = tabled_hybrid(tables)
    hybrid.ranker = ListwiseLinear.restored(meta[fields.RANKER])
    hybrid.evidence.fit(histories)
    connection, wire = connect_async(engine_settings), Wire(engine_settings)
    try:
        reader = RankerReader(connection, names)
        learned = Learned(Knowledge(Reads(wire, deadline_s=10), names), lambda: reader.ranker(deadline_s=10))
        now = datetime.now(UTC)
        for sequence in [one for one in listed if len(one) > 1][:15]:
            did = [Interaction(p, Did.LOOKED, now - timedelta(minutes=n)) for n, p in enumerate(reversed(sequence))]
            request = RecommendationRequest("home", session_id="s", history=tuple(reversed(did)))
            found = await learned.candidates(request, 10)
            history = Histories.of([[numbers[p] for p in sequence]], len(product_ids)).latest(12)
            wanted = recommend(hybrid, history, 40)
            by_id = {product_ids[n]: float(s) for n, s in zip(wanted.items, wanted.scores, strict=True)}
            kept = [p for p in by_id if p not in sequence][:10]
            assert [one.score for one in found] == pytest.approx([by_id[p] for p in kept], rel=5e-3, abs=1e-6)
            assert all(by_id[one.product_id] == pytest.approx(one.score, rel=5e-3, abs=1e-6) for one in found)
        assert list(await learned.candidates(replace(request, history=()), 10)) == []
    finally:
        await wire.close()
        await connection.close()


async def test_a_visit_gets_learned_products_at_once(client: httpx.AsyncClient) -> None:
    answers = [await ask(client, placement="home", customer_id=f"c{number}", limit=20) for number in range(1, 7)]
    learned = [item for answer in answers for item in answer["items"] if item["algorithm"] == "learned"]
    assert learned
    assert all(item["reason"] for item in learned)


def test_too_little_to_learn_from_is_no_failure(engine_settings: EngineSettings, tmp_path: Path) -> None:
    names = IndexNames(engine_settings.index_prefix)
    with connect(engine_settings) as client:
        place = Workplace(
            client, names, JobSettings(lease_s=30), EventSettings(), tmp_path, datetime.now(UTC), lambda _: None
        )
        figures = run_job(job_named("neighbours"), place, Leases(client, names, lease_s=30))
        mapping = client.indices.get_mapping(index=names.alias(fields.KIND))
    assert figures["products"] == 0
    assert "too few events" in figures["told"][0]
    assert next(iter(mapping.values()))["mappings"]["_meta"][fields.RANKER] is None
