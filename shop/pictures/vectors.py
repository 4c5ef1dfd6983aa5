"""Vectors of the pictures of products: read ahead, each content embedded once, several pictures made one vector.

A picture that cannot be had or read costs its product that picture and nothing else.
"""

import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from types import TracebackType
from typing import Self

import numpy as np

from embed.base import ImageEmbedder, ModelSpec, Vector, Vectors
from embed.errors import PictureRefused
from embed.pictures import examine
from embed.vector_cache import VectorCache
from shop.pictures.errors import PictureUnavailable
from shop.pictures.picture import Content, PictureRef
from shop.pictures.source import PictureFinder
from shop.products.document import Product
from shop.settings import PictureSettings

# Counts up whenever a picture is decoded or fitted otherwise, so that vectors of before are not taken.
DECODING = 1
# Pictures in one call of the model: enough for its batches and threads, few enough to hold in memory.
GROUP = 32


@dataclass(frozen=True, slots=True)
class PictureProblem:
    """A picture that its product goes without: its address, and why."""

    product_id: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class PictureCounts:
    """Pictures embedded by the model, pictures whose vectors were at hand, pictures refused, products that have a
    vector, and the seconds that it took."""

    made: int = 0
    cached: int = 0
    refused: int = 0
    products: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class PictureVectors:
    """One unit vector a product, None where it has no picture that can be read, and what was wrong with others."""

    vectors: list[Vector | None]
    problems: list[PictureProblem] = field(default_factory=list)


_Due = tuple[int, PictureRef]  # the product's position, and one of its pictures


class ProductPictures:
    """Finds, reads and embeds the pictures of products. Close it after use; one thread at a time.

    `cache` keeps vectors by the model and the picture's content.
    """

    def __init__(
        self,
        finder: PictureFinder,
        embedder: ImageEmbedder,
        settings: PictureSettings,
        cache: VectorCache | None = None,
    ) -> None:
        self._finder = finder
        self._embedder = embedder
        self._settings = settings
        self._cache = cache
        self._readers = ThreadPoolExecutor(settings.readers, thread_name_prefix="picture")
        self._lock = threading.Lock()
        self._counts = PictureCounts()

    @property
    def spec(self) -> ModelSpec:
        """The model behind the vectors."""
        return self._embedder.spec

    def vectors(self, products: Sequence[Product]) -> PictureVectors:
        """Vectors of the products' pictures, in order. Raises EmbedError if the model itself fails."""
        started = time.monotonic()
        found: list[list[Vector]] = [[] for _ in products]
        result = PictureVectors([])
        made = cached = 0
        reading = self._read_ahead(self._due(products))
        while group := list(islice(reading, GROUP)):
            good: list[tuple[int, PictureRef, Content]] = []
            for position, ref, content in group:
                if isinstance(content, Content):
                    good.append((position, ref, content))
                else:
                    result.problems.append(_problem(products[position], ref, str(content)))
            vectors, new = self._of_contents([content for _, _, content in good])
            for position, ref, content in good:
                vector = vectors[content.digest]
                if isinstance(vector, PictureRefused):
                    result.problems.append(_problem(products[position], ref, str(vector)))
                else:
                    found[position].append(vector)
            made += new
            cached += sum(not isinstance(vectors[c.digest], PictureRefused) for _, _, c in good) - new
        result.vectors = [combined(several) for several in found]
        self._count(made, cached, result, time.monotonic() - started)
        return result

    def counts(self) -> PictureCounts:
        """What has been done so far."""
        with self._lock:
            return self._counts

    def close(self) -> None:
        """Ends the readers and closes the cache. Harmless if repeated."""
        self._readers.shutdown(cancel_futures=True)
        if self._cache is not None:
            self._cache.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _due(self, products: Sequence[Product]) -> Iterator[_Due]:
        for position, product in enumerate(products):
            for ref in self._finder.refs(product)[: self._settings.per_product]:
                yield position, ref

    def _read_ahead(self, due: Iterable[_Due]) -> Iterator[tuple[int, PictureRef, Content | PictureUnavailable]]:
        """Every picture's content, in order; while one group is embedded, the next is read."""
        waiting: deque[tuple[int, PictureRef, Future[Content | PictureUnavailable]]] = deque()
        due = iter(due)
        bound = self._settings.readers + GROUP
        while True:
            for position, ref in islice(due, bound - len(waiting)):
                waiting.append((position, ref, self._readers.submit(self._read, ref)))
            if not waiting:
                return
            position, ref, reading = waiting.popleft()
            yield position, ref, reading.result()

    def _read(self, ref: PictureRef) -> Content | PictureUnavailable:
        try:
            content = ref.read(self._known)
            if content.file is not None:
                examine(content.file, self._settings.max_pixels)
            return content
        except PictureUnavailable as error:
            return error
        except PictureRefused as error:
            return PictureUnavailable(str(error))

    def _known(self, digest: str) -> bool:
        return self._cache is not None and bool(self._cache.get(self.spec, [_key(digest)]))

    def _of_contents(self, contents: Sequence[Content]) -> tuple[dict[str, Vector | PictureRefused], int]:
        """The vector of each digest, or why there is none, and how many were made anew."""
        keys = {_key(content.digest): content.digest for content in contents}
        kept = self._cache.get(self.spec, list(keys)) if self._cache is not None else {}
        found: dict[str, Vector | PictureRefused] = {keys[key]: vector for key, vector in kept.items()}
        missing = {c.digest: c.file for c in contents if c.digest not in found and c.file is not None}
        made = self._embedded(missing)
        new = {_key(digest): vector for digest, vector in made.items() if not isinstance(vector, PictureRefused)}
        if self._cache is not None:
            self._cache.put(self.spec, new)
        gone = {c.digest: PictureRefused("Its vector was dropped from the cache; load again.") for c in contents}
        return {**gone, **found, **made}, len(new)

    def _embedded(self, files: dict[str, bytes]) -> dict[str, Vector | PictureRefused]:
        if not files:
            return {}
        try:
            return dict(zip(files, self._embedder.embed_images(list(files.values())), strict=True))
        except PictureRefused as error:
            if len(files) == 1:
                return dict.fromkeys(files, error)
        # One of them is damaged behind a sound header: found by halving, for most of them are good.
        names = list(files)
        middle = len(names) // 2
        halves = ({name: files[name] for name in part} for part in (names[:middle], names[middle:]))
        return {digest: vector for half in halves for digest, vector in self._embedded(half).items()}

    def _count(self, made: int, cached: int, result: PictureVectors, seconds: float) -> None:
        with self._lock:
            before = self._counts
            self._counts = PictureCounts(
                before.made + made,
                before.cached + cached,
                before.refused + len(result.problems),
                before.products + sum(vector is not None for vector in result.vectors),
                before.seconds + seconds,
            )


def combined(vectors: Sequence[Vector]) -> Vector | None:
    """The one vector that stands for a product's pictures: their mean, of unit length; None for none."""
    if len(vectors) < 2:
        return vectors[0] if vectors else None
    mean: Vectors = np.mean(vectors, axis=0, dtype=np.float32)
    length = float(np.linalg.norm(mean))
    return np.asarray(mean / length, np.float32) if length > 1e-6 else vectors[0]


def _key(digest: str) -> str:
    return f"picture {DECODING} {digest}"


def _problem(product: Product, ref: PictureRef, reason: str) -> PictureProblem:
    return PictureProblem(product.product_id, ref.address, reason)
