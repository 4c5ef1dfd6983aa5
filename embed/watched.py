"""An embedder whose failures are noticed: by whom it was made, in the middle of the caller's work."""

import threading
from collections.abc import Callable, Sequence

from PIL import Image

from embed.base import Embedder, ImageEmbedder, ModelSpec, Vectors
from embed.errors import EmbeddingFailed, EmbedError, PictureRefused
from embed.pictures import Picture

_PROBE_TEXT = "a"


class WatchedEmbedder:
    """`embedder` as it is; when it fails at a text or picture that any model can embed, `broken` is told why, once.

    Whether the fault is the model's or the input's is found out by embedding something harmless: one text that
    upsets a model must not cost the shop its model.
    """

    def __init__(self, embedder: Embedder, broken: Callable[[EmbedError], None]) -> None:
        self._embedder = embedder
        self._broken = broken
        self._telling = threading.Lock()
        self._told = False

    @property
    def spec(self) -> ModelSpec:
        """The model behind the vectors."""
        return self._embedder.spec

    @property
    def watched(self) -> Embedder:
        """The embedder itself."""
        return self._embedder

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """As Embedder.embed_texts."""
        try:
            return self._embedder.embed_texts(texts)
        except EmbedError as error:
            self._examine(error, lambda: self._embedder.embed_texts([_PROBE_TEXT]))
            raise

    def embed_images(self, pictures: Sequence[Picture]) -> Vectors:
        """As ImageEmbedder.embed_images; EmbeddingFailed where the model embeds texts alone."""
        embedder = self._embedder
        if not isinstance(embedder, ImageEmbedder):
            raise EmbeddingFailed(f"{self.spec.id} embeds texts alone, no pictures.")
        try:
            return embedder.embed_images(pictures)
        except PictureRefused:
            raise
        except EmbedError as error:
            self._examine(error, lambda: embedder.embed_images([Image.new("RGB", (8, 8))]))
            raise

    def examine(self) -> None:
        """Embed something harmless. Raises EmbedError if that fails; `broken` is not told."""
        self._embedder.embed_texts([_PROBE_TEXT])
        if isinstance(self._embedder, ImageEmbedder):
            self._embedder.embed_images([Image.new("RGB", (8, 8))])

    def _examine(self, error: EmbedError, attempt: Callable[[], Vectors]) -> None:
        if self._told:
            return
        try:
            attempt()
        except EmbedError:
            with self._telling:
                first, self._told = not self._told, True
            if first:
                self._broken(error)
