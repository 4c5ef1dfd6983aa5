"""A comparison as tables for people and as plain values for scripts. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from evaluate.relevance.intervals import Interval, difference
from evaluate.relevance.metrics import NAMES, TITLES, Figures
from evaluate.relevance.report import NAME_WIDTH, WIDTH, intervals, paired, plain, row
from evaluate.search.compare import LEAST_QUERIES, RANKING, Compared, below, mean, values_of

EVEN: Final = 0.001
"""Differences up to this are no win and no loss."""
SHOWN: Final = 10
CELL: Final = 31


class Change(NamedTuple):
    """One query's figure under the base and under another configuration."""

    query: str
    base: float
    found: float

    @property
    def difference(self) -> float:
        return self.found - self.base


def lines(compared: Compared, by: str, shown: int = SHOWN) -> Iterator[str]:
    """The whole report; wins and losses by the figure `by`, at most `shown` of each."""
    data = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in compared.data.items())
    yield f"Judged data: {data}"
    for config in compared.configs:
        told = {**config.asked, **config.settings}
        yield f"  {config.name}: " + (", ".join(f"{key} {value}" for key, value in told.items()) or "as it is set")
    yield ""
    yield " " * NAME_WIDTH + "".join(f"{title:<{WIDTH}}" for title in TITLES)
    for name, found in compared.scored.items():
        yield row(_short(name), intervals(found), signed=False)
    for name in compared.others:
        yield row(_short(f"{name} - {compared.base}"), paired(compared.scored[name], _base(compared)), signed=True)
    for name in compared.others:
        yield ""
        yield from _class_lines(compared, name)
        yield ""
        yield from _won_and_lost(compared, name, by, shown)
    yield ""
    yield "Means over queries with 95 % bootstrap intervals; differences are paired; * does not hold 0."


def _class_lines(compared: Compared, name: str) -> Iterator[str]:
    yield f"{name} - {compared.base}, by class of query"
    titles = [title for title, figure in zip(TITLES, NAMES, strict=True) if figure in RANKING]
    yield f"{'  class':<{NAME_WIDTH}}{'queries':<9}" + "".join(f"{title:<{CELL}}" for title in titles)
    for query_class, positions in compared.classes.items():
        cells = [_cell(compared, name, figure, positions) for figure in RANKING]
        yield f"{'  ' + query_class:<{NAME_WIDTH}}{len(positions):<9}" + "".join(f"{cell:<{CELL}}" for cell in cells)
    worse = below(compared, name)
    for one in worse:
        yield f"  {name} is below {compared.base}: {one.query_class}, {one.figure} {one.found:.4f} < {one.base:.4f}"
    if not worse:
        yield f"  {name} is below {compared.base} in no class of at least {LEAST_QUERIES} queries."


def _cell(compared: Compared, name: str, figure: str, positions: Sequence[int]) -> str:
    gain = _gain(compared, name, figure, positions)
    star = "*" if gain.low > 0 or gain.high < 0 else ""
    base = mean(_base(compared), figure, positions)
    return f"{base:.3f} {gain.mean:+.3f} ({gain.low:+.3f} {gain.high:+.3f}){star}"


def _gain(compared: Compared, name: str, figure: str, positions: Sequence[int]) -> Interval:
    found = list(values_of(compared.scored[name], figure, positions))
    return difference(found, list(values_of(_base(compared), figure, positions)))


def _won_and_lost(compared: Compared, name: str, by: str, shown: int) -> Iterator[str]:
    won, lost = wins_and_losses(compared, name, by)
    even = len(compared.queries) - len(won) - len(lost)
    yield f"{name} against {compared.base}, by {by}: {len(won)} won, {len(lost)} lost, {even} even"
    for word, found in (("won", won), ("lost", lost)):
        for one in found[:shown]:
            yield f"  {word:<5}{one.difference:+.3f}  {one.base:.3f} -> {one.found:.3f}  {one.query}"
        if len(found) > shown:
            yield f"  ... and {len(found) - shown} more {word}"


def wins_and_losses(compared: Compared, name: str, by: str) -> tuple[list[Change], list[Change]]:
    """Queries on which `name` is better and worse than the base, the greatest difference first."""
    every = range(len(compared.queries))
    base, found = values_of(_base(compared), by, every), values_of(compared.scored[name], by, every)
    changes = [Change(*one) for one in zip(compared.queries, base, found, strict=True)]
    won = sorted((one for one in changes if one.difference > EVEN), key=lambda one: -one.difference)
    lost = sorted((one for one in changes if one.difference < -EVEN), key=lambda one: one.difference)
    return won, lost


def values(compared: Compared, by: str) -> dict[str, Any]:
    """Every figure as plain values."""
    return {
        "data": dict(compared.data),
        "configs": {c.name: {**c.asked, **c.settings} for c in compared.configs},
        "figures": {name: plain(intervals(found)) for name, found in compared.scored.items()},
        "against": {"base": compared.base, **{name: _against(compared, name, by) for name in compared.others}},
    }


def _against(compared: Compared, name: str, by: str) -> dict[str, Any]:
    won, lost = wins_and_losses(compared, name, by)
    return {
        "all": plain(paired(compared.scored[name], _base(compared))),
        "classes": {
            query_class: {
                "queries": len(positions),
                **plain({figure: _gain(compared, name, figure, positions) for figure in RANKING}),
            }
            for query_class, positions in compared.classes.items()
        },
        "below": [[one.query_class, one.figure] for one in below(compared, name)],
        "by": by,
        "won": [_plain(one) for one in won],
        "lost": [_plain(one) for one in lost],
    }


def _plain(one: Change) -> dict[str, Any]:
    return {"query": one.query, "base": round(one.base, 4), "found": round(one.found, 4)}


def _base(compared: Compared) -> Sequence[Figures]:
    return compared.scored[compared.base]


def _short(name: str) -> str:
    return name if len(name) < NAME_WIDTH else f"{name[: NAME_WIDTH - 3]}.. "
