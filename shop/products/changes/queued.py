"""The road through the stream: a change is answered when Redis has it, and made soon after.

While Redis does not answer, keeps nothing on disk, or no consumer runs, changes are made before they are answered.
"""

import time
from collections.abc import Sequence

import structlog

from shop.products.changes.errors import StreamUnavailable
from shop.products.changes.request import ChangeRequest
from shop.products.changes.road import Answer, Queued, Road, RoadFull, RoadStatus
from shop.products.changes.stream import ChangeStream

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 10.0


class QueuedRoad:
    """Sends changes by `stream`, or by `direct` where it cannot be trusted. At most `most_waiting` wait in it."""

    def __init__(self, stream: ChangeStream, direct: Road, *, most_waiting: int) -> None:
        self._stream = stream
        self._direct = direct
        self._most_waiting = most_waiting
        self._trouble = ""
        self._looked_at: float | None = None
        self._loss = ""

    async def send(self, requests: Sequence[ChangeRequest]) -> list[Answer]:
        """As Road.send."""
        if not requests:
            return []
        try:
            waiting = await self._room(len(requests))
        except StreamUnavailable as error:
            waiting, self._trouble = None, str(error)
        if waiting is None:
            return await self._direct.send(requests)
        try:
            await self._stream.add([request.dumped() for request in requests])
        except StreamUnavailable as error:
            # Perhaps it has them; to make a change twice is as to make it once.
            self._trouble = str(error)
            log.warning("changes go without the stream", trouble=self._trouble)
            return await self._direct.send(requests)
        return [Queued(request.change_id) for request in requests]

    async def _room(self, more: int) -> int | None:
        """What waits; None where the stream is not to be used. Raises RoadFull, StreamUnavailable."""
        now = time.monotonic()
        if self._looked_at is None or now - self._looked_at > LOOK_EVERY_S:
            self._loss = await self._stream.durable()
            self._looked_at = now
        waiting, consumers = await self._stream.load()
        self._trouble = self._loss or ("" if consumers else "no consumer runs: `python -m ingest stream run`")
        if self._trouble:
            return None
        if waiting and waiting + more > self._most_waiting:
            raise RoadFull(f"{waiting} changes wait to be made; send the same again in a moment.", 5.0)
        return waiting

    async def status(self) -> RoadStatus:
        """As Road.status."""
        try:
            await self._room(0)
            found = await self._stream.status()
        except StreamUnavailable as error:
            return self._instead(str(error))
        except RoadFull as error:
            return RoadStatus("changes go through Redis", self._most_waiting, str(error))
        if self._trouble:
            return self._instead(self._trouble, found.waiting)
        said = (
            f"changes go through Redis, {found.consumers} consumers, lag {found.lag_s:.1f} s, {found.later} to try "
            f"again, {found.dead} dead letters"
        )
        return RoadStatus(said, found.waiting, lag_s=found.lag_s, dead=found.dead)

    def _instead(self, trouble: str, waiting: int = 0) -> RoadStatus:
        return RoadStatus("changes are made before they are answered, without the stream", waiting, trouble)
