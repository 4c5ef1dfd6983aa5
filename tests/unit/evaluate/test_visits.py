"""Made-up visits are events that the shop takes."""

from datetime import UTC, datetime, timedelta
from itertools import islice

from evaluate.shoppers.visits import events, visit
from shop.events.intake import Intake, Taken
from shop.settings import EventSettings

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_every_event_is_taken_once_and_lies_in_the_days_asked_for() -> None:
    made = list(islice(events(2_000, NOW, days=2), 3_000))
    intake = Intake(EventSettings(), history=True)
    assert all(isinstance(intake.take(one, NOW), Taken) for one in made)
    assert len({one["event_id"] for one in made}) == len(made)
    assert {one["type"] for one in made} == {"view_product", "add_to_cart", "order_placed"}
    times = [datetime.fromisoformat(one["timestamp"]) for one in made]
    assert NOW - timedelta(days=2) <= min(times) <= max(times) < NOW


def test_the_same_number_is_the_same_visit() -> None:
    assert visit(7, 500, NOW) == visit(7, 500, NOW)
    assert visit(7, 500, NOW) != visit(8, 500, NOW)
