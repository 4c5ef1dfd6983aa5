"""The store itself: months, their turn, retention, refusals of the engine."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from es.client import connect
from es.errors import EngineUnavailable
from es.names import IndexNames
from es.settings import EngineSettings
from shop.events.intake import Intake, Taken
from shop.events.store import EventStore, Status, month_start, next_month
from shop.settings import EventSettings
from tests.factory import event

pytestmark = pytest.mark.needs_es

TURN = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def es(engine_settings: EngineSettings) -> Iterator[Elasticsearch]:
    with connect(engine_settings) as client:
        yield client


@pytest.fixture
def names(engine_settings: EngineSettings) -> IndexNames:
    return IndexNames(engine_settings.index_prefix)


def taken(now: datetime, **fields: Any) -> Taken:  # noqa: ANN401
    found = Intake(EventSettings(retention_days=0), history="timestamp" in fields).take(
        event("view_product", **fields), now
    )
    assert isinstance(found, Taken), found
    return found


def test_an_event_without_a_time_meets_itself_across_the_turn_of_a_month(es: Elasticsearch, names: IndexNames) -> None:
    store = EventStore(es, names, EventSettings())
    before, after = TURN - timedelta(seconds=5), TURN + timedelta(seconds=5)
    assert store.write([taken(before, event_id="a")]) == [(Status.ACCEPTED, "")]
    answers = store.write([taken(after, event_id="a"), taken(after, event_id="b")])
    assert [status for status, _ in answers] == [Status.DUPLICATE, Status.ACCEPTED]
    assert set(store.months()) == {f"{names.events}-m202610", f"{names.events}-m202611"}


def test_the_first_events_ever_may_come_just_after_a_turn(es: Elasticsearch, names: IndexNames) -> None:
    assert EventStore(es, names, EventSettings()).write([taken(TURN, event_id="a")]) == [(Status.ACCEPTED, "")]


def test_retention_deletes_whole_months_and_no_event_too_early(es: Elasticsearch, names: IndexNames) -> None:
    store = EventStore(es, names, EventSettings(retention_days=90))
    now = datetime(2026, 11, 21, tzinfo=UTC)
    moments = [datetime(2026, month, 20, tzinfo=UTC) for month in range(5, 12)]
    store.write([taken(now, timestamp=moment.isoformat(), event_id=f"e{moment.month}") for moment in moments])
    gone = store.expire(now)
    # 90 days before are in August: that month has events that must stay.
    assert gone == [f"{names.events}-m2026{month:02}" for month in (5, 6, 7)]
    store.refresh()
    assert es.count(index=names.events)["count"] == 4
    assert EventStore(es, names, EventSettings(retention_days=0)).expire(now) == []


def test_what_the_engine_refuses_is_answered_for_its_event_alone(es: Elasticsearch, names: IndexNames) -> None:
    good = taken(TURN, event_id="good")
    bad = Taken("bad", TURN, {"type": "scroll", "timestamp": "no time"})
    answers = EventStore(es, names, EventSettings()).write([bad, good])
    assert [status for status, _ in answers] == [Status.REFUSED, Status.ACCEPTED]
    assert "Elasticsearch refused it" in answers[0][1]


def test_a_server_that_is_not_there_is_waited_for_and_said(names: IndexNames, engine_settings: EngineSettings) -> None:
    told: list[str] = []
    nobody = engine_settings.model_copy(update={"es_url": "http://127.0.0.1:9"})
    with connect(nobody) as client:
        store = EventStore(
            client, names, EventSettings(), retry_for_s=0.5, on_wait=lambda _, error: told.append(str(error))
        )
        with pytest.raises(EngineUnavailable):
            store.write([taken(TURN, event_id="a")])
    assert told


def test_months_turn_where_they_should() -> None:
    assert month_start(datetime(2026, 3, 31, 23, 59, tzinfo=UTC)) == datetime(2026, 3, 1, tzinfo=UTC)
    for month in range(1, 12):
        assert next_month(datetime(2026, month, 1, tzinfo=UTC)) == datetime(2026, month + 1, 1, tzinfo=UTC)
    assert next_month(datetime(2026, 12, 1, tzinfo=UTC)) == datetime(2027, 1, 1, tzinfo=UTC)
