"""Vectors made once: of queries in memory, of product texts on disk (vector_cache.py)."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np

from embed.base import Embedder, ModelSpec, Vector, Vectors
from embed.vector_cache import VectorCache


@dataclass(frozen=True, slots=True)
class CacheCounts:
    """How often a vector was at hand (`hits`) or had to be made (`misses`), and how many are kept."""

    hits: int
    misses: int
    size: int


class QueryCache:
    """An embedder with the vectors of its `size` last used texts in memory; thread-safe.

    Texts that differ in white space alone are one text. Two threads that miss the same text at once both
    embed it, and get the same vector. Vectors from `get` are read-only.
    """

    def __init__(self, embedder: Embedder, size: int) -> None:
        self._embedder = embedder
        self._size = size
        self._kept: OrderedDict[str, Vector] = OrderedDict()
        self._lock = threading.Lock()
        self._hits = 0
        self._misses = 0

    @property
    def spec(self) -> ModelSpec:
        """The model behind the vectors."""
        return self._embedder.spec

    def get(self, text: str) -> Vector | None:
        """The vector of `text`, shape (dims,), if it is kept; microseconds, so fit for an event loop.

        Counts a hit, but no miss: `embed_texts`, which follows a None, counts that.
        """
        return self._take(" ".join(text.split()))

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """As Embedder.embed_texts; what is missing is embedded in one call and kept."""
        keys = [" ".join(text.split()) for text in texts]
        found = {key: self._take(key) for key in dict.fromkeys(keys)}
        missing = [key for key, vector in found.items() if vector is None]
        if missing:
            made = self._embedder.embed_texts(missing)
            for key, vector in zip(missing, made, strict=True):
                # A copy: a row would keep the whole array of its call in memory.
                found[key] = self._keep(key, vector.copy())
        rows = [vector for key in keys if (vector := found[key]) is not None]
        return np.stack(rows) if rows else np.empty((0, self.spec.dims), np.float32)

    def put(self, text: str, vector: Vector) -> Vector:
        """Keeps a vector that was made elsewhere by the same model; counts a miss. Returns it, read-only."""
        return self._keep(" ".join(text.split()), vector.copy())

    def counts(self) -> CacheCounts:
        """Hits, misses and size since the start."""
        with self._lock:
            return CacheCounts(self._hits, self._misses, len(self._kept))

    def _take(self, key: str) -> Vector | None:
        with self._lock:
            vector = self._kept.get(key)
            if vector is not None:
                self._kept.move_to_end(key)
                self._hits += 1
            return vector

    def _keep(self, key: str, vector: Vector) -> Vector:
        vector.setflags(write=False)
        with self._lock:
            self._misses += 1
            if self._size:
                self._kept[key] = vector
                self._kept.move_to_end(key)
                while len(self._kept) > self._size:
                    self._kept.popitem(last=False)
        return vector


class CachedEmbedder:
    """An embedder for loading: looks into the cache on disk, embeds what is new, each text once."""

    def __init__(self, embedder: Embedder, cache: VectorCache | None) -> None:
        self._embedder = embedder
        self._cache = cache
        self._lock = threading.Lock()
        self._hits = 0
        self._misses = 0

    @property
    def spec(self) -> ModelSpec:
        """The model behind the vectors."""
        return self._embedder.spec

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """As Embedder.embed_texts. A text that occurs twice is embedded once; that counts as a hit."""
        distinct = list(dict.fromkeys(texts))
        spec = self.spec
        found = self._cache.get(spec, distinct) if self._cache is not None else {}
        missing = [text for text in distinct if text not in found]
        if missing:
            made = dict(zip(missing, self._embedder.embed_texts(missing), strict=True))
            if self._cache is not None:
                self._cache.put(spec, made)
            found |= made
        with self._lock:
            self._misses += len(missing)
            self._hits += len(texts) - len(missing)
        if not texts:
            return np.empty((0, spec.dims), np.float32)
        return np.stack([found[text] for text in texts])

    def counts(self) -> CacheCounts:
        """Hits and misses of this object since its start; size is the number of vectors on disk."""
        size = self._cache.count() if self._cache is not None else 0
        with self._lock:
            return CacheCounts(self._hits, self._misses, size)

    def close(self) -> None:
        """Close the cache on disk. Harmless if repeated."""
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
