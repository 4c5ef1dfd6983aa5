"""The copy in the place of the live index: it follows what is written, until for a moment nothing is."""

import threading
import time
from typing import Final, Protocol

from es.errors import EngineError, EngineUnavailable
from es.handover import Handover
from es.lease import Lease
from ingest.errors import LoadRefused
from ingest.progress import Progress
from ingest.settings import ReindexSettings
from shop.products.since import PAGE
from shop.products.store import ProductStore

_MOST_PASSES: Final = 50
_MOST_HANDOVERS: Final = 5


class Follower(Protocol):
    """What follows the live index. `advice`: what to do where that changes too fast."""

    source: str
    target: str
    copied: int
    advice: str

    def catch_up(self) -> int: ...
    def behind(self) -> int: ...
    def remove_deleted(self) -> bool: ...
    def sweep(self) -> int: ...
    def counts(self) -> tuple[int, int]: ...


class Takeover:
    """What happens to one copy, under one lease."""

    def __init__(
        self,
        copying: Follower,
        lease: Lease,
        store: ProductStore,
        handover: Handover,
        settings: ReindexSettings,
        progress: Progress,
        stop: threading.Event,
    ) -> None:
        self._copying = copying
        self._lease = lease
        self._store = store
        self._handover = handover
        self._settings = settings
        self._progress = progress
        self._stop = stop

    def keep_up(self) -> None:
        """Passes over what was written since, until there is little. Raises LoadRefused where there is always more."""
        for _ in range(_MOST_PASSES):
            self._lease.check()
            if self._copying.catch_up() <= PAGE:
                return
            self._progress.say(f"{self._copying.copied:,} products copied; on with what was written meanwhile")
        raise LoadRefused(
            f"After {_MOST_PASSES} passes there is still more written than can be copied in the same time: "
            f"{self._copying.advice}."
        )

    def run(self) -> float:
        """Makes the copy live; how many seconds writes waited. Raises LoadRefused where that would be too long each
        time, EngineError."""
        for attempt in range(_MOST_HANDOVERS):
            self.keep_up()
            if not self._copying.remove_deleted() or attempt:
                self._copying.sweep()
            self._progress.say("handing over: writes wait")
            began = time.monotonic()
            if self._done():
                return time.monotonic() - began
            self._progress.say("writes go on, and it is tried again")
            self._stop.wait(1.0)
        raise LoadRefused(
            f"The last writes could not be copied within {self._settings.max_pause_s:g} s: {self._copying.advice}, "
            "or let writes wait longer by SHOPSCOUT_REINDEX_MAX_PAUSE_S."
        )

    def _done(self) -> bool:
        """One try; writes go on after it, to the one or the other."""
        live, copy = self._copying.source, self._copying.target
        try:
            self._lease.check()
            self._handover.begin(live)
            if self._copied_to_the_end(time.monotonic() + self._settings.max_pause_s):
                self._lease.check()
                self._handover.commit(live, copy)
                return True
            self._progress.say(f"not done within {self._settings.max_pause_s:g} s")
        except EngineUnavailable as error:
            self._progress.say(str(error))
        except BaseException:
            self._let_go_on()
            raise
        self._let_go_on()
        return False

    def _copied_to_the_end(self, end: float) -> bool:
        """Whether all that the blocked index got is in the copy, before `end`."""
        while True:
            self._copying.catch_up()
            if not self._copying.behind():
                break
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        remembered = self._copying.remove_deleted()
        expected, there = self._copying.counts()
        if not remembered or expected != there:
            if time.monotonic() > end:
                return False
            self._copying.sweep()
            expected, there = self._copying.counts()
        if expected != there:
            raise LoadRefused(
                f"The copy has {there:,} products, and {expected:,} are live; it did not go live. Begin anew; an "
                "unfinished reindex is thrown away with --abort."
            )
        return time.monotonic() <= end

    def _let_go_on(self) -> None:
        try:
            self._store.retrying(self._handover.release)
        except EngineError as error:
            # Whoever writes takes the block away once our lease has run out.
            self._progress.say(f"writes are blocked still: {error}")
