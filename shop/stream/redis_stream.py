"""A Redis stream of work: kept there until it is done, by one of several consumers, at least once.

Keys, with KEY the stream's, such as `shopscout:changes`:
    KEY          the stream; an entry is deleted when it is done, so its length is what waits
    KEY:later    what is tried again later, by the time at which it is
    KEY:dead     dead letters: what cannot be done, with the reason
    KEY:alive    consumers, by the time at which they last said that they run
    KEY:seen     names of what came lately, by the time, where things have names
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, cast

import orjson
import redis.asyncio
from redis.exceptions import RedisError, ResponseError

from shop.stream import scripts
from shop.stream.errors import StreamUnavailable

GROUP: Final = "index"
ALIVE_S: Final = 15.0
DEAD_MOST: Final = 100_000
SEEN_S: Final = 600.0
SEEN_MOST: Final = 100_000
NOTED_S: Final = 600
NOTES_MOST: Final = 50
"""Of a list of notes, the newest are kept, and the list as long after the last of them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to do: its place in the stream, what it is, how often it was tried in vain."""

    entry_id: str
    payload: bytes
    tries: int


@dataclass(frozen=True, slots=True)
class Note:
    """Something to remember of what is added, the one at `place` among them: it goes to the head of a list."""

    place: int
    list_key: str
    text: bytes


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What could not be done, and why."""

    letter_id: str
    payload: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """`waiting`: in the stream, of which `pending` are in a consumer's hands; `later`: to be tried again; `lag_s`: age
    of the oldest that waits; `dead`: dead letters; `consumers`: those that run."""

    waiting: int
    pending: int
    later: int
    lag_s: float
    dead: int
    consumers: int


class RedisStream:
    """The stream at `key`; `field` names what an entry holds. Every call raises StreamUnavailable where Redis is in
    trouble."""

    def __init__(self, url: str, key: str, field: str, *, call_s: float = 2.0) -> None:
        self._redis = redis.asyncio.from_url(
            url, socket_timeout=call_s + 2, socket_connect_timeout=call_s, health_check_interval=30
        )
        self._call_s = call_s
        self._key = key
        self._field = field
        self._later, self._dead, self._alive, self._seen = (
            f"{key}:{name}" for name in ("later", "dead", "alive", "seen")
        )

    async def close(self) -> None:
        with suppress(RedisError, OSError):
            await self._redis.aclose()

    async def durable(self) -> str:
        """Why what is accepted could be lost with Redis; empty where it is kept, or nobody may look."""
        async with self._translated():
            try:
                found = await self._redis.config_get("appendonly")
            except ResponseError:
                return ""
        kept = found.get("appendonly", "yes") == "yes"
        return "" if kept else "Redis keeps nothing on disk: set `appendonly yes`"

    async def load(self) -> tuple[int, int]:
        """How much waits, and consumers that run. One round trip."""
        async with self._translated():
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.xlen(self._key)
            pipeline.zcard(self._later)
            pipeline.zcount(self._alive, time.time() - ALIVE_S, "+inf")
            waiting, later, alive = await pipeline.execute()
        return waiting + later, alive

    async def add(self, payloads: Sequence[bytes]) -> list[bool]:
        """Appends in order, all of them or none; True for each."""
        async with self._translated(10 * self._call_s):
            pipeline = self._redis.pipeline(transaction=True)
            for payload in payloads:
                entry: Any = {self._field: payload, "tries": 0}
                pipeline.xadd(self._key, entry)
            await pipeline.execute()
        return [True] * len(payloads)

    async def add_named(self, named: Sequence[tuple[str, bytes]], notes: Sequence[Note] = ()) -> list[bool]:
        """Appends those, of (name, payload), whose name did not come within SEEN_S; which of them these are. All or
        none, in one round trip with their notes; of SEEN_MOST names the oldest are forgotten before."""
        told: list[str | bytes] = [part for pair in named for part in pair]
        for note in notes:
            told += (str(note.place), note.text)
        keys = (self._key, self._seen, *(note.list_key for note in notes))
        limits = (self._field, f"{time.time():.3f}", str(SEEN_S), str(SEEN_MOST), NOTES_MOST, NOTED_S, len(named))
        async with self._translated(10 * self._call_s):
            script: Any = self._redis.eval(scripts.ADD_NAMED, len(keys), *keys, *limits, *told)
            new = await script
        return [bool(first) for first in new]

    async def join(self, consumer: str) -> None:
        """Says that a consumer runs; makes the group if there is none, as after Redis was emptied."""
        async with self._translated():
            with suppress(ResponseError):  # it is there already
                await self._redis.xgroup_create(self._key, GROUP, id="0", mkstream=True)
            await self._redis.zadd(self._alive, {consumer: time.time()})
            await self._redis.zremrangebyscore(self._alive, "-inf", time.time() - 3600)

    async def leave(self, consumer: str) -> None:
        """Says that a consumer ends; what it still has in hand is claimed by others."""
        async with self._translated():
            await self._redis.zrem(self._alive, consumer)

    async def read(self, consumer: str, count: int, wait_s: float) -> list[Entry]:
        """New entries for this consumer; waits for the first of them."""
        return await self._group(consumer, ">", count, wait_s)

    async def taken(self, consumer: str, count: int) -> list[Entry]:
        """The oldest entries that this consumer took and did not settle, such as those of an answer that was lost."""
        return await self._group(consumer, "0", count, 0.0)

    async def _group(self, consumer: str, after: str, count: int, wait_s: float) -> list[Entry]:
        async with self._translated(self._call_s + wait_s):
            found = await self._redis.xreadgroup(
                GROUP, consumer, {self._key: after}, count=count, block=max(1, int(wait_s * 1000))
            )
        # A list in version 2 of the protocol, a mapping in version 3.
        streams: Any = found.items() if isinstance(found, dict) else found
        return [entry for _, entries in streams or [] for entry in self._entries(entries)]

    async def claim(self, consumer: str, count: int, idle_s: float) -> list[Entry]:
        """Entries that another consumer took so long ago that it must be dead."""
        async with self._translated():
            found = await self._redis.xautoclaim(
                self._key, GROUP, consumer, min_idle_time=int(idle_s * 1000), start_id="0-0", count=count
            )
        return self._entries(found[1])

    async def deliveries(self, consumer: str, entries: Sequence[Entry]) -> dict[str, int]:
        """How often entries that a consumer has in hand were handed out."""
        if not entries:
            return {}
        async with self._translated():
            found = await self._redis.xpending_range(
                self._key, GROUP, min=entries[0].entry_id, max=entries[-1].entry_id, count=10_000, consumername=consumer
            )
        return {_text(item["message_id"]): int(item["times_delivered"]) for item in found}

    async def settle(
        self, done: Sequence[Entry], later: Sequence[tuple[Entry, float]], dead: Sequence[tuple[Entry, str]]
    ) -> None:
        """Takes entries out of the stream, in one step: those that are done, those to try again in so many seconds,
        and those that cannot be done, with the reason."""
        entries = [*done, *(entry for entry, _ in later), *(entry for entry, _ in dead)]
        if not entries:
            return
        ids = [entry.entry_id for entry in entries]
        async with self._translated(5 * self._call_s):
            pipeline = self._redis.pipeline(transaction=True)
            for entry, seconds in later:
                pipeline.zadd(self._later, {_member(entry): time.time() + seconds})
            for entry, reason in dead:
                letter: Any = {self._field: entry.payload, "reason": reason}
                pipeline.xadd(self._dead, letter, maxlen=DEAD_MOST)
            pipeline.xack(self._key, GROUP, *ids)
            pipeline.xdel(self._key, *ids)
            await pipeline.execute()

    async def return_due(self) -> int:
        """Puts what is due back into the stream; how many."""
        async with self._translated():
            moved = await self._redis.eval(scripts.RETURN, 2, self._later, self._key, str(time.time()), self._field)
        return int(moved)

    async def dead(self, count: int = 100) -> list[DeadLetter]:
        """The oldest dead letters."""
        async with self._translated():
            found = await self._redis.xrange(self._dead, count=count)
        return [
            DeadLetter(_text(letter_id), fields.get(self._field.encode(), b""), _text(fields.get(b"reason", b"")))
            for letter_id, fields in cast(Any, found)
        ]

    async def replay(self, letter_id: str = "") -> int:
        """Puts dead letters back into the stream, one of them or all that there are now; how many."""
        bounds, moved = (letter_id, letter_id), 0
        if not letter_id:
            async with self._translated():
                newest = await self._redis.xrevrange(self._dead, count=1)
            if not newest:
                return 0
            # Those that die again meanwhile are newer: without an end they would go round for ever.
            bounds = ("-", _text(newest[0][0]))
        while True:
            async with self._translated(10 * self._call_s):
                found = await self._redis.eval(scripts.REPLAY, 2, self._dead, self._key, *bounds, self._field)
            moved += int(found)
            if letter_id or not found:
                return moved

    async def status(self) -> StreamStatus:
        """How much waits, and for how long."""
        waiting, alive = await self.load()
        async with self._translated():
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.xrange(self._key, count=1)
            pipeline.zcard(self._later)
            pipeline.xlen(self._dead)
            first, later, dead = await pipeline.execute()
            try:
                pending = (await self._redis.xpending(self._key, GROUP))["pending"]
            except ResponseError:  # no consumer has made the group yet
                pending = 0
        lag_s = max(0.0, time.time() - int(_text(first[0][0]).partition("-")[0]) / 1000) if first else 0.0
        return StreamStatus(waiting - later, pending, later, lag_s, dead, alive)

    def _entries(self, found: Any) -> list[Entry]:  # noqa: ANN401 - as redis answers
        # An entry that was deleted meanwhile has no fields.
        return [
            Entry(_text(entry_id), fields.get(self._field.encode(), b""), _whole(fields.get(b"tries", b"0")))
            for entry_id, fields in found
            if fields
        ]

    @asynccontextmanager
    async def _translated(self, limit_s: float = 0.0) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(limit_s or self._call_s):
                yield
        except ResponseError as error:
            raise StreamUnavailable(f"Redis refuses: {error}") from error
        except (RedisError, OSError, TimeoutError) as error:
            raise StreamUnavailable(f"Redis does not answer ({type(error).__name__})") from error


def _member(entry: Entry) -> bytes:
    """For the list of later: tries and payload as a JSON array, which the script reads."""
    return orjson.dumps([str(entry.tries + 1), entry.payload.decode("utf-8", "replace")])


def _whole(raw: bytes) -> int:
    return int(raw) if raw.isdigit() else 0


def _text(raw: object) -> str:
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
