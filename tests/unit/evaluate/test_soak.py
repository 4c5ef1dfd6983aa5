"""Memory over time: a line through what is settled, and how much it may rise."""

from collections.abc import Callable

import pytest

from evaluate.load.soak import Soaked, lines, values
from evaluate.processes.watch import Taken


def soaked(seconds: int, memory: Callable[[int], float], consumer: Callable[[int], float] = lambda _: 100.0) -> Soaked:
    def taken(at: int) -> Taken:
        return Taken(float(at), {"api": memory(at), "elasticsearch": 2000.0 + at, "consumer": consumer(at)}, {})

    return Soaked([taken(at) for at in range(0, seconds + 1, 10)], 0)


def test_what_grows_first_and_then_stays_is_flat() -> None:
    measured = soaked(1800, lambda at: 300 + min(at, 500) / 5 + (at % 20))
    assert abs(measured.growth_mb("api")) < 1
    assert measured.flat


@pytest.mark.parametrize(("mb_a_minute", "flat"), [(0.5, True), (5, False)])
def test_what_keeps_growing_is_not(mb_a_minute: float, flat: bool) -> None:
    measured = soaked(1800, lambda at: 400 + mb_a_minute * at / 60)
    assert measured.growth_mb("api") == pytest.approx(mb_a_minute * 20)
    assert measured.flat is flat


def test_a_long_time_allows_a_tenth_an_hour() -> None:
    measured = soaked(6 * 3600, lambda _: 400.0)
    assert measured.allowed_mb("api") == pytest.approx(400 * 0.1 * 4)


def test_a_consumer_that_grows_is_told_and_a_server_is_not_judged() -> None:
    measured = soaked(1800, lambda _: 400.0, lambda at: 100 + at / 60)
    assert not measured.flat
    told = list(lines(measured))
    assert told[1].split() == ["minute", "0", "400.0", "2025.0", "100.4"]
    assert "elasticsearch: +3600.0 MB an hour from 600 s on" in told
    assert told[-2:] == ["consumer: +60.0 MB an hour from 600 s on; grew by 20.0 MB, allowed 6.0", "NOT FLAT"]
    assert values(measured)["growth_mb"]["consumer"] == pytest.approx(20)
