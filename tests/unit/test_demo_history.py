"""What the invented shoppers of the demo did: the same every time, valid, and with something to learn from."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from shop.demo.catalogue import read_catalogue
from shop.demo.history import DAYS, history
from shop.events.intake import Intake, Taken
from shop.settings import EventSettings

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_the_same_valid_events_for_the_same_day() -> None:
    rows = list(read_catalogue())
    events = list(history(rows, NOW))
    assert events == list(history(rows, NOW))
    assert len({event["event_id"] for event in events}) == len(events) > 3_000
    intake = Intake(EventSettings(), history=True)
    taken = [intake.take(event, NOW) for event in events]
    assert all(isinstance(one, Taken) for one in taken), [one for one in taken if not isinstance(one, Taken)][:1]
    moments = [one.moment for one in taken if isinstance(one, Taken)]
    assert NOW - timedelta(days=DAYS + 1) < min(moments)
    assert max(moments) <= NOW
    by_visit: dict[str, list[datetime]] = {}
    for event, moment in zip(events, moments, strict=True):
        by_visit.setdefault(event["session_id"], []).append(moment)
    assert all(earlier <= later for visit in by_visit.values() for earlier, later in pairwise(visit))
    kinds = Counter(event["type"] for event in events)
    assert kinds["order_placed"] > 100
    assert kinds["view_product"] > kinds["add_to_cart"] > kinds["order_placed"]
