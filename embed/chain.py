"""The best model that can be had now, and the reason where it is not the first choice, or none."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from embed.base import Embedder, ModelSpec, Vectors
from embed.errors import EmbedError, PictureRefused
from embed.pictures import Picture
from embed.watched import WatchedEmbedder

log = logging.getLogger(__name__)

Loader = Callable[[], Embedder]
"""Gives an embedder that is ready (weights loaded and checked), or raises EmbedError."""


@dataclass(frozen=True, slots=True)
class ChainStatus:
    """What the chain serves: `model_id`, None for nothing; `reasons` has a sentence for each better choice
    that could not be loaded or stopped working, by its name."""

    model_id: str | None
    reasons: dict[str, str]

    @property
    def degraded(self) -> bool:
        """Whether anything but the first choice is served."""
        return bool(self.reasons)


@dataclass(frozen=True, slots=True)
class Embedded:
    """Vectors, and the model that made them (after a fallback it may be another than a moment ago)."""

    spec: ModelSpec
    vectors: Vectors


class EmbedderChain:
    """Named loaders in order of preference; the first that works is served. Thread-safe.

    While a better choice is missing it is tried again every `retry_s` seconds, by one of the calling threads
    while the others go on with what there is. A model whose calls fail, whatever it is given, is dropped: the
    next one takes its place at once, and it is tried again like one that is missing. Nothing is loaded before the
    first call.
    """

    def __init__(
        self,
        loaders: Sequence[tuple[str, Loader]],
        *,
        retry_s: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._loaders = list(loaders)
        self._retry_s = retry_s
        self._clock = clock
        self._trying = threading.Lock()
        self._embedder: WatchedEmbedder | None = None
        self._rank = len(self._loaders)
        self._reasons: dict[str, str] = {}
        # Names of loaders whose models failed at work: they have to show that they work before they serve again.
        self._failed: set[str] = set()
        self._next_try: float | None = None  # None: never tried

    def current(self) -> WatchedEmbedder | None:
        """The embedder to use now, None if no model can be had; may load one (hundreds of ms) if it is time.

        The same object as long as the same loaded model serves.
        """
        if self._next_try is None:
            with self._trying:
                if self._next_try is None:
                    self._serve_first(range(self._rank), {})
        elif self._rank > 0 and self._clock() >= self._next_try and self._trying.acquire(blocking=False):
            try:
                self._serve_first(range(self._rank), {})
            finally:
                self._trying.release()
        return self._embedder

    def embed_texts(self, texts: Sequence[str]) -> Embedded | None:
        """Vectors of `texts` from the current embedder; None if there is none or it failed (see `status`)."""
        return self._embedded(lambda embedder: embedder.embed_texts(texts))

    def embed_images(self, pictures: Sequence[Picture]) -> Embedded | None:
        """Vectors of `pictures`, likewise. Raises PictureRefused if one of them cannot be read."""
        return self._embedded(lambda embedder: embedder.embed_images(pictures))

    def status(self) -> ChainStatus:
        """What is served and why nothing better; loads nothing."""
        embedder = self._embedder
        return ChainStatus(embedder.spec.id if embedder else None, dict(self._reasons))

    def _embedded(self, embed: Callable[[WatchedEmbedder], Vectors]) -> Embedded | None:
        embedder = self.current()
        if embedder is None:
            return None
        try:
            return Embedded(embedder.spec, embed(embedder))
        except PictureRefused:
            raise
        except EmbedError as error:
            log.warning("embedding failed: %s", error)
            return None

    def _serve_first(self, ranks: range, reasons: dict[str, str]) -> None:
        """Serve the first of these loaders that works; `reasons` are those of the loaders before them."""
        for rank in ranks:
            name, load = self._loaders[rank]
            try:
                embedder = self._loaded(name, rank, load)
            except EmbedError as error:
                reasons[name] = str(error)
                if self._reasons.get(name) != str(error):
                    log.warning("model %s is not available: %s", name, error)
                continue
            log.info("serving model %s (%s)", name, embedder.spec.id)
            self._embedder, self._rank = embedder, rank
            self._failed.discard(name)
            break
        self._reasons = reasons
        self._next_try = self._clock() + self._retry_s

    def _loaded(self, name: str, rank: int, load: Loader) -> WatchedEmbedder:
        embedder = WatchedEmbedder(load(), lambda error: self._drop(embedder, name, rank, error))
        if name in self._failed:
            embedder.examine()
        return embedder

    def _drop(self, embedder: WatchedEmbedder, name: str, rank: int, error: EmbedError) -> None:
        """Stop serving a model that fails, and look for one below it at once."""
        with self._trying:
            if self._embedder is not embedder:
                return  # a better one serves already
            log.warning("model %s (%s) has stopped working: %s", name, embedder.spec.id, error)
            self._failed.add(name)
            self._embedder, self._rank = None, len(self._loaders)
            reasons = {**self._reasons, name: f"It has stopped working: {error}"}
            self._serve_first(range(rank + 1, len(self._loaders)), reasons)
