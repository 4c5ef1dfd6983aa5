"""Whether a load test is passed: figures against thresholds, which are data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from loadtest.curves import Curve
from loadtest.tally import Route, Tally

ALL: Final = "all"
PERCENTILES: Final = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}


class ThresholdsWrong(Exception):
    """The file of thresholds cannot be used; the message says where it is wrong."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Times(_Strict):
    """Longest times in milliseconds; None: any."""

    p50_ms: float | None = Field(None, gt=0)
    p95_ms: float | None = Field(None, gt=0)
    p99_ms: float | None = Field(None, gt=0)


class Thresholds(_Strict):
    """What is asked. Shares are 0 to 1; `routes` by the names of the report, `all` for all together."""

    in_time_ms: float = Field(2000.0, gt=0)
    error_share: float = Field(0.0, ge=0, le=1)
    refused_share: float = Field(0.0, ge=0, le=1)
    goodput_share: float = Field(0.0, ge=0, le=1)
    goodput_of_peak: float | None = Field(None, ge=0, le=1)
    routes: dict[str, Times] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """One threshold: what was measured and what it may be. `least`: the bound is the lowest, not the highest."""

    name: str
    measured: float
    bound: float
    least: bool = False

    @property
    def holds(self) -> bool:
        return self.measured >= self.bound if self.least else self.measured <= self.bound

    @property
    def said(self) -> str:
        sign = ("at least" if self.least else "at most") if self.holds else ("below" if self.least else "above")
        return f"{'held' if self.holds else 'BROKEN'}: {self.name} is {self.measured:.4g}, {sign} {self.bound:.4g}"


def thresholds_of(path: Path, shape: str) -> Thresholds:
    """The thresholds of a shape. Raises ThresholdsWrong."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ThresholdsWrong(f"{path} cannot be read: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("shapes", {}), dict):
        raise ThresholdsWrong(f"{path} must hold an object; `shapes` in it is one too.")
    shapes = found.pop("shapes", {})
    try:
        for other in shapes.values():
            Thresholds.model_validate({**found, **(other or {})})
        return Thresholds.model_validate({**found, **(shapes.get(shape) or {})})
    except (ValidationError, TypeError) as error:
        raise ThresholdsWrong(f"{path} is wrong: {_problems(error)}") from error


def judged(tally: Tally, asked: Thresholds, curve: Curve, lasted_s: float) -> list[Judged]:
    """Every threshold with what was measured, in the order in which they are read."""
    whole = tally.all
    sent = max(1, whole.sent)
    found = [
        # Without a request there is nothing to be proud of.
        Judged("requests sent", whole.sent, 1, least=True),
        Judged("error share", whole.failed / sent, asked.error_share),
        Judged("refused share", whole.refused / sent, asked.refused_share),
        Judged("goodput share", sum(tally.by_second.values()) / sent, asked.goodput_share, least=True),
    ]
    if asked.goodput_of_peak is not None:
        settled = curve.settled_from * lasted_s
        peak = tally.best(settled)
        share = tally.goodput(settled, lasted_s) / peak if peak else 0.0
        found.append(Judged("goodput under overload, of its peak,", share, asked.goodput_of_peak, least=True))
    return [*found, *_times(tally.routes, whole, asked.routes)]


def _times(routes: Mapping[str, Route], whole: Route, asked: Mapping[str, Times]) -> Iterator[Judged]:
    for name, times in asked.items():
        route = whole if name == ALL else routes.get(name)
        if route is None or not route.good:
            continue
        for figure, share in PERCENTILES.items():
            bound = getattr(times, figure)
            if bound is not None:
                yield Judged(f"{name} {figure}", route.percentile(share), bound)


def _problems(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    told: list[Any] = [(".".join(str(part) for part in each["loc"]), each["msg"]) for each in error.errors()]
    return "; ".join(f"{where}: {what}" for where, what in told)
