"""The thousand classes of ImageNet as training rows without a picture: what the classifier knows of each."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from timm.data import ImageNetInfo  # type: ignore[import-not-found, unused-ignore]

from embed.training.lite.data import Item
from embed.training.lite.heads import FEATURES

Array = npt.NDArray[np.float32]
CLASSES = "classes"
"""The source of these rows."""
_GAIN = 12.0  # by how much a prototype's logit exceeds that of the mean picture


def class_names() -> list[tuple[str, ...]]:
    """The names of each class, the usual one first."""
    info = ImageNetInfo()
    return [tuple(name.strip() for name in info.index_to_description(place).split(",")) for place in range(1000)]


def class_definitions() -> list[str]:
    """What a dictionary (WordNet) says of each class, without its names."""
    info = ImageNetInfo()
    return [info.index_to_description(place, detailed=True).split(": ", 1)[-1] for place in range(1000)]


def class_items(names: Sequence[tuple[str, ...]]) -> list[Item]:
    """A row for each class, with its names for captions."""
    return [Item(CLASSES, str(place), bytes, kinds) for place, kinds in enumerate(names)]


def prototypes(pooled: Array, classifier: Array) -> Array:
    """What the tower would give for each class, (1000, size).

    A linear classifier's rows are the classes' means seen through the inverse covariance, so the covariance (here
    of `pooled`) gives the means back. The columns that the classifier does not read stay at their mean.
    """
    features = pooled[:, -FEATURES:]
    covariance = np.cov(features.T)
    covariance += 1e-3 * np.trace(covariance) / FEATURES * np.eye(FEATURES)
    rows = classifier - classifier.mean(0)
    shift = rows @ covariance
    shift *= (_GAIN / np.einsum("ij,ij->i", rows, shift))[:, None]
    found = np.repeat(pooled.mean(0, keepdims=True), len(rows), 0)
    found[:, -FEATURES:] = np.maximum(features.mean(0) + shift, 0)
    return found.astype(np.float32)
