"""From products to the index: encoder and senders in threads of their own, bounded queues between them.

The caller reads and checks rows; one encoder makes vectors and request bodies; senders send them. Each product id
has its own sender, so that of two writes of one product the later one arrives later.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self
from zlib import crc32

from es.errors import EngineError
from ingest.settings import IngestSettings
from shop.pictures.vectors import PictureProblem
from shop.products.store import BulkOutcome, ProductStore, VersionedProduct

# How often a thread that waits for room looks whether another has failed.
_LOOK_EVERY_S = 0.2


class Failed(Protocol):
    """Told of a product that the index refused: where it came from, its id, and why."""

    def __call__(self, origin: Any, product_id: str, reason: str) -> None: ...  # noqa: ANN401 - the caller's own


class PictureFailed(Protocol):
    """Told of a picture that a product goes without: where the product came from, and what is wrong."""

    def __call__(self, origin: Any, problem: PictureProblem) -> None: ...  # noqa: ANN401 - the caller's own


@dataclass(slots=True)
class _Batch:
    """A part of a bulk request; `origins`: product id -> what the caller gave with it."""

    lines: list[bytes] = field(default_factory=list)
    origins: dict[str, Any] = field(default_factory=dict)
    size: int = 0


class BulkPipeline:
    """Loads products into one index. Use as a context manager; leaving it by an exception throws away what is
    still under way.

    `on_failed` is called from the senders' threads, `on_picture` from the encoder's; `on_written(n)` after each
    request with the number of products that are done with.
    """

    def __init__(
        self,
        store: ProductStore,
        index: str,
        settings: IngestSettings,
        *,
        stop: threading.Event,
        on_failed: Failed,
        on_picture: PictureFailed,
        on_written: Callable[[int], None],
    ) -> None:
        self._store = store
        self._index = index
        self._settings = settings
        self._stop = stop
        self._on_failed = on_failed
        self._on_picture = on_picture
        self._on_written = on_written
        self._lock = threading.Lock()
        self._failure: BaseException | None = None
        self._waiting: list[tuple[VersionedProduct, Any]] = []
        depth = settings.queue_batches
        self._to_encode: queue.Queue[list[tuple[VersionedProduct, Any]] | None] = queue.Queue(depth)
        self._to_send: list[queue.Queue[_Batch | None]] = [queue.Queue(depth) for _ in range(settings.senders)]
        self._threads = [threading.Thread(target=self._run, args=(self._encode,), name="encoder")]
        self._threads += [
            threading.Thread(target=self._run, args=(self._send, waiting), name=f"sender-{i}")
            for i, waiting in enumerate(self._to_send)
        ]
        self.outcome = BulkOutcome()

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._stop.set()
        for thread in self._threads:
            thread.join()

    def put(self, item: VersionedProduct, origin: Any) -> None:  # noqa: ANN401 - the caller's own
        """Adds a product; waits while the queues are full. Raises what a thread behind has failed with."""
        self._waiting.append((item, origin))
        if len(self._waiting) >= self._settings.batch_products:
            self._flush()

    def finish(self) -> BulkOutcome:
        """Sends what is left and waits for all; the sum of what became of the products."""
        self._flush()
        self._offer(self._to_encode, None)
        for thread in self._threads:
            # Not one long join: signals are delivered between the short ones.
            while thread.is_alive():
                thread.join(_LOOK_EVERY_S)
        self._raise_failure()
        return self.outcome

    def _flush(self) -> None:
        self._raise_failure()
        if self._waiting:
            self._offer(self._to_encode, self._waiting)
            self._waiting = []

    def _encode(self) -> None:
        batches = [_Batch() for _ in self._to_send]
        while (chunk := self._take(self._to_encode)) is not None:
            lines = self._store.encode([item for item, _ in chunk], self._tell_of(chunk))
            for position, (item, origin) in enumerate(chunk):
                self._add(batches, lines[2 * position], lines[2 * position + 1], item.product.product_id, origin)
        for number, batch in enumerate(batches):
            if batch.lines:
                self._offer(self._to_send[number], batch)
            self._offer(self._to_send[number], None)

    def _tell_of(self, chunk: Sequence[tuple[VersionedProduct, Any]]) -> Callable[[PictureProblem], None]:
        origins = {item.product.product_id: origin for item, origin in chunk}
        return lambda problem: self._on_picture(origins[problem.product_id], problem)

    def _add(self, batches: list[_Batch], action: bytes, document: bytes, product_id: str, origin: Any) -> None:  # noqa: ANN401
        number = crc32(product_id.encode()) % len(batches)
        batch = batches[number]
        added = len(action) + len(document) + 2
        full = len(batch.origins) >= self._settings.batch_products
        if batch.lines and (full or batch.size + added > self._settings.batch_bytes):
            self._offer(self._to_send[number], batch)
            batch = batches[number] = _Batch()
        batch.lines += (action, document)
        batch.origins[product_id] = origin
        batch.size += added

    def _send(self, waiting: "queue.Queue[_Batch | None]") -> None:
        while (batch := self._take(waiting)) is not None:
            outcome = self._store.send(self._index, batch.lines)
            for product_id, reason in outcome.failed:
                self._on_failed(batch.origins[product_id], product_id, reason)
            with self._lock:
                self.outcome.created += outcome.created
                self.outcome.replaced += outcome.replaced
                self.outcome.stale += outcome.stale
                self.outcome.failed += outcome.failed
            self._on_written(len(batch.lines) // 2)

    def _run(self, work: Callable[..., None], *arguments: Any) -> None:  # noqa: ANN401 - what the work takes
        try:
            work(*arguments)
        except _Stopped:
            return
        except BaseException as error:
            with self._lock:
                self._failure = self._failure or error
            self._stop.set()

    def _offer(self, waiting: "queue.Queue[Any]", item: object) -> None:
        while True:
            if self._stop.is_set():
                self._raise_failure()
                raise _Stopped
            try:
                waiting.put(item, timeout=_LOOK_EVERY_S)
                return
            except queue.Full:
                continue

    def _take(self, waiting: "queue.Queue[Any]") -> Any:  # noqa: ANN401 - the queue's items
        while not self._stop.is_set():
            try:
                return waiting.get(timeout=_LOOK_EVERY_S)
            except queue.Empty:
                continue
        raise _Stopped

    def _raise_failure(self) -> None:
        """For whoever feeds the pipeline, in whatever thread that is; its own threads are stopped without it."""
        if self._failure is not None and threading.current_thread() not in self._threads:
            raise self._failure


class _Stopped(EngineError):
    """The pipeline was told to stop while a thread waited."""
