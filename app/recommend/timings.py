"""How long recommendations took in this process."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np


class Timings:
    """How long answers took in this process: the latest 2,000, and how many there were."""

    def __init__(self) -> None:
        self._started = datetime.now(UTC)
        self._latest: list[float] = []
        self.answers = 0
        self.degraded = 0
        self.cached = 0

    def note(self, answer: Mapping[str, Any]) -> None:
        """One answer of recommendations."""
        self.answers += 1
        self.degraded += bool(answer["degraded"])
        self.cached += bool(answer["cached"])
        self._latest.append(answer["took_ms"])
        if len(self._latest) > 4_000:
            del self._latest[:2_000]

    def told(self) -> dict[str, Any]:
        """Median and percentiles in milliseconds, and answers a second since the start."""
        seconds = max(1e-9, (datetime.now(UTC) - self._started).total_seconds())
        at = (50, 95, 99)
        found = np.percentile(self._latest, at).round(2).tolist() if self._latest else [None] * len(at)
        return {
            "answers": self.answers,
            "degraded": self.degraded,
            "cached": self.cached,
            "per_second": round(self.answers / seconds, 3),
            **{f"p{p}_ms": value for p, value in zip(at, found, strict=True)},
        }
