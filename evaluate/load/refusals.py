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
from evaluate.load.measure import warm
from evaluate.load.shop import own_shop
from evaluate.processes.process import ApiProcess

SEARCH: Final = "/api/search?q=desk+lamp+{}&facets=brand,category,price_range,rating&size=24"
ASKED: Final = {
    "search": SEARCH,
    "suggest": "/api/suggest?q=des{}",
    "recommendations": "/api/recommendations?placement=home&session_id=refusal-cost-{}",
    "product": "/api/products/p{:07}",
}
"""Requests that are answered, each with a number in it, so that none is like the one before."""
CONNECTIONS: Final = 48
_HELD: Final = b"POST /api/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
_PATIENCE_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of processor of the API for a request, and how many were asked."""

    name: str
    ms: float
    asked: int


def measure(products: int, seconds: float) -> list[Cost]:
    """The refusal first; about `seconds` for each kind. Raises EngineError, EmbedError, MeasurementFailed."""
    settings = {"SHOPSCOUT_WORKERS": "1", "SHOPSCOUT_VISITOR_PER_MINUTE": "0"}
    with tempfile.TemporaryDirectory(prefix="shopscout-refusals-") as name:
        folder = Path(name)
        with own_shop(products, folder, settings) as shop:
            warm(shop.api.url, seconds)
            answered = [_answered(shop.api, kind, path, seconds) for kind, path in ASKED.items()]
            refusing = ApiProcess(
                {**shop.api.settings, "SHOPSCOUT_MAX_CONCURRENT_REQUESTS": "1"}, folder / "refusing.log"
            )
            refusing.settings["SHOPSCOUT_PORT"] = str(refusing.port)
            try:
                refusing.start_and_wait()
                refused = _refused(refusing, seconds)
            finally:
                refusing.stop()
    return [refused, *answered]


def lines(found: Sequence[Cost]) -> Iterator[str]:
    """For people."""
    refused, *answered = found
    yield f"refused: {refused.ms:.3f} ms of processor, {refused.asked:,} requests"
    for cost in answered:
        yield f"{cost.name}: {cost.ms:.2f} ms, {cost.asked:,} requests; a refusal is {refused.ms / cost.ms:.3f} of it"


def values(found: Sequence[Cost]) -> Mapping[str, Any]:
    """As JSON."""
    return {cost.name: {"ms": round(cost.ms, 4), "asked": cost.asked} for cost in found}


def _answered(api: ApiProcess, name: str, path: str, seconds: float) -> Cost:
    asked = _loop(urlsplit(api.url).port or 0, path, 200, time.monotonic() + seconds)
    return asyncio.run(_cost_of(name, api, asked))


def _refused(api: ApiProcess, seconds: float) -> Cost:
    port = urlsplit(api.url).port or 0

    async def asked() -> int:
        end = time.monotonic() + seconds
        return sum(await asyncio.gather(*(_loop(port, SEARCH, 503, end) for _ in range(CONNECTIONS))))

    async def held() -> Cost:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(_HELD)
        await writer.drain()
        # Until it has its place; the first who come after it wait for a moment.
        await asyncio.sleep(1.0)
        try:
            return await _cost_of("refused", api, asked())
        finally:
            writer.close()

    return asyncio.run(held())


async def _cost_of(name: str, api: ApiProcess, asked: Awaitable[int]) -> Cost:
    before = _spent_s(api)
    count = await asked
    if not count:
        raise MeasurementFailed(f"No request was answered as it should be ({name}).")
    return Cost(name, (_spent_s(api) - before) * 1000 / count, count)


async def _loop(port: int, path: str, status: int, end: float) -> int:
    """Requests over one connection, one after the other; how many were answered with `status`."""
    count = 0
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(max(1.0, end - time.monotonic()) + _PATIENCE_S):
            while time.monotonic() < end:
                writer.write(f"GET {path.format(count)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
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


def _spent_s(api: ApiProcess) -> float:
    times = [psutil.Process(pid).cpu_times() for pid in api.pids()]
    return sum(each.user + each.system for each in times)
