"""The table of pictures for people and for programs."""

from collections.abc import Sequence

from evaluate.pictures.measure import Row


def lines(model: str, rows: Sequence[Row]) -> list[str]:
    """A heading and a line a row."""
    wide = max(len(row.name) for row in rows)
    table = [f"{row.name:<{wide}}  {row.value:.3f}  [{row.low:.3f}, {row.high:.3f}]  {row.queries:>5}" for row in rows]
    return [model, f"{'':<{wide}}  {'mean':>5}  {'95 % interval':>14}  queries", *table]


def values(model: str, rows: Sequence[Row]) -> dict[str, object]:
    """The same figures for JSON."""
    return {"model": model, "measures": {row.name: round(row.value, 4) for row in rows}}
