"""The verdict for people: lines for a terminal, and a part on top of locust's HTML report, with a plot."""

import html
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from loadtest.tally import Tally
from loadtest.verdict import Judged

WIDTH, HEIGHT = 900, 160
_COLUMNS: Final = ("sent", "good", "refused", "failed", "p50_ms", "p95_ms", "p99_ms")


def lines(title: str, tally: Tally, found: Sequence[Judged]) -> Iterator[str]:
    """A table by route, the thresholds, the commonest failures, and the verdict last."""
    yield title
    yield f"  {'route':<28}" + "".join(f"{column:>9}" for column in _COLUMNS)
    for name, row in tally.figures().items():
        yield f"  {name:<28}" + "".join(f"{row[column]:>9}" for column in _COLUMNS)
    for reason, count in tally.reasons.most_common(5):
        yield f"  {count} times {reason}"
    for each in found:
        yield f"  {each.said}"
    broken = [each.name for each in found if not each.holds]
    yield f"FAILED: {', '.join(broken)}" if broken else "PASSED"


def values(title: str, tally: Tally, found: Sequence[Judged]) -> Mapping[str, Any]:
    """The same as JSON."""
    seconds = range(max(tally.sent_by_second, default=-1) + 1)
    return {
        "title": title,
        "passed": all(each.holds for each in found),
        "thresholds": [
            {"name": e.name, "measured": e.measured, "bound": e.bound, "least": e.least, "holds": e.holds}
            for e in found
        ],
        "routes": tally.figures(),
        "reasons": dict(tally.reasons.most_common()),
        "began": tally.began,
        "goodput_by_second": [tally.by_second[second] for second in seconds],
        "answers_by_second": [tally.sent_by_second[second] for second in seconds],
    }


def put_on_top(path: Path, title: str, tally: Tally, found: Sequence[Judged]) -> None:
    """Writes the verdict into locust's report, above its plots."""
    page = path.read_text(encoding="utf-8")
    before, body, after = page.partition("<body>")
    if not body:
        before, body, after = "", "", page
    path.write_text(f"{before}{body}{_section(title, tally, found)}{after}", encoding="utf-8")


def _section(title: str, tally: Tally, found: Sequence[Judged]) -> str:
    passed = all(each.holds for each in found)
    items = "".join(
        f'<li style="color:{"inherit" if each.holds else "#b00020"}">{html.escape(each.said)}</li>' for each in found
    )
    reasons = "".join(f"<li>{n} times {html.escape(reason)}</li>" for reason, n in tally.reasons.most_common(10))
    why = f"<h2>Failures</h2><ul>{reasons}</ul>" if reasons else ""
    return (
        '<section style="font:15px sans-serif;max-width:60em;margin:2em auto;padding:0 1em">'
        f'<h1 style="color:{"#146c2e" if passed else "#b00020"}">{"Passed" if passed else "Failed"}</h1>'
        f"<p>{html.escape(title)}</p><ul>{items}</ul>{why}{_plot(tally)}</section>"
    )


def _plot(tally: Tally) -> str:
    """Answers (grey) and goodput (green) by second."""
    last = max(tally.sent_by_second, default=0)
    top = max(tally.sent_by_second.values(), default=1)

    def line(counts: Mapping[int, int], color: str) -> str:
        points = " ".join(
            f"{second * WIDTH / max(1, last):.1f},{HEIGHT - counts.get(second, 0) * HEIGHT / top:.1f}"
            for second in range(last + 1)
        )
        return f'<polyline fill="none" stroke="{color}" stroke-width="1.5" points="{points}"/>'

    return (
        f"<h2>Answers (grey) and good ones in time (green), by second; at most {top}</h2>"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" role="img" aria-label="answers and goodput by second">'
        f"{line(tally.sent_by_second, '#888')}{line(tally.by_second, '#2e7d32')}</svg>"
    )
