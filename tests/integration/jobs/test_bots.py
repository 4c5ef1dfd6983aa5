"""Sessions that are too fast for a person are marked, and no others."""

from datetime import timedelta

import pytest

from es.lease import Leases
from es.mappings import events as fields
from jobs import bots
from jobs.job import Workplace
from tests.factory import event
from tests.integration.jobs.conftest import store

pytestmark = pytest.mark.needs_es


def test_a_thousand_events_in_a_minute_are_a_bots(place: Workplace, leases: Leases) -> None:
    minute = place.now.replace(second=0, microsecond=0) - timedelta(days=1)
    fast = [
        event(
            "view_product",
            event_id=f"f{n}",
            session_id="fast",
            timestamp=(minute + timedelta(seconds=n / 20)).isoformat(),
        )
        for n in range(1000)
    ]
    # As many in all, but over an hour.
    slow = [
        event(
            "view_product",
            event_id=f"s{n}",
            session_id="slow",
            timestamp=(minute + timedelta(seconds=3 * n)).isoformat(),
        )
        for n in range(1100)
    ]
    earlier = event("view_product", session_id="fast", timestamp=(minute - timedelta(days=40)).isoformat())
    store(place, [*fast, *slow, earlier])
    with leases.held("bots") as lease:
        assert bots.run(place, lease) == {"sessions": 1, "marked": 1001}
        assert bots.run(place, lease) == {"sessions": 1, "marked": 0}
    marked = place.client.search(
        index=place.names.events,
        size=0,
        query={"term": {fields.BOT: True}},
        aggs={"sessions": {"terms": {"field": fields.SESSION_ID}}},
    )["aggregations"]["sessions"]["buckets"]
    assert [(bucket["key"], bucket["doc_count"]) for bucket in marked] == [("fast", 1001)]


def test_a_shop_without_events_has_no_bots(place: Workplace, leases: Leases) -> None:
    with leases.held("bots") as lease:
        assert bots.run(place, lease) == {"sessions": 0, "marked": 0}
