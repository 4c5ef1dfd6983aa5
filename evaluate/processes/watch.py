"""What processes take while something else goes on: memory and processor of each part of a shop, now and then."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import linear_regression
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import psutil

Part = Callable[[], Sequence[int]]
"""The processes of a part, by their numbers, now."""


@dataclass(frozen=True, slots=True)
class Taken:
    """At one moment, by part: resident MB, without the pages of files that are only mapped, and seconds of processor
    so far. `at`: seconds since the watch began."""

    at: float
    memory_mb: Mapping[str, float]
    processor_s: Mapping[str, float]


class Watch:
    """Looks every so many seconds, in a thread of its own, from the beginning of the block to its end. `began_at`: when
    that was, in seconds since 1970."""

    def __init__(self, parts: Mapping[str, Part], every_s: float) -> None:
        self.samples: list[Taken] = []
        self.began_at = 0.0
        self._parts = parts
        self._every_s = every_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def __enter__(self) -> Self:
        self.began_at = time.time()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        began = time.monotonic()
        while True:
            found = {name: _taken(pids()) for name, pids in self._parts.items()}
            at = time.monotonic() - began
            memory, processor = ({name: each[i] for name, each in found.items()} for i in (0, 1))
            self.samples.append(Taken(at, memory, processor))
            if self._ended.wait(self._every_s):
                return

    def most_mb(self, part: str) -> float:
        """The most memory that a part had when it was looked at; 0 where it never ran."""
        return max((sample.memory_mb[part] for sample in self.samples), default=0.0)


def listening(address: str) -> list[int]:
    """The processes of this machine that listen where the address says."""
    port = urlsplit(address).port if address else None
    found = psutil.net_connections(kind="tcp") if port else []
    here = [each for each in found if each.status == psutil.CONN_LISTEN and each.laddr and each.laddr.port == port]
    return sorted({each.pid for each in here if each.pid is not None})


def slope_mb_an_hour(samples: Sequence[Taken], part: str) -> float:
    """By the straight line through the samples (least squares); 0 of fewer than two."""
    if len(samples) < 2:
        return 0.0
    memory = [sample.memory_mb[part] for sample in samples]
    return float(linear_regression([sample.at for sample in samples], memory).slope) * 3600


def _taken(pids: Sequence[int]) -> tuple[float, float]:
    memory, processor = 0.0, 0.0
    for pid in pids:
        try:
            process = psutil.Process(pid)
            info, times = process.memory_info(), process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        # Linux alone tells what of it is mapped from files, which others may have or drop.
        memory += (info.rss - getattr(info, "shared", 0)) / 1e6
        processor += times.user + times.system
    return memory, processor
