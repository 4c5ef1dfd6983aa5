"""The simulated month: the same every time, valid, and true to what is planted in it."""

import argparse
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from es.mappings import conversations as turn_fields
from es.mappings import queries as query_fields
from ingest.__main__ import parser
from ingest.simulation import plan as planted
from ingest.simulation.command import sentences
from ingest.simulation.plan import ALGORITHMS, Plan
from ingest.simulation.stock import Stock, Ware, demo_stock
from ingest.simulation.traffic import Traffic, bills, simulate
from shop.demo.catalogue import read_catalogue
from shop.events.intake import Intake, Taken
from shop.settings import EventSettings

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
PLAN = Plan(NOW, days=28, seed=3, sessions=40)


@pytest.fixture(scope="module")
def stock() -> Stock:
    return demo_stock(read_catalogue())


@pytest.fixture(scope="module")
def traffic(stock: Stock) -> Traffic:
    return simulate(PLAN, stock)


def broken(day: str) -> bool:
    return day in {f"{PLAN.day(number)}" for number in PLAN.broken}


def searches(traffic: Traffic) -> list[dict[str, Any]]:
    return [s for s in traffic.searches if query_fields.TEXT in s and not s[query_fields.TYPING]]


def share(part: int, whole: int) -> float:
    assert whole >= 50, "too few to say anything"
    return part / whole


def test_the_same_plan_gives_the_same_traffic_and_another_seed_another(traffic: Traffic, stock: Stock) -> None:
    again = simulate(PLAN, stock)
    assert (again.events, again.searches, again.turns) == (traffic.events, traffic.searches, traffic.turns)
    other = simulate(Plan(NOW, days=28, seed=4, sessions=40), stock)
    assert other.events != traffic.events
    assert not {event["event_id"] for event in other.events} & {event["event_id"] for event in traffic.events}


def test_every_event_is_one_that_a_shop_could_send(traffic: Traffic) -> None:
    intake = Intake(EventSettings(), history=True)
    taken = [intake.take(event, NOW) for event in traffic.events]
    assert all(isinstance(one, Taken) for one in taken), [one for one in taken if not isinstance(one, Taken)][:1]
    assert len({event["event_id"] for event in traffic.events}) == len(traffic.events) > 5_000
    moments = [one.moment for one in taken if isinstance(one, Taken)]
    assert NOW - timedelta(days=28) < min(moments)
    assert max(moments) <= NOW


def test_the_events_of_a_visit_are_in_order_of_time(traffic: Traffic) -> None:
    visits: dict[str, list[str]] = {}
    for event in traffic.events:
        if event["type"] != "search_click":
            visits.setdefault(event["session_id"], []).append(event["timestamp"])
    assert all(earlier <= later for visit in visits.values() for earlier, later in pairwise(visit))


def test_sessions_grow_and_weekends_have_more_of_them() -> None:
    counts = [PLAN.sessions_of(number) for number in range(27)]
    first_week, last_week = sum(counts[:7]), sum(counts[20:27])
    assert last_week / first_week == pytest.approx((1 + 23 * planted.GROWTH) / (1 + 3 * planted.GROWTH), rel=0.02)
    days = {True: list[int](), False: list[int]()}
    for number, count in enumerate(counts):
        days[PLAN.is_weekend(number)].append(count)
    weekend, week = (sum(days[key]) / len(days[key]) for key in (True, False))
    assert weekend / week == pytest.approx(planted.WEEKEND, rel=0.1)


def test_the_broken_week_is_slow_and_finds_little(traffic: Traffic) -> None:
    by = {True: list[dict[str, Any]](), False: list[dict[str, Any]]()}
    for search in searches(traffic):
        by[broken(search[query_fields.TIME][:10])].append(search)
    took = {key: sum(s[query_fields.TOOK_MS] for s in found) / len(found) for key, found in by.items()}
    assert took[True] / took[False] == pytest.approx(planted.BROKEN_SLOWER, rel=0.15)
    nothing = {key: share(sum(not s[query_fields.TOTAL] for s in found), len(found)) for key, found in by.items()}
    assert nothing[True] == pytest.approx(planted.BROKEN_NO_RESULTS, abs=0.09)
    assert nothing[False] == pytest.approx(planted.NO_RESULTS, abs=0.03)
    turns = {True: list[bool](), False: list[bool]()}
    for turn in traffic.turns:
        turns[broken(turn[turn_fields.AT][:10])].append(turn[turn_fields.ESCALATED])
    assert share(sum(turns[True]), len(turns[True])) == pytest.approx(planted.BROKEN_ESCALATION, abs=0.08)
    assert share(sum(turns[False]), len(turns[False])) == pytest.approx(planted.QUIET_ESCALATION, abs=0.03)


def test_one_query_rises_and_what_is_not_sold_finds_nothing(traffic: Traffic) -> None:
    last, days = f"{PLAN.day(22)}", Counter[bool]()
    for search in searches(traffic):
        if search[query_fields.TEXT] == traffic.rising:
            days[search[query_fields.TIME][:10] >= last] += 1
        if search[query_fields.TEXT] in planted.UNMET:
            assert search[query_fields.TOTAL] == 0
    assert days[True] > 3 * days[False]


def test_algorithms_are_clicked_as_planted_and_segments_look_at_their_category(traffic: Traffic) -> None:
    counted = traffic.truths()["counted"]
    for name, algorithm in ALGORITHMS.items():
        found = counted["recommendations"][name]
        assert share(found["clicks"], found["impressions"]) == pytest.approx(algorithm.ctr, rel=0.2)
    assert next(iter(counted["views_at_night"])) == traffic.truths()["planted"]["segments"]["night_owls"]["category"]


def test_truths_are_told_to_people(traffic: Traffic) -> None:
    told = "\n".join(sentences(traffic.truths()))
    assert traffic.rising in told
    assert "xylophone" in told
    assert f"{PLAN.day(PLAN.broken[0])}" in told


def test_nothing_is_billed_today(traffic: Traffic) -> None:
    billed = bills(traffic.turns, NOW.date())
    assert NOW.date() not in billed
    assert len(billed) > 20
    paid = sum(turn[turn_fields.COST_USD] for turn in traffic.turns if turn[turn_fields.AT][:10] < f"{NOW.date()}")
    assert sum(bill.spent for bill in billed.values()) == pytest.approx(paid * 1e6, abs=1)


@pytest.mark.parametrize("until", [NOW.replace(hour=0, minute=5), NOW.replace(hour=23, minute=59)])
def test_nothing_lies_ahead_at_any_hour(stock: Stock, until: datetime) -> None:
    made = simulate(Plan(until, days=21, sessions=3), stock)
    assert max(event["timestamp"] for event in made.events) <= until.isoformat()
    assert max(search[query_fields.TIME] for search in made.searches) <= until.isoformat()


def test_a_shop_of_one_product_can_be_simulated() -> None:
    made = simulate(Plan(NOW, days=21, sessions=3), Stock([Ware("p1", "mug", "home", "5.00", "EUR")]))
    assert {event["product_id"] for event in made.events if "product_id" in event} == {"p1"}


def test_plans_and_shops_that_cannot_be_simulated_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 21 days"):
        Plan(NOW, days=20)
    with pytest.raises(ValueError, match="at least one session"):
        Plan(NOW, sessions=0)
    with pytest.raises(ValueError, match=r"more than fit into memory; at most 100,000"):
        Plan(NOW, days=366, sessions=10_000)
    with pytest.raises(ValueError, match="load a catalogue"):
        simulate(PLAN, Stock([]))


@pytest.mark.parametrize(
    "wrong", [["--days", "3"], ["--sessions", "0"], ["--until", "2999-01-01"], ["--until", "soon"]]
)
def test_wrong_options_are_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parser().parse_args(["simulate", *wrong])
    assert left.value.code == 2
    assert wrong[0] in capsys.readouterr().err


def test_a_day_as_the_end_is_whole() -> None:
    options: argparse.Namespace = parser().parse_args(["simulate", "--until", "2026-01-31"])
    assert options.until == datetime(2026, 1, 31, 23, 59, 59, 999999, UTC)
