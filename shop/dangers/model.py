"""A trained reader of dangers, as it is served: numbers in a folder, nothing to fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from embed.base import Vectors
from shop.dangers.errors import DangerModelUnusable
from shop.intents.errors import IntentModelUnusable
from shop.intents.examples import NONE
from shop.intents.features import Floats
from shop.intents.model import Fitted, Refusal, stored
from shop.intents.softmax import probabilities

DEFAULT: Final = Path(__file__).parent / "default"
_NEAREST: Final = 3


@dataclass(frozen=True, slots=True)
class Suspicion:
    """The likeliest danger of a message, how sure the model is that it is one (0 to 1), and whether that is enough
    (`label` is `NONE` where it is not)."""

    label: str
    likeliest: str
    confidence: float


def signs(fitted: Fitted, vectors: Floats, scores: Floats) -> Floats:
    """What a suspicion goes by, shape (n, 3): the log-odds of any danger against an ordinary message; by how much
    the three nearest dangerous examples are nearer (mean cosine) than the three nearest ordinary ones; 0."""
    ordinary = np.clip(probabilities(scores)[:, -1], 1e-12, 1 - 1e-12)
    near = fitted.cosines(vectors)
    is_ordinary = fitted.classes == len(fitted.labels) - 1
    margin = _nearest(near[:, ~is_ordinary]) - _nearest(near[:, is_ordinary])
    return np.stack([np.log1p(-ordinary) - np.log(ordinary), margin, np.zeros(len(margin))], axis=1)


def _nearest(cosines: Floats) -> Floats:
    most = min(_NEAREST, cosines.shape[1])
    found: Floats = np.partition(cosines, -most, axis=1)[:, -most:].mean(axis=1)
    return found


class TrainedDangers:
    """A model of dangers for the sentence model `embedder_id`. Thread-safe.

    Raises DangerModelUnusable where it was trained with another one.
    """

    def __init__(self, fitted: Fitted, refusal: Refusal, manifest: Mapping[str, Any], embedder_id: str) -> None:
        if manifest["embedder"] != embedder_id:
            raise DangerModelUnusable(
                f"The model of dangers was trained with {manifest['embedder']}, and this is {embedder_id}: "
                "train it again with `python -m jobs train-dangers`."
            )
        self.manifest = manifest
        self._fitted, self._refusal = fitted, refusal

    @property
    def labels(self) -> tuple[str, ...]:
        """The dangers that it knows."""
        return self._fitted.labels[:-1]

    def suspicions(self, embedded: Vectors, texts: Sequence[str]) -> list[Suspicion]:
        """What each text may be. `embedded`: their vectors, of shop.intents.features.plain, (len(texts), dims)."""
        if not texts:
            return []
        vectors = embedded.astype(np.float64)
        scores = self._fitted.scores_of(vectors, texts)
        likeliest = scores[:, :-1].argmax(axis=1)
        found = []
        sure_of = self._refusal.confidence(signs(self._fitted, vectors, scores))
        for number, sure in zip(likeliest, sure_of, strict=True):
            label = self._fitted.labels[int(number)]
            found.append(Suspicion(label if sure >= self._refusal.threshold else NONE, label, float(sure)))
        return found


def load(folder: Path, embedder_id: str) -> TrainedDangers:
    """The model that training wrote. Raises DangerModelUnusable."""
    try:
        return TrainedDangers(*stored(folder), embedder_id)
    except IntentModelUnusable as error:
        raise DangerModelUnusable(str(error).replace("intent model", "model of dangers")) from error
