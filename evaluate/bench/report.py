"""The bench as a table for people and as plain values for scripts. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluate.bench.catalogue import Loaded
from evaluate.bench.rounds import Block, Turn
from evaluate.bench.steps import ENGINE, Times
from evaluate.bench.workload import API, OWN_BODY, TWO_BODIES

NAMES = {API: "API", TWO_BODIES: "raw, two bodies", OWN_BODY: "raw, our own body"}


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything that one run of the bench found out. `profile_ms`: of each profiled request at its client."""

    loaded: Loaded
    settings: dict[str, int | float | str]
    warm: list[Block]
    cold: list[Block]
    crowd: list[Turn]
    profile: Times
    profile_ms: list[float]


def latency(blocks: Sequence[Block]) -> dict[str, dict[str, float]]:
    """p50 and p95 of each side, ms."""
    found = {}
    for side in blocks[0] if blocks else ():
        times = [ms for block in blocks for ms in block[side]]
        found[side] = {"p50": _round(np.percentile(times, 50)), "p95": _round(np.percentile(times, 95))}
    return found


def ratios(values: Sequence[dict[str, float]], over: str) -> dict[str, float]:
    """The API's value over another side's, block by block: median, and the spread from p10 to p90."""
    found = [value[API] / value[over] for value in values]
    low, median, high = np.percentile(found, [10, 50, 90]) if found else (np.nan,) * 3
    return {"median": _round(median), "p10": _round(low), "p90": _round(high), "blocks": len(found)}


def medians(blocks: Sequence[Block]) -> list[dict[str, float]]:
    """The median time of each side in each block."""
    return [{side: float(np.median(times)) for side, times in block.items()} for block in blocks]


def values(measured: Measured) -> dict[str, Any]:
    """Every figure as plain values."""
    rates = [turn.rate for turn in measured.crowd]
    told: dict[str, Any] = {
        "products": measured.loaded.products,
        "index_mb": round(measured.loaded.index_mb, 1),
        "settings": measured.settings,
    }
    for name, blocks in (("one_client_warm", measured.warm), ("one_client_cold", measured.cold)):
        told[name] = {"ms": latency(blocks), **_ratios(medians(blocks), min)}
    told["four_clients"] = {
        "requests_per_s": {side: _round(np.median([rate[side] for rate in rates])) for side in rates[0]},
        "ms": latency([turn.times for turn in measured.crowd]),
        **_ratios(rates, max),
    }
    told["profile_ms"] = dict(profile(measured))
    if measured.loaded.seconds is not None:
        told["load"] = {
            "seconds": round(measured.loaded.seconds, 1),
            "products_per_s": round(measured.loaded.products / measured.loaded.seconds, 1),
        }
    return told


def _ratios(found: Sequence[dict[str, float]], best: Callable[..., str]) -> dict[str, Any]:
    """The API over each raw shape, and over the one that was the better of the two in this run."""
    raw = best((TWO_BODIES, OWN_BODY), key=lambda side: float(np.median([one[side] for one in found])))
    return {
        "ratio_to_two_bodies": ratios(found, TWO_BODIES),
        "ratio_to_own_body": ratios(found, OWN_BODY),
        "best_raw": raw,
        "ratio_to_best_raw": ratios(found, raw),
    }


def profile(measured: Measured) -> Iterator[tuple[str, float]]:
    """Mean ms a request, by step; waiting for Elasticsearch split into its own `took` and all between."""
    times = measured.profile
    # Elasticsearch tells whole ms, rounded down: half a ms more is its own on average.
    took = (sum(times.took) + 0.5 * len(times.took)) / times.requests
    for step, ms in times.by_step.items():
        each = ms / times.requests
        if step == ENGINE:
            yield "Elasticsearch (took + 0.5)", _round(took)
            yield "client, network, HTTP of Elasticsearch", _round(each - took)
        else:
            yield step, _round(each)
    yield "uvicorn, sockets", _round(float(np.mean(measured.profile_ms)) - times.total / times.requests)
    yield "total at the client", _round(np.mean(measured.profile_ms))


def lines(measured: Measured) -> Iterator[str]:
    """The table."""
    told = values(measured)
    yield f"{told['products']:,} products with vectors, one segment, {told['index_mb']:,.0f} MB"
    yield "Settings: " + ", ".join(f"{name} {value}" for name, value in measured.settings.items())
    for title, key in (
        ("One client, query vectors in memory", "one_client_warm"),
        ("One client, every query new", "one_client_cold"),
    ):
        yield from _part(title, told[key], lambda side, part: f"{part['ms'][side]['p50']:8.2f} ms p50")
    yield from _part(
        "Four clients", told["four_clients"], lambda side, part: f"{part['requests_per_s'][side]:8.1f} requests/s"
    )
    yield ""
    yield f"Where a request's time goes (mean of {measured.profile.requests}, with a stopwatch on, ms)"
    for step, ms in profile(measured):
        yield f"  {step:<42}{ms:8.3f}"
    if told.get("load"):
        yield f"\nLoaded in {told['load']['seconds']} s, {told['load']['products_per_s']} products/s"
    yield ""
    yield "Ratios are medians over blocks of alternating requests, with the range from p10 to p90."


def _part(title: str, part: dict[str, Any], figure: Any) -> Iterator[str]:  # noqa: ANN401 - a function of both
    yield ""
    yield title
    for side, name in NAMES.items():
        line = f"  {name:<20}{figure(side, part)}  {part['ms'][side]['p95']:8.2f} ms p95"
        if side != API:
            ratio = part["ratio_to_two_bodies" if side == TWO_BODIES else "ratio_to_own_body"]
            line += f"   API is {ratio['median']:.2f} times that ({ratio['p10']:.2f} to {ratio['p90']:.2f})"
        yield line


def _round(value: Any) -> float:  # noqa: ANN401 - numpy's scalars too
    return round(float(value), 3)
