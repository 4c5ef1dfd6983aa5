"""The live index into the new one, in the order of its writes: each pass takes what was written since the one before.

A copy has the number of the write that it copies as its version, so that an older state never overwrites a newer one,
however often and in whatever order they are sent.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Any, Final

import orjson
from elasticsearch import Elasticsearch

from es.client import translated
from ingest.errors import Interrupted, LoadRefused
from ingest.pipeline import BulkPipeline
from ingest.progress import Progress
from ingest.reindex.pace import Effort, Pace, processors, searched, worked_ms
from ingest.reindex.vectors import VectorPlan
from ingest.settings import IngestSettings
from shop.pictures.vectors import PictureProblem
from shop.products.changes.deletions import Deletions
from shop.products.scan import documents
from shop.products.since import (
    PAGE,
    StoredWrite,
    differences,
    product_ids,
    reached,
    writes_between,
)
from shop.products.store import ProductStore, VersionedProduct

SEGMENT: Final = 5000
"""Products after which it is noted how far the copy is."""
SMALL_BATCH: Final = 25
"""Products of a request where searches are not to be kept waiting."""
RESTS: Final = 3.0
MOST_REFUSED: Final = 100
# Those who delete have clocks of their own.
_CLOCKS_APART: Final = timedelta(minutes=5)


class Copying:
    """Copies `source` into `target`. `checkpoint`: how far it is, by shard; `noted` is told of each new one, `refused`
    of each product that cannot be copied, with the reason. `rate`, `slower` and `share`: how fast it goes, while there
    are many (ingest/reindex/pace.py)."""

    advice = "--resume at a quieter time"

    def __init__(
        self,
        client: Elasticsearch,
        store: ProductStore,
        plan: VectorPlan,
        source: str,
        target: str,
        settings: IngestSettings,
        *,
        rate: float = 0.0,
        slower: float = 0.0,
        share: float = 0.0,
        progress: Progress,
        stop: threading.Event,
        noted: Callable[[], None],
        refused: Callable[[str, str], None],
        without_picture: Callable[[PictureProblem], None],
    ) -> None:
        self.source = source
        self.target = target
        self.checkpoint: dict[str, int] = {}
        self.copied = 0
        self.left_out: set[str] = set()
        self._client = client
        self._store = store
        self._plan = plan
        may_ms = 1000 * share * processors(client) if share else 0.0
        effort = Effort(lambda: worked_ms(client, target), may_ms)
        self._pace = Pace(lambda: searched(client, source), effort, slower=slower, most=rate, stop=stop)
        if rate or slower:
            # Small batches: a large one would keep searches waiting for as long as its products are worth.
            few = max(10, min(settings.batch_products, round((rate or SMALL_BATCH * 4) / 4), SMALL_BATCH))
            settings = settings.model_copy(update={"batch_products": few, "senders": 1})
        self._settings = settings
        self._progress = progress
        self._stop = stop
        self._noted = noted
        self._refused = refused
        self._without_picture = without_picture
        self._deletions = Deletions(client, store.names)
        self._looked_at = datetime.now(UTC)

    @property
    def watched(self) -> bool:
        """Whether searches were seen that the copy should not keep waiting."""
        return self._pace.usual_ms > 0

    def rest(self, after_s: float) -> None:
        """Leaves three of four seconds to the shop's searches, where there are any, after work of so many seconds that
        takes a core. Raises Interrupted."""
        if self.watched and self._stop.wait(RESTS * after_s):
            raise Interrupted

    def catch_up(self) -> int:
        """Copies all that was written until now; returns how many products that were."""
        upto = self._store.retrying(lambda: reached(self._client, self.source)).done
        self.refresh(self.source)
        before = self.copied
        for shard, last in upto.items():
            at = {shard: self.checkpoint.get(shard, -1)}
            if at[shard] < last:
                writes = writes_between(self._client, self.source, at, {shard: last}, self._store.retrying)
                self._copy_shard(writes, shard)
                self.checkpoint[shard] = last
        self._noted()
        return self.copied - before

    def _copy_shard(self, writes: Iterator[StoredWrite], shard: str) -> None:
        while first := list(islice(writes, PAGE)):
            if len(first) < PAGE:
                self.copy(first)
                return
            self._pace.begin()
            self._segment(chain(first, islice(writes, SEGMENT - PAGE)), shard)

    def _segment(self, writes: Iterator[StoredWrite], shard: str) -> None:
        """Many products, with vectors and requests made at the same time."""
        last, count = -1, 0
        pipeline = BulkPipeline(
            self._store,
            self.target,
            self._settings,
            stop=self._stop,
            on_failed=lambda _origin, product_id, reason: self.leave_out(product_id, f"Elasticsearch: {reason}"),
            on_picture=lambda _origin, problem: self._without_picture(problem),
            on_written=self._progress.add,
        )
        with pipeline:
            for write in writes:
                last, count = write.seq_no, count + 1
                if (item := self._readable(write)) is not None:
                    pipeline.put(item, write.product_id)
                self._pace.wait()
            pipeline.finish()
        if self._stop.is_set():
            # What was under way may be missing: it is not noted as copied.
            raise Interrupted
        self.copied += count
        self.checkpoint[shard] = last
        self._noted()

    def copy(self, writes: Sequence[StoredWrite]) -> None:
        """A few products, one after the other."""
        items = [item for write in writes if (item := self._readable(write)) is not None]
        if items:
            outcome = self._store.send(self.target, self._store.encode(items, self._without_picture))
            for product_id, reason in outcome.failed:
                self.leave_out(product_id, f"Elasticsearch: {reason}")
        self.copied += len(writes)
        self._progress.add(len(writes))

    def _readable(self, write: StoredWrite) -> VersionedProduct | None:
        try:
            item = self._plan.versioned(write)
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            self.leave_out(write.product_id, f"it cannot be read as it is stored: {error}")
            return None
        self.left_out.discard(write.product_id)
        return item

    def leave_out(self, product_id: str, reason: str) -> None:
        """Notes a product that cannot be copied. Raises LoadRefused where there are many."""
        if product_id not in self.left_out:
            self.left_out.add(product_id)
            self._refused(product_id, reason)
        if len(self.left_out) > MOST_REFUSED:
            raise LoadRefused(
                f"More than {MOST_REFUSED} products cannot be copied, such as {product_id} ({reason}); the live "
                "catalogue stays as it is. Load it again from its feed, or mend these products."
            )

    def remove_deleted(self) -> bool:
        """Deletes what was deleted since the last look, as far as it is remembered; False where that is too much."""
        began = datetime.now(UTC)
        found = self._store.retrying(lambda: self._deletions.since(self._looked_at - _CLOCKS_APART))
        if found is None:
            return False
        for start in range(0, len(found), PAGE):
            self._remove(found[start : start + PAGE])
        self._looked_at = began
        return True

    def sweep(self) -> int:
        """Compares the ids of both: deletes what the live index has no more, copies what is missing; how many."""
        extra: list[str] = []
        missing: list[str] = []
        count = 0
        began = datetime.now(UTC)
        ours, theirs = product_ids(self._client, self.target), product_ids(self._client, self.source)
        for product_id, only_ours in differences(ours, theirs):
            (extra if only_ours else missing).append(product_id)
            count += 1
            if len(extra) >= PAGE:
                self._remove(extra)
                extra = []
            if len(missing) >= PAGE:
                self._add(missing)
                missing = []
        self._remove(extra)
        self._add(missing)
        # Of those that neither has, some were left out and are deleted by now.
        self._remove(sorted(self.left_out))
        self._looked_at = began
        return count

    def settle(self) -> tuple[int, int, int]:
        """Deletes what was deleted before the last checkpoint. Products that should be in the copy, that are there, and
        how many writes since may explain a difference."""
        looked = self.remove_deleted()
        found = (*self.counts(), self.behind())
        if looked and abs(found[0] - found[1]) <= found[2]:
            return found
        # Not every deletion is remembered.
        self.sweep()
        return (*self.counts(), self.behind())

    def _remove(self, ids: Sequence[str]) -> None:
        """Deletes those that the live index has no more. Only what is there, for each deletion of what is not raises
        the version that a product which comes again must have."""
        live = {doc["_id"] for doc in self.documents(ids, self.source, whole=False)}
        gone = [product_id for product_id in ids if product_id not in live]
        self.left_out.difference_update(gone)
        doomed = [doc["_id"] for doc in self.documents(gone, self.target, whole=False)]
        if doomed:
            self._store.bulk(self.target, [orjson.dumps({"delete": {"_id": product_id}}) for product_id in doomed])

    def _add(self, ids: Sequence[str]) -> None:
        if found := self.read([product_id for product_id in ids if product_id not in self.left_out]):
            self.copy(found)

    def read(self, ids: Sequence[str], index: str = "") -> list[StoredWrite]:
        """Products as they are stored this moment, in the live index unless another is named."""
        return [
            StoredWrite(str(doc["_id"]), int(doc["_seq_no"]), doc["_source"])
            for doc in self.documents(ids, index or self.source)
        ]

    def documents(self, ids: Sequence[str], index: str, *, whole: bool = True) -> list[dict[str, Any]]:
        """As shop.products.scan.documents, asked again while Elasticsearch is away."""
        return self._store.retrying(lambda: documents(self._client, index, ids, whole=whole))

    def behind(self) -> int:
        """How many writes and deletions the live index has had that were not looked at yet."""
        begun = self._store.retrying(lambda: reached(self._client, self.source)).begun
        return sum(last - self.checkpoint.get(shard, -1) for shard, last in begun.items())

    def refresh(self, index: str) -> None:
        """Makes what was written searchable."""

        def request() -> None:
            with translated():
                self._client.indices.refresh(index=index)

        self._store.retrying(request)

    def counts(self) -> tuple[int, int]:
        """Products that should be in the copy, and that are there; both refreshed."""

        def request(index: str) -> int:
            with translated():
                return int(self._client.count(index=index)["count"])

        self.refresh(self.source)
        self.refresh(self.target)
        expected = self._store.retrying(lambda: request(self.source)) - len(self.left_out)
        return expected, self._store.retrying(lambda: request(self.target))
