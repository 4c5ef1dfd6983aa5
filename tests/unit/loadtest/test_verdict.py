"""Tallies and thresholds: what is counted, what is broken, what is said of it."""

from pathlib import Path

import pytest

from loadtest import report
from loadtest.answers import Refused, Wrong
from loadtest.curves import CURVES
from loadtest.settings import THRESHOLDS
from loadtest.tally import Tally, rounded
from loadtest.verdict import Thresholds, ThresholdsWrong, Times, judged, thresholds_of


def tally(*times: float, refused: int = 0, failed: int = 0) -> Tally:
    found = Tally(in_time_ms=1000)
    for ms in times:
        found.note("search", ms, None, 100.0)
    for _ in range(refused):
        found.note("search", 1, Refused("HTTP 503"), 100.0)
    for _ in range(failed):
        found.note("product", 1, Wrong("HTTP 500: oh"), 100.0)
    return found


def broken(found: Tally, asked: Thresholds) -> list[str]:
    return [each.name for each in judged(found, asked, CURVES["steady"], 60) if not each.holds]


def test_percentiles_are_the_nearest_rank() -> None:
    route = tally(*range(1, 101)).all
    assert [route.percentile(share) for share in (0.5, 0.95, 0.99, 1)] == [50, 95, 99, 100]
    assert tally().all.percentile(0.5) == 0


def test_times_are_kept_to_two_digits() -> None:
    assert [rounded(ms) for ms in (0.4, 99.4, 104, 1049, 12_345)] == [0, 99, 100, 1000, 12_000]


def test_a_refusal_is_no_error_but_no_goodput_either() -> None:
    found = tally(10, 10, 10, refused=1)
    assert broken(found, Thresholds(error_share=0, refused_share=0.25, goodput_share=0.75)) == []
    assert broken(found, Thresholds(refused_share=0.2, goodput_share=0.8)) == ["refused share", "goodput share"]


def test_a_late_answer_is_no_goodput() -> None:
    assert broken(tally(10, 1500), Thresholds(goodput_share=0.6)) == ["goodput share"]


def test_what_failed_is_named_with_its_reason() -> None:
    found = tally(10, failed=2)
    assert broken(found, Thresholds()) == ["error share"]
    said = list(report.lines("a test", found, judged(found, Thresholds(), CURVES["steady"], 60)))
    assert "  2 times product: HTTP 500: oh" in said
    assert said[-1] == "FAILED: error share"


def test_times_are_asked_by_route_and_over_all() -> None:
    asked = Thresholds(routes={"all": Times(p95_ms=100), "search": Times(p50_ms=5), "never asked": Times(p99_ms=1)})
    assert broken(tally(10, 20, 200), asked) == ["all p95_ms", "search p50_ms"]


def test_nothing_sent_is_nothing_passed() -> None:
    assert broken(tally(), Thresholds()) == ["requests sent"]


@pytest.mark.parametrize(("held", "names"), [(9, []), (5, ["goodput under overload, of its peak,"])])
def test_goodput_under_overload_is_compared_with_its_peak(held: int, names: list[str]) -> None:
    found = Tally(in_time_ms=1000, began=1.0)
    for second in range(100):
        for _ in range(10 if second < 60 else held):
            found.note("search", 5, None, 1.0 + second)
    asked = Thresholds(goodput_of_peak=0.8)
    assert [each.name for each in judged(found, asked, CURVES["overload"], 100) if not each.holds] == names


def test_the_thresholds_that_come_with_it_are_right_for_every_shape() -> None:
    for shape in CURVES:
        thresholds_of(THRESHOLDS, shape)
    assert thresholds_of(THRESHOLDS, "overload").goodput_of_peak == 0.8
    assert thresholds_of(THRESHOLDS, "steady").goodput_of_peak is None
    assert thresholds_of(THRESHOLDS, "steady").error_share == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("routes: {search: {p50: 3}}", "routes.search.p50"),
        ("error_share: 2", "error_share"),
        ("shapes: {ramp: {errors: 1}}", "errors"),
        ("- 1", "must hold an object"),
        ("a: [", "cannot be read"),
    ],
)
def test_a_wrong_file_of_thresholds_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "thresholds.yaml"
    path.write_text(text)
    with pytest.raises(ThresholdsWrong, match=said):
        thresholds_of(path, "steady")


def test_the_verdict_stands_on_top_of_the_report_and_nothing_in_it_is_markup(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text("<html><body><div>plots</div></body></html>")
    found = Tally(in_time_ms=1000)
    found.note("search", 1, Wrong("<script>"), 5.0)
    report.put_on_top(page, "a & b", found, judged(found, Thresholds(), CURVES["steady"], 60))
    text = page.read_text()
    assert text.index("Failed") < text.index("plots")
    assert "a &amp; b" in text
    assert "<script>" not in text
    assert "polyline" in text
