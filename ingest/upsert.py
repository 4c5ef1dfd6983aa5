"""Changes from feeds to the products that are live: rows may hold a few fields, or whole new products."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from ingest.feeds.row import BrokenRow, FeedRow, RowSource
from ingest.load import Origin
from ingest.mapping.mapper import Mapper
from ingest.mapping.mistakes import ValueMistake
from ingest.normalize import Reject, raw_of, whole_product
from ingest.progress import Progress
from ingest.rejects import RejectsFile
from ingest.settings import IngestSettings
from ingest.summary import Summary
from shop.products.changes.apply import ProductUpserts
from shop.products.changes.change import Change, Outcome, Result
from shop.products.reasons import sentences

_Item = tuple[Origin, Change, str]


class FeedUpsert:
    """One run over feeds of changes. What is written stays written, whatever happens later: run it again."""

    def __init__(
        self,
        upserts: ProductUpserts,
        feeds: Sequence[RowSource],
        mapper: Mapper,
        rejects: RejectsFile,
        settings: IngestSettings,
        *,
        progress: Progress,
        stop: threading.Event,
    ) -> None:
        self.summary = Summary()
        self._upserts = upserts
        self._feeds = feeds
        self._mapper = mapper
        self._rejects = rejects
        self._settings = settings
        self._progress = progress
        self._stop = stop

    def run(self) -> Summary:
        """Applies every row in order. Raises FeedError, EngineError, GenerationError where nothing is live."""
        started = time.monotonic()
        try:
            for batch in self._batches():
                if self._stop.is_set():
                    break
                self._apply(batch)
        finally:
            self.summary.seconds = self.summary.writing_seconds = time.monotonic() - started
        if not self.summary.good and not self.summary.all_skipped:
            self.summary.unseen = self._mapper.unseen()
        return self.summary

    def _batches(self) -> Iterator[list[_Item]]:
        """Changes in the order of the feed; no product twice in one batch, so that rows of one stay in order."""
        batch: dict[str, _Item] = {}
        for item in self._changes():
            product_id = item[1].product_id
            if product_id in batch or len(batch) >= self._settings.batch_products:
                if product_id in batch:
                    self.summary.name_duplicate(product_id)
                yield list(batch.values())
                batch = {}
            batch[product_id] = item
        if batch:
            yield list(batch.values())

    def _changes(self) -> Iterator[_Item]:
        for feed in self._feeds:
            for row in feed.rows():
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
            opened = self._mapper.open(row.values)
        except ValueMistake as mistake:
            self._reject(origin, str(mistake), self._mapper.product_id(row.values), raw_of(row.values))
            return
        for values in opened:
            found = self._change(values)
            if isinstance(found, Change):
                yield origin, found, raw_of(values)
            elif found:
                self._reject(origin, found, self._mapper.product_id(values), raw_of(values))
            else:
                self.summary.skipped += 1

    def _change(self, values: Mapping[str, Any]) -> Change | str:
        """The change of one opened row; a sentence where it is none, empty where the mapping leaves it out."""
        mapper = self._mapper
        if mapper.skips(values, partial=True):
            return ""
        try:
            deleted = mapper.deletes(values)
        except ValueMistake as mistake:
            return f"deleted {mistake}"
        mapped = mapper.apply(values, partial=True)
        product_id = mapped.fields.get("product_id")
        if mapped.problems and not deleted:
            return "; ".join(mapped.problems)
        if not isinstance(product_id, str) or not product_id:
            return "product_id is missing"
        return Change(product_id, mapped.fields, lambda: self._whole(values), deleted)

    def _whole(self, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - Product or list[str]
        if self._mapper.skips(values):
            return ["the product is not in the catalogue, and `skip` of the mapping leaves out rows like this one"]
        found = whole_product(values, self._mapper)
        if isinstance(found, list):
            return ["the product is not in the catalogue, and the row is no whole product", *found]
        return found

    def _apply(self, batch: list[_Item]) -> None:
        outcomes = self._upserts.apply([change for _, change, _ in batch])
        for (origin, change, raw), outcome in zip(batch, outcomes, strict=True):
            self._count(origin, change, raw, outcome)
        self._progress.add(len(batch))

    def _count(self, origin: Origin, change: Change, raw: str, outcome: Outcome) -> None:
        summary = self.summary
        summary.pictures_refused += len(outcome.pictures)
        for problem in outcome.pictures:
            self._rejects.warn(origin.label, origin.unit, origin.place, problem)
        match outcome.result:
            case Result.REFUSED:
                why = sentences(outcome.why) if isinstance(outcome.why, ValidationError) else outcome.why or []
                self._reject(origin, "; ".join(why), change.product_id, raw)
                return
            case Result.STALE:
                summary.stale += 1
            case Result.UNCHANGED:
                summary.unchanged += 1
            case Result.DELETED:
                summary.deleted += 1
            case _:
                summary.indexed += 1
                summary.created += outcome.result is Result.CREATED
        summary.good += 1
        summary.written += outcome.result in (Result.CREATED, Result.CHANGED, Result.DELETED)

    def _reject(self, origin: Origin, reason: str, product_id: str, raw: str) -> None:
        self.summary.reject(reason)
        self._rejects.add(origin.label, origin.unit, Reject(origin.place, reason, product_id, raw))
