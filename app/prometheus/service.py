"""What Prometheus reads: the counts of this process, or of all that share a folder."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from app.meter import Meter, meter
from app.settings import shared_metrics_folder
from shop.queries.log import QueryLog
from shop.tasks import Background

SAMPLED_EVERY_S = 5.0
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(meter: Meter) -> bytes:
    """The counts in the text format of Prometheus. Blocking where it reads the files of several processes."""
    folder = shared_metrics_folder()
    if folder is None:
        return generate_latest(meter.registry)
    _forget_dead(folder)
    together = CollectorRegistry()
    MultiProcessCollector(together, path=str(folder))  # type: ignore[no-untyped-call]
    return generate_latest(together)


@asynccontextmanager
async def sampled(queries: QueryLog) -> AsyncIterator[None]:
    """While it is open, what waits in this process is looked at every few seconds."""

    async def look() -> None:
        while True:
            meter().waiting("query_log", queries.status().waiting)
            await asyncio.sleep(SAMPLED_EVERY_S)

    looking = Background()
    looking.begin(look())
    try:
        yield
    finally:
        await looking.end()


def _forget_dead(folder: Path) -> None:
    """What a process that is gone had under way is not under way any more; what it counted stays counted."""
    for path in folder.glob("gauge_live*.db"):
        found = re.search(r"_(\d+)\.db$", path.name)
        if found and not psutil.pid_exists(int(found[1])):
            mark_process_dead(int(found[1]), str(folder))  # type: ignore[no-untyped-call]
