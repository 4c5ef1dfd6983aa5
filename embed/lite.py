"""shopscout-lite at work: words and pictures in one space, with onnxruntime, tokenizers and Pillow, no torch.

One pass of the text tower gives two vectors of a text: the shared one, which is compared with pictures, and the
sentence model's own, which is compared with texts.
"""

import hashlib
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import onnxruntime
from pydantic import Field
from tokenizers import Tokenizer

from embed.base import Modality, ModelSpec, Vectors
from embed.errors import EmbeddingFailed, EmbedError, ModelCorrupt
from embed.manifest import Manifest
from embed.model_files import check_listed, read_listed, read_listing
from embed.onnx import batches, padded, session_options, token_ids
from embed.pictures import Picture, pixels

log = logging.getLogger(__name__)
T = TypeVar("T")
_MEND = "fetch the product whole, or set SHOPSCOUT_CLIP_MODEL"


class LiteManifest(Manifest):
    """What manifest.json of shopscout-lite holds beside a text model's: the picture tower and its input.

    `side` is the size in pixels of the white square that a picture is fitted into. `sentence` is the model whose
    vectors the second output of the text tower gives.
    """

    image: str
    side: int = Field(gt=0)
    sentence: str
    sentence_dims: int = Field(gt=0)
    sentence_space: str

    @property
    def spec(self) -> ModelSpec:
        """The model's identity: its name and 12 digits of a sha256 over those of both towers."""
        both = self.files[self.weights].sha256 + self.files[self.image].sha256
        digest = hashlib.sha256(both.encode()).hexdigest()[:12]
        return ModelSpec(f"{self.name}@{digest}", self.dims, self.space, self.modalities)

    @property
    def sentence_spec(self) -> ModelSpec:
        """The sentence model that is inside: its vectors may be compared with those that it made itself."""
        return ModelSpec(self.sentence, self.sentence_dims, self.sentence_space, frozenset({Modality.TEXT}))


def read_lite_manifest(folder: Path) -> LiteManifest:
    """The manifest in `folder`. Raises ModelUnavailable or ModelCorrupt."""
    manifest = read_listing(folder, LiteManifest, "model", _MEND)
    check_listed(folder, manifest.files, (manifest.weights, manifest.tokenizer, manifest.image), _MEND)
    return manifest


class TextVectors(NamedTuple):
    """Both vectors of each text: `shared` (n, 512) beside pictures, `sentence` (n, 384) beside texts."""

    shared: Vectors
    sentence: Vectors


class _Text(NamedTuple):
    session: onnxruntime.InferenceSession
    tokenizer: Tokenizer


class LiteEmbedder:
    """An ImageEmbedder from a folder with manifest.json, two towers and tokenizer.json. Thread-safe.

    The manifest is read at once (ModelUnavailable, ModelCorrupt). A tower is loaded, its sha256 checked, by the
    first call that needs it or by `load`. `threads` bounds the cores that one call uses.
    """

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        self._folder = folder
        self._manifest = read_lite_manifest(folder)
        self._spec = self._manifest.spec
        self._threads = threads
        self._loading = threading.Lock()
        self._text: _Text | None = None
        self._image: onnxruntime.InferenceSession | None = None

    @property
    def spec(self) -> ModelSpec:
        """The model behind the shared vectors: 512 dims, text and image."""
        return self._spec

    @property
    def sentence_spec(self) -> ModelSpec:
        """The model behind the sentence vectors: 384 dims, text."""
        return self._manifest.sentence_spec

    def load(self) -> None:
        """Load and check both towers now. Raises ModelUnavailable, ModelCorrupt."""
        self._text_tower()
        self._image_tower()

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Shared vectors, (len(texts), 512); see Embedder."""
        return self.embed_both(texts).shared

    def embed_both(self, texts: Sequence[str]) -> TextVectors:
        """Shared and sentence vectors of `texts` in one pass; raises as `embed_texts` of Embedder."""
        found = TextVectors(
            np.empty((len(texts), self._spec.dims), np.float32),
            np.empty((len(texts), self._manifest.sentence_dims), np.float32),
        )
        if not texts:
            return found
        session, tokenizer = self._text_tower()

        def run(batch: list[int]) -> None:
            found.shared[batch], found.sentence[batch] = session.run(None, padded([ids[place] for place in batch]))

        try:
            ids = token_ids(tokenizer, texts)
            self._side_by_side(run, list(batches(ids)))
        except Exception as error:  # onnxruntime and tokenizers raise types that they do not publish
            raise EmbeddingFailed(f"{self._spec.id} could not embed {len(texts)} texts: {error}") from error
        return found

    def embed_images(self, pictures: Sequence[Picture]) -> Vectors:
        """Shared vectors of `pictures`, (len(pictures), 512). Raises PictureRefused, EmbeddingFailed."""
        vectors = np.empty((len(pictures), self._spec.dims), np.float32)
        if not pictures:
            return vectors
        session = self._image_tower()

        def run(place: int) -> None:
            square = pixels(pictures[place], self._manifest.side)
            # One at a time: larger batches leave the cache of a core and are slower (measured).
            vectors[place] = session.run(None, {"pixels": square[None]})[0][0]

        try:
            self._side_by_side(run, range(len(pictures)))
        except EmbedError:
            raise
        except Exception as error:
            raise EmbeddingFailed(f"{self._spec.id} could not embed {len(pictures)} pictures: {error}") from error
        return vectors

    def _side_by_side(self, run: Callable[[T], None], parts: Sequence[T]) -> None:
        if len(parts) == 1 or self._threads == 1:
            for part in parts:
                run(part)
            return
        with ThreadPoolExecutor(min(self._threads, len(parts))) as pool:
            for _ in pool.map(run, parts):
                pass

    def _text_tower(self) -> _Text:
        if self._text is None:
            with self._loading:
                self._text = self._text or self._load_text()
        return self._text

    def _image_tower(self) -> onnxruntime.InferenceSession:
        if self._image is None:
            with self._loading:
                self._image = self._image or self._load_image()
        return self._image

    def _load_text(self) -> _Text:
        manifest = self._manifest
        session = self._session(manifest.weights, session_options(), [manifest.dims, manifest.sentence_dims])
        vocabulary = read_listed(self._folder, manifest.files, manifest.tokenizer, _MEND)
        try:
            tokenizer = Tokenizer.from_str(vocabulary.decode())
        except Exception as error:
            raise ModelCorrupt(f"The tokenizer in {self._folder} cannot be loaded: {error}") from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(manifest.max_tokens)
        return _Text(session, tokenizer)

    def _load_image(self) -> onnxruntime.InferenceSession:
        options = session_options()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        return self._session(self._manifest.image, options, [self._manifest.dims])

    def _session(self, name: str, options: onnxruntime.SessionOptions, dims: list[int]) -> onnxruntime.InferenceSession:
        weights = read_listed(self._folder, self._manifest.files, name, _MEND)
        try:
            session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise ModelCorrupt(f"{self._folder / name} cannot be loaded: {error}") from error
        given = [output.shape[-1] for output in session.get_outputs()]
        if given != dims:
            raise ModelCorrupt(f"{self._folder / name} gives {given} dims, its manifest says {dims}.")
        log.info("loaded %s of %s", name, self._spec.id)
        return session
