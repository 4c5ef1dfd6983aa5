"""Ranges are written and read, and those fitted to numbers split them at round numbers, none lost, none twice."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.search.spans import Span, fitted, parse_span, quantiles_of
from shop.products.values import number_of, sortable

numbers = st.floats(-1e9, 1e9, allow_nan=False).filter(lambda value: value == 0 or abs(value) > 1e-6)
bounds = st.decimals(-(10**6), 10**6, places=3, allow_nan=False)


@pytest.mark.parametrize("text", ["10..50", "..50", "10..", "-2.5..0", "0..0.001"])
def test_a_range_is_read_as_it_is_written(text: str) -> None:
    span = parse_span(text)
    assert span is not None
    assert span.text == text


@pytest.mark.parametrize(
    "text", ["", "..", "10", "50..10", "10..10", "a..b", "1..2..3", "NaN..1", "1..inf", "1e99..", "1" * 90 + ".."]
)
def test_anything_else_is_no_range(text: str) -> None:
    assert parse_span(text) is None


@given(st.none() | bounds, st.none() | bounds)
def test_any_range_comes_back(low: Decimal | None, high: Decimal | None) -> None:
    span = Span(low, high)
    if (low is None and high is None) or (low is not None and high is not None and low >= high):
        assert parse_span(span.text) is None
    else:
        assert parse_span(span.text) == span


def within(value: float, span: Span) -> bool:
    """As the filter compares: doubles."""
    return (span.low is None or value >= float(span.low)) and (span.high is None or value < float(span.high))


@given(st.lists(numbers, max_size=60))
@example([0.1, 0.1 + 2**-56])
@example([1e-5, 1.1e-5])
def test_every_number_lies_in_one_range_and_no_range_is_empty(values: list[float]) -> None:
    spans = fitted(quantiles_of((value, 1) for value in values))
    if len(set(values)) < 2:
        assert spans == ()
        return
    assert 2 <= len(spans) <= 5
    assert spans[0].low is None
    assert spans[-1].high is None
    assert all(one.high == other.low for one, other in pairwise(spans))
    for value in values:
        assert sum(within(value, span) for span in spans) == 1
    assert any(within(value, spans[0]) for value in values)
    assert any(within(value, spans[-1]) for value in values)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([5, 12, 19, 24, 33, 48, 75, 99, 180, 950], ["..12", "12..25", "25..50", "50..100", "100.."]),
        (list(range(1, 1001)), ["..200", "200..400", "400..600", "600..800", "800.."]),
        ([1000 + i for i in range(11)], ["..1002", "1002..1004", "1004..1006", "1006..1008", "1008.."]),
        ([0.5, 0.5, 0.5, 2.0], ["..2", "2.."]),
        ([-20.0, -10.0, 0.0, 10.0, 20.0], ["..-10", "-10..0", "0..10", "10.."]),
    ],
)
def test_bounds_are_round(values: list[float], expected: list[str]) -> None:
    assert [span.text for span in fitted(quantiles_of((value, 1) for value in values))] == expected


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 5)), max_size=20))
def test_quantiles_are_those_of_the_sorted_list(counted: list[tuple[int, int]]) -> None:
    found = quantiles_of([(float(value), count) for value, count in counted])
    ordered = sorted(value for value, count in counted for _ in range(count))
    # The least value that at least this share of the numbers does not exceed.
    expected = [ordered[max(0, -(-len(ordered) * i // 5) - 1)] for i in range(6)] if ordered else []
    assert found == expected


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_sortable_form_is_read_back(number: float) -> None:
    assert number_of(sortable(number)) == number
