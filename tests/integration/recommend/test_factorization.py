"""Matrix factorisation, from the job to a list: what is served is what the model says offline."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import pytest_asyncio

from app.recommend.learned_rows import LearnedRows
from app.recommend.reads import Reads
from app.recommend.settings import RecommendSettings
from es.client import connect
from es.lease import Leases
from es.mappings import factors
from es.names import IndexNames
from es.settings import EngineSettings
from es.wire import Wire
from jobs.job import Workplace, run_job
from jobs.registry import job_named
from jobs.settings import JobSettings
from shop.recommenders.factor_index import Factors, factors_of, shopper
from shop.settings import EventSettings
from tests.factory import event
from tests.integration.recommend.conftest import learn
from tests.integration.recommend.test_recommendations import ask, send
from tests.shops import api

pytestmark = pytest.mark.needs_es
PLACEMENTS = "for_them:\n  recommenders: {factorization: 1.0}\n  diversity: 0\n  fill: false\n"


def stored(engine: EngineSettings) -> dict[str, Factors]:
    with connect(engine) as client:
        index = IndexNames(engine.index_prefix).alias(factors.KIND)
        hits = client.search(index=index, size=10_000, source={"exclude_vectors": False})["hits"]["hits"]
    return {hit["_id"]: factors_of(hit["_source"]) for hit in hits}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def client(shop: EngineSettings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    path = tmp_path_factory.mktemp("placements") / "placements.yaml"
    path.write_text(PLACEMENTS)
    async with api(shop, recommend=RecommendSettings(placements=path, deadline_s=20, rows_read_ahead=0)) as opened:
        yield opened


async def listed(client: httpx.AsyncClient, session: str, *, viewed: str = "") -> list[dict[str, Any]]:
    """The list, once it knows that the product was looked at: a second at most."""
    if viewed:
        await send(client, event("view_product", product_id=viewed, session_id=session))
    for _ in range(100):
        answer = await ask(client, placement="for_them", session_id=session, limit=20)
        assert not answer["degraded"]
        found: list[dict[str, Any]] = answer["items"]
        if not viewed or viewed in {one["reason_data"]["product_id"] for one in found}:
            return found
        await asyncio.sleep(0.05)
    pytest.fail(f"{viewed} speaks for nothing: {found}")


async def test_a_visit_is_answered_as_the_model_says(client: httpx.AsyncClient, shop: EngineSettings) -> None:
    rows = stored(shop)
    first, second = sorted(rows)[10], sorted(rows)[60]
    before = await listed(client, "factors-1", viewed=first)
    after = await listed(client, "factors-1", viewed=second)
    for history, items in (([first], before), ([first, second], after)):
        solved = shopper(history, rows)
        assert solved is not None
        wanted = {p: float(row.vector @ solved.vector) for p, row in rows.items() if p not in history}
        scores = [wanted[one["product_id"]] for one in items]
        assert scores == sorted(scores, reverse=True)
        # Some of the best may be sold out or hidden.
        assert scores[0] >= np.quantile(list(wanted.values()), 0.9)
        for one in items:
            assert one["algorithm"] == "factorization"
            because = one["reason_data"]
            assert because["kind"] == "wanted_with"
            assert because["product_id"] == solved.because(rows[one["product_id"]].vector)
            assert because["did"] == "looked"
            assert one["reason"].startswith("Because you looked at ")


async def test_looking_and_taking_in_a_row_is_one_step(client: httpx.AsyncClient, shop: EngineSettings) -> None:
    rows = stored(shop)
    first, second = sorted(rows)[20], sorted(rows)[45]
    await listed(client, "factors-2", viewed=first)
    await listed(client, "factors-2", viewed=second)
    await send(client, event("add_to_cart", product_id=second, session_id="factors-2"))
    solved = shopper([first, second], rows)
    assert solved is not None
    for _ in range(20):
        page = await ask(client, placement="for_them", session_id="factors-2", product_id=second, limit=20)
        for items in (page["items"], await listed(client, "factors-2")):
            scores = [float(rows[one["product_id"]].vector @ solved.vector) for one in items]
            assert scores
            assert scores == sorted(scores, reverse=True)
        await asyncio.sleep(0.05)


async def test_who_is_not_known_gets_nothing_of_it(client: httpx.AsyncClient) -> None:
    assert await listed(client, "factors-nobody") == []


def place(engine: EngineSettings, client: Any, folder: Path) -> Workplace:  # noqa: ANN401 - a client of either kind
    names = IndexNames(engine.index_prefix)
    return Workplace(client, names, JobSettings(lease_s=30), EventSettings(), folder, datetime.now(UTC), lambda _: None)


def test_what_is_not_in_the_catalogue_is_learned_from_and_not_listed(shop: EngineSettings, tmp_path: Path) -> None:
    gone = [
        event("view_product", product_id=p, session_id=f"gone-{n}", event_id=f"gone-{n}-{p}", timestamp=ago(n, m))
        for n in range(30)
        for m, p in enumerate(("gone", "p0001"))
    ]
    learn(shop, tmp_path, gone, ("factors",))
    with connect(shop) as client:
        index = IndexNames(shop.index_prefix).alias(factors.KIND)
        told = {
            hit["_id"]: hit["_source"][factors.LISTED]
            for hit in client.search(index=index, size=10_000)["hits"]["hits"]
        }
    assert told["gone"] is False
    assert told["p0001"] is True
    assert sum(told.values()) == len(told) - 1


async def test_a_list_is_of_one_generation(shop: EngineSettings, tmp_path: Path) -> None:
    """Vectors of one generation are compared with those of the same, also while another has just become live."""
    names, wire = IndexNames(shop.index_prefix), Wire(shop)
    with connect(shop) as client:
        old = next(iter(client.indices.get_alias(index=names.alias(factors.KIND))))
        learn(shop, tmp_path, [], ("factors",))
        new = next(iter(client.indices.get_alias(index=names.alias(factors.KIND))))
        of_old = {
            hit["_id"]: factors_of(hit["_source"])
            for hit in client.search(index=old, size=10_000, source={"exclude_vectors": False})["hits"]["hits"]
        }
    assert old != new
    known = LearnedRows(Reads(wire, deadline_s=10), names, None, 100)
    product = sorted(of_old)[5]
    try:
        rows = await known.factors([product], old)
        found = await known.wanted(rows[product].vector, 10, old, without=[product])
    finally:
        await wire.close()
    assert rows[product].vector == pytest.approx(of_old[product].vector)
    assert [vector.tolist() for _, _, vector in found] == [of_old[one].vector.tolist() for one, _, _ in found]


def ago(hours: int, minutes: int) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours + 1) + timedelta(minutes=minutes)).isoformat()


def test_without_events_there_are_no_factors(engine_settings: EngineSettings, tmp_path: Path) -> None:
    with connect(engine_settings) as client:
        leases = Leases(client, IndexNames(engine_settings.index_prefix), lease_s=30)
        figures = run_job(job_named("factors"), place(engine_settings, client, tmp_path), leases)
    assert (figures["persons"], figures["products"]) == (0, 0)
    assert stored(engine_settings) == {}


def test_without_the_package_the_factors_of_before_stay(
    shop: EngineSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored(shop)
    monkeypatch.setitem(sys.modules, "implicit.cpu.als", None)
    with connect(shop) as client:
        leases = Leases(client, IndexNames(shop.index_prefix), lease_s=30)
        figures = run_job(job_named("factors"), place(shop, client, tmp_path), leases)
    assert figures["products"] == 0
    assert "pip install" in figures["told"][0]
    assert stored(shop).keys() == before.keys()
