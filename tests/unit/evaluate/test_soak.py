"""Memory over time: a line through what is settled, and how much it may rise."""

import pytest

from evaluate.load.soak import Soaked


def soaked(seconds: int, memory: object) -> Soaked:
    assert callable(memory)
    return Soaked([(float(at), memory(at)) for at in range(0, seconds + 1, 10)], 0)


def test_what_grows_first_and_then_stays_is_flat() -> None:
    measured = soaked(1800, lambda at: 300 + min(at, 500) / 5 + (at % 20))
    assert abs(measured.growth_mb) < 1
    assert measured.flat


@pytest.mark.parametrize(("mb_a_minute", "flat"), [(0.5, True), (5, False)])
def test_what_keeps_growing_is_not(mb_a_minute: float, flat: bool) -> None:
    measured = soaked(1800, lambda at: 400 + mb_a_minute * at / 60)
    assert measured.growth_mb == pytest.approx(mb_a_minute * 20)
    assert measured.flat is flat


def test_a_long_time_allows_a_tenth_an_hour() -> None:
    measured = soaked(6 * 3600, lambda _: 400.0)
    assert measured.allowed_mb == pytest.approx(400 * 0.1 * 4)
