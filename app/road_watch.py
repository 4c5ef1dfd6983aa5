"""How the roads of changes and events are, looked at every few seconds for the metrics."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from app.meter import meter
from shop.stream.entrance import RoadStatus
from shop.tasks import Background

SAMPLED_EVERY_S = 5.0


@asynccontextmanager
async def watched(road: str, status: Callable[[], Awaitable[RoadStatus]]) -> AsyncIterator[None]:
    """Tells the meter what waits on `road` (changes or events), while the block runs."""
    looking = Background()
    looking.begin(_sampled(road, status))
    try:
        yield
    finally:
        # Waited for, so that its connection is given back before the stream is closed.
        await looking.end()


async def _sampled(road: str, status: Callable[[], Awaitable[RoadStatus]]) -> None:
    while True:
        found = await status()
        meter().road(road, found.waiting, found.lag_s, found.dead)
        await asyncio.sleep(SAMPLED_EVERY_S)
