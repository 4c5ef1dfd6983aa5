"""Who waits for a place: a little in a burst, hardly where there are too many."""

import contextvars

import pytest

from app.waiting import (
    LEAST_LEFT,
    PATIENT_S,
    PRESSED_S,
    STANDING_S,
    WAITED_S,
    Waiting,
    patience_left,
    patience_of,
    time_left,
)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


LONG = int(STANDING_S / 0.01) + 30
"""Steps of a hundredth of a second, after which nobody has found a place for too long."""


def drained(waiting: Waiting[int]) -> list[int]:
    found = []
    while (one := waiting.next()) is not None:
        found.append(one[1])
    return found


def test_in_a_burst_who_came_first_goes_first_and_it_is_told_how_long_he_waited() -> None:
    clock = Clock()
    waiting: Waiting[str] = Waiting(10, clock)
    assert [waiting.add(name) for name in ("anna", "ben")] == [True, True]
    clock.now += PATIENT_S / 2
    assert waiting.late() == []
    first, second = waiting.next(), waiting.next()
    assert first is not None
    assert second is not None
    assert (first[1], second[1], len(waiting)) == ("anna", "ben", 0)
    assert first[0] == pytest.approx(PATIENT_S / 2)
    assert waiting.next() is None


def test_nobody_waits_longer_than_the_patience() -> None:
    clock = Clock()
    waiting: Waiting[int] = Waiting(10, clock)
    waiting.add(1)
    clock.now += PATIENT_S * 0.75
    waiting.add(2)
    clock.now += PATIENT_S * 0.3
    assert (waiting.late(), waiting.late(), len(waiting)) == ([1], [], 1)


def test_each_may_have_less_patience() -> None:
    clock = Clock()
    waiting: Waiting[str] = Waiting(10, clock)
    waiting.add("search")
    waiting.add("list", PATIENT_S / 4)
    waiting.add("other")
    clock.now += PATIENT_S / 3
    assert waiting.late() == ["list"]
    clock.now += PATIENT_S
    assert (waiting.late(), len(waiting)) == (["search", "other"], 0)


def test_more_than_the_most_do_not_wait() -> None:
    waiting: Waiting[int] = Waiting(2, Clock())
    assert [waiting.add(n) for n in range(4)] == [True, True, False, False]


def test_where_nobody_finds_a_place_for_long_the_last_goes_first_and_patience_is_short() -> None:
    clock = Clock()
    waiting: Waiting[int] = Waiting(LONG, clock)
    refused: list[int] = []
    for n in range(LONG):
        waiting.add(n)
        clock.now += 0.01
        refused += waiting.late()
    assert waiting.pressed
    assert len(waiting) <= PRESSED_S / 0.01 + 1
    assert drained(waiting) == sorted(set(range(LONG)) - set(refused), reverse=True)


def test_one_who_finds_a_place_at_once_ends_it() -> None:
    clock = Clock()
    waiting: Waiting[int] = Waiting(LONG, clock)
    for n in range(LONG):
        waiting.add(n)
        clock.now += 0.01
    assert waiting.pressed
    waiting.passed()
    assert not waiting.pressed
    assert waiting.next() is not None


def test_a_burst_after_a_pause_is_no_pressure() -> None:
    clock = Clock()
    waiting: Waiting[int] = Waiting(10, clock)
    clock.now += 600
    waiting.add(1)
    assert not waiting.pressed
    clock.now += STANDING_S + 0.01
    assert waiting.pressed


def test_a_deadline_counts_from_when_the_request_came() -> None:
    def after(waited_s: float) -> float:
        WAITED_S.set(waited_s)
        return time_left(2.0)

    assert time_left(2.0) == 2.0
    assert contextvars.copy_context().run(after, 0.4) == pytest.approx(1.6)
    # However long it was: what has a place has some of its time.
    assert contextvars.copy_context().run(after, 30.0) == pytest.approx(2.0 * LEAST_LEFT)


def test_whoever_has_waited_waits_no_longer_than_the_patience_in_all() -> None:
    def after(waited_s: float) -> float:
        WAITED_S.set(waited_s)
        return patience_left(2.0)

    assert patience_left(2.0) == PATIENT_S
    assert contextvars.copy_context().run(after, PATIENT_S / 4) == pytest.approx(PATIENT_S * 0.75)
    assert contextvars.copy_context().run(after, PATIENT_S * 2) == 0.0
    # Who waits so long and then takes all that is left to it is still in time.
    usual_s = 2.0
    assert usual_s * LEAST_LEFT == pytest.approx(usual_s - PATIENT_S)


@pytest.mark.parametrize("deadline_s", [0.001, 0.5, 1.0, 1.9, 2.0, 2.1, 60.0])
def test_who_waits_as_long_as_may_be_is_still_in_time(deadline_s: float) -> None:
    def after(waited_s: float) -> tuple[float, float]:
        WAITED_S.set(waited_s)
        return patience_left(deadline_s), time_left(deadline_s)

    patience_s = patience_of(deadline_s)
    assert 0 < patience_s <= PATIENT_S
    for share in (0.0, 0.5, 1.0):
        waited_s = share * patience_s
        more_s, left_s = contextvars.copy_context().run(after, waited_s)
        # The place further in is given up before the deadline is over, and there is time for what has one.
        assert more_s == pytest.approx(patience_s - waited_s)
        assert more_s < left_s
        assert waited_s + left_s == pytest.approx(deadline_s)
        assert left_s - more_s >= LEAST_LEFT * deadline_s - 1e-9
