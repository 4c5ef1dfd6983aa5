"""Pairs of products of real catalogues: their cosine, and whether they are of the same kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from embed.base import Embedder, ImageEmbedder, Vectors
from embed.training.lite.data import Item
from evaluate.errors import DataMissing
from evaluate.pictures import data
from evaluate.pictures.measure import embedded
from shop.demo.catalogue import read_catalogue

PAIRS = 20_000
"""Pairs of each sort, same and different, that are drawn from a catalogue."""


@dataclass(frozen=True)
class Pairs:
    """As many pairs of the same kind as of different kinds: `cosines` (n,) and `same` (n,)."""

    name: str
    cosines: NDArray[np.float64]
    same: NDArray[np.bool_]


def of_texts(model: Embedder, folder: Path) -> list[Pairs]:
    """Name and description of the products of two shops, and the names of a third. Raises DataMissing."""
    found = []
    for name, texts, kinds in (_retail(folder), _demo(), _fashion(folder)):
        found.append(drawn(name, model.embed_texts(texts), kinds))
    return found


def of_pictures(model: ImageEmbedder, folder: Path) -> list[Pairs]:
    """Pictures of fashion, outdoor gear, phone photos of clothes, and the demo's. Raises DataMissing."""
    sets: list[tuple[str, list[Item]]] = [
        ("fashion", data.validation(folder)),
        ("outdoor shop", data.outdoor_shop(folder)),
        ("phone photos", data.phone_photos(folder)),
        ("demo", data.demo()),
    ]
    return [drawn(name, embedded(model, items), [item.types[0] for item in items]) for name, items in sets]


def drawn(name: str, vectors: Vectors, kinds: Sequence[str], seed: int = 0) -> Pairs:
    """Pairs of different products, drawn at random: up to PAIRS of the same kind, as many of different ones."""
    generator = np.random.default_rng(seed)
    kind = np.array(kinds)
    one, other = np.triu_indices(len(kind), 1)
    same = kind[one] == kind[other]
    count = min(PAIRS, int(same.sum()))
    picks = np.concatenate(
        [generator.choice(np.flatnonzero(same == side), count, replace=False) for side in (True, False)]
    )
    cosines = np.einsum("ij,ij->i", vectors[one[picks]], vectors[other[picks]]).astype(np.float64)
    return Pairs(name, cosines, same[picks])


def _retail(folder: Path) -> tuple[str, list[str], list[str]]:
    path = folder / "catalog" / "retail-demo-store" / "products.yaml"
    try:
        rows = yaml.load(path.read_bytes(), yaml.CSafeLoader)
    except OSError as error:
        raise DataMissing(f"There is no {path} ({error.strerror}).") from error
    return "retail", [f"{r['name']}. {r['description'][:400]}" for r in rows], [r["style"] for r in rows]


def _demo() -> tuple[str, list[str], list[str]]:
    rows: list[dict[str, Any]] = list(read_catalogue())
    kinds = [row["specifications"]["product_type"] for row in rows]
    return "demo", [f"{row['name']}. {row['description'][:400]}" for row in rows], kinds


def _fashion(folder: Path) -> tuple[str, list[str], list[str]]:
    items = data.validation(folder)
    return "fashion names", [item.name for item in items], [item.types[0] for item in items]
