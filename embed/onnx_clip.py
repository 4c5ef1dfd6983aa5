"""An exported CLIP model at work: onnxruntime, tokenizers and Pillow, no torch.

A large call is cut into batches that run on `threads` threads at once, each on one core, as in embed/onnx.py.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from embed.base import ModelSpec, Vectors
from embed.clip_manifest import ClipManifest, read_clip_file, read_clip_manifest
from embed.clip_pixels import Tensor, tensor
from embed.clip_text import TextReader, TokenIds
from embed.errors import EmbeddingFailed, EmbedError, ModelCorrupt
from embed.pictures import Picture

log = logging.getLogger(__name__)

# Tokens and pictures in one run of a tower: more does not fit the cache of a core.
BATCH_TOKENS = 256
BATCH_PICTURES = 4


class _Loaded(NamedTuple):
    reader: TextReader
    text: onnxruntime.InferenceSession
    image: onnxruntime.InferenceSession


class OnnxClipEmbedder:
    """The CLIP model in a folder that `python -m embed export` wrote. Thread-safe.

    The manifest is read at once (ModelUnavailable, ModelCorrupt); towers and tokenizer are loaded, their sha256
    checked, by the first call or by `load`. `threads` bounds the cores that one call uses.
    """

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        self._folder = folder
        self._manifest = read_clip_manifest(folder)
        self._spec = self._manifest.spec
        self._threads = threads
        self._loading = threading.Lock()
        self._loaded: _Loaded | None = None

    @property
    def spec(self) -> ModelSpec:
        """The model behind the vectors, from its manifest."""
        return self._spec

    @property
    def manifest(self) -> ClipManifest:
        """What is known about the model."""
        return self._manifest

    def load(self) -> None:
        """Load and check the weights now instead of at the first call. Raises as `embed_texts` does."""
        self._ready()

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """As Embedder.embed_texts; texts are cut at the model's context length."""
        loaded = self._ready()
        try:
            rows = loaded.reader.rows(texts) if texts else []
            batches = list(_batches([self._tokens(row) for row in rows]))
        except Exception as error:  # tokenizers raises types that it does not publish
            raise EmbeddingFailed(f"{self._spec.id} could not read {len(texts)} texts: {error}") from error

        def run(batch: list[int]) -> Vectors:
            ids = loaded.reader.padded([rows[place] for place in batch])
            vectors: Vectors = loaded.text.run(None, {"ids": ids})[0]
            return vectors

        return self._run(run, batches, len(texts), "texts")

    def embed_images(self, pictures: Sequence[Picture]) -> Vectors:
        """As ImageEmbedder.embed_images."""
        loaded = self._ready()
        places = range(len(pictures))
        batches = [list(places[start : start + BATCH_PICTURES]) for start in places[::BATCH_PICTURES]]

        def run(batch: list[int]) -> Vectors:
            pixels = tensor([pictures[place] for place in batch], self._manifest.image)
            vectors: Vectors = loaded.image.run(None, {"pixels": pixels})[0]
            return vectors

        return self._run(run, batches, len(pictures), "pictures")

    def _run(self, run: Callable[[list[int]], Vectors], batches: list[list[int]], count: int, what: str) -> Vectors:
        vectors = np.empty((count, self._spec.dims), np.float32)

        def place(batch: list[int]) -> None:
            vectors[batch] = run(batch)

        try:
            if len(batches) <= 1 or self._threads == 1:
                for batch in batches:
                    place(batch)
            else:
                with ThreadPoolExecutor(min(self._threads, len(batches))) as pool:
                    for _ in pool.map(place, batches):
                        pass
        except EmbedError:
            raise
        except Exception as error:  # onnxruntime raises types that it does not publish
            raise EmbeddingFailed(f"{self._spec.id} could not embed {count} {what}: {error}") from error
        return vectors

    def _tokens(self, row: Sequence[int]) -> int:
        return self._manifest.text.context_length if self._manifest.text.fixed else len(row)

    def _ready(self) -> _Loaded:
        loaded = self._loaded
        if loaded is None:
            with self._loading:
                loaded = self._loaded or self._load()
                self._loaded = loaded
        return loaded

    def _load(self) -> _Loaded:
        manifest, rules = self._manifest, self._manifest.text
        vocabulary = read_clip_file(self._folder, manifest, rules.tokenizer)
        text = self._session(rules.weights, np.zeros((1, rules.context_length), np.int64))
        image = self._session(manifest.image.weights, np.zeros((1, 3, *manifest.image.size), np.float32))
        try:
            tokenizer = Tokenizer.from_str(vocabulary.decode())
        except Exception as error:
            raise ModelCorrupt(f"The tokenizer in {self._folder} cannot be loaded: {error}") from error
        reader = TextReader(
            tokenizer,
            cleaning=rules.cleaning,
            context_length=rules.context_length,
            pad_id=rules.pad_id,
            fixed=rules.fixed,
            replaced=rules.replaced,
        )
        log.info("loaded %s from %s", self._spec.id, self._folder)
        return _Loaded(reader, text, image)

    def _session(self, name: str, example: TokenIds | Tensor) -> onnxruntime.InferenceSession:
        """The tower in the file `name`, having embedded `example`: what it gives decides, not what it declares."""
        weights = read_clip_file(self._folder, self._manifest, name)
        try:
            session = onnxruntime.InferenceSession(weights, _options(), providers=["CPUExecutionProvider"])
            vectors = session.run(None, {session.get_inputs()[0].name: example})[0]
        except Exception as error:
            raise ModelCorrupt(f"{self._folder / name} cannot be loaded: {error}") from error
        if vectors.shape != (1, self._spec.dims):
            raise ModelCorrupt(
                f"{self._folder / name} gives {vectors.shape[-1]} dims, its manifest says {self._spec.dims}."
            )
        if not np.isfinite(vectors).all():
            raise ModelCorrupt(f"{self._folder / name} gives vectors that are not numbers.")
        return session


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    # Parallelism is over batches: a thread per batch needs no synchronisation inside the model.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return options


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of the texts, longest first (the long batches must not be the last to start), in batches."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda i: lengths[i], reverse=True):
        if batch and lengths[batch[0]] * (len(batch) + 1) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
