"""What a good answer cost, from samples of the processor and the figures of the users."""

import pytest

from evaluate.load.processor import lines, memory_lines, spans
from evaluate.processes.watch import Taken


def test_cores_and_cost_of_the_whole_the_best_and_the_held_time() -> None:
    """Two cores for the shop all the time, 100 good answers a second while it climbs and 50 while it is held."""
    good = [20] * 10 + [100] * 10 + [50] * 20
    figures = {
        "began": 1000.0, "settled_from": 0.5, "goodput_by_second": good, "answers_by_second": [150] * 40,
    }  # fmt: skip
    spent = {"api": 0.5, "elasticsearch": 1.4, "consumer": 0.1, "users": 0.3}
    samples = [Taken(float(s), {}, {name: cores * s for name, cores in spent.items()}) for s in range(41)]
    whole, best, held = spans(samples, 1000.0, figures)
    assert [(one.name, one.since, one.until) for one in (whole, best, held)] == [
        ("all", 0, 40), ("best", 10, 20), ("held", 20, 40)
    ]  # fmt: skip
    assert whole.cores["elasticsearch"] == pytest.approx(1.4)
    assert best.serving_ms == pytest.approx(2.0 * 1000 / 100)
    assert held.serving_ms == pytest.approx(2.0 * 1000 / 50)
    told = list(lines([whole, best, held]))
    assert len(told) == 4
    assert "held, 20 to 40 s" in told[3]
    assert told[3].endswith("40.0")


def test_without_a_held_time_and_without_samples() -> None:
    figures = {"began": 5.0, "settled_from": 0.0, "goodput_by_second": [3] * 5, "answers_by_second": [4] * 5}
    found = spans([Taken(0.0, {"api": 90.0}, {"api": 0.0})], 5.0, figures)
    assert [(one.name, one.good, one.sent, one.serving_ms) for one in found] == [
        ("all", 15, 20, 0.0),
        ("best", 15, 20, 0.0),
    ]


def test_memory_after_a_minute_at_the_end_and_at_most() -> None:
    memory = [200.0] * 60 + [310.0] + [400.0] * 30 + [350.0] * 10
    samples = [Taken(float(at), {"api": mb, "users": 90.0}, {}) for at, mb in enumerate(memory)]
    told = [line.split() for line in memory_lines(samples)]
    assert [line[-5] for line in told[1:]] == ["310", "350", "400"]
    assert [line[-1] for line in told] == ["users", "90", "90", "90"]
    assert list(memory_lines([])) == []
