"""Where the processor goes while users come: what each part of the shop took, and what a good answer cost.

Times by the clock say little on a machine that does other things too; what an answer costs in processor says more.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil

from evaluate.load.shop import Shop
from evaluate.processes.watch import Part, Taken, Watch, listening

SERVING: Final = ("api", "elasticsearch", "consumer", "redis")
"""The parts of the shop: what good answers cost. The users are a part of the machine, not of the shop."""
USERS: Final = "users"
EVERY_S: Final = 1.0
WINDOW_S: Final = 10


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


def watched(shop: Shop, users: "subprocess.Popen[bytes]") -> Watch:
    """Looks at the parts of the shop and at the users, until the users end."""
    with Watch({**parts(shop), USERS: lambda: _family(users.pid)}, EVERY_S) as watch:
        users.wait()
    return watch


def spans(samples: Sequence[Taken], began_at: float, figures: Mapping[str, Any]) -> list[Span]:
    """The whole test, its best ten seconds, and the time in which the load was held. `began_at`: when the samples
    began, in seconds since 1970."""
    good: list[int] = figures["goodput_by_second"]
    sent: list[int] = figures["answers_by_second"]
    began, seconds = float(figures["began"]) - began_at, len(good)
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


def memory_lines(samples: Sequence[Taken]) -> Iterator[str]:
    """For people: MB of each part, a minute after the beginning, at the end, and at most."""
    if not samples:
        return
    early = next((sample for sample in samples if sample.at >= 60), samples[-1])
    late = samples[max(0, len(samples) - 3)]
    yield f"  {'memory, MB':<38}" + "".join(f"{part:>14}" for part in (*SERVING, USERS))
    for title, found in (("after a minute", early.memory_mb), ("at the end", late.memory_mb)):
        yield f"  {title:<38}" + "".join(f"{found.get(part, 0.0):>14.0f}" for part in (*SERVING, USERS))
    most = (max(sample.memory_mb.get(part, 0.0) for sample in samples) for part in (*SERVING, USERS))
    yield f"  {'at most':<38}" + "".join(f"{each:>14.0f}" for each in most)


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


def _cores(samples: Sequence[Taken], since: float, until: float) -> dict[str, float]:
    """By the samples just inside of a time."""
    inside = [sample for sample in samples if since - EVERY_S / 2 <= sample.at <= until + EVERY_S / 2]
    if len(inside) < 2:
        return {}
    first, last = inside[0], inside[-1]
    return {
        name: max(0.0, last.processor_s[name] - before) / (last.at - first.at)
        for name, before in first.processor_s.items()
    }
