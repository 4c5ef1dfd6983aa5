"""A new generation of the catalogue: filled, checked, and put in the place of the live one.

Whatever ends that early (an error, Ctrl-C, a failed check) removes it; the live one is never touched. After kill -9 it
stays behind, and the next run removes it. What is written to the live one meanwhile is brought along (following.py).
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from es.errors import EngineError, LeaseTaken
from es.generations import Check
from es.handover import WORK, Handover
from es.lease import Lease, Leases
from es.mappings import products as fields
from ingest.errors import LoadRefused
from ingest.following import Bringing, Following
from ingest.progress import Progress
from ingest.reindex.takeover import Takeover
from ingest.settings import ReindexSettings
from shop.products.store import ProductStore

_ALL = 10**9
_WORK_NAME: Final = WORK.format(kind=fields.KIND)


@dataclass(frozen=True, slots=True)
class Replaced:
    """The generation that is live now, and the one that was live before."""

    index: str
    before: str | None


class Replacing:
    """Makes an index, fills it, checks it, makes it live, prunes to `keep` generations. `store` makes the vectors of
    what is brought along, as `bringing` says."""

    def __init__(
        self,
        store: ProductStore,
        bringing: Bringing,
        *,
        progress: Progress,
        keep: int,
        stop: threading.Event,
        settings: ReindexSettings | None = None,
    ) -> None:
        self._store = store
        self._bringing = bringing
        self._progress = progress
        self._keep = keep
        self._stop = stop
        self._settings = settings or ReindexSettings()
        self._handover = Handover(store.client, store.generations)
        self._following: Following | None = None

    def run(
        self, begin: Callable[[], str], fill: Callable[[str], None], checks: Callable[[], Sequence[Check]]
    ) -> Replaced:
        """`begin` makes the index; `checks` is asked once it is filled. Raises LoadRefused if one fails, or while
        another load or a reindex goes on, EngineError, and what `fill` raises; the new generation is then gone."""
        generations = self._store.generations
        live = self._store.retrying(generations.live)
        if live is None:
            return self._made(None, begin, fill, checks)
        with self._alone() as lease:
            live = self._store.retrying(generations.live) or live
            self._following = Following(self._store, live, self._bringing)
            try:
                return self._made(lease, begin, fill, checks)
            finally:
                self._let_go(self._following)

    def filled(self, products: int) -> None:
        """To be told of what was written, now and then."""
        self._progress.add(products)
        if self._following is not None:
            self._following.keep()

    def _made(
        self,
        lease: Lease | None,
        begin: Callable[[], str],
        fill: Callable[[str], None],
        checks: Callable[[], Sequence[Check]],
    ) -> Replaced:
        store, generations = self._store, self._store.generations
        for left in store.retrying(lambda: generations.prune(keep=_ALL)):
            self._progress.say(f"removed {left}, which a load that died had left behind")
        index = begin()
        try:
            if self._following is not None:
                self._following.into(index)
            fill(index)
            self._progress.say("merging and checking")
            store.retrying(lambda: generations.finish(index))
            before = self._gone_live(lease, index, checks)
        except BaseException:
            self._discard(index)
            raise
        store.retrying(lambda: generations.prune(keep=self._keep))
        return Replaced(index, before)

    def _gone_live(self, lease: Lease | None, index: str, checks: Callable[[], Sequence[Check]]) -> str | None:
        following = self._following
        if following is None or lease is None:
            self._check(index, checks())
            return self._store.retrying(lambda: self._store.generations.swap(index))
        # Elasticsearch may have been away for longer than a lease lasts.
        self._store.retrying(lease.write)
        takeover = Takeover(following, lease, self._store, self._handover, self._settings, self._progress, self._stop)
        takeover.keep_up()
        self._check(index, checks())
        takeover.run()
        return following.source

    def _check(self, index: str, checks: Sequence[Check]) -> None:
        problems = [
            f"{result.name}: {result.problem}"
            for result in self._store.retrying(lambda: self._store.generations.check(index, checks))
            if result.problem
        ]
        if problems:
            raise LoadRefused(f"The new generation failed its checks and did not go live ({'; '.join(problems)}).")

    @contextmanager
    def _alone(self) -> Iterator[Lease]:
        """The lease of whoever makes another generation live; one that died may hold it for a while."""
        leases = Leases(self._store.client, self._store.names, lease_s=self._settings.lease_s)
        end = time.monotonic() + self._settings.lease_s + 2
        said = False
        while True:
            try:
                with leases.held(_WORK_NAME) as lease:
                    if self._store.retrying(self._handover.release):
                        self._progress.say("writes go on, which a run that died had stopped")
                    yield lease
                    return
            except LeaseTaken as error:
                if time.monotonic() >= end or self._stop.is_set():
                    raise LoadRefused(f"Another load or a reindex goes on, so nothing was changed: {error}") from error
                if not said:
                    self._progress.say("waiting for another load or a reindex to end, or for its lease if it has died")
                    said = True
                self._stop.wait(0.3)

    def _discard(self, index: str) -> None:
        # One attempt: if Elasticsearch is away, the next load removes it.
        try:
            self._store.generations.delete(index)
        except EngineError:
            self._progress.say(f"{index} could not be removed now; the next load removes it")

    def _let_go(self, following: Following) -> None:
        try:
            following.close()
        except EngineError:
            # It ends by itself.
            self._progress.say("what the load began with is held for another hour")
