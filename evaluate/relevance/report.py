"""Figures of modes as a table for people and as plain values for scripts. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluate.relevance.cross_validation import CrossValidation
from evaluate.relevance.intervals import Interval, difference, interval
from evaluate.relevance.metrics import NAMES, TITLES, Figures

JUDGED = "judged"
NAME_WIDTH, WIDTH = 26, 23


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of each query by mode, and what they were measured with."""

    scored: Mapping[str, Sequence[Figures]]
    settings: Mapping[str, float | int | str | None]
    data: Mapping[str, int | str]
    crossed: CrossValidation | None = None


def values(measured: Measured) -> dict[str, Any]:
    """Every figure as plain values."""
    told: dict[str, Any] = {
        "data": dict(measured.data),
        "settings": dict(measured.settings),
        "modes": {mode: plain(intervals(found)) for mode, found in measured.scored.items()},
        "hybrid_minus_lexical": plain(gain(measured)),
    }
    if measured.crossed is not None:
        told["cross_validation"] = {
            "held_out": plain(intervals(measured.crossed.held_out)),
            "weights": measured.crossed.weights,
            "by_weight": {str(w): [round(v, 4) for v in m] for w, m in measured.crossed.by_weight.items()},
        }
    return told


def intervals(found: Sequence[Figures]) -> dict[str, Interval]:
    """Mean and interval of each figure over queries."""
    return {name: interval([getattr(f, name) for f in found]) for name in NAMES}


def gain(measured: Measured) -> dict[str, Interval]:
    """Hybrid minus lexical, query by query, of the figures that rank."""
    return paired(measured.scored["hybrid"], measured.scored["lexical"])


def paired(found: Sequence[Figures], base: Sequence[Figures]) -> dict[str, Interval]:
    """`found` minus `base`, query by query, of the figures that rank."""
    return {
        name: difference([getattr(f, name) for f in found], [getattr(f, name) for f in base])
        for name in NAMES
        if name != JUDGED
    }


def lines(measured: Measured) -> Iterator[str]:
    """The table."""
    data = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in measured.data.items())
    yield f"Judged data: {data}"
    yield "Settings: " + ", ".join(f"{name} {value}" for name, value in measured.settings.items())
    yield ""
    yield " " * NAME_WIDTH + "".join(f"{title:<{WIDTH}}" for title in TITLES)
    for mode, found in measured.scored.items():
        yield row(mode.replace("_", " "), intervals(found), signed=False)
    yield row("hybrid - lexical (paired)", gain(measured), signed=True)
    if measured.crossed is not None:
        yield from _crossed_lines(measured.crossed)
    yield ""
    yield "Means over queries with 95 % bootstrap intervals."


def _crossed_lines(crossed: CrossValidation) -> Iterator[str]:
    yield ""
    yield f"Lexical weight by {len(crossed.weights)}-fold cross-validation: " + ", ".join(map(str, crossed.weights))
    yield row("hybrid, held out", intervals(crossed.held_out), signed=False)
    for weight, means in crossed.by_weight.items():
        yield f"{f'  all queries, {weight}':<{NAME_WIDTH}}" + "".join(f"{mean:<{WIDTH}.3f}" for mean in means)


def row(name: str, found: Mapping[str, Interval], *, signed: bool) -> str:
    """A line of the table: each figure with its interval."""
    sign = "+" if signed else ""
    cells = [f"{i.mean:{sign}.3f} ({i.low:{sign}.3f} {i.high:{sign}.3f})" for i in found.values()]
    return f"{name:<{NAME_WIDTH}}" + "".join(f"{cell:<{WIDTH}}" for cell in cells)


def plain(found: Mapping[str, Interval]) -> dict[str, dict[str, float]]:
    """Intervals as plain values."""
    return {name: one.as_dict() for name, one in found.items()}
