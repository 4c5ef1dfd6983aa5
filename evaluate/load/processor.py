"""Where the processor goes while users come: what each part of the shop took, and what a good answer cost.

Times by the clock say little on a machine that does other things too; what an answer costs in processor says more.
"""

import json
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil

from evaluate.load.shop import Shop
from evaluate.processes.watch import Part, listening

SERVING: Final = ("api", "elasticsearch", "consumer", "redis")
"""The parts of the shop: what good answers cost. The users are a part of the machine, not of the shop."""
USERS: Final = "users"
EVERY_S: Final = 1.0
WINDOW_S: Final = 10

Sample = tuple[float, Mapping[str, float]]
"""Seconds since 1970, and seconds of processor of each part since it was started."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the test. `good` and `sent`: requests; `cores`: part -> seconds of processor a second."""

    name: str
    since: float
    until: float
    good: int
    sent: int
    cores: Mapping[str, float]

    @property
    def serving_ms(self) -> float:
        """Milliseconds of processor of the shop for each good answer; 0 where there was none."""
        spent = sum(self.cores.get(part, 0.0) for part in SERVING) * (self.until - self.since)
        return spent * 1000 / self.good if self.good else 0.0


def watched(shop: Shop, users: "subprocess.Popen[bytes]") -> list[Sample]:
    """Samples until the users end."""
    found: dict[str, Part] = {**parts(shop), USERS: lambda: _family(users.pid)}
    samples: list[Sample] = []
    while users.poll() is None:
        samples.append((time.time(), {name: _spent_s(pids()) for name, pids in found.items()}))
        try:
            users.wait(EVERY_S)
        except subprocess.TimeoutExpired:
            continue
    return samples


def spans(samples: Sequence[Sample], figures: Mapping[str, Any]) -> list[Span]:
    """The whole test, its best ten seconds, and the time in which the load was held."""
    good: list[int] = figures["goodput_by_second"]
    sent: list[int] = figures["answers_by_second"]
    began, seconds = float(figures["began"]), len(good)
    settled = min(seconds - 1, int(float(figures["settled_from"]) * seconds)) or seconds
    best = max(range(max(1, settled - WINDOW_S + 1)), key=lambda start: sum(good[start : start + WINDOW_S]))
    wanted = {"all": (0, seconds), "best": (best, min(seconds, best + WINDOW_S))}
    if settled < seconds:
        wanted["held"] = (settled, seconds)
    return [
        Span(
            name, since, until, sum(good[since:until]), sum(sent[since:until]),
            _cores(samples, began + since, began + until),
        )
        for name, (since, until) in wanted.items()
    ]  # fmt: skip


def lines(found: Sequence[Span]) -> Iterator[str]:
    """For people."""
    yield (
        f"  {'processor':<22}{'good/s':>8}{'sent/s':>8}"
        + "".join(f"{part:>14}" for part in (*SERVING, USERS))
        + ("   ms a good answer")
    )
    for span in found:
        long_s = max(1e-9, span.until - span.since)
        cores = "".join(f"{span.cores.get(part, 0.0):>14.2f}" for part in (*SERVING, USERS))
        title = f"{span.name}, {span.since:.0f} to {span.until:.0f} s"
        yield f"  {title:<22}{span.good / long_s:>8.0f}{span.sent / long_s:>8.0f}{cores}{span.serving_ms:>19.1f}"


def read_figures(path: Path) -> Mapping[str, Any]:
    """What the users wrote; empty where they did not come to it."""
    try:
        found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def parts(shop: Shop) -> Mapping[str, Part]:
    """The processes of a shop, by its parts."""
    consumer = shop.consumer
    engine, redis = listening(shop.engine.es_url), listening(shop.redis)
    return {
        "api": shop.api.pids,
        "elasticsearch": lambda: engine,
        "consumer": consumer.pids if consumer is not None else lambda: (),
        "redis": lambda: redis,
    }


def _family(pid: int) -> list[int]:
    try:
        return [pid, *(each.pid for each in psutil.Process(pid).children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


def _spent_s(pids: Sequence[int]) -> float:
    total = 0.0
    for pid in pids:
        try:
            times = psutil.Process(pid).cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def _cores(samples: Sequence[Sample], since: float, until: float) -> dict[str, float]:
    """By the samples just inside of a time."""
    inside = [sample for sample in samples if since - EVERY_S / 2 <= sample[0] <= until + EVERY_S / 2]
    if len(inside) < 2:
        return {}
    (first_at, first), (last_at, last) = inside[0], inside[-1]
    return {name: max(0.0, last[name] - first[name]) / (last_at - first_at) for name in first}
