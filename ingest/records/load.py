"""A load of records that are kept one by one (orders, customers, reviews, promotions): rows checked, batches stored.

What is stored stays stored. Running the same load again puts the same records in their own place.
"""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from es.errors import EngineUnavailable
from ingest.errors import Interrupted
from ingest.feeds.row import BrokenRow, FeedRow, RowSource
from ingest.load import Origin
from ingest.normalize import Reject, raw_of
from ingest.progress import Progress
from ingest.rejects import RejectsFile
from shop.products.reasons import sentences

BATCH: Final = 200
_FIRST_WAIT_S: Final = 0.5
_LONGEST_WAIT_S: Final = 10.0

R = TypeVar("R", bound=BaseModel)


@dataclass(slots=True)
class RecordSummary:
    """Counts of one load. `kept`: records that stay as they are, for they were changed here since."""

    noun: str
    read: int = 0
    stored: int = 0
    kept: int = 0
    rejected: int = 0
    seconds: float = 0.0
    rejects_file: Path | None = None

    def as_dict(self) -> dict[str, Any]:
        """The figures for scripts, plain JSON values."""
        return {
            "read": self.read,
            "stored": self.stored,
            "kept": self.kept,
            "rejected": self.rejected,
            "seconds": round(self.seconds, 2),
            "rejects_file": str(self.rejects_file) if self.rejects_file else None,
        }

    def lines(self) -> Iterator[str]:
        """The figures for people, and what they should look at."""
        kept = f", {self.kept:,} kept as they were changed here" if self.kept else ""
        yield (
            f"{self.read:,} rows read, {self.stored:,} {self.noun} stored{kept}, {self.rejected:,} rejected "
            f"in {self.seconds:.1f} s"
        )
        if self.rejects_file is not None:
            yield f"rejected rows with their reasons: {self.rejects_file}"


@dataclass(frozen=True, slots=True)
class RecordKind(Generic[R]):
    """What is loaded: `model` checks a row, `store` writes a batch and says of each record why it was left out
    ("kept: ..." where what is there stays)."""

    noun: str
    id_name: str
    model: type[R]
    store: Callable[[Sequence[R]], Awaitable[Sequence[str]]]


class RecordLoad(Generic[R]):
    """One load over feeds. `columns`: our field by their column, where theirs has another name."""

    def __init__(
        self,
        kind: RecordKind[R],
        rejects: RejectsFile,
        *,
        columns: Mapping[str, str],
        retry_for_s: float,
        progress: Progress,
        stop: threading.Event,
    ) -> None:
        self.summary = RecordSummary(kind.noun)
        self._kind = kind
        self._rejects = rejects
        self._columns = {theirs: ours for ours, theirs in columns.items()}
        self._retry_for_s = retry_for_s
        self._progress = progress
        self._stop = stop

    async def run(self, feeds: Sequence[RowSource]) -> RecordSummary:
        """Loads everything. Raises FeedError, EngineError; Interrupted once `stop` is set."""
        started = time.monotonic()
        batch: list[tuple[Origin, R, Mapping[str, Any]]] = []
        for feed in feeds:
            for row in feed.rows():
                if self._stop.is_set():
                    raise Interrupted
                self.summary.read += 1
                checked = self._checked(feed, row)
                if checked is not None:
                    batch.append(checked)
                if len(batch) >= BATCH:
                    await self._write(batch)
                    batch = []
        await self._write(batch)
        self.summary.seconds = time.monotonic() - started
        return self.summary

    def _checked(self, feed: RowSource, row: FeedRow | BrokenRow) -> tuple[Origin, R, Mapping[str, Any]] | None:
        origin = Origin(feed.label, feed.unit, row.place)
        if isinstance(row, BrokenRow):
            self._reject(origin, row.reason, "", row.raw)
            return None
        values = {self._columns.get(name, name): value for name, value in row.values.items()}
        try:
            return origin, self._kind.model.model_validate(values), values
        except ValidationError as error:
            record_id = str(values.get(self._kind.id_name) or "")
            self._reject(origin, "; ".join(sentences(error)), record_id, raw_of(row.values))
            return None

    async def _write(self, batch: Sequence[tuple[Origin, R, Mapping[str, Any]]]) -> None:
        if not batch:
            return
        answers = await self._stored([record for _, record, _ in batch])
        for (origin, _, values), answer in zip(batch, answers, strict=True):
            if not answer:
                self.summary.stored += 1
            elif answer.startswith("kept"):
                self.summary.kept += 1
            else:
                self._reject(origin, answer, str(values.get(self._kind.id_name) or ""), raw_of(values))
        self._progress.add(len(batch))

    async def _stored(self, records: Sequence[R]) -> Sequence[str]:
        """Writes a batch; an Elasticsearch that is away is waited for. Raises EngineError."""
        give_up = time.monotonic() + self._retry_for_s
        wait_s = _FIRST_WAIT_S
        while True:
            try:
                return await self._kind.store(records)
            except EngineUnavailable as error:
                if time.monotonic() + wait_s > give_up or self._stop.is_set():
                    raise
                self._progress.say(f"{error} Trying again in {wait_s:.1f} s.")
                await asyncio.sleep(wait_s)
                wait_s = min(_LONGEST_WAIT_S, wait_s * 2)

    def _reject(self, origin: Origin, reason: str, record_id: str, raw: str) -> None:
        self.summary.rejected += 1
        self._rejects.add(origin.label, origin.unit, Reject(origin.place, reason, record_id, raw))
