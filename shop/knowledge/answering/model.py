"""A trained judge of answers, as it is served: numbers in a folder, nothing to fit."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from shop.knowledge.answering.errors import AnswerModelUnusable
from shop.knowledge.answering.signs import SIGNS, Candidate, signs
from shop.knowledge.answering.topics import Floats, Topics

WEIGHTS, MANIFEST = "model.npz", "manifest.json"
FORMAT: Final = 1
DEFAULT: Final = Path(__file__).parent / "default"


@dataclass(frozen=True, slots=True)
class Weighing:
    """A logistic model over `signs`: `means` and `scales` make each of like size; `slopes`, (signs,), and `offset` make
    a confidence of them, and from `threshold` on a passage is told."""

    means: Floats
    scales: Floats
    slopes: Floats
    offset: float
    threshold: float

    def confidence(self, found: Floats) -> Floats:
        """Shape (n,), 0 to 1, of signs of shape (n, signs)."""
        said: Floats = 1 / (1 + np.exp(-(((found - self.means) / self.scales) @ self.slopes + self.offset)))
        return said


@dataclass(frozen=True, slots=True)
class Judged:
    """How sure the model is that a passage answers, whether that is enough, and which of its sentences (from 0) is
    nearest to the question."""

    confidence: float
    answers: bool
    sentence: int


@dataclass(frozen=True, slots=True)
class AnswerModel:
    """Thread-safe."""

    weighing: Weighing
    topics: Topics
    manifest: Mapping[str, Any]

    def judged(
        self, question: str, vector: npt.NDArray[np.float32], candidates: Sequence[Candidate]
    ) -> list[Judged]:  # fmt: skip
        """What the model says of each candidate, in their order. All that were found belong in one call: they are
        weighed against one another."""
        sure = self.weighing.confidence(signs(question, vector, candidates, self.topics))
        return [
            Judged(float(one), bool(one >= self.weighing.threshold), int((candidate.parts[1:] @ vector).argmax()))
            for one, candidate in zip(sure, candidates, strict=True)
        ]


def save(folder: Path, weighing: Weighing, topics: Topics, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Writes a model into `folder` and returns its manifest, which is written last: a folder with one is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    np.savez_compressed(
        folder / WEIGHTS,
        vectors=np.round(topics.vectors * 127).astype(np.int8),
        topics=topics.topics.astype(np.int16),
        asked=topics.asked,
    )
    whole = {
        "format": FORMAT,
        "sha256": hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest(),
        "signs": list(SIGNS),
        "means": weighing.means.tolist(),
        "scales": weighing.scales.tolist(),
        "slopes": weighing.slopes.tolist(),
        "offset": weighing.offset,
        "threshold": weighing.threshold,
        **manifest,
    }
    (folder / MANIFEST).write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return whole


def load(folder: Path, embedder_id: str) -> AnswerModel:
    """The model that `save` wrote. Raises AnswerModelUnusable, also where it was trained with another sentence model
    than `embedder_id`."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        written = (folder / WEIGHTS).read_bytes()
    except (OSError, ValueError) as error:
        raise AnswerModelUnusable(f"There is no whole model of answers in {folder}: {error}") from error
    whole = manifest.get("sha256") == hashlib.sha256(written).hexdigest()
    if manifest.get("format") != FORMAT or not whole or manifest.get("signs") != list(SIGNS):
        raise AnswerModelUnusable(f"{folder / WEIGHTS} is not the file that {MANIFEST} speaks of: train it again.")
    if manifest["embedder"] != embedder_id:
        raise AnswerModelUnusable(
            f"The model of answers was trained with {manifest['embedder']}, and this is {embedder_id}: train it again "
            "with `python -m jobs train-answers`."
        )
    with np.load(folder / WEIGHTS, allow_pickle=False) as arrays:
        vectors = arrays["vectors"].astype(np.float32)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        topics = Topics(vectors, arrays["topics"].astype(np.intp), arrays["asked"])
    means, scales, slopes = (np.array(manifest[name], np.float64) for name in ("means", "scales", "slopes"))
    return AnswerModel(
        Weighing(means, scales, slopes, manifest["offset"], manifest["threshold"]), topics, manifest
    )  # fmt: skip
