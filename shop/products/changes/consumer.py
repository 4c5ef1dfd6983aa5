"""Makes the changes of the stream. Several may run at once; one that dies loses nothing, for others claim its work."""

import asyncio
import os
import random
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

import structlog

from embed.errors import EmbedError
from es.errors import EngineUnavailable, ModelMismatch, NothingLoaded
from shop.products.changes.apply import ProductUpserts
from shop.products.changes.change import Outcome, Result
from shop.products.changes.direct import made
from shop.products.changes.errors import StreamUnavailable
from shop.products.changes.request import ChangeRequest, loaded
from shop.products.changes.road import Answer, Queued
from shop.products.changes.steps import sentences_of
from shop.products.changes.stream import ChangeStream, Entry
from shop.settings import ChangeSettings

log = structlog.get_logger(__name__)

LONGEST_WAIT_S = 30.0
ALIVE_EVERY_S = 3.0
MOST_DELIVERIES = 20
"""A change that was handed out so often without an end has killed its consumers."""


@dataclass(slots=True)
class _Settled:
    done: list[Entry] = field(default_factory=list)
    later: list[tuple[Entry, float]] = field(default_factory=list)
    dead: list[tuple[Entry, str]] = field(default_factory=list)
    again: list[Entry] = field(default_factory=list)
    trouble: str = ""


class Consumer:
    """Reads, makes and settles changes until `stop` is set. `counts`: what has been done, by result."""

    def __init__(self, stream: ChangeStream, upserts: Callable[[], ProductUpserts], settings: ChangeSettings) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"
        self.counts: Counter[str] = Counter()
        self._stream = stream
        self._upserts = upserts
        self._settings = settings
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
                    await _pause(stop, _backoff(self._troubles, 0.2))
        finally:
            heart.cancel()
            with suppress(StreamUnavailable):
                await self._stream.leave(self.name)

    async def _beat(self) -> None:
        while True:
            with suppress(StreamUnavailable):
                await self._stream.join(self.name)
            await asyncio.sleep(ALIVE_EVERY_S)

    async def _turn(self, stop: asyncio.Event) -> None:
        await self._stream.join(self.name)
        while not stop.is_set():
            await self._stream.return_due()
            count = self._settings.changes_batch
            claimed = await self._stream.claim(self.name, count, self._settings.changes_claim_s)
            if claimed:
                log.info("claimed", consumer=self.name, changes=len(claimed))
                claimed = await self._without_killers(claimed)
            await self._handle(claimed or await self._stream.read(self.name, count, 0.5), stop)
            # Troubles in a row make it wait longer; those of last week do not.
            self._troubles = 0

    async def _without_killers(self, entries: list[Entry]) -> list[Entry]:
        counted = await self._stream.deliveries(self.name, entries)
        dead = [e for e in entries if counted.get(e.entry_id, 0) > MOST_DELIVERIES]
        await self._stream.settle([], [], [(e, f"its consumers ended {MOST_DELIVERIES} times") for e in dead])
        return [entry for entry in entries if entry not in dead]

    async def _handle(self, entries: list[Entry], stop: asyncio.Event) -> None:
        """Until every entry is settled; while Elasticsearch is away, that is."""
        waits = 0
        while entries:
            settled = _Settled()
            for group in _rounds(entries, settled):
                requests = [request for _, request in group]
                answers = await asyncio.to_thread(self._make, requests)
                for (entry, _), answer in zip(group, answers, strict=True):
                    self._sort(entry, answer, settled)
            await self._stream.settle(settled.done, settled.later, settled.dead)
            entries = settled.again
            if entries:
                waits += 1
                log.warning("not made", consumer=self.name, changes=len(entries), trouble=settled.trouble)
                await _pause(stop, _backoff(waits, 0.5))
            if stop.is_set():
                return

    def _make(self, requests: list[ChangeRequest]) -> list[Answer]:
        return made(self._upserts(), requests, decides=True)

    def _sort(self, entry: Entry, answer: Answer, settled: _Settled) -> None:
        """Where an entry goes by its answer."""
        if isinstance(answer, EngineUnavailable | NothingLoaded) and not isinstance(answer, ModelMismatch):
            settled.again.append(entry)
            settled.trouble = str(answer)
            return
        if isinstance(answer, Outcome) and answer.result not in (Result.MISSING, Result.REFUSED):
            self.counts[answer.result.value] += 1
            settled.done.append(entry)
            return
        assert not isinstance(answer, Queued)
        why = str(answer) if isinstance(answer, Exception) else "; ".join(sentences_of(answer))
        # A product may still come that is to be changed, and a model come back; what is invalid stays so.
        hopeless = isinstance(answer, Outcome) and answer.result is Result.REFUSED
        if hopeless or entry.tries + 1 >= self._settings.changes_tries:
            self.counts["dead"] += 1
            log.warning("dead letter", consumer=self.name, reason=why)
            settled.dead.append((entry, why))
        else:
            self.counts["later"] += 1
            base = 5.0 if isinstance(answer, EmbedError | ModelMismatch) else self._settings.changes_retry_s
            settled.later.append((entry, _backoff(entry.tries + 1, base)))


def _rounds(entries: Sequence[Entry], settled: _Settled) -> list[list[tuple[Entry, ChangeRequest]]]:
    """Groups of distinct products, those of one product in order. What is no change goes to the dead letters."""
    rounds: list[list[tuple[Entry, ChangeRequest]]] = []
    turns: Counter[str] = Counter()
    for entry in entries:
        try:
            request = loaded(entry.change)
        except ValueError as error:
            settled.dead.append((entry, f"it is no change: {error}"))
            continue
        turn = turns[request.product_id]
        turns[request.product_id] += 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append((entry, request))
    return rounds


def _backoff(tries: int, base_s: float) -> float:
    """Doubling, with jitter, so that consumers do not come back all at once."""
    return min(LONGEST_WAIT_S, base_s * 2.0 ** min(tries - 1, 10)) * random.uniform(0.75, 1.25)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
