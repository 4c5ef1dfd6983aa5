"""`python -m evaluate refusal-cost`: the processor that a refusal takes, against that of good answers.

One request takes the only place of a worker, by never ending its body; all others are refused. The processor of the
API's process is what counts: times by the clock say how busy the machine is.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import psutil

from evaluate.errors import MeasurementFailed
from evaluate.load.shop import own_shop
from evaluate.processes.process import LOOPBACK, ApiProcess

SEARCH: Final = "/api/search?q=desk+lamp+{}&facets=brand,category,price_range,rating&size=24"
ASKED: Final = {
    "search": SEARCH,
    "suggest": "/api/suggest?q=des{}",
    "recommendations": "/api/recommendations?placement=home&session_id=refusal-cost-{}",
    "product": "/api/products/p{:07}",
}
"""Requests that are answered, each with a number in it, so that none is like the one before."""
DISTINCT: Final = 1_000
CONNECTIONS: Final = 48
ONE_PLACE: Final = {
    "SHOPSCOUT_WORKERS": "1",
    "SHOPSCOUT_MAX_CONCURRENT_REQUESTS": "1",
    "SHOPSCOUT_VISITOR_PER_MINUTE": "0",
}
"""Settings of the API that is measured."""
_HELD: Final = b"POST /api/search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
_PATIENCE_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of processor of the API for a request, and how many were asked."""

    name: str
    ms: float
    asked: int


def measure(products: int, seconds: float) -> list[Cost]:
    """The refusal first; about `seconds` for each kind. Raises EngineError, EmbedError, MeasurementFailed."""
    with (
        tempfile.TemporaryDirectory(prefix="shopscout-refusals-") as name,
        own_shop(products, Path(name), ONE_PLACE) as shop,
    ):
        return costs(shop.api, seconds)


def costs(api: ApiProcess, seconds: float) -> list[Cost]:
    """Of an API that runs with ONE_PLACE. Each kind is asked for half as long before it counts: a process that has just
    been started has everything to read."""
    found = []
    for name, path in ASKED.items():
        asyncio.run(_loop(_port(api), path, 200, time.monotonic() + seconds / 2))
        asked = _loop(_port(api), path, 200, time.monotonic() + seconds)
        found.append(asyncio.run(_cost_of(name, api, asked)))
    return [asyncio.run(_refused(api, seconds)), *found]


def lines(found: Sequence[Cost]) -> Iterator[str]:
    """For people."""
    refused, *answered = found
    yield f"refused: {refused.ms:.3f} ms of processor, {refused.asked:,} requests"
    for cost in answered:
        yield f"{cost.name}: {cost.ms:.2f} ms, {cost.asked:,} requests; a refusal is {refused.ms / cost.ms:.3f} of it"


def values(found: Sequence[Cost]) -> Mapping[str, Any]:
    """As JSON."""
    return {cost.name: {"ms": round(cost.ms, 4), "asked": cost.asked} for cost in found}


async def _refused(api: ApiProcess, seconds: float) -> Cost:
    _, writer = await asyncio.open_connection(LOOPBACK, _port(api))
    writer.write(_HELD)
    await writer.drain()
    # Until it has its place; the first who come after it wait for a moment.
    await asyncio.sleep(1.0)
    end = time.monotonic() + seconds
    asked = asyncio.gather(*(_loop(_port(api), SEARCH, 503, end) for _ in range(CONNECTIONS)))
    try:
        return await _cost_of("refused", api, _sum(asked))
    finally:
        writer.close()


async def _sum(counts: Awaitable[Sequence[int]]) -> int:
    return sum(await counts)


async def _cost_of(name: str, api: ApiProcess, asked: Awaitable[int]) -> Cost:
    before = _spent_s(api)
    count = await asked
    if not count:
        raise MeasurementFailed(f"No request was answered as it should be ({name}).")
    return Cost(name, (_spent_s(api) - before) * 1000 / count, count)


async def _loop(port: int, path: str, status: int, end: float) -> int:
    """Requests over one connection, one after the other; how many were answered with `status`."""
    count = 0
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        async with asyncio.timeout(max(1.0, end - time.monotonic()) + _PATIENCE_S):
            while time.monotonic() < end:
                writer.write(f"GET {path.format(count % DISTINCT)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(_length(head))
                count += head.startswith(b"HTTP/1.1 %d" % status)
    finally:
        writer.close()
    return count


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    raise MeasurementFailed("An answer does not say how long it is.")


def _port(api: ApiProcess) -> int:
    return urlsplit(api.url).port or 0


def _spent_s(api: ApiProcess) -> float:
    times = [psutil.Process(pid).cpu_times() for pid in api.pids()]
    return sum(each.user + each.system for each in times)
