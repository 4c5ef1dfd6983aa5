"""The job `feedback` against the same events followed one by one in memory, and what the metrics make of it."""

import math
import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from es.client import connect_async
from es.lease import Leases
from es.mappings import feedback as feedback_index
from es.settings import EngineSettings
from jobs.job import Workplace, run_job
from jobs.registry import job_named
from shop.events.scan import EventScan
from shop.feedback.figures import Groups
from shop.feedback.following import TYPES, Followed
from shop.feedback.store import FeedbackReader
from tests.factory import event
from tests.integration.jobs.conftest import store
from tests.integration.recommend.test_metrics import metrics
from tests.shops import api

pytestmark = pytest.mark.needs_es

ALGORITHMS = ("content", "sequential", "collaborative", "trending", "popular")
PLACEMENTS = ("home", "cart")
Sent = dict[str, Any]


def visits(now: datetime, seed: int = 7, count: int = 120) -> list[Sent]:
    """Lists of the last twelve days, and what shoppers did with them: some clicks, carts and orders name their list,
    some do not, some come too late, some are of other products, some visits have no customer."""
    chance = random.Random(seed)
    events: list[Sent] = []
    for number in range(count):
        # Twelve days ago at most, and not so late today that what follows would be in the future.
        at = now - timedelta(days=chance.uniform(0.2, 12))
        who: Sent = {"session_id": f"s{number // 2}"}
        if chance.random() < 0.5:
            who["customer_id"] = f"c{number % 9}"
        placement, shown = chance.choice(PLACEMENTS), chance.sample(range(70), 6)
        items = [
            {"product_id": f"p{p}", "position": n, "algorithm": chance.choice(ALGORITHMS)}
            for n, p in enumerate(shown, start=1)
        ]
        lists = {"recommendation_id": f"r{number}"}
        events.append(event("impression", placement=placement, items=items, timestamp=at.isoformat(), **lists) | who)
        for product in chance.sample(shown, 3):
            moment = at + timedelta(minutes=chance.uniform(1, 60))
            name = f"p{product}"
            named = lists if chance.random() < 0.4 else {}
            if chance.random() < 0.8:
                clicked = {"product_id": name, "timestamp": moment.isoformat(), **lists}
                events.append(event("recommendation_click", **clicked) | who)
            moment += timedelta(minutes=1) if chance.random() < 0.8 else timedelta(days=-2)
            if chance.random() < 0.6:
                events.append(event("add_to_cart", product_id=name, timestamp=moment.isoformat(), **named) | who)
            moment += timedelta(minutes=1)
            if chance.random() < 0.5:
                lines = [{"product_id": name, "quantity": 2, "price": 1.5}, {"product_id": "p1", "price": 3}]
                order = {"order_id": f"o{number}", "items": lines, "timestamp": moment.isoformat()}
                events.append(event("order_placed", **order, **named) | who)
            if chance.random() < 0.3:
                verdict = chance.choice(("like", "dislike", "dismiss", "purchase"))
                told = {"product_id": name, "verdict": verdict, "timestamp": moment.isoformat(), **lists}
                events.append(event("recommendation_feedback", **told) | who)
    for number, one in enumerate(events):
        one["event_id"] = f"e{number}"
    return events


def plain(groups: Groups) -> dict[str, dict[str, Any]]:
    return {
        name: {value: (counted.sums, counted.products.hashes) for value, counted in values.items()}
        for name, values in groups.items()
    }


async def test_the_job_counts_what_following_event_by_event_does(
    place: Workplace, leases: Leases, engine_settings: EngineSettings
) -> None:
    store(place, visits(place.now))
    run_job(job_named("profiles"), place, leases)
    figures = run_job(job_named("feedback"), place, leases)
    start = datetime.combine((place.now - timedelta(days=20)).date(), time(), UTC)
    end = datetime.combine(place.now.date(), time(), UTC)
    client = connect_async(engine_settings)
    try:
        reader, scan = FeedbackReader(client, place.names), EventScan(client, place.names)
        covered = await reader.covered(start, place.now, deadline_s=10)
        assert covered is not None
        assert (covered.start, covered.end) == (start, end)
        found = await reader.groups(covered, deadline_s=10)
        events, complete = await scan.every(TYPES, start, place.now, most=100_000, deadline_s=10)
        segments = await scan.segments({e["customer_id"] for e in events if "customer_id" in e}, deadline_s=10)
        followed = Followed(lambda customer: segments.get(customer, ("unknown",)))
        followed.add_all(events)
        # Only lists of whole days, but all that came of them.
        followed.shown = {
            key: shown
            for key, shown in followed.shown.items()
            if date.fromisoformat(shown.dimensions.day) < place.now.date()
        }
        assert plain(found) == plain(followed.groups())
        assert complete
        assert await reader.covered(start - timedelta(days=90), place.now, deadline_s=10) is None
        assert await reader.covered(start + timedelta(hours=1), place.now, deadline_s=10) is None
    finally:
        await client.close()
    everything = found["all"]["all"].sums
    assert all(everything.values()), everything
    assert len(found["placement_algorithm"]) == len(PLACEMENTS) * len(ALGORITHMS)
    assert {"unknown", "active"} <= set(found["segment"])
    assert figures["lists"] == 120


async def test_metrics_say_the_same_with_and_without_the_job(
    place: Workplace, leases: Leases, engine_settings: EngineSettings
) -> None:
    today = datetime.combine(place.now.date(), time(), UTC)
    # Whole days apart from today's, and nothing that follows a list over midnight.
    events = [
        one for one in visits(today, count=60) if datetime.fromisoformat(one["timestamp"]).hour < 20
    ]  # fmt: skip
    kept = {one["recommendation_id"] for one in events if one["type"] == "impression"}
    events = [one for one in events if one.get("recommendation_id", "r0") in kept]
    store(place, events)
    since = (today - timedelta(days=14)).date().isoformat()
    async with api(engine_settings) as client:
        before = await metrics(client, **{"from": since})
        run_job(job_named("feedback"), place, leases)
        after = await metrics(client, **{"from": since})
    assert before["counted"] is None
    assert before["events"] > 100
    assert after["events"] == 0
    assert after["counted"]["to"] == today.isoformat()
    for name in ("all", "by_algorithm", "by_placement", "by_placement_algorithm", "by_day", "by_segment"):
        assert after[name] == before[name]
    assert set(after["all"]) <= set(after["formulas"])
    assert after["all"]["average_order_value"] > 0


async def test_reward_is_measured_against_what_the_place_gets(place: Workplace, leases: Leases) -> None:
    """Two algorithms, one always first and the other always second, with the same shoppers."""
    sent: list[Sent] = []
    at = (place.now - timedelta(days=1)).isoformat()
    for number in range(40):
        items = [
            {"product_id": "a", "position": 1, "algorithm": "content" if number % 2 else "sequential"},
            {"product_id": "b", "position": 2, "algorithm": "collaborative"},
        ]
        who = {"session_id": f"s{number}", "recommendation_id": f"r{number}", "timestamp": at}
        sent.append(event("impression", event_id=f"i{number}", placement="home", items=items, **who))
        if number % 2 or number % 4 == 0:
            sent.append(event("recommendation_click", event_id=f"k{number}", product_id="a", **who))
    store(place, sent)
    run_job(job_named("feedback"), place, leases)
    hits = place.client.search(index=place.names.alias(feedback_index.KIND), size=100)["hits"]["hits"]
    found = {one["_source"]["value"]: one["_source"] for one in hits if one["_source"]["dimension"] == "algorithm"}
    assert (found["content"]["reward"], found["sequential"]["reward"], found["collaborative"]["reward"]) == (20, 10, 0)
    # 30 clicks on 40 products at the first place, of which all see 1, and 40 at the second, of which 1 / log2(3) do.
    share = 30 / (40 + 40 / math.log2(3))
    assert found["content"]["expected"] == found["sequential"]["expected"] == pytest.approx(20 * share)
    assert found["collaborative"]["expected"] == pytest.approx(40 / math.log2(3) * share)


def test_a_shop_without_lists_has_no_feedback(place: Workplace, leases: Leases) -> None:
    assert run_job(job_named("feedback"), place, leases)["groups"] == 0
    assert run_job(job_named("weights"), place, leases) | {"seconds": 0} == {
        "job": "weights", "seconds": 0, "placements": 0, "impressions": 0,
    }  # fmt: skip
