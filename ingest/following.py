"""What the live index gets while another one is filled beside it, brought there in the order in which it came.

Nobody writes to the index that is filled but the load. What others write, to the live one, is read from there by its
sequence numbers; when the new one is complete, writes wait for a moment, the rest is read, and the new one goes live
(es/handover.py). So however many write to one product, the last of them is the last in the new index too.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final, Protocol

import orjson

from es.client import translated
from es.errors import IndexMissing
from ingest.errors import LoadRefused
from shop.products.changes.deletions import Deletions
from shop.products.scan import documents
from shop.products.since import (
    PAGE,
    StoredWrite,
    close_point,
    differences,
    ids_of_point,
    open_point,
    product_ids,
    reached,
    writes_between,
    written_at_point,
)
from shop.products.store import ProductStore, VersionedProduct

ADVICE: Final = "load again at a quieter time"
POINT_KEPT: Final = "1h"
_RENEWED_EVERY: Final = timedelta(minutes=10)
# Those who delete have clocks of their own.
_CLOCKS_APART: Final = timedelta(minutes=5)


class Bringing(Protocol):
    """How a load takes what was written meanwhile."""

    whole: bool
    """Whether the new index is to hold what the live one holds, and nothing else."""

    def item(
        self, write: StoredWrite, before: StoredWrite | None, there: Mapping[str, Any] | None
    ) -> VersionedProduct | None:
        """What to write of a product; None where nothing is to be. `before`: as it was when the load began, None where
        it was not there or nobody knows; `there`: as the load has stored it."""
        ...


class Following:
    """Follows `source`, the live index, into `target`. `store` makes the vectors of what is brought."""

    advice = ADVICE

    def __init__(self, store: ProductStore, source: str, bringing: Bringing) -> None:
        self.source = source
        self.target = ""
        self.copied = 0
        self._client = client = store.client
        self._store = store
        self._bringing = bringing
        self._deletions = Deletions(client, store.names)
        self._lock = threading.Lock()
        self._began = self._renewed = self._looked_at = datetime.now(UTC)
        self._start = dict(store.retrying(lambda: reached(client, source)).done)
        self._checkpoint = dict(self._start)
        # Later than the checkpoint, so that nothing is missed; what lies between them is known by its number.
        self._point = "" if bringing.whole else store.retrying(lambda: open_point(client, source, POINT_KEPT))

    def into(self, target: str) -> None:
        """Names the index that is filled; it is a copy from now on, which writers need not write to as well."""
        self.target = target
        self._store.retrying(lambda: self._store.generations.follows(target, self.source))

    def keep(self) -> None:
        """Keeps the beginning readable; to be called now and then while the index is filled. Safe for threads."""
        now = datetime.now(UTC)
        with self._lock:
            if not self._point or now - self._renewed < _RENEWED_EVERY:
                return
            self._renewed = now
        self._before([])

    def close(self) -> None:
        """Lets go of the beginning."""
        point, self._point = self._point, ""
        if point:
            close_point(self._client, point)

    def catch_up(self) -> int:
        """Brings all that was written until now; returns how many products that were."""
        upto = self._store.retrying(lambda: reached(self._client, self.source)).done
        self._refresh(self.source)
        before = self.copied
        for shard, last in upto.items():
            at = {shard: self._checkpoint.get(shard, -1)}
            if at[shard] < last:
                writes = writes_between(self._client, self.source, at, {shard: last}, self._store.retrying)
                while page := list(islice(writes, PAGE)):
                    self._bring(page, self._start.get(shard, -1))
                self._checkpoint[shard] = last
        return self.copied - before

    def _bring(self, writes: Sequence[StoredWrite], start: int) -> None:
        ids = [write.product_id for write in writes]
        there = {doc["_id"]: doc["_source"] for doc in self._documents(self.target, ids)}
        before = {product_id: found for product_id, found in self._before(ids).items() if found.seq_no <= start}
        found = [self._item(w, before.get(w.product_id), there.get(w.product_id)) for w in writes]
        wanted = [item for item in found if item is not None]
        lines = self._store.encode(wanted) if wanted else []
        # Nobody else writes here: whatever is there is older.
        lines[::2] = [orjson.dumps({"index": {"_id": item.product.product_id}}) for item in wanted]
        failed = self._store.send(self.target, lines).failed if lines else []
        if failed:
            raise LoadRefused(
                f"Product {failed[0][0]} was changed while the catalogue was filled, and cannot be stored there: "
                f"{failed[0][1]}. The live catalogue stays as it is."
            )
        self.copied += len(writes)

    def _item(
        self, write: StoredWrite, before: StoredWrite | None, there: Mapping[str, Any] | None
    ) -> VersionedProduct | None:
        try:
            return self._bringing.item(write, before, there)
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            raise LoadRefused(
                f"Product {write.product_id} was changed while the catalogue was filled, and cannot be read as it is "
                f"stored: {error}. The live catalogue stays as it is; delete or mend the product, and load again."
            ) from error

    def _before(self, ids: Sequence[str]) -> dict[str, StoredWrite]:
        """Products as they were when the load began; those that nobody knows of are left out."""
        if not self._point:
            return {}
        try:
            point, found = self._store.retrying(
                lambda: written_at_point(self._client, self._point, POINT_KEPT, list(ids))
            )
        except IndexMissing:
            # Elasticsearch was restarted: from here on whole products count instead of their fields.
            self._point = ""
            return {}
        self._point = point
        return {write.product_id: write for write in found}

    def remove_deleted(self) -> bool:
        """Deletes what was deleted since the last look; False where that is too much to be remembered."""
        now = datetime.now(UTC)
        found = self._store.retrying(lambda: self._deletions.since(self._looked_at - _CLOCKS_APART))
        surely = self._store.retrying(lambda: self._deletions.since(self._began))
        if found is None or surely is None:
            return False
        for start in range(0, len(found), PAGE):
            self._remove(found[start : start + PAGE], set(surely))
        self._looked_at = now
        return True

    def _remove(self, ids: Sequence[str], surely: set[str]) -> None:
        """Deletes those that the live index has no more. What it had not when the load began may be deleted long
        since, and be in the feed again."""
        live = {doc["_id"] for doc in self._documents(self.source, ids, whole=False)}
        gone = [product_id for product_id in ids if product_id not in live]
        if not self._bringing.whole:
            had = self._before(gone)
            gone = [product_id for product_id in gone if product_id in had or product_id in surely]
        doomed = [doc["_id"] for doc in self._documents(self.target, gone, whole=False)]
        if doomed:
            self._store.bulk(self.target, [orjson.dumps({"delete": {"_id": product_id}}) for product_id in doomed])

    def sweep(self) -> int:
        """Compares all ids with those of the beginning, or of the new index; how many are gone."""
        if not self._bringing.whole and not self._point:
            return 0
        theirs = product_ids(self._client, self.source)
        ours = product_ids(self._client, self.target) if self._bringing.whole else self._began_with()
        gone = [product_id for product_id, only_ours in differences(ours, theirs) if only_ours]
        for start in range(0, len(gone), PAGE):
            self._remove(gone[start : start + PAGE], set(gone))
        return len(gone)

    def _began_with(self) -> Iterator[str]:
        return ids_of_point(self._client, self._point)

    def behind(self) -> int:
        """How many writes the live index has had that were not looked at yet."""
        begun = self._store.retrying(lambda: reached(self._client, self.source)).begun
        return sum(last - self._checkpoint.get(shard, -1) for shard, last in begun.items())

    def counts(self) -> tuple[int, int]:
        """Products that should be in the new index, and that are there, where it is to hold the same."""
        self._refresh(self.target)
        if not self._bringing.whole:
            return 0, 0
        self._refresh(self.source)
        return self._count(self.source), self._count(self.target)

    def _documents(self, index: str, ids: Sequence[str], *, whole: bool = True) -> list[dict[str, Any]]:
        return self._store.retrying(lambda: documents(self._client, index, ids, whole=whole))

    def _count(self, index: str) -> int:
        def request() -> int:
            with translated():
                return int(self._client.count(index=index)["count"])

        return self._store.retrying(request)

    def _refresh(self, index: str) -> None:
        def request() -> None:
            with translated():
                self._client.indices.refresh(index=index)

        self._store.retrying(request)
