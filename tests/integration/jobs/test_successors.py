"""The job `successors`, from stored events to what a reader continues a session with."""

from datetime import timedelta
from typing import Any

import pytest

from es.client import connect_async
from es.lease import Leases
from es.names import IndexNames
from es.settings import EngineSettings
from jobs.job import Workplace, run_job
from jobs.registry import job_named
from jobs.sequences import MOST_EVENTS, sequences
from shop.recommenders.successor_index import SuccessorReader
from shop.recommenders.successors import continued
from tests.integration.jobs.conftest import store

pytestmark = pytest.mark.needs_es


def view(place: Workplace, who: str, product: str, minute: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    at = place.now - timedelta(hours=2) + timedelta(minutes=minute)
    told = {"type": "view_product", "session_id": who, "product_id": product, "timestamp": at.isoformat()}
    return {"event_id": f"{who}-{product}-{minute}", **told, **more}


async def test_sessions_become_successors(place: Workplace, leases: Leases, engine_settings: EngineSettings) -> None:
    walks = [("lamp", "bulb", "desk"), ("lamp", "bulb"), ("rug", "lamp", "bulb")]
    events = [view(place, f"s{n}", product, m) for n, walk in enumerate(walks) for m, product in enumerate(walk)]
    store(place, list(reversed(events)))
    figures = run_job(job_named("successors"), place, leases)
    assert (figures["persons"], figures["events"], figures["products"]) == (3, 8, 4)
    client = connect_async(engine_settings)
    try:
        reader = SuccessorReader(client, IndexNames(engine_settings.index_prefix))
        decay = await reader.decay(deadline_s=5)
        found = continued(["rug", "lamp"], await reader.of(["lamp", "rug"], deadline_s=5), 1, decay=decay)
    finally:
        await client.close()
    assert [(one.product_id, one.because) for one in found] == [("bulb", "lamp")]


def test_a_shop_without_events_has_no_successors(place: Workplace, leases: Leases) -> None:
    figures = run_job(job_named("successors"), place, leases)
    assert (figures["persons"], figures["products"]) == (0, 0)


def test_rows_in_a_row_count_once_and_endless_persons_are_cut() -> None:
    counted = {"persons": 0, "events": 0}
    told = [{"person": "a", "product_id": p} for p in ("x", "x", "y", "x")]
    told += [{"person": "b", "product_id": f"p{n}"} for n in range(MOST_EVENTS + 5)]
    first, second = sequences(iter(told), counted)
    assert first == ["x", "y", "x"]
    assert len(second) == MOST_EVENTS
    assert second[-1] == f"p{MOST_EVENTS + 4}"
    assert counted == {"persons": 2, "events": 3 + MOST_EVENTS}
