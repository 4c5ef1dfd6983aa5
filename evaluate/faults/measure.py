"""`python -m evaluate faults`: runs of a shop in trouble, each from a seed, and what must hold in all of them."""

import asyncio
import tempfile
import time
from bisect import bisect
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx

from es.settings import EngineSettings
from evaluate.faults.actors import CHANGE, CHAT, EVENTS, SEARCH, Crowd
from evaluate.faults.ledger import Sent, broken, impolite, late
from evaluate.faults.plan import WINDOW_S, Fault, plan
from evaluate.faults.stage import DEADLINES, Stage, staged
from evaluate.server import own_server
from shop.stream.errors import StreamUnavailable

SERVER: Final = "faults"
RECOVERY_S: Final = 30.0
PROBES: Final[Sequence[tuple[str, str, str, dict[str, Any]]]] = (
    (SEARCH, "GET", "/api/search", {"params": {"q": "lamp"}}),
    (CHANGE, "PATCH", "/api/products/lamp0", {"json": {"stock_quantity": 3}}),
    (EVENTS, "POST", "/api/events", {"json": [{"type": "view_product", "product_id": "lamp0", "session_id": "probe"}]}),
    (CHAT, "POST", "/api/chat/message", {"json": {"message": "show me lamps"}}),
)
"""What is asked until it is served again."""
STORED_S: Final = 2.0
"""A consumer that is well has stored by then what was just sent."""
PATIENCE_S: Final = 90.0
"""A client waits longer than any deadline, so that lateness is measured and not cut off."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One run. `recovered_s`: from the end of the last trouble until all was well; None: it never was. `slack_s`: how
    late the machine was at most with something that had nothing to do. `wrong`: what should not be."""

    seed: int
    faults: list[Fault]
    requests: Mapping[int, int]
    recovered_s: float | None
    slack_s: float
    wrong: list[str]


async def runs(engine: EngineSettings, seeds: Iterable[int], folder: Path) -> AsyncGenerator[Ran, None]:
    """A run for each seed, all over one shop on the server at `engine.es_url`. Raises EngineError,
    MeasurementFailed."""
    own = engine.model_copy(update={"index_prefix": f"{engine.index_prefix}-faults-{uuid4().hex[:8]}"})
    async with staged(own, folder) as stage:
        async with _client(stage) as client:
            usual = await _usual(client)
        for seed in seeds:
            yield await run(stage, seed, usual)


async def run(stage: Stage, seed: int, usual: Mapping[str, str]) -> Ran:
    """One run; `usual`: what /health/ready says of each dependency when all is well."""
    faults = plan(seed, stage.targets)
    async with _client(stage) as client:
        stage.begin()
        crowd = Crowd(client, f"r{seed}-{uuid4().hex[:6]}", stage.began)
        machine = _Machine()
        beside = [asyncio.create_task(machine.watch(stage)), asyncio.create_task(stage.supervise())]
        pairs = [each for number in range(2) for each in (crowd.shopper(number), crowd.merchant(number))]
        acting = [asyncio.create_task(one) for one in (*pairs, crowd.page(), crowd.talker())]
        try:
            await asyncio.gather(*(stage.play(fault) for fault in faults))
            await asyncio.sleep(max(0.2, stage.began + WINDOW_S - time.monotonic()))
            mended = time.monotonic()
            crowd.stop.set()
            await asyncio.gather(*acting)
            why = await _recovered(stage, client, crowd, usual, mended + RECOVERY_S)
            recovered_s = None if why else time.monotonic() - mended
            wrong = [f"not well {RECOVERY_S:g} s after the last trouble: {why}"] if why else []
            wrong += await _checked(stage, client, crowd)
        finally:
            for task in (*beside, *acting):
                task.cancel()
            await asyncio.gather(*beside, *acting, return_exceptions=True)
    wrong += impolite(crowd.ledger.sent, stage.away)
    wrong += late(stage.served_ms(), crowd.ledger.sent, DEADLINES, machine.slack_s)
    return Ran(seed, faults, crowd.ledger.counts(), recovered_s, machine.worst_s, wrong)


async def _checked(stage: Stage, client: httpx.AsyncClient, crowd: Crowd) -> list[str]:
    end = time.monotonic() + RECOVERY_S
    while not all(crowd.ledger.events.values()) and time.monotonic() < end:
        await crowd.resend_events()
    while (await stage.waiting())[0] and time.monotonic() < end:
        await asyncio.sleep(0.1)
    unsent = sum(not sure for sure in crowd.ledger.events.values())
    await asyncio.to_thread(stage.refresh)
    found = await stage.found(client, crowd.ledger, crowd.name)
    told = [f"{unsent} events were not taken, though all is well"] if unsent else []
    return told + broken(crowd.ledger, found)


async def _recovered(
    stage: Stage, client: httpx.AsyncClient, crowd: Crowd, usual: Mapping[str, str], until: float
) -> str:
    """Waits until every kind of request is served and health is as usual. Empty, or what was missing at the end."""
    why = "nothing was asked"
    while why and time.monotonic() < until:
        why = await _missing(stage, client, crowd, usual)
        if why:
            await asyncio.sleep(0.1)
    return why


async def _missing(stage: Stage, client: httpx.AsyncClient, crowd: Crowd, usual: Mapping[str, str]) -> str:
    # Asked first: what was given up for a while is tried again when somebody needs it.
    for kind, method, path, more in PROBES:
        status, _ = await crowd.send(kind, method, path, **more)
        if not 200 <= status < 300:
            return f"{kind} is answered with {status}"
    try:
        now = await _usual(client)
        waiting = await _left(stage)
    except (httpx.HTTPError, StreamUnavailable, KeyError, ValueError) as error:
        return repr(error)
    worse = [f"{name} is {status}" for name, status in now.items() if status != usual.get(name)]
    return ", ".join([*worse, *([f"{waiting} changes and events wait"] if waiting else [])])


async def _left(stage: Stage) -> int:
    """How much still waits in the streams, after time for what was just asked: the consumer lets events gather."""
    end = time.monotonic() + STORED_S
    while (waiting := (await stage.waiting())[0]) and time.monotonic() < end:
        await asyncio.sleep(0.05)
    return waiting


async def _usual(client: httpx.AsyncClient) -> dict[str, str]:
    checks = (await client.get("/health/ready")).json()["checks"]
    return {name: check["status"] for name, check in checks.items()}


@dataclass(slots=True)
class _Machine:
    """How late the machine was. `samples`: (seconds since the start of the run, how late a task that only sleeps was
    woken, how long the API had been kept waiting for a processor by then)."""

    samples: list[tuple[float, float, float]] = field(default_factory=list)

    async def watch(self, stage: Stage) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.02)
            now = time.monotonic()
            self.samples.append((now - stage.began, now - before - 0.02, stage.api.kept_waiting_s()))

    def slack_s(self, one: Sent) -> float:
        """The worse of the two while a request was under way."""
        times = [at for at, _, _ in self.samples]
        first, last = bisect(times, one.at_s), bisect(times, one.at_s + one.took_s)
        during = self.samples[max(0, first - 1) : last + 1]
        if not during:
            return 0.0
        # It begins anew where the API was started again.
        return max(max(lag for _, lag, _ in during), during[-1][2] - during[0][2])

    @property
    def worst_s(self) -> float:
        return max((lag for _, lag, _ in self.samples), default=0.0)


@asynccontextmanager
async def _client(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=50)
    async with httpx.AsyncClient(base_url=stage.api.url, timeout=PATIENCE_S, limits=limits) as client:
        yield client


def measure(engine: EngineSettings, seeds: Iterable[int], logs: Path | None = None) -> Iterator[Ran]:
    """The runs, one by one as they end, over the server of the settings or one of its own. `logs`: a folder for what
    the API and the consumer say."""
    if logs is not None:
        logs.mkdir(parents=True, exist_ok=True)
    with own_server(engine, SERVER) as url, tempfile.TemporaryDirectory(prefix="shopscout-faults-") as folder:
        found = runs(engine.model_copy(update={"es_url": url}), seeds, logs or Path(folder))
        with asyncio.Runner() as loop:
            try:
                while True:
                    try:
                        yield loop.run(_next(found))
                    except StopAsyncIteration:
                        return
            finally:
                loop.run(_close(found))


async def _close(found: AsyncGenerator[Ran, None]) -> None:
    await found.aclose()


async def _next(found: AsyncGenerator[Ran, None]) -> Ran:
    return await anext(found)


def line(ran: Ran) -> str:
    """One run in a line; what was wrong below it."""
    counts = ", ".join(f"{count} x {status or 'none'}" for status, count in sorted(ran.requests.items()))
    back = "never" if ran.recovered_s is None else f"{ran.recovered_s:.1f} s"
    head = f"seed {ran.seed}: {'; '.join(map(str, ran.faults))} | {counts} | well again after {back}"
    return "\n".join([head, *(f"  BROKEN: {each}" for each in ran.wrong)])


def values(ran: Sequence[Ran]) -> dict[str, Any]:
    """Figures of all runs."""
    back = sorted(one.recovered_s for one in ran if one.recovered_s is not None)
    statuses: Counter[int] = Counter()
    for one in ran:
        statuses.update(one.requests)
    return {
        "runs": len(ran),
        "broken": [one.seed for one in ran if one.wrong],
        "faults": sum(len(one.faults) for one in ran),
        "requests": {str(status): count for status, count in sorted(statuses.items())},
        "recovered_s": {"median": round(back[len(back) // 2], 1), "most": round(back[-1], 1)} if back else None,
        "slack_s": {"most": round(max((one.slack_s for one in ran), default=0.0), 3)},
    }
