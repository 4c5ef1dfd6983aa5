"""A full load: rows into a new generation, which takes the place of the live one if it is good (generation.py)."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from es.generations import Check
from ingest.errors import LoadRefused
from ingest.feeds.row import RowSource
from ingest.generation import Replacing
from ingest.mapping.mapper import Mapper
from ingest.normalize import GoodRow, Reject, normalize
from ingest.overlay import ChangedMeanwhile
from ingest.pipeline import BulkPipeline
from ingest.progress import Progress
from ingest.rejects import RejectsFile
from ingest.seen import SeenIds
from ingest.settings import IngestSettings
from ingest.summary import Summary
from shop.pictures.vectors import PictureProblem
from shop.products.checks import SMOKE_SAMPLES
from shop.products.document import Product
from shop.products.store import ProductStore, VersionedProduct


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a product stood: what a reject of it will name."""

    label: str
    unit: str
    place: int


class RowReader:
    """The good rows of several feeds; everything else is counted in `summary` and written to `rejects`."""

    def __init__(self, feeds: Sequence[RowSource], mapper: Mapper, rejects: RejectsFile, summary: Summary) -> None:
        self._feeds = feeds
        self._mapper = mapper
        self._rejects = rejects
        self._summary = summary
        self._lock = threading.Lock()

    def rows(self) -> Iterator[tuple[Origin, Product]]:
        """Products in the order of the feeds. Raises FeedError for a feed that cannot be read at all."""
        for feed in self._feeds:
            for row in feed.rows():
                self._summary.read += 1
                for found in normalize(row, self._mapper):
                    if isinstance(found, GoodRow):
                        self._summary.good += 1
                        yield Origin(feed.label, feed.unit, found.place), found.product
                    elif isinstance(found, Reject):
                        self.reject(feed.label, feed.unit, found)
                    else:
                        self._summary.skipped += 1
        if self._summary.read and not self._summary.all_skipped:
            self._summary.unseen = self._mapper.unseen()

    def reject(self, label: str, unit: str, found: Reject) -> None:
        """Counts and writes one reject. Safe for several threads."""
        with self._lock:
            self._summary.reject(found.reason)
            if found.cut and label not in self._summary.cut:
                self._summary.cut.append(label)
        self._rejects.add(label, unit, found)


class FullLoad:
    """One load of a whole catalogue."""

    def __init__(
        self,
        store: ProductStore,
        feeds: Sequence[RowSource],
        mapper: Mapper,
        rejects: RejectsFile,
        settings: IngestSettings,
        *,
        progress: Progress,
        stop: threading.Event,
    ) -> None:
        self.summary = Summary()
        self._store = store
        self._replacing = Replacing(store, ChangedMeanwhile(), progress=progress, keep=settings.keep, stop=stop)
        self._settings = settings
        self._rejects = rejects
        self._reader = RowReader(feeds, mapper, rejects, self.summary)
        self._stop = stop
        self._seen = SeenIds()
        self._sample: dict[str, Product] = {}
        self._failed: set[str] = set()

    def run(self, source: dict[str, Any] | None = None) -> Summary:
        """Loads, checks, swaps, prunes. `source` is kept with the generation: where its products come from.

        Raises LoadRefused if a check fails, FeedError, EngineError; the generation is then gone.
        """
        started = time.monotonic()
        try:
            replaced = self._replacing.run(lambda: self._store.begin_load(source), self._fill, self._checks)
        except BaseException:
            self.summary.indexed = 0
            raise
        self.summary.index, self.summary.replaced_index = replaced.index, replaced.before
        self.summary.seconds = time.monotonic() - started
        return self.summary

    def _fill(self, index: str) -> None:
        self._write(index)
        self._judge()

    def _write(self, index: str) -> None:
        started = time.monotonic()
        # Rows without a time of their own are as new as the load.
        now = time.time_ns() // 1_000_000
        pipeline = BulkPipeline(
            self._store,
            index,
            self._settings,
            stop=self._stop,
            on_failed=self._refused,
            on_picture=self._without_picture,
            on_written=self._replacing.filled,
        )
        with pipeline:
            for origin, product in self._reader.rows():
                self._note(product)
                moment = product.updated_at
                version = int(moment.timestamp() * 1000) if moment is not None else now
                pipeline.put(VersionedProduct(product, max(version, 0)), origin)
            outcome = pipeline.finish()
        self.summary.written = outcome.written
        self.summary.created = outcome.created
        self.summary.stale = outcome.stale
        self.summary.writing_seconds = time.monotonic() - started

    def _note(self, product: Product) -> None:
        if not self._seen.add(product.product_id):
            self.summary.name_duplicate(product.product_id)
        if len(self._sample) < SMOKE_SAMPLES or product.product_id in self._sample:
            self._sample[product.product_id] = product

    def _refused(self, origin: Origin, product_id: str, reason: str) -> None:
        """A product that Elasticsearch would not take; called from the senders' threads."""
        self._failed.add(product_id)
        self._reader.reject(
            origin.label, origin.unit, Reject(origin.place, f"Elasticsearch refused it: {reason}", product_id)
        )

    def _without_picture(self, origin: Origin, problem: PictureProblem) -> None:
        """A picture that its product goes without; called from the encoder's thread."""
        self.summary.pictures_refused += 1
        self._rejects.warn(origin.label, origin.unit, origin.place, problem)

    def _judge(self) -> None:
        """Whether what was written is good enough to go on with."""
        summary, settings = self.summary, self._settings
        summary.good -= len(self._failed)
        summary.indexed = len(self._seen) - len(self._failed)
        judge_rows(summary, settings)
        if not self._store.has_picture_vectors():
            raise LoadRefused(
                "Not one picture of these products could be had from where --pictures says, so nothing was changed; "
                "files must have the paths of the feed or be named PRODUCT_ID.jpg. Without --pictures the products are "
                "loaded, but not found by picture."
            )
        live = self._store.retrying(self._live_count)
        share = settings.min_share_of_live
        if summary.cut and not share:
            share = 1.0
        if summary.indexed < live * share:
            why = "the feed breaks off before its end, and " if summary.cut else ""
            raise LoadRefused(
                f"{why}{summary.indexed:,} products are fewer than {share:.0%} of the {live:,} that are live, so they "
                "stay live; load the whole feed, or allow it with --min-share."
            )

    def _live_count(self) -> int:
        return next((g.documents for g in self._store.generations.all() if g.live), 0)

    def _checks(self) -> list[Check]:
        sample = [product for product_id, product in self._sample.items() if product_id not in self._failed]
        return self._store.checks(self.summary.indexed, sample, writes=self.summary.written)


def judge_rows(summary: Summary, settings: IngestSettings) -> None:
    """Raises LoadRefused where a feed gave no product, or too many rejects."""
    if not summary.good:
        raise LoadRefused(f"Not one product could be read from {summary.read:,} rows; nothing was loaded.")
    if summary.reject_share > settings.max_reject_share:
        raise LoadRefused(
            f"{summary.rejected:,} of {summary.good + summary.rejected:,} rows were rejected "
            f"({summary.reject_share:.0%}, allowed are {settings.max_reject_share:.0%}), so nothing was changed; mend "
            "the feed or the mapping, or allow more with --max-reject-share."
        )


def dry_run(reader: RowReader, summary: Summary, settings: IngestSettings, show: Callable[[Product], None]) -> Summary:
    """Reads and checks everything and loads nothing; `show` is given the first three products."""
    started = time.monotonic()
    seen = SeenIds()
    for _, product in reader.rows():
        if len(seen) < 3:
            show(product)
        if not seen.add(product.product_id):
            summary.name_duplicate(product.product_id)
    summary.seconds = time.monotonic() - started
    summary.verb, summary.indexed = "would be loaded", len(seen)
    judge_rows(summary, settings)
    return summary
