"""Customers of like taste: their vectors in clusters, each customer with the confidence of belonging. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from embed.base import Vector, Vectors

MOST: Final = 12
PER_CLUSTER: Final = 25
"""Customers that a cluster should have at least on average; below twice as many there is nothing to tell apart."""
SHARPNESS: Final = 12.0
LEAST_CONFIDENCE: Final = 0.2
_ROUNDS: Final = 50
_TRIES: Final = 4
SEED: Final = 20260101


@dataclass(frozen=True, slots=True)
class Clusters:
    """Centres of unit length, shape (clusters, dims), around their common mean, and names such as
    "electronics_and_books"."""

    mean: Vector
    centres: Vectors
    names: Sequence[str]

    def of(self, vector: Vector) -> list[tuple[str, float]]:
        """Names and confidences, best first: softmax over SHARPNESS * cosine, those of LEAST_CONFIDENCE and more."""
        if not self.names:
            return []
        cosines = self.centres @ _unit((vector - self.mean)[None, :])[0]
        likely = np.exp(SHARPNESS * (cosines - cosines.max()))
        likely /= likely.sum()
        order = np.argsort(-likely, kind="stable")
        return [(self.names[n], round(float(likely[n]), 4)) for n in order if likely[n] >= LEAST_CONFIDENCE]


def clustered(vectors: Vectors, likes: Sequence[Mapping[str, float]]) -> Clusters:
    """Spherical k-means (Dhillon and Modha, Machine Learning 2001) of customers' vectors, shape (customers, dims), less
    their mean, for such vectors lie in a narrow cone. `likes`: each one's categories with their shares, of which the
    clusters are named. None for fewer than 2 * PER_CLUSTER customers."""
    count = min(MOST, len(vectors) // PER_CLUSTER)
    if count < 2:
        return Clusters(np.zeros(0, np.float32), np.zeros((0, 0), np.float32), ())
    mean: Vector = vectors.mean(axis=0)
    moved = _unit(vectors - mean)
    best, quality = _fitted(moved, count, 0)
    for attempt in range(1, _TRIES):
        centres, found = _fitted(moved, count, attempt)
        if found > quality:
            best, quality = centres, found
    belongs = np.argmax(moved @ best.T, axis=1)
    return Clusters(mean, best, _names(belongs, likes, count))


def _fitted(vectors: Vectors, count: int, attempt: int) -> tuple[Vectors, float]:
    """Centres, and the mean cosine to the nearest of them."""
    draw = np.random.default_rng(SEED + attempt)
    centres = _spread(vectors, count, draw)
    belongs: NDArray[np.int64] = np.full(len(vectors), -1)
    for _ in range(_ROUNDS):
        cosines = vectors @ centres.T
        now = np.argmax(cosines, axis=1)
        if (now == belongs).all():
            break
        belongs = now
        for number in range(count):
            mine = vectors[belongs == number]
            if len(mine):
                centres[number] = _unit(mine.sum(axis=0, keepdims=True))[0]
    return centres, float((vectors @ centres.T).max(axis=1).mean())


def _spread(vectors: Vectors, count: int, draw: np.random.Generator) -> Vectors:
    """First centres as k-means++ chooses them: far from those there are, by chance."""
    chosen = [int(draw.integers(len(vectors)))]
    far = 1 - vectors @ vectors[chosen[0]]
    while len(chosen) < count:
        far = np.clip(far, 0, None)
        total = far.sum()
        chosen.append(int(draw.choice(len(vectors), p=far / total)) if total > 0 else int(draw.integers(len(vectors))))
        far = np.minimum(far, 1 - vectors @ vectors[chosen[-1]])
    return vectors[chosen].copy()


def _names(belongs: NDArray[np.int64], likes: Sequence[Mapping[str, float]], count: int) -> list[str]:
    """The one or two categories that a cluster likes most beyond what everybody likes, numbered where not alone."""
    everybody: Counter[str] = Counter()
    own: list[Counter[str]] = [Counter() for _ in range(count)]
    for number, shares in zip(belongs, likes, strict=True):
        everybody.update(shares)
        own[int(number)].update(shares)
    names: list[str] = []
    for number, liked in enumerate(own):
        members = max(1, int((belongs == number).sum()))
        more = {c: weight / members - everybody[c] / len(likes) for c, weight in liked.items()}
        top = sorted((c for c in more if more[c] > 0), key=lambda c: (-more[c], c))[:2]
        name = "_and_".join(top) or "mixed"
        taken = sum(other == name or other.startswith(f"{name}_") for other in names)
        names.append(f"{name}_{taken + 1}" if taken else name)
    return names


def _unit(vectors: Vectors) -> Vectors:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: Vectors = (vectors / np.where(length > 0, length, 1)).astype(np.float32)
    return found
