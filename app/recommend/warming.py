"""Reads what many shoppers look at before anybody asks for it: rows of what was learned, and where products stand."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, Final

import structlog

from app.garbage import set_aside
from app.recommend.learned_rows import KINDS, LearnedRows
from app.recommend.places import FRESH_S, Places
from es.errors import EngineError, IndexMissing
from es.mappings import pairs, trends
from shop.tasks import cancelled

_AT_ONCE: Final = 20
_PAUSE_S: Final = 0.03
"""After so many products, so that nobody waits for long."""
_GIVES_WAY: Final = 3.0
"""So many times as long as the last products took, too: where others keep the process or Elasticsearch busy, they take
longer, and who asks now goes before who may ask later."""
_SET_ASIDE: Final = 200
"""After so many products what was read is set aside, so that nobody waits for that either."""
_AGAIN_S: Final = 0.8 * FRESH_S

log = structlog.get_logger(__name__)


class Warming:
    """Keeps the `most` products that are most in demand, by the job `trends`, in memory: read anew whenever a job or a
    load has made a new generation, and where they stand again before that is too old. `start` and `stop` it."""

    def __init__(self, learned: LearnedRows, places: Places, *, most: int, every_s: float) -> None:
        self._learned, self._places = learned, places
        self._most, self._every_s = most, every_s
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._most:
            self._task = asyncio.create_task(self._on())

    async def stop(self) -> None:
        if self._task is not None:
            await cancelled(self._task)
            self._task = None

    async def _on(self) -> None:
        of: Sequence[str] = ()
        again = time.monotonic() + _AGAIN_S
        while True:
            now = [self._learned.generation(kind) for kind in KINDS]
            old = time.monotonic() > again
            if all(generation == "" for generation in now) or (now == of and not old):
                await asyncio.sleep(self._every_s)
                continue
            try:
                await self._read(places_alone=now == of)
            except EngineError as error:
                log.info("not read ahead", reason=str(error))
                await asyncio.sleep(self._every_s)
                continue
            of, again = now, time.monotonic() + _AGAIN_S

    async def _read(self, *, places_alone: bool) -> None:
        wanted = await self._learned.in_demand(trends.SCORE, self._most)
        for first in range(0, len(wanted), _AT_ONCE):
            part, began = wanted[first : first + _AT_ONCE], time.monotonic()
            asked: list[Any] = [self._places.read(part)]
            if not places_alone:
                # One kind holds pairs of all relations.
                asked += [self._learned.pairs(part, pairs.VIEWED_TOGETHER), self._learned.successors(part),
                          self._learned.neighbours(part)]  # fmt: skip
            for failed in await asyncio.gather(*asked, return_exceptions=True):
                if isinstance(failed, BaseException) and not isinstance(failed, IndexMissing):
                    raise failed
            if (first + _AT_ONCE) % _SET_ASIDE == 0 or first + _AT_ONCE >= len(wanted):
                set_aside()
            await asyncio.sleep(max(_PAUSE_S, _GIVES_WAY * (time.monotonic() - began)))
