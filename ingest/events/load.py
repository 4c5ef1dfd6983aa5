"""A load of history: rows checked one by one, batches sent by several senders, refused rows into a file.

What is stored stays stored, whatever happens later. Ids follow from the sender's or from the content, so that running
the same load again adds what was missing and nothing twice.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.errors import Interrupted
from ingest.events.mapping import EventRows
from ingest.feeds.row import BrokenRow, FeedRow, RowSource
from ingest.load import Origin
from ingest.mapping.mistakes import ValueMistake
from ingest.normalize import Reject, raw_of
from ingest.progress import Progress
from ingest.rejects import RejectsFile
from ingest.settings import IngestSettings
from shop.events.intake import Intake, Refusal, Taken
from shop.events.store import Answer, EventStore, Status

_Item = tuple[Origin, Taken, dict[str, Any]]
_LOOK_EVERY_S = 0.5


@dataclass(slots=True)
class EventSummary:
    """Counts of one load. `duplicates` were stored before, or stood in the files twice."""

    read: int = 0
    stored: int = 0
    duplicates: int = 0
    rejected: int = 0
    skipped: int = 0
    seconds: float = 0.0
    cut: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    rejects_file: Path | None = None

    def as_dict(self) -> dict[str, Any]:
        """The figures for scripts, plain JSON values."""
        done = self.stored + self.duplicates
        return {
            "read": self.read,
            "stored": self.stored,
            "duplicates": self.duplicates,
            "rejected": self.rejected,
            "skipped": self.skipped,
            "seconds": round(self.seconds, 2),
            "events_per_s": round(done / self.seconds, 1) if self.seconds else 0.0,
            "rejects_file": str(self.rejects_file) if self.rejects_file else None,
        }

    def lines(self) -> Iterator[str]:
        """The figures for people, and what they should look at."""
        yield (
            f"{self.read:,} rows read, {self.stored:,} events stored, {self.duplicates:,} there already, "
            f"{self.rejected:,} rejected"
            + (f", {self.skipped:,} left out" if self.skipped else "")
            + f" in {self.seconds:.1f} s"
        )
        yield from (f"warning: {label} breaks off before its end; rows are missing" for label in self.cut)
        if self.unseen:
            yield f"warning: no row has the columns from which the mapping takes {', '.join(self.unseen)}"
        if self.rejects_file is not None:
            yield f"rejected rows with their reasons: {self.rejects_file}"


class EventLoad:
    """One load over feeds of events."""

    def __init__(
        self,
        store: EventStore,
        intake: Intake,
        feeds: Sequence[RowSource],
        rows: EventRows,
        rejects: RejectsFile,
        settings: IngestSettings,
        *,
        progress: Progress,
        stop: threading.Event,
    ) -> None:
        self.summary = EventSummary()
        self._store = store
        self._intake = intake
        self._feeds = feeds
        self._rows = rows
        self._rejects = rejects
        self._settings = settings
        self._progress = progress
        self._stop = stop

    def run(self) -> EventSummary:
        """Loads everything. Raises FeedError, EngineError; Interrupted once `stop` is set."""
        started = time.monotonic()
        under_way: dict[Future[list[Answer]], list[_Item]] = {}
        pool = ThreadPoolExecutor(self._settings.senders, "sender")
        try:
            for batch in self._batches():
                # No more wait than can be sent: memory does not grow with the file.
                while len(under_way) > self._settings.senders:
                    self._collect(under_way)
                under_way[pool.submit(self._store.write, [taken for _, taken, _ in batch])] = batch
            while under_way:
                self._collect(under_way)
        except BaseException:
            self._stop.set()
            raise
        finally:
            pool.shutdown()
            self.summary.seconds = time.monotonic() - started
            self.summary.unseen = self._rows.unseen() if self.summary.read else []
        self._store.refresh()
        return self.summary

    def _batches(self) -> Iterator[list[_Item]]:
        batch: list[_Item] = []
        for item in self._items():
            batch.append(item)
            if len(batch) >= self._settings.batch_events:
                yield batch
                batch = []
        if batch:
            yield batch

    def _items(self) -> Iterator[_Item]:
        for feed in self._feeds:
            for row in feed.rows():
                if self._stop.is_set():
                    raise Interrupted
                self.summary.read += 1
                yield from self._of_row(feed, row)

    def _of_row(self, feed: RowSource, row: FeedRow | BrokenRow) -> Iterator[_Item]:
        origin = Origin(feed.label, feed.unit, row.place)
        if isinstance(row, BrokenRow):
            if row.cut and feed.label not in self.summary.cut:
                self.summary.cut.append(feed.label)
            self._reject(origin, row.reason, "", row.raw)
            return
        try:
            events = self._rows.events(row.values)
        except ValueMistake as mistake:
            self._reject(origin, str(mistake), "", raw_of(row.values))
            return
        self.summary.skipped += not events
        now = datetime.now(UTC)
        for raw in events:
            found = self._intake.take(raw, now)
            if isinstance(found, Refusal):
                self._reject(origin, found.why, found.event_id, raw_of(raw))
            else:
                yield origin, found, raw

    def _collect(self, under_way: dict[Future[list[Answer]], list[_Item]]) -> None:
        """Counts what has been sent; waits until something has. In short waits, between which signals come."""
        done, _ = wait(under_way, timeout=_LOOK_EVERY_S, return_when=FIRST_COMPLETED)
        for future in done:
            batch = under_way.pop(future)
            for (origin, taken, raw), (status, why) in zip(batch, future.result(), strict=True):
                if status is Status.REFUSED:
                    self._reject(origin, why, taken.event_id, raw_of(raw))
                self.summary.stored += status is Status.ACCEPTED
                self.summary.duplicates += status is Status.DUPLICATE
            self._progress.add(len(batch))

    def _reject(self, origin: Origin, reason: str, event_id: str, raw: str) -> None:
        self.summary.rejected += 1
        self._rejects.add(origin.label, origin.unit, Reject(origin.place, reason, event_id, raw))
