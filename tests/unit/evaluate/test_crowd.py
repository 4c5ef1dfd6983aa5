"""What is told of a crowd: second by second, so that a few bad ones are seen as such."""

import pytest

from evaluate.shoppers.crowd import Crowd, lines, values


def test_bad_seconds_are_told_apart_from_slow_lists() -> None:
    """Ten lists in each of three seconds, the last of them slow; too few in a fourth to tell anything."""
    found = Crowd(5, 4.0, ran_s=1.25, waited_s=0.5)
    for second, took in ((0, 20.0), (1, 20.0), (2, 300.0)):
        found.times += [took] * 9 + [2 * took]
        found.asked_at += [second + 0.1 * n for n in range(10)]
    found.times += [900.0] * 2
    found.asked_at += [3.2, 3.4]
    assert found.by_second(50) == [20.0, 20.0, 300.0]
    told = values(found)
    assert (told["seconds"], told["seconds_over_100_ms"]) == (3, 1)
    assert told["lists_per_s"] == 8.0
    assert told["p50_ms"] == 20.0
    assert any("1 of 3 seconds" in line for line in lines(told))
    assert any("0.5 s were ready" in line for line in lines(told))


@pytest.mark.parametrize("known", [True, False])
def test_what_no_system_tells_is_not_told(known: bool) -> None:
    found = Crowd(1, 1.0, [5.0], [0.0], ran_s=1.0, waited_s=0.25 if known else None)
    assert any("had no core" in line for line in lines(values(found))) is known
