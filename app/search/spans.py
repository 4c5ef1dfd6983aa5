"""Ranges of numbers as values: `25..50` is from 25, included, to 50, which is not. Pure.

As a filter, several of them are any of them, so that a facet of ranges works like one of words. Fitted ranges split
what is there into parts of about the same size, at round numbers.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Final

RANGES: Final = 5
_SEPARATOR: Final = ".."
# Round numbers, times a power of ten; neighbours lie a factor of 1.2 to 1.3 apart.
_ROUND: Final = tuple(Decimal(text) for text in ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8", "10"))
_MOST: Final = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Span:
    """From `low`, included, to `high`, which is not; None leaves that side open. Prices in main units."""

    low: Decimal | None
    high: Decimal | None

    @property
    def text(self) -> str:
        return f"{_written(self.low)}{_SEPARATOR}{_written(self.high)}"


@dataclass(frozen=True, slots=True)
class SpanFilter:
    """In one of `spans`."""

    name: str
    spans: tuple[Span, ...]


def parse_span(text: object) -> Span | None:
    """`10..50`, `..50` or `10..`; None for anything else, and where it holds nothing."""
    low, separator, high = str(text).strip().partition(_SEPARATOR)
    if not separator or (not low and not high) or len(low) + len(high) > 80:
        return None
    try:
        span = Span(Decimal(low) if low else None, Decimal(high) if high else None)
    except InvalidOperation:
        return None
    bounds = [bound for bound in (span.low, span.high) if bound is not None]
    if any(not bound.is_finite() or abs(bound) >= _MOST for bound in bounds):
        return None
    return None if len(bounds) == 2 and bounds[0] >= bounds[1] else span


def _written(bound: Decimal | None) -> str:
    """Without an exponent, and without zeros at the end."""
    if not bound:
        return "" if bound is None else "0"
    text = f"{bound:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def fitted(quantiles: Sequence[float], ranges: int = RANGES) -> tuple[Span, ...]:
    """Ranges that split numbers into parts of about the same size, at round numbers.

    `quantiles`: evenly spaced ones of the numbers, the least first and the greatest last. Fewer ranges come out where
    the numbers stand close together; none where they are all the same.
    """
    if not quantiles or quantiles[0] >= quantiles[-1]:
        return ()
    least, most = quantiles[0], quantiles[-1]
    inner = [_at(quantiles, i / ranges) for i in range(1, ranges)]
    cuts = _within((_nearest_round(value) for value in inner), least, most)
    if len(cuts) < ranges // 2:
        step = _round_step((most - least) / ranges)
        cuts = _within((step * round(Decimal(value) / step) for value in inner), least, most) or cuts
    return spans_at(cuts or [Decimal(str(most))])


def spans_at(cuts: Sequence[Decimal]) -> tuple[Span, ...]:
    """The ranges between ascending bounds, open at both ends; none without a bound."""
    if not cuts:
        return ()
    ends: list[Decimal | None] = [None, *cuts, None]
    return tuple(Span(low, high) for low, high in pairwise(ends))


def quantiles_of(counted: Iterable[tuple[float, int]], parts: int = RANGES) -> list[float]:
    """parts + 1 evenly spaced quantiles of numbers that are given with how often each occurs."""
    ordered = sorted((value, count) for value, count in counted if count > 0)
    if not ordered:
        return []
    total = sum(count for _, count in ordered)
    found: list[float] = []
    seen = 0
    for value, count in ordered:
        seen += count
        while len(found) <= parts and seen * parts >= len(found) * total:
            found.append(value)
    return found


def _at(quantiles: Sequence[float], share: float) -> float:
    return quantiles[min(len(quantiles) - 1, round(share * (len(quantiles) - 1)))]


def _within(cuts: Iterable[Decimal], least: float, most: float) -> list[Decimal]:
    """Those with something on both sides, each once."""
    # As doubles, which is how filters compare them.
    return sorted({cut for cut in cuts if least < float(cut) <= most})


def _nearest_round(value: float) -> Decimal:
    if not value:
        return Decimal(0)
    power = Decimal(10) ** math.floor(math.log10(abs(value)))
    scaled = abs(value) / float(power)
    nearest = min(_ROUND, key=lambda candidate: abs(math.log(float(candidate) / scaled)))
    return (nearest if value > 0 else -nearest) * power


def _round_step(width: float) -> Decimal:
    """1, 2 or 5 times a power of ten, at most `width`."""
    power = Decimal(10) ** math.floor(math.log10(width))
    return max(factor * power for factor in (1, 2, 5) if factor * power <= Decimal(width) * Decimal("1.0000001"))
