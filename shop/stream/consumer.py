"""Does the work of a stream. Several may run at once; one that dies loses nothing, for others claim its work."""

import asyncio
import os
import random
import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

import structlog

from shop.stream.errors import StreamUnavailable
from shop.stream.redis_stream import Entry, RedisStream
from shop.tasks import cancelled

log = structlog.get_logger(__name__)

LONGEST_WAIT_S = 30.0
ALIVE_EVERY_S = 3.0
READ_S = 0.5
"""So long a read waits for the first entry; then what is due is looked for, and what others left."""
MOST_DELIVERIES = 20
"""What was handed out so often without an end has killed its consumers."""


@dataclass(slots=True)
class Settled:
    """What became of entries: done; to be tried `later`, in so many seconds; `dead`, with the reason; or to be tried
    `again` now, since `trouble` is with the server and not with them. `counts`: for the consumer's own, by result."""

    done: list[Entry] = field(default_factory=list)
    later: list[tuple[Entry, float]] = field(default_factory=list)
    dead: list[tuple[Entry, str]] = field(default_factory=list)
    again: list[Entry] = field(default_factory=list)
    trouble: str = ""
    counts: Counter[str] = field(default_factory=Counter)

    def succeed(self, entry: Entry, result: str) -> None:
        """Takes note of one that is done."""
        self.counts[result] += 1
        self.done.append(entry)

    def hold(self, entry: Entry, trouble: str) -> None:
        """Takes note of one that waits for the server."""
        self.trouble = trouble
        self.again.append(entry)

    def bury(self, entry: Entry, why: str) -> None:
        """Takes note of one that cannot be done."""
        self.counts["dead"] += 1
        self.dead.append((entry, why))

    def put_off(self, entry: Entry, why: str, *, tries: int, base_s: float) -> None:
        """Takes note of one that failed: it is dead if it was tried `tries` times."""
        if entry.tries + 1 >= tries:
            self.bury(entry, why)
        else:
            self.counts["later"] += 1
            self.later.append((entry, backoff(entry.tries + 1, base_s)))


Work = Callable[[Sequence[Entry]], Settled]
"""Does entries, in their order, in a thread; settles each of them."""


@dataclass(frozen=True, slots=True)
class Pace:
    """`batch`: entries taken at once; what a consumer took and did not settle within `claim_s` is given to another.
    `linger_s`: so long those that came first wait for more, as one bulk request costs hardly more than one entry."""

    batch: int
    claim_s: float
    linger_s: float = 0.0


class Consumer:
    """Reads, does and settles entries until `stop` is set. `counts`: what has been done, by result."""

    def __init__(self, stream: RedisStream, work: Work, pace: Pace) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"
        self.counts: Counter[str] = Counter()
        self._stream = stream
        self._work = work
        self._pace = pace
        self._troubles = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Goes on through any trouble of Redis, Elasticsearch or the model; ends when `stop` is set."""
        heart = asyncio.create_task(self._beat())
        try:
            while not stop.is_set():
                try:
                    await self._turn(stop)
                except StreamUnavailable as error:
                    log.warning("stream", consumer=self.name, trouble=str(error))
                    self._troubles += 1
                    await _pause(stop, backoff(self._troubles, 0.2))
        finally:
            # Waited for, so that its connection is given back before the stream is closed.
            await cancelled(heart)
            with suppress(StreamUnavailable):
                await self._stream.leave(self.name)

    async def _beat(self) -> None:
        while True:
            with suppress(StreamUnavailable):
                await self._stream.join(self.name)
            await asyncio.sleep(ALIVE_EVERY_S)

    async def _turn(self, stop: asyncio.Event) -> None:
        await self._stream.join(self.name)
        # After trouble with Redis it has things in hand of which it never heard, or could not say that they are done.
        while not stop.is_set() and (taken := await self._stream.taken(self.name, self._pace.batch)):
            await self._handle(await self._without_killers(taken), stop)
        looked_at = float("-inf")
        while not stop.is_set():
            claimed: list[Entry] = []
            # Not before each read: under load that would be two round trips more for every few entries.
            if time.monotonic() - looked_at >= READ_S:
                looked_at = time.monotonic()
                await self._stream.return_due()
                claimed = await self._stream.claim(self.name, self._pace.batch, self._pace.claim_s)
            if claimed:
                looked_at = float("-inf")
                log.info("claimed", consumer=self.name, entries=len(claimed))
                claimed = await self._without_killers(claimed)
            await self._handle(claimed or await self._read(stop), stop)
            # Troubles in a row make it wait longer; those of last week do not.
            self._troubles = 0

    async def _read(self, stop: asyncio.Event) -> list[Entry]:
        """New entries; where there are few, those too that come soon after."""
        first = await self._stream.read(self.name, self._pace.batch, READ_S)
        room = self._pace.batch - len(first)
        if not first or not room or not self._pace.linger_s:
            return first
        await _pause(stop, self._pace.linger_s)
        try:
            return [*first, *await self._stream.read(self.name, room, 0)]
        except StreamUnavailable:
            # What is in hand already is done all the same.
            return first

    async def _without_killers(self, entries: list[Entry]) -> list[Entry]:
        counted = await self._stream.deliveries(self.name, entries)
        dead = [e for e in entries if counted.get(e.entry_id, 0) > MOST_DELIVERIES]
        await self._stream.settle([], [], [(e, f"its consumers ended {MOST_DELIVERIES} times") for e in dead])
        return [entry for entry in entries if entry not in dead]

    async def _handle(self, entries: list[Entry], stop: asyncio.Event) -> None:
        """Until every entry is settled; while Elasticsearch is away, that is."""
        waits = 0
        while entries:
            settled = await asyncio.to_thread(self._work, entries)
            await self._stream.settle(settled.done, settled.later, settled.dead)
            self.counts.update(settled.counts)
            for _, why in settled.dead:
                log.warning("dead letter", consumer=self.name, reason=why)
            entries = settled.again
            if entries:
                waits += 1
                log.warning("not done", consumer=self.name, entries=len(entries), trouble=settled.trouble)
                await _pause(stop, backoff(waits, 0.5))
            if stop.is_set():
                return


def backoff(tries: int, base_s: float) -> float:
    """Seconds until the next try: doubling, with jitter, so that consumers do not come back all at once."""
    return min(LONGEST_WAIT_S, base_s * 2.0 ** min(tries - 1, 10)) * random.uniform(0.75, 1.25)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
