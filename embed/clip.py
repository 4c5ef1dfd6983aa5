"""Any open_clip model as an embedder of texts and pictures, in torch, on whatever device there is.

For loading a catalogue on a GPU, for trying models, and as the original that an export is compared with. Serving
does better with an export (embed/onnx_clip.py): less memory, no torch, a third of the time on a CPU.
"""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath
from typing import Any

import numpy as np

from embed.base import Modality, ModelSpec, Vectors
from embed.clip_loading import ClipModel, Torch, load_clip, torch_packages
from embed.errors import EmbeddingFailed, EmbedError, ModelCorrupt
from embed.onnx import legible
from embed.pictures import Picture, decode

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Told after every batch: how many are done, of how many."""


class ClipEmbedder:
    """The open_clip model `model` with weights `pretrained` (see embed.clip_loading.load_clip).

    Loaded by the first call, by `load`, or when `spec` is asked for: which weights they are is known only then.
    On cuda and mps matrices are multiplied in half precision. Thread-safe.
    """

    def __init__(
        self,
        model: str,
        pretrained: str = "",
        *,
        device: str = "auto",
        batch_size: int = 64,
        progress: Progress | None = None,
    ) -> None:
        self._model = model
        self._pretrained = pretrained
        self._device = device
        self._batch_size = batch_size
        self._progress = progress
        self._loading = threading.Lock()
        self._loaded: tuple[ClipModel, ModelSpec] | None = None

    @property
    def spec(self) -> ModelSpec:
        """Model, weights and their hash, such as "ViT-B-32/laion2b_s34b_b79k@0123456789ab"; loads the model."""
        return self._ready()[1]

    @property
    def model(self) -> ClipModel:
        """The loaded model, for what exports it."""
        return self._ready()[0]

    def load(self) -> None:
        """Load the model now instead of at the first call. Raises ModelUnavailable, ModelCorrupt."""
        self._ready()

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """As Embedder.embed_texts, through the model's own tokenizer."""
        model, spec = self._ready()

        def encode(batch: Sequence[str]) -> Vectors:
            return _vectors(model, "encode_text", model.tokenize([legible(text) for text in batch]))

        return self._in_batches(encode, texts, spec)

    def embed_images(self, pictures: Sequence[Picture]) -> Vectors:
        """As ImageEmbedder.embed_images, through the model's own preprocessing."""
        model, spec = self._ready()
        torch = torch_packages().torch

        def encode(batch: Sequence[Picture]) -> Vectors:
            pixels = torch.stack([model.preprocess(decode(picture)) for picture in batch])
            return _vectors(model, "encode_image", pixels)

        return self._in_batches(encode, pictures, spec)

    def _in_batches(self, encode: Callable[[Sequence[Any]], Vectors], items: Sequence[Any], spec: ModelSpec) -> Vectors:
        vectors = np.empty((len(items), spec.dims), np.float32)
        for start in range(0, len(items), self._batch_size):
            batch = items[start : start + self._batch_size]
            with _failures_of(spec.id, len(items)):
                vectors[start : start + len(batch)] = encode(batch)
            if self._progress is not None:
                self._progress(start + len(batch), len(items))
        return vectors

    def _ready(self) -> tuple[ClipModel, ModelSpec]:
        loaded = self._loaded
        if loaded is None:
            with self._loading:
                loaded = self._loaded or self._load()
                self._loaded = loaded
        return loaded

    def _load(self) -> tuple[ClipModel, ModelSpec]:
        model = load_clip(self._model, self._pretrained, self._device)
        # Of a path its last part: where a file lies says nothing about its vectors.
        name = PurePath(self._model.removeprefix("local-dir:")).name if ":" in self._model else self._model
        weights = PurePath(self._pretrained).stem if self._pretrained else ""
        with _failures_of(name, 1):
            dims = _dims(model, torch_packages(), name)
        digest = model.sha256[:12]
        spec = ModelSpec(
            id=f"{name}/{weights}@{digest}" if weights else f"{name}@{digest}",
            dims=dims,
            space=f"{name}@{digest}",
            modalities=frozenset(Modality),
        )
        log.info("loaded %s on %s", spec.id, model.device)
        return model, spec


def _vectors(model: ClipModel, method: str, inputs: Any) -> Vectors:  # noqa: ANN401 - torch has no types here
    torch = torch_packages().torch
    half = model.device in ("cuda", "mps")
    with torch.inference_mode(), torch.autocast(model.device, torch.float16, enabled=half):
        features = getattr(model.module, method)(inputs.to(model.device))
    unit = torch.nn.functional.normalize(features.float(), dim=-1)
    return np.asarray(unit.cpu().numpy(), np.float32)


def _dims(model: ClipModel, packages: Torch, name: str) -> int:
    """Length of the vectors of both towers, found by using them."""
    size = model.module.visual.preprocess_cfg["size"]
    height, width = (size, size) if isinstance(size, int) else size
    text = _vectors(model, "encode_text", model.tokenize(["a"]))
    image = _vectors(model, "encode_image", packages.torch.zeros(1, 3, height, width))
    if text.shape != image.shape:
        raise ModelCorrupt(f"The towers of {name} give {text.shape[1]} and {image.shape[1]} dims: they do not fit.")
    if not (np.isfinite(text).all() and np.isfinite(image).all()):
        raise ModelCorrupt(f"The weights of {name} give vectors that are not numbers: the checkpoint is damaged.")
    return int(text.shape[1])


@contextlib.contextmanager
def _failures_of(name: str, count: int) -> Iterator[None]:
    try:
        yield
    except (EmbedError, KeyboardInterrupt):
        raise
    except Exception as error:  # torch raises RuntimeError and its children for everything, memory included
        raise EmbeddingFailed(f"{name} could not embed {count} inputs: {error}") from error
