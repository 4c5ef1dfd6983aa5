"""Many shoppers at once who look at products and get lists, with time to think; and what one click costs.

Each looks at a product, which is an event, then asks for a list of the visit, and thinks. They begin spread over the
longest time to think. It is counted from twice that time on: the processes have seen what many look at by then.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import aiohttp
import numpy as np
import orjson

from evaluate.bench.client import Client, Target
from evaluate.bench.workload import Call
from evaluate.errors import MeasurementFailed
from evaluate.shoppers.visits import CORNER, FIRST_CORNER, corner_of, product_id

THINK_S: Final = (5.0, 15.0)
PLACEMENTS: Final = ("home", "product", "product", "product", "category", "cart", "search")
_CLICK_TIMEOUT_S: Final = 30.0
_PATIENCE_S: Final = 30.0
SLOW_MS: Final = 100
_TELLING: Final = 5


@dataclass(slots=True)
class Crowd:
    """`times`: milliseconds of each list, `asked_at`: seconds at which it was asked for, from when it is counted;
    `failed`: what was answered instead of one; `degraded`: lists that went without something. `ran_s`, `waited_s`: for
    which the processes that answered ran, and could have run and had no core (None: no system tells)."""

    shoppers: int
    seconds: float
    times: list[float] = field(default_factory=list)
    asked_at: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    degraded: int = 0
    cached: int = 0
    counted_from: float = 0.0
    ran_s: float = 0.0
    waited_s: float | None = None

    def by_second(self, part: float) -> list[float]:
        """The percentile `part` of what was asked for in each second, where that is enough to tell."""
        seconds: dict[int, list[float]] = {}
        for at, took in zip(self.asked_at, self.times, strict=True):
            seconds.setdefault(int(at), []).append(took)
        return [float(np.percentile(times, part)) for _, times in sorted(seconds.items()) if len(times) >= _TELLING]


def values(found: Crowd) -> dict[str, Any]:
    """The figures as plain values."""
    by_second = found.by_second(95)
    return {
        "shoppers": found.shoppers,
        "lists_per_s": round(len(found.times) / found.seconds, 1),
        **percentiles(found.times),
        "seconds": len(by_second),
        f"seconds_over_{SLOW_MS}_ms": sum(p95 > SLOW_MS for p95 in by_second),
        "ran_s": round(found.ran_s, 1),
        "waited_s": None if found.waited_s is None else round(found.waited_s, 1),
        "failed": Counter(found.failed),
        "degraded": found.degraded,
        "cached": found.cached,
    }


def lines(told: dict[str, Any]) -> Iterator[str]:
    """What `values` has beside the percentiles, for people."""
    yield f"  The crowd got {told['lists_per_s']} lists a second, {told['cached']} of them from memory; failed:"
    yield f"  {dict(told['failed']) or 'none'}, degraded: {told['degraded']}"
    slow = told[f"seconds_over_{SLOW_MS}_ms"]
    yield f"  In {slow} of {told['seconds']} seconds p95 was over {SLOW_MS} ms."
    if told["waited_s"] is not None:
        yield f"  The processes ran for {told['ran_s']} s, and for {told['waited_s']} s were ready and had no core."


def percentiles(times: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 of milliseconds."""
    return {f"p{part}_ms": round(float(np.percentile(times, part)), 2) for part in (50, 95, 99)}


def crowd(
    target: Target, shoppers: int, seconds: float, products: int, think_s: tuple[float, float] = THINK_S
) -> Crowd:
    """So many shoppers, counted for so long. `think_s`: shortest and longest."""
    found = Crowd(shoppers, seconds)
    asyncio.run(_all(found, target, products, think_s))
    return found


def after_a_click(target: Target, products: int, clicks: int) -> list[float]:
    """Seconds from each click, sent as an event, to the first list of the same visit that names it as a reason. Raises
    MeasurementFailed where one never does."""
    found = []
    with closing(Client(target)) as client:
        for number in range(clicks):
            # The first product of a corner is the one that most look at.
            corner = (FIRST_CORNER + number) % max(1, products // CORNER)
            clicked, visit = product_id(corner * CORNER), uuid4().hex
            began = time.perf_counter()
            client.ask(_event(visit, clicked))
            while not _because_of(client, visit, clicked):
                if time.perf_counter() - began > _CLICK_TIMEOUT_S:
                    raise MeasurementFailed(f"A click on {clicked} was in no list after {_CLICK_TIMEOUT_S:.0f} s.")
            found.append(time.perf_counter() - began)
    return found


def _because_of(client: Client, visit: str, clicked: str) -> bool:
    answer = orjson.loads(client.ask(Call("GET", f"/api/recommendations?placement=home&session_id={visit}")))
    return any(item["reason_data"].get("product_id") == clicked for item in answer["items"])


def _event(visit: str, product: str) -> Call:
    event = {"type": "view_product", "event_id": uuid4().hex, "session_id": visit, "product_id": product}
    return Call("POST", "/api/events", orjson.dumps(event), "application/json")


async def _all(found: Crowd, target: Target, products: int, think_s: tuple[float, float]) -> None:
    # httpx looks through all of its connections at each request: a thousand of them are too many for it.
    connector, timeout = aiohttp.TCPConnector(limit=0), aiohttp.ClientTimeout(total=_PATIENCE_S)
    found.counted_from = time.monotonic() + 2 * think_s[1]
    end = found.counted_from + found.seconds
    async with aiohttp.ClientSession(target.url, connector=connector, timeout=timeout) as client:
        walks = [
            _walk(found, client, random.Random(number), products, think_s, end) for number in range(found.shoppers)
        ]
        await asyncio.gather(*walks)


async def _walk(
    found: Crowd,
    client: aiohttp.ClientSession,
    draw: random.Random,
    products: int,
    think_s: tuple[float, float],
    end: float,
) -> None:
    visit = uuid4().hex
    corner = corner_of(draw, products)
    await asyncio.sleep(draw.uniform(0, think_s[1]))
    while time.monotonic() < end:
        product = product_id((corner * CORNER + int(draw.expovariate(1 / 6)) % CORNER) % products)
        placement = draw.choice(PLACEMENTS)
        asked = {"placement": placement, "session_id": visit}
        if placement != "home":
            event = {"type": "view_product", "event_id": uuid4().hex, "session_id": visit, "product_id": product}
            await _sent(found, client.post("/api/events", json=event))
        asked |= _about(placement, product)
        began, asked_at = time.perf_counter(), time.monotonic()
        answer = await _sent(found, client.get("/api/recommendations", params=asked))
        if answer is not None and time.monotonic() >= found.counted_from:
            found.times.append((time.perf_counter() - began) * 1000)
            found.asked_at.append(asked_at - found.counted_from)
            found.degraded += bool(answer["degraded"])
            found.cached += answer["cached"]
        await asyncio.sleep(draw.uniform(*think_s))


def _about(placement: str, product: str) -> dict[str, str]:
    about = {"product": ("product_id", product), "cart": ("cart", product), "category": ("category", "electronics")}
    return dict([about[placement]]) if placement in about else {}


async def _sent(found: Crowd, asking: AbstractAsyncContextManager[aiohttp.ClientResponse]) -> dict[str, Any] | None:
    """The answer; None where it is no good one, which is noted."""
    try:
        async with asking as response:
            body = await response.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        failed = type(error).__name__
    else:
        if response.status == 200:
            answer: dict[str, Any] = orjson.loads(body)
            return answer
        failed = str(response.status)
    if time.monotonic() >= found.counted_from:
        found.failed.append(failed)
    return None
