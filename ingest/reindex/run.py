"""A reindex from its beginning, or from where another ended, until the copy is live; or its end without one.

Whatever ends it early leaves the live index as it was and the copy where it is, so that `--resume` goes on with it.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from es.errors import GenerationError, LeaseTaken
from es.generations import COPY, COPYING, Generation
from es.handover import WORK, Handover
from es.lease import Lease, Leases
from es.mappings import jobs as lease_fields
from es.mappings import products as fields
from ingest.connection import Connection
from ingest.errors import LoadRefused
from ingest.normalize import Reject
from ingest.progress import Progress
from ingest.reindex.copying import Copying
from ingest.reindex.gates import Gate, Gates
from ingest.reindex.judged import Judged
from ingest.reindex.takeover import Takeover
from ingest.reindex.vectors import VectorPlan
from ingest.rejects import RejectsFile
from ingest.settings import IngestSettings, ReindexSettings
from shop.pictures.vectors import PictureProblem

LABEL: Final = "live catalogue"
WORK_NAME: Final = WORK.format(kind=fields.KIND)
_NOTE_EVERY_S: Final = 2.0
_ALL: Final = 10**9


class LiveProducts:
    """How many products there are and have been copied, for progress."""

    def __init__(self) -> None:
        self.size_bytes: int | None = 0
        self.copying: Copying | None = None

    def bytes_read(self) -> int:
        """Products copied so far."""
        return self.copying.copied if self.copying is not None else 0


@dataclass(slots=True)
class ReindexSummary:
    """What a reindex did. `pause_s`: how long writes waited; `index` is empty where the copy did not go live."""

    copied: int = 0
    left_out: int = 0
    pictures_refused: int = 0
    seconds: float = 0.0
    pause_s: float = 0.0
    index: str = ""
    replaced: str = ""
    gates: list[Gate] = field(default_factory=list)


class Reindex:
    """One run. `told` is given each gate as it ends."""

    def __init__(
        self,
        connection: Connection,
        rows: LiveProducts,
        rejects: RejectsFile,
        settings: IngestSettings,
        own: ReindexSettings,
        judged: Judged | None,
        *,
        progress: Progress,
        stop: threading.Event,
        told: Callable[[Gate], None],
    ) -> None:
        self.summary = ReindexSummary()
        self._connection = connection
        self._store = connection.store
        self._generations = connection.store.generations
        self._rows = rows
        self._rejects = rejects
        self._settings = settings
        self._own = own
        self._judged = judged
        self._progress = progress
        self._stop = stop
        self._told = told
        self._leases = Leases(connection.client, connection.store.names, lease_s=own.lease_s)
        self._handover = Handover(connection.client, self._generations)
        self._note_at = 0.0

    def start(self, *, again: bool, places: Sequence[str] = ()) -> ReindexSummary:
        """Copies the live index into a new one. `again`: vectors that we can make are all made anew. `places`: where
        pictures are, for the next time.

        Raises LoadRefused, EngineError, EmbedError; the live index then stays as it is."""
        with self._alone(wait_s=0) as lease:
            live = self._live()
            if unfinished := self._unfinished():
                raise LoadRefused(
                    f"A reindex was left unfinished ({unfinished.index}, {unfinished.documents:,} products): go on "
                    "with --resume, or throw it away with --abort."
                )
            for left in self._store.retrying(lambda: self._generations.prune(keep=_ALL)):
                self._progress.say(f"removed {left}, which a run that died had left behind")
            meta = self._store.retrying(lambda: self._generations.meta(live))
            plan = VectorPlan.of(self._connection, meta.get("models", {}), again=again)
            copy = {"of": live, "again": again}
            source = {**meta.get("source", {}), **({"pictures": list(places)} if places else {})}
            index = self._store.begin_load(source, plan.kept, copy)
            return self._work(lease, plan, live, index, {})

    def resume(self) -> ReindexSummary:
        """Goes on with what was left unfinished. Raises as `start`, and LoadRefused where there is nothing."""
        with self._alone(wait_s=self._own.lease_s + 2) as lease:
            live = self._live()
            unfinished = self._unfinished()
            if unfinished is None:
                raise LoadRefused(f"There is no unfinished reindex; {live} is live. Begin one without --resume.")
            if unfinished.copy_of != live:
                raise LoadRefused(
                    f"{unfinished.index} is a copy of {unfinished.copy_of}, and {live} is live by now: throw it away "
                    "with --abort, and begin anew."
                )
            again = bool(unfinished.meta["generation"][COPY].get("again"))
            meta = self._store.retrying(lambda: self._generations.meta(live))
            plan = VectorPlan.of(self._connection, meta.get("models", {}), again=again)
            self._same_models(unfinished, plan)
            stored = self._store.retrying(lambda: self._leases.state(WORK_NAME)).get(lease_fields.DETAIL) or {}
            noted = stored if stored.get("index") == unfinished.index else {}
            return self._work(lease, plan, live, unfinished.index, noted)

    def abort(self) -> list[str]:
        """Throws away what was left unfinished; the names of what went. Raises LoadRefused where there is nothing."""
        with self._alone(wait_s=self._own.lease_s + 2) as lease:
            copies = [g.index for g in self._all() if g.state == COPYING and not g.live]
            if not copies:
                raise LoadRefused("There is no unfinished reindex to throw away.")
            for index in copies:
                self._generations.delete(index)
            lease.note({})
            return copies

    @contextmanager
    def _alone(self, *, wait_s: float) -> Iterator[Lease]:
        """The lease, which a process that died may still hold for so long; what it left half done is put right."""
        end = time.monotonic() + wait_s
        said = False
        while True:
            try:
                with self._leases.held(WORK_NAME) as lease:
                    if self._store.retrying(self._handover.release):
                        self._progress.say("writes go on, which a reindex that died had stopped")
                    yield lease
                    return
            except LeaseTaken as error:
                if time.monotonic() >= end:
                    raise LoadRefused(f"A reindex runs already: {error}") from error
                if not said:
                    self._progress.say("waiting for the lease of the other process, which may have died")
                    said = True
                self._stop.wait(0.3)

    def _live(self) -> str:
        """The live index. One that went live just before its process died gets its state."""
        live = next((g for g in self._all() if g.live), None)
        if live is None:
            raise GenerationError("Nothing is loaded yet, so there is nothing to reindex; load a catalogue first.")
        if live.state == COPYING:
            self._generations.ready(live.index, copied=True)
        schema = live.meta.get("schema_version", 0)
        if schema > fields.SCHEMA_VERSION:
            raise LoadRefused(
                f"{live.index} was made by a newer version of shopscout (schema {schema}, this one has "
                f"{fields.SCHEMA_VERSION}): reindex with that version."
            )
        return live.index

    def _unfinished(self) -> Generation | None:
        return next((g for g in reversed(self._all()) if g.state == COPYING and not g.live), None)

    def _all(self) -> list[Generation]:
        return self._store.retrying(self._generations.all)

    def _same_models(self, unfinished: Generation, plan: VectorPlan) -> None:
        begun = {name: found["model"] for name, found in unfinished.meta.get("models", {}).items()}
        ours = {name: space.model for name, space in plan.spaces.items() if space is not None}
        if begun != ours or unfinished.meta.get("schema_version") != fields.SCHEMA_VERSION:
            raise LoadRefused(
                f"{unfinished.index} was begun with schema {unfinished.meta.get('schema_version')} and "
                f"{', '.join(begun.values()) or 'no model'}; here are schema {fields.SCHEMA_VERSION} and "
                f"{', '.join(ours.values()) or 'no model'}. Set the models back, or throw it away with --abort."
            )

    def _work(self, lease: Lease, plan: VectorPlan, live: str, index: str, noted: dict[str, Any]) -> ReindexSummary:
        started = time.monotonic()
        for line in plan.lines():
            self._progress.say(line)
        copying = self._copying(lease, plan, live, index, noted)
        try:
            self._progress.say(f"copying {live} into {index}")
            takeover = Takeover(copying, lease, self._store, self._handover, self._own, self._progress, self._stop)
            takeover.keep_up()
            copying.sweep()
            # One segment takes a core for a minute each 100,000 vectors, and nothing can slow that down.
            merge = not copying.watched
            self._progress.say("merging" if merge else "not merged to one segment, as the shop is searched")
            replicas = self._store.retrying(lambda: self._generations.replicas(live))
            self._store.retrying(lambda: self._generations.finish(index, replicas=replicas, merge=merge))
            takeover.keep_up()
            self._pass_gates(copying, plan)
            self.summary.pause_s = takeover.run()
        finally:
            self.summary.copied, self.summary.left_out = copying.copied, len(copying.left_out)
            self.summary.seconds = time.monotonic() - started
        self.summary.index, self.summary.replaced = index, live
        lease.note({})
        self._store.retrying(lambda: self._generations.prune(keep=self._settings.keep))
        return self.summary

    def _copying(self, lease: Lease, plan: VectorPlan, live: str, index: str, noted: dict[str, Any]) -> Copying:
        copying = Copying(
            self._connection.client,
            self._store,
            plan,
            live,
            index,
            self._settings,
            rate=self._own.rate,
            slower=self._own.slower,
            share=self._own.share,
            progress=self._progress,
            stop=self._stop,
            noted=lambda: self._note(lease, copying),
            refused=self._refused,
            without_picture=self._without_picture,
        )
        # Products that were left out are met again: they are not in the copy, and a sweep looks at what is missing.
        copying.checkpoint = {shard: int(at) for shard, at in noted.get("checkpoint", {}).items()}
        copying.copied = int(noted.get("copied", 0))
        if copying.copied:
            self._progress.say(f"{copying.copied:,} products were copied before")
        self._rows.size_bytes = next((g.documents for g in self._all() if g.index == live), 0)
        self._rows.copying = copying
        return copying

    def _note(self, lease: Lease, copying: Copying) -> None:
        """Now and then: what is copied twice does no harm. Raises LeaseLost where somebody else has taken over."""
        if time.monotonic() < self._note_at:
            return
        self._note_at = time.monotonic() + _NOTE_EVERY_S
        detail = {
            "index": copying.target,
            "source": copying.source,
            "checkpoint": dict(copying.checkpoint),
            "copied": copying.copied,
        }
        self._store.retrying(lambda: lease.note(detail))

    def _pass_gates(self, copying: Copying, plan: VectorPlan) -> None:
        self._progress.say("gates")
        gates = Gates(self._connection.client, copying, plan, self._own, self._connection.embedder, self._judged)
        self.summary.gates = self._store.retrying(lambda: gates.run(self._told))
        if failed := [gate.name for gate in self.summary.gates if not gate.passed]:
            raise LoadRefused(
                f"The new index failed {', '.join(failed)} and did not go live; {copying.source} is live as before. "
                f"{copying.target} stays, to be looked at: --resume tries the gates again, --abort throws it away."
            )

    def _refused(self, product_id: str, reason: str) -> None:
        self._rejects.add(LABEL, "record", Reject(0, reason, product_id))

    def _without_picture(self, problem: PictureProblem) -> None:
        self.summary.pictures_refused += 1
        self._rejects.warn(LABEL, "record", 0, problem)
