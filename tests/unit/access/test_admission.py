"""The limit of what is under way at once: it follows how long things take."""

from contextlib import ExitStack

import pytest

from app.admission import LEAST, Admission
from app.problems import Overloaded


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def crowd(admission: Admission, clock: Clock, took_s: float) -> int:
    """As many as are let in at once, each taking so long; how many that were."""
    with ExitStack() as inside:
        count = 0
        while True:
            try:
                inside.enter_context(admission.one())
            except Overloaded:
                break
            count += 1
        clock.now += took_s
    return count


def test_more_than_the_limit_are_refused_and_places_are_given_back() -> None:
    admission = Admission(8, 1.0, Clock())
    with ExitStack() as inside:
        for _ in range(8):
            inside.enter_context(admission.one())
        with pytest.raises(Overloaded):
            inside.enter_context(admission.one())
    assert admission.under_way == 0
    with admission.one():
        assert admission.under_way == 1


def test_slow_ones_lower_it_once_a_crowd_and_quick_ones_raise_it_again() -> None:
    clock = Clock()
    admission = Admission(64, 1.0, clock)
    assert [crowd(admission, clock, 2.0) for _ in range(4)] == [64, 32, 16, 8]
    assert crowd(admission, clock, 2.0) == LEAST
    assert admission.limit == LEAST
    assert crowd(admission, clock, 2.0) == LEAST
    sizes = [crowd(admission, clock, 0.1) for _ in range(500)]
    assert sizes == sorted(sizes)
    assert sizes[-1] == 64


def test_it_is_lowered_to_what_would_have_been_quick_enough() -> None:
    clock = Clock()
    admission = Admission(256, 1.0, clock)
    assert [crowd(admission, clock, 10.0), crowd(admission, clock, 1.1)] == [256, 25]
    assert int(admission.limit) == 20


def test_a_slow_one_on_its_own_lowers_nothing() -> None:
    clock = Clock()
    admission = Admission(64, 1.0, clock)
    for _ in range(20):
        with admission.one():
            clock.now += 5
    assert admission.limit == 64


def test_what_fails_counts_by_its_time_and_gives_its_place_back() -> None:
    clock = Clock()
    admission = Admission(2, 1.0, clock)

    def failing() -> None:
        with admission.one():
            clock.now += 5
            raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            failing()
    assert (admission.under_way, admission.limit) == (0, 2)


def test_it_settles_where_a_machine_keeps_its_time() -> None:
    """A machine that does 20 a second: of those under way at once, each takes a twentieth of a second a head."""
    clock = Clock()
    admission = Admission(64, 1.0, clock)
    held = [crowd(admission, clock, (admission.under_way or int(admission.limit)) / 20) for _ in range(200)]
    assert all(14 <= count <= 21 for count in held[20:])
