"""Figures of recommenders as a table for people and as plain values for scripts. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from evaluate.recommenders.elsewhere import Published
from evaluate.recommenders.measure import Row
from evaluate.recommenders.metrics import K
from evaluate.recommenders.resampling import intervals
from evaluate.recommenders.task import Task
from evaluate.relevance.intervals import Interval

HYBRID = "hybrid"
CHIEF = f"ndcg@{K}"
RANKING = (f"hr@{K}", CHIEF, "mrr")
BEYOND = ("diversity", "serendipity", "novelty")


@dataclass(frozen=True, slots=True)
class Report:
    """Everything to be told of a run."""

    task: Task
    rows: Sequence[Row]
    left_out: Sequence[str]
    exclude_seen: bool
    preferred: str
    wall_s: float
    published: Sequence[Published] = ()

    @property
    def best(self) -> tuple[Row, Row]:
        """The hybrid that was preferred before anything was predicted, and the best of the others, by nDCG."""
        hybrid = next(row for row in self.rows if row.name == self.preferred)
        return hybrid, max((row for row in self.rows if not row.name.startswith(HYBRID)), key=_quality)


def _quality(row: Row) -> float:
    return float(row.figures.values[CHIEF].mean())


def gain(report: Report) -> dict[str, Interval]:
    """Preferred hybrid minus best of the others, shopper by shopper (paired)."""
    hybrid, other = report.best
    return intervals({name: hybrid.figures.values[name] - other.figures.values[name] for name in RANKING})


def values(report: Report) -> dict[str, Any]:
    """Every figure as plain values."""
    task, (hybrid, other) = report.task, report.best
    differences = gain(report)
    return {
        "data": {
            "protocol": task.protocol,
            "shoppers_learned_from": len(task.train),
            "events_learned_from": len(task.train.items),
            "shoppers_asked": len(task.asked),
            "targets": len(task.targets.items),
            "products": task.train.catalogue,
            "exclude_seen": report.exclude_seen,
        },
        "recommenders": {row.name: _plain(row) for row in report.rows},
        "published": {
            one.name: {f"hr@{K}": one.hit_rate, CHIEF: one.ndcg, "source": one.source} for one in report.published
        },
        "preferred_hybrid": hybrid.name,
        "best_other": other.name,
        "gain": {name: found.as_dict() for name, found in differences.items()},
        "gain_share": round(differences[CHIEF].mean / max(_quality(other), 1e-12), 4),
        "left_out": list(report.left_out),
        "seconds": round(report.wall_s, 1),
    }


def _plain(row: Row) -> dict[str, Any]:
    found = intervals({name: row.figures.values[name] for name in (*RANKING, *BEYOND)})
    return {
        **{name: value.as_dict() for name, value in found.items()},
        "coverage": round(row.figures.coverage, 4),
        "settings": dict(row.settings),
        "training_s": round(row.training.wall_s, 2),
        "training_cpu_s": round(row.training.cpu_s, 2),
        "training_peak_mb": round(row.training.peak_mb),
        "model_mb": round(row.size_mb, 1),
        "request_cpu_ms": round(row.request_ms, 3),
    }


def lines(report: Report) -> Iterator[str]:
    """The tables."""
    task = report.task
    yield f"Predicted: {task.protocol}."
    seen = "left out" if report.exclude_seen else "kept in"
    yield (
        f"{len(task.asked)} shoppers asked, {len(task.targets.items)} products to find among {task.train.catalogue}; "
        f"learned from {len(task.train.items)} events of {len(task.train)} shoppers; products seen before are {seen}."
    )
    wide = max(len(row.name) for row in report.rows)
    yield ""
    heads = (f"HR@{K}", f"nDCG@{K}", "MRR")
    yield " " * wide + "".join(f"  {head:<19}" for head in heads) + "   cover  divers  serend  novelty"
    for row in report.rows:
        yield f"{row.name:<{wide}}" + _quality_cells(row)
    for one in report.published:
        yield (
            f"{one.name:<{wide}}  {one.hit_rate:<21.4f}{one.ndcg:<19.4f}  published, not run here, for data "
            f"with one more event of each shopper: {one.source}"
        )
    yield ""
    yield " " * wide + f"  {'train s':>8}{'CPU s':>8}{'peak MB':>9}{'model MB':>10}{'request ms':>12}  settings"
    for row in report.rows:
        yield f"{row.name:<{wide}}" + _cost_cells(row)
    yield ""
    hybrid, other = report.best
    yield f"{hybrid.name} - {other.name} (paired):"
    for name, found in gain(report).items():
        base = float(other.figures.values[name].mean())
        share = f", {found.mean / base:+.1%}" if base else ""
        yield f"  {name:<8} {found.mean:+.4f} ({found.low:+.4f} {found.high:+.4f}){share}"
    for told in report.left_out:
        yield f"Left out: {told}"
    yield f"Means over shoppers with 95 % bootstrap intervals; {report.wall_s:.0f} s in all."


def _quality_cells(row: Row) -> str:
    found = intervals({name: row.figures.values[name] for name in (*RANKING, *BEYOND)})
    cells = [f"  {_span(found[name]):<19}" for name in RANKING]
    beyond = f"{found['diversity'].mean:8.3f}{found['serendipity'].mean:8.4f}{found['novelty'].mean:9.2f}"
    return "".join(cells) + f"{row.figures.coverage:8.3f}" + beyond


def _span(found: Interval) -> str:
    return f"{found.mean:.4f} ({found.low:.3f} {found.high:.3f})"


def _cost_cells(row: Row) -> str:
    cost = row.training
    chosen = ", ".join(f"{name} {value}" for name, value in row.settings.items() if name != "evidence")
    return (
        f"  {cost.wall_s:8.2f}{cost.cpu_s:8.2f}{cost.peak_mb:9.0f}{row.size_mb:10.1f}{row.request_ms:12.2f}  {chosen}"
    )
