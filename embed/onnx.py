"""Texts to vectors with onnxruntime and tokenizers: no torch, no download, nothing padded beyond need.

A large call is sorted by length and cut into small batches of like length, which run on `threads` threads at
once, each on one core: faster than one batch on many cores, and since the model's rows do not see one another
(embed/training/bert_graph.py) the vectors do not depend on how the call was cut.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from embed.base import ModelSpec, Vectors
from embed.errors import EmbeddingFailed, ModelCorrupt
from embed.manifest import read_file, read_manifest

log = logging.getLogger(__name__)

# Tokens in one run of the model: more does not fit the cache of a core, less wastes calls (measured).
BATCH_TOKENS = 256
# No text needs more characters to fill 256 tokens; what follows would only cost time.
MAX_CHARACTERS = 16_384


class _Loaded(NamedTuple):
    session: onnxruntime.InferenceSession
    tokenizer: Tokenizer


class OnnxTextEmbedder:
    """A sentence encoder from a folder with manifest.json, weights and tokenizer.json.

    The manifest is read at once (ModelUnavailable, ModelCorrupt); weights and tokenizer are loaded, their
    sha256 checked, by the first call or by `load`. `threads` bounds the cores that one call uses.
    """

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        self._folder = folder
        self._manifest = read_manifest(folder)
        self._spec = self._manifest.spec
        self._threads = threads
        self._loading = threading.Lock()
        self._loaded: _Loaded | None = None

    @property
    def spec(self) -> ModelSpec:
        """The model behind the vectors, from its manifest."""
        return self._spec

    def load(self) -> None:
        """Load and check the weights now instead of at the first call. Raises as `embed_texts` does."""
        self._ready()

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Vectors in the order of `texts`, (n, dims); see Embedder. Texts are cut at `max_tokens` tokens."""
        vectors = np.empty((len(texts), self._spec.dims), np.float32)
        if not texts:
            return vectors
        session, tokenizer = self._ready()
        try:
            ids = token_ids(tokenizer, texts)
            cut = list(batches(ids))

            def run(batch: list[int]) -> None:
                vectors[batch] = _run(session, [ids[i] for i in batch])

            if len(cut) == 1 or self._threads == 1:
                for batch in cut:
                    run(batch)
            else:
                with ThreadPoolExecutor(min(self._threads, len(cut))) as pool:
                    for _ in pool.map(run, cut):
                        pass
        except Exception as error:  # onnxruntime and tokenizers raise types that they do not publish
            raise EmbeddingFailed(f"{self._spec.id} could not embed {len(texts)} texts: {error}") from error
        return vectors

    def _ready(self) -> _Loaded:
        loaded = self._loaded
        if loaded is None:
            with self._loading:
                loaded = self._loaded or self._load()
                self._loaded = loaded
        return loaded

    def _load(self) -> _Loaded:
        manifest = self._manifest
        weights = read_file(self._folder, manifest, manifest.weights)
        vocabulary = read_file(self._folder, manifest, manifest.tokenizer)
        try:
            session = onnxruntime.InferenceSession(weights, session_options(), providers=["CPUExecutionProvider"])
            tokenizer = Tokenizer.from_str(vocabulary.decode())
        except Exception as error:
            raise ModelCorrupt(f"The model in {self._folder} cannot be loaded: {error}") from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(manifest.max_tokens)
        dims = session.get_outputs()[0].shape[-1]
        if dims != self._spec.dims:
            raise ModelCorrupt(f"The model in {self._folder} gives {dims} dims, its manifest says {self._spec.dims}.")
        log.info("loaded %s from %s", self._spec.id, self._folder)
        return _Loaded(session, tokenizer)


def session_options() -> onnxruntime.SessionOptions:
    """Options of every session here: one thread, warnings silenced."""
    options = onnxruntime.SessionOptions()
    # Parallelism is over batches: a thread per batch needs no synchronisation inside the model.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The graph is written in its fastest form; "extended" would fuse it into slower kernels.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3
    return options


def token_ids(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """Tokens of each text, cut as the tokenizer is set."""
    readable = [legible(text) for text in texts]
    if len(readable) == 1:
        return [tokenizer.encode(readable[0]).ids]
    return [encoding.ids for encoding in tokenizer.encode_batch_fast(readable)]


def legible(text: str) -> str:
    """The start of `text`, as much as any model reads, with nothing that a tokenizer cannot take."""
    text = text[:MAX_CHARACTERS]
    # Half of a surrogate pair, as broken JSON yields it, cannot be passed to the tokenizer.
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def batches(ids: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Places of the texts, longest first (the long batches must not be the last to start), in batches."""
    batch: list[int] = []
    longest = 0
    for place in sorted(range(len(ids)), key=lambda i: len(ids[i]), reverse=True):
        if batch and longest * (len(batch) + 1) > BATCH_TOKENS:
            yield batch
            batch = []
        if not batch:
            longest = len(ids[place])
        batch.append(place)
    if batch:
        yield batch


def _run(session: onnxruntime.InferenceSession, ids: Sequence[Sequence[int]]) -> Vectors:
    vectors: Vectors = session.run(None, padded(ids))[0]
    return vectors


def padded(ids: Sequence[Sequence[int]]) -> dict[str, npt.NDArray[np.int64]]:
    """One batch as the graph's inputs: input_ids and attention_mask, (len(ids), longest)."""
    tokens = np.zeros((len(ids), max(map(len, ids))), np.int64)
    mask = np.zeros_like(tokens)
    for row, text in enumerate(ids):
        tokens[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return {"input_ids": tokens, "attention_mask": mask}
