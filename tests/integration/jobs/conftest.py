"""A workplace over an empty shop."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from es.client import connect
from es.lease import Leases
from es.names import IndexNames
from es.settings import EngineSettings
from jobs.job import Workplace
from jobs.settings import JobSettings
from shop.events.intake import Intake, Taken
from shop.events.store import EventStore
from shop.settings import EventSettings


@pytest.fixture
def place(engine_settings: EngineSettings, tmp_path: Path) -> Iterator[Workplace]:
    with connect(engine_settings) as client:
        yield Workplace(
            client,
            IndexNames(engine_settings.index_prefix),
            JobSettings(lease_s=30),
            EventSettings(),
            tmp_path,
            datetime.now(UTC),
            lambda _: None,
        )


@pytest.fixture
def leases(place: Workplace) -> Leases:
    return Leases(place.client, place.names, lease_s=place.settings.lease_s)


def store(place: Workplace, events: Sequence[dict[str, Any]]) -> None:
    """Stores events as history; those without a time happen now."""
    intake = Intake(place.events, history=True)
    taken = [intake.take({"timestamp": place.now.isoformat(), **raw}, place.now) for raw in events]
    assert all(isinstance(one, Taken) for one in taken), [one for one in taken if not isinstance(one, Taken)][:1]
    kept = EventStore(place.client, place.names, place.events)
    kept.write([one for one in taken if isinstance(one, Taken)])
    kept.refresh()
