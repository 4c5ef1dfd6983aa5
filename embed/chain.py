"""The best model that can be had now, and the reason where it is not the first choice, or none."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from embed.base import Embedder, ModelSpec, Vectors
from embed.errors import EmbedError

log = logging.getLogger(__name__)

Loader = Callable[[], Embedder]
"""Gives an embedder that is ready (weights loaded and checked), or raises EmbedError."""


@dataclass(frozen=True, slots=True)
class ChainStatus:
    """What the chain serves: `model_id`, None for nothing; `reasons` has a sentence for each better choice
    that could not be loaded, by its name."""

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
    while the others go on with what there is. Nothing is loaded before the first call.
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
        self._embedder: Embedder | None = None
        self._rank = len(self._loaders)
        self._reasons: dict[str, str] = {}
        self._next_try: float | None = None  # None: never tried

    def current(self) -> Embedder | None:
        """The embedder to use now, None if no model can be had; may load one (hundreds of ms) if it is time."""
        if self._next_try is None:
            with self._trying:
                if self._next_try is None:
                    self._try_better()
        elif self._rank > 0 and self._clock() >= self._next_try and self._trying.acquire(blocking=False):
            try:
                self._try_better()
            finally:
                self._trying.release()
        return self._embedder

    def embed_texts(self, texts: Sequence[str]) -> Embedded | None:
        """Vectors of `texts` from the current embedder; None if there is none or it failed (see `status`)."""
        embedder = self.current()
        if embedder is None:
            return None
        try:
            return Embedded(embedder.spec, embedder.embed_texts(texts))
        except EmbedError as error:
            log.warning("embedding failed: %s", error)
            return None

    def status(self) -> ChainStatus:
        """What is served and why nothing better; loads nothing."""
        embedder = self._embedder
        return ChainStatus(embedder.spec.id if embedder else None, dict(self._reasons))

    def _try_better(self) -> None:
        reasons: dict[str, str] = {}
        for rank, (name, load) in enumerate(self._loaders[: self._rank]):
            try:
                embedder = load()
            except EmbedError as error:
                reasons[name] = str(error)
                if self._reasons.get(name) != str(error):
                    log.warning("model %s is not available: %s", name, error)
                continue
            log.info("serving model %s (%s)", name, embedder.spec.id)
            self._embedder, self._rank = embedder, rank
            break
        self._reasons = reasons
        self._next_try = self._clock() + self._retry_s
