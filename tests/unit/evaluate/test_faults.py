"""Plans of faults, and what is made of a run: every kind of broken promise is noticed."""

from collections import Counter
from itertools import pairwise

from evaluate.faults.ledger import Change, Found, Goods, Ledger, Sent, broken, impolite, late
from evaluate.faults.plan import TROUBLES, WINDOW_S, Target, plan


def test_a_seed_is_a_plan_and_every_target_gets_its_turn() -> None:
    plans = [plan(seed) for seed in range(200)]
    assert plans == [plan(seed) for seed in range(200)]
    assert len({str(faults) for faults in plans}) > 190
    met = {(fault.target, fault.trouble) for faults in plans for fault in faults}
    assert met == {(target, trouble) for target, troubles in TROUBLES.items() for trouble in troubles}
    for faults in plans:
        assert 1 <= len(faults) <= 4
        assert [f.at_s for f in faults] == sorted(f.at_s for f in faults)
        assert all(0 < f.at_s <= WINDOW_S for f in faults)
        for one, other in pairwise(faults):
            assert one.target is not other.target or other.at_s >= one.at_s + one.for_s


def test_without_a_target_nothing_of_it_goes_wrong() -> None:
    left = [Target.ELASTICSEARCH, Target.MODEL]
    assert {fault.target for seed in range(50) for fault in plan(seed, left)} == set(left)


def found(prices: dict[str, float | None], searched: list[str], dead: frozenset[str] = frozenset()) -> Found:
    return Found(prices, dead, searched, Counter(), Counter())


def ledger(*changes: Change, sure: int) -> Ledger:
    return Ledger(goods={"p": Goods(list(changes), sure)})


def test_a_product_is_as_acknowledged_or_as_changed_since() -> None:
    sent = ledger(Change(1, 10), Change(2, 20), Change(3, 30), sure=2)
    assert broken(sent, found({"p": 20}, ["p"])) == []
    assert broken(sent, found({"p": 30}, ["p"])) == []
    assert "costs 10" in broken(sent, found({"p": 10}, ["p"]))[0]
    assert "costs None" in broken(sent, found({"p": None}, []))[0]
    assert broken(sent, found({"p": 10}, ["p"], frozenset({"p"}))) == []


def test_nothing_is_promised_of_what_nobody_acknowledged() -> None:
    sent = ledger(Change(1, 10), sure=0)
    assert broken(sent, found({"p": None}, [])) == []
    assert broken(sent, found({"p": 10}, ["p"])) == []
    assert broken(sent, found({"p": 11}, ["p"]))


def test_a_deletion_that_was_acknowledged_is_for_good() -> None:
    sent = ledger(Change(1, 10), Change(2, None), sure=2)
    assert broken(sent, found({"p": None}, [])) == []
    assert broken(sent, found({"p": 10}, ["p"]))


def test_what_is_stored_is_found_once() -> None:
    sent = ledger(Change(1, 10), sure=1)
    assert broken(sent, found({"p": 10}, [])) == ["p is stored and not found"]
    assert broken(sent, found({"p": 10}, ["p", "p"])) == ["p is found twice"]
    assert broken(ledger(Change(1, None), sure=1), found({"p": None}, ["p"])) == ["p is found and not stored"]


def test_events_and_messages_are_there_once() -> None:
    sent = Ledger(events={"a": True, "b": True, "c": False, "d": False}, messages={"s": {"m": True, "n": True}})
    there = Found({}, frozenset(), [], Counter({"a": 1, "c": 2}), Counter({"m": 2, "n": 1}))
    assert broken(sent, there) == [
        "event b is there 0 times, acknowledged",
        "event c is there 2 times, not acknowledged",
        "message m is there 2 times, acknowledged",
    ]


def answer(status: int, *, retry_after: bool = False, at_s: float = 1.0) -> Sent:
    return Sent("r", "search", at_s, 0.5, status, retry_after)


def test_only_503_with_retry_after_is_a_polite_5xx_and_silence_is_excused_by_a_kill() -> None:
    fine = [answer(200), answer(404), answer(429), answer(503, retry_after=True)]
    assert impolite(fine, []) == []
    assert len(impolite([answer(500), answer(502, retry_after=True), answer(503)], [])) == 3
    assert len(impolite([answer(0)], [])) == 1
    assert impolite([answer(0)], [(0.8, 3.0)]) == []
    assert len(impolite([answer(0, at_s=4.0)], [(0.8, 3.0)])) == 1


def test_lateness_is_the_services_and_not_the_machines() -> None:
    sent = [answer(200)]
    deadlines = {"search": 1.5}
    assert late({"r": 1590.0}, sent, deadlines, lambda _: 0.0) == []
    assert len(late({"r": 1610.0}, sent, deadlines, lambda _: 0.0)) == 1
    assert late({"r": 1610.0}, sent, deadlines, lambda _: 0.05) == []
    assert late({}, sent, deadlines, lambda _: 0.0) == []
