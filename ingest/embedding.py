"""The embedder of a load: from settings, with the cache on disk, and with its time measured."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from embed.base import Embedder, ModelSpec, Vectors
from embed.cache import CachedEmbedder
from embed.load import bulk_embedder, text_embedder
from embed.settings import EmbedSettings


@dataclass(frozen=True, slots=True)
class EmbeddingCounts:
    """Texts embedded by the model, texts whose vectors were at hand, and the seconds that both took."""

    made: int = 0
    cached: int = 0
    seconds: float = 0.0


class MeteredEmbedder:
    """An embedder that adds up the time spent in it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._lock = threading.Lock()
        self._seconds = 0.0
        self._texts = 0

    @property
    def spec(self) -> ModelSpec:
        """The model behind the vectors."""
        return self._embedder.spec

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """As Embedder.embed_texts."""
        started = time.monotonic()
        vectors = self._embedder.embed_texts(texts)
        with self._lock:
            self._seconds += time.monotonic() - started
            self._texts += len(texts)
        return vectors

    def counts(self) -> EmbeddingCounts:
        """What has been done so far."""
        if isinstance(self._embedder, CachedEmbedder):
            found = self._embedder.counts()
            return EmbeddingCounts(found.misses, found.hits, self._seconds)
        return EmbeddingCounts(self._texts, 0, self._seconds)


@contextmanager
def load_embedder(settings: EmbedSettings) -> Iterator[MeteredEmbedder | None]:
    """The configured model behind its cache; None where the settings say `none`. Raises ModelUnavailable."""
    if settings.text_model == "none":
        yield None
        return
    with bulk_embedder(settings, text_embedder(settings)) as cached:
        yield MeteredEmbedder(cached)
