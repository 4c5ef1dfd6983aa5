"""The sentence vector of the message that is being read, for every model that reads it."""

import threading
from collections.abc import Callable

import structlog

from embed.base import Embedder, Vectors
from embed.errors import EmbedError
from shop.intents.features import plain

log = structlog.get_logger(__name__)


class MessageVectors:
    """Vectors of messages by the sentence model that serves now, which `sentences` gives. A message is read by one
    thread from beginning to end; its vector is kept there until the next message, so that it is computed once."""

    def __init__(self, sentences: Callable[[], Embedder | None]) -> None:
        self._sentences = sentences
        self._last = threading.local()

    @property
    def embedder(self) -> Embedder | None:
        """The sentence model of this moment; None where there is none."""
        return self._sentences()

    def of(self, message: str, embedder: Embedder) -> Vectors | None:
        """The vector of the message as shop.intents.features.plain has it, shape (1, dims); None where the model fails.
        Some milliseconds of CPU: call it from a worker thread in async code."""
        last: tuple[str, Embedder, Vectors] | None = getattr(self._last, "embedded", None)
        if last is not None and last[0] == message and last[1] is embedder:
            return last[2]
        try:
            vectors = embedder.embed_texts([plain(message)])
        except EmbedError as error:
            log.warning("a message could not be embedded", error=str(error))
            return None
        self._last.embedded = (message, embedder, vectors)
        return vectors
