"""Distinct things counted in a form that adds up over days."""

import pytest

from shop.feedback.distinct import KEPT, Distinct


def test_a_few_are_counted_exactly_and_days_overlap() -> None:
    monday, tuesday = Distinct.of(["a", "b", "b"]), Distinct.of(["b", "c"])
    assert (len(monday), len(tuesday), len(monday | tuesday), len(Distinct())) == (2, 2, 3, 0)


@pytest.mark.parametrize("count", [KEPT - 1, KEPT, 5_000, 40_000])
def test_many_are_counted_within_ten_percent(count: int) -> None:
    halves = [Distinct.of(f"p{n}" for n in range(first, count, 2)) for first in (0, 1)]
    whole = Distinct.of(f"p{n}" for n in range(count))
    assert (halves[0] | halves[1]).hashes == whole.hashes
    assert len(whole) == pytest.approx(count, rel=0.1)
    assert count >= KEPT or len(whole) == count
