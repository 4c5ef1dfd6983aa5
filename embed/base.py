"""What every embedder has in common: the words, not the work."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt

from embed.pictures import Picture

Vectors: TypeAlias = npt.NDArray[np.float32]
"""Shape (n, dims), float32, every row of length 1 (L2): the dot product of two rows is their cosine."""

Vector: TypeAlias = npt.NDArray[np.float32]
"""One row of `Vectors`: shape (dims,)."""


class Modality(StrEnum):
    """What a model can turn into vectors."""

    TEXT = "text"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """Which model made a vector. Stored beside vectors, so that two models are never mixed.

    `id` names the exact weights, such as "minilm-l6-v2-int8@0123456789ab" (first 12 hex digits of the
    sha256 of the weights). `dims` is the length of a vector. `space` names the vector space: vectors of two
    specs may be compared only where it is equal, as it is for the text and the image tower of one CLIP
    model. `modalities` says what the model embeds.
    """

    id: str
    dims: int
    space: str
    modalities: frozenset[Modality] = frozenset({Modality.TEXT})


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors. CPU-bound and synchronous: call it from a worker thread in async code.

    Every implementation is thread-safe and deterministic: the same text gives the same vector whatever else
    is in the call, up to a difference of 1e-3 in any component. An embedder of pictures offers
    `embed_images` beside this or instead of it; ask `spec.modalities` before calling.
    """

    @property
    def spec(self) -> ModelSpec:
        """The model behind the vectors. Known without loading the weights."""
        ...

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Vectors of `texts` in their order, shape (len(texts), spec.dims); (0, dims) for no texts.

        The empty string has a vector too (of unit length, without meaning). Texts longer than the model
        reads are cut. Raises ModelUnavailable if the weights cannot be loaded, EmbeddingFailed otherwise.
        """
        ...


@runtime_checkable
class ImageEmbedder(Embedder, Protocol):
    """Turns texts and pictures into vectors of one space: the dot product of the two says how well they agree."""

    def embed_images(self, pictures: Sequence[Picture]) -> Vectors:
        """Vectors of `pictures` (files as bytes, or opened) in their order, shape (len(pictures), spec.dims).

        Raises PictureRefused if one of them cannot be read (decode them one by one before, with
        embed.pictures.decode, where one broken file must not stop the others), and what `embed_texts` raises.
        """
        ...
