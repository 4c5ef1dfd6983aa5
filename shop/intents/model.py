"""A trained reader of intents, as it is served: numbers in a folder, nothing to fit."""

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from embed.base import Embedder, Vectors
from shop.intents.errors import IntentModelUnusable
from shop.intents.examples import NONE
from shop.intents.features import Floats, Pieces, plain
from shop.intents.softmax import Weights, probabilities

WEIGHTS, MANIFEST = "model.npz", "manifest.json"
FORMAT: Final = 1
DEFAULT: Final = Path(__file__).parent / "default"


@dataclass(frozen=True, slots=True)
class Refusal:
    """When a model says that it cannot tell. What it goes by, all of one text: the log-odds of the likeliest intent
    against the others, its lead in log-probability over the second, and the cosine with the nearest example of it.
    `slopes` and `offset` make a confidence of them (logistic, fitted to answers on examples that the model had not
    seen); below `threshold` the intent is none."""

    slopes: tuple[float, float, float]
    offset: float
    threshold: float

    def confidence(self, signs: Floats) -> Floats:
        """Shape (n,), 0 to 1; `signs` has shape (n, 3)."""
        found: Floats = 1 / (1 + np.exp(-(signs @ np.array(self.slopes) + self.offset)))
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """The likeliest intent, how sure the model is, and whether that is enough (`label` is `NONE` where it is not)."""

    label: str
    likeliest: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """What training found. `labels` are the classes of `weights`, `NONE` the last; `examples`: the sentence vectors of
    what was learned from, with the number of their class."""

    labels: tuple[str, ...]
    weights: Weights
    pieces: Pieces
    examples: npt.NDArray[np.float32]
    classes: npt.NDArray[np.intp]

    def signs(self, vectors: Floats, scores: Floats) -> tuple[npt.NDArray[np.intp], Floats]:
        """The likeliest class of each row that is not `NONE`, and what `Refusal` goes by."""
        shares = np.clip(probabilities(scores), 1e-9, 1 - 1e-9)
        named = shares[:, :-1]
        best = named.argmax(axis=1)
        rows = np.arange(len(best))
        top = named[rows, best]
        others = shares.copy()
        others[rows, best] = 0
        lead = np.log(top) - np.log(np.maximum(others.max(axis=1), 1e-9))
        near = self.cosines(vectors)
        own = np.where(self.classes[None, :] == best[:, None], near, -1.0).max(axis=1)
        return best, np.stack([np.log(top / (1 - top)), lead, own], axis=1)

    def cosines(self, vectors: Floats) -> Floats:
        """Of each row with each example, shape (n, examples). In this thread alone: for one message the threads of a
        matrix product wait for one another far longer than they compute."""
        found: Floats = np.einsum("ij,kj->ik", vectors.astype(np.float32), self.examples).astype(np.float64)
        return found

    def scores_of(self, vectors: Floats, texts: Sequence[str]) -> Floats:
        """Shape (n, classes), without building a sparse matrix: for one text this is what takes least time."""
        found: Floats = vectors @ self.weights.vectors + self.weights.bias
        for row, text in enumerate(texts):
            known, weights = self.pieces.of(text)
            found[row] += weights @ self.weights.pieces[known]
        return found


class TrainedIntents:
    """A model and the sentence model that it was trained with. Thread-safe.

    Raises IntentModelUnusable where the two do not fit; `answer` raises what the sentence model raises.
    """

    def __init__(self, fitted: Fitted, refusal: Refusal, manifest: Mapping[str, Any], embedder: Embedder) -> None:
        if manifest["embedder"] != embedder.spec.id:
            raise IntentModelUnusable(
                f"The intent model was trained with {manifest['embedder']}, and this is {embedder.spec.id}: "
                "train it again with `python -m jobs train-intents`."
            )
        self.manifest = manifest
        self._fitted, self._refusal, self._embedder = fitted, refusal, embedder

    @property
    def labels(self) -> tuple[str, ...]:
        """The intents that it knows."""
        return self._fitted.labels[:-1]

    @property
    def threshold(self) -> float:
        """The confidence below which the answer is `NONE`."""
        return self._refusal.threshold

    def answer(self, texts: Sequence[str]) -> list[Answer]:
        """What each text is about, in their order."""
        if not texts:
            return []
        return self.answer_of(self._embedder.embed_texts([plain(text) for text in texts]), texts)

    def answer_of(self, embedded: Vectors, texts: Sequence[str]) -> list[Answer]:
        """Likewise of texts that are embedded already, as `plain` has them; shape (len(texts), dims)."""
        vectors = embedded.astype(np.float64)
        best, signs = self._fitted.signs(vectors, self._fitted.scores_of(vectors, texts))
        found = []
        for number, sure in zip(best, self._refusal.confidence(signs), strict=True):
            likeliest = self._fitted.labels[int(number)]
            accepted = float(sure) >= self._refusal.threshold
            found.append(Answer(likeliest if accepted else NONE, likeliest, float(sure)))
        return found


_writing = threading.Lock()


def save(folder: Path, fitted: Fitted, refusal: Refusal, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Writes a model into `folder` and returns its manifest, which is written last: a folder with one is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    names = sorted(fitted.pieces.rows, key=fitted.pieces.rows.__getitem__)
    with _writing:
        (folder / MANIFEST).unlink(missing_ok=True)
        np.savez_compressed(
            folder / WEIGHTS,
            vectors=fitted.weights.vectors.astype(np.float16),
            pieces=fitted.weights.pieces.astype(np.float16),
            bias=fitted.weights.bias.astype(np.float32),
            idf=fitted.pieces.weights.astype(np.float32),
            names=np.frombuffer("\n".join(names).encode(), np.uint8),
            examples=np.round(fitted.examples * 127).astype(np.int8),
            classes=fitted.classes.astype(np.int16),
        )
        whole = {
            "format": FORMAT,
            "sha256": hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest(),
            "labels": list(fitted.labels),
            "refusal": {
                "slopes": list(refusal.slopes), "offset": refusal.offset, "threshold": refusal.threshold
            },
            **manifest,
        }  # fmt: skip
        (folder / MANIFEST).write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return whole


def load(folder: Path, embedder: Embedder) -> TrainedIntents:
    """The model that `save` wrote. Raises IntentModelUnusable."""
    return TrainedIntents(*stored(folder), embedder)


def stored(folder: Path) -> tuple[Fitted, Refusal, Mapping[str, Any]]:
    """What `save` wrote, and its manifest. Raises IntentModelUnusable."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        written = (folder / WEIGHTS).read_bytes()
    except (OSError, ValueError) as error:
        raise IntentModelUnusable(f"There is no whole intent model in {folder}: {error}") from error
    if manifest.get("format") != FORMAT or manifest.get("sha256") != hashlib.sha256(written).hexdigest():
        raise IntentModelUnusable(f"{folder / WEIGHTS} is not the file that {MANIFEST} speaks of: train it again.")
    with np.load(folder / WEIGHTS, allow_pickle=False) as arrays:
        names = bytes(arrays["names"]).decode().split("\n")
        examples = arrays["examples"].astype(np.float32)
        fitted = Fitted(
            tuple(manifest["labels"]),
            Weights(*(arrays[name].astype(np.float64) for name in ("vectors", "pieces", "bias"))),
            Pieces({name: row for row, name in enumerate(names)}, arrays["idf"].astype(np.float64)),
            examples / np.maximum(np.linalg.norm(examples, axis=1, keepdims=True), 1e-9),
            arrays["classes"].astype(np.intp),
        )
    kept = manifest["refusal"]
    refusal = Refusal(tuple(kept["slopes"]), kept["offset"], kept["threshold"])
    return fitted, refusal, manifest
