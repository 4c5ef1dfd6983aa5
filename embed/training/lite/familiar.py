"""Which pictures are familiar: centres of what the picture head learned from, found when training is done."""

import torch
from torch.nn import functional

from embed.training.lite.heads import Doubt, PictureHead

CENTRES = 256
"""Few: with more, a picture of a kind that was left out of training lies near some centre by chance."""
_ROUNDS = 12


@torch.no_grad()  # type: ignore[untyped-decorator, unused-ignore]
def doubt(head: PictureHead, components: torch.Tensor, most: float, *, centres: int = CENTRES) -> Doubt:
    """The doubt of a trained `head`, fitted on the components (n, size) of its training pictures; n > 1."""
    learned = torch.cat([head.eval().learned(part) for part in components.split(4096)])
    found = spherical_means(learned, min(centres, len(learned)))
    nearest = torch.cat([(part @ found.T).amax(1) for part in learned.split(4096)])
    return Doubt(found, float(nearest.median()), float(nearest.std().clamp(min=1e-3)), most=most)


def spherical_means(vectors: torch.Tensor, count: int, seed: int = 0) -> torch.Tensor:
    """k-means by cosine over vectors (n, dims) of length 1: (count, dims), length 1. Equal seeds, equal means."""
    order = torch.randperm(len(vectors), generator=torch.Generator().manual_seed(seed))
    means = vectors[order[:count]].clone()
    for _ in range(_ROUNDS):
        nearest = torch.cat([(part @ means.T).argmax(1) for part in vectors.split(4096)])
        # A mean that nothing is near stays where it is.
        sums = torch.zeros_like(means).index_add(0, nearest, vectors)
        means = functional.normalize(sums + 1e-6 * means, dim=1)
    return means
