"""An embedder for tests: no weights, microseconds, and texts that share words are near one another.

It knows words, not meaning: "sneakers" and "running shoes" are strangers to it. Never serve a shop with it; it
logs a warning when it is made, so that it cannot be in use unseen (`warn=False` in tests).
"""

import hashlib
import logging
import re
from collections.abc import Sequence

import numpy as np

from embed.base import ModelSpec, Vector, Vectors

log = logging.getLogger(__name__)


class FakeEmbedder:
    """Hashes words to directions: the vector of a text is the normalised sum over its words.

    `calls` holds the number of texts of each call of `embed_texts`, for tests of caches.
    """

    def __init__(self, dims: int = 64, *, name: str = "fake", warn: bool = True) -> None:
        self._spec = ModelSpec(f"{name}-{dims}@000000000000", dims, name)
        self.calls: list[int] = []
        if warn:
            log.warning("the fake embedder is in use: vectors carry no meaning")

    @property
    def spec(self) -> ModelSpec:
        """An id that no real model has."""
        return self._spec

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """As Embedder.embed_texts; never raises."""
        self.calls.append(len(texts))
        vectors = np.empty((len(texts), self._spec.dims), np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._vector(text)
        return vectors

    def _vector(self, text: str) -> Vector:
        words = re.findall(r"\w+", text.lower()) or [""]
        total = np.sum([self._direction(word) for word in words], axis=0)
        return np.asarray(total / np.linalg.norm(total), np.float32)

    def _direction(self, word: str) -> Vector:
        digest = hashlib.sha256(word.encode("utf-8", "replace")).digest()
        generator = np.random.default_rng(int.from_bytes(digest[:8], "little"))
        return generator.standard_normal(self._spec.dims).astype(np.float32)
