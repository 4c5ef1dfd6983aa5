"""Several pictures a product: which vector should stand for them? `python -m evaluate.pictures.several [--data DIR]`.

On the Luma shop (191 products, 712 pictures): the first picture alone, the mean of the first few or of all, and the
best of all, which needs a vector for every picture. Ends with one line of JSON.
"""

import argparse
import csv
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embed.base import ImageEmbedder, Vectors
from embed.lite import LiteEmbedder
from embed.load import LITE, model_folder
from evaluate.errors import DataMissing
from evaluate.pictures.metrics import interval
from evaluate.settings import EvaluateSettings
from shop.pictures.vectors import combined

Scores = npt.NDArray[np.float64]
Way = Callable[[Vectors], Vectors]
"""From the vectors of a product's pictures, (n, dims), to those that stand for it, (m, dims)."""

FEWEST = 5


@dataclass(frozen=True)
class Shown:
    """A product with the vectors of its pictures, in the order of its feed."""

    name: str
    kind: str
    colors: frozenset[str]
    vectors: Vectors


def mean_of(count: int) -> Way:
    """The mean of the first `count` pictures, as the product's store makes it."""

    def way(vectors: Vectors) -> Vectors:
        mean = combined(list(vectors[:count]))
        assert mean is not None
        return mean[None]

    return way


WAYS: dict[str, Way] = {
    "first": lambda vectors: vectors[:1],
    "mean of 2": mean_of(2),
    "mean of 3": mean_of(3),
    "mean of 4": mean_of(4),
    "mean of all": mean_of(1000),
    "best of all": lambda vectors: vectors,
}


def read(folder: Path, model: ImageEmbedder) -> list[Shown]:
    """Products of the Luma shop with at least one picture. Raises DataMissing."""
    try:
        with (folder / "products.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise DataMissing(f"There is no Luma shop in {folder} ({error}).") from error
    products = []
    for row in rows:
        files = [folder / "images" / name for name in row["images"].split(";") if name]
        found = [path.read_bytes() for path in files if path.is_file()]
        if found:
            kind = row["categories"].split(";")[0].rsplit("/", 1)[-1]
            colors = frozenset(color.lower() for color in row["colors"].split(";") if color)
            products.append(Shown(row["name"], kind, colors, model.embed_images(found)))
    return products


def scores_of(queries: Vectors, sets: Sequence[Vectors]) -> Scores:
    """Cosine of each query with the best vector of each product, (queries, products)."""
    return np.stack([(queries @ vectors.T).max(axis=1) for vectors in sets], axis=1).astype(np.float64)


def held_out(products: Sequence[Shown], way: Way, k: int) -> Scores:
    """Each picture of a product that has three or more, searched among all products without it: 1 where its product
    is among the first k."""
    whole = [way(product.vectors) for product in products]
    hits = []
    for place, product in enumerate(products):
        for picture in range(len(product.vectors) if len(product.vectors) > 2 else 0):
            sets = [*whole[:place], way(np.delete(product.vectors, picture, axis=0)), *whole[place + 1 :]]
            row = scores_of(product.vectors[picture][None], sets)[0]
            hits.append(float((row > row[place]).sum() < k))
    return np.array(hits)


def precision(queries: Vectors, sets: Sequence[Vectors], right: npt.NDArray[np.bool_], k: int = 10) -> Scores:
    """Right products among the first k, divided by the smaller of k and the number of right ones."""
    top = np.argsort(-scores_of(queries, sets), axis=1, kind="stable")[:, :k]
    hits = np.take_along_axis(right, top, axis=1).sum(axis=1)
    return np.asarray(hits / np.clip(right.sum(axis=1), 1, k), np.float64)


def by_words(products: Sequence[Shown], model: ImageEmbedder, way: Way) -> dict[str, Scores]:
    """Words to products: by their own name, by kind, by colour and kind."""
    sets = [way(product.vectors) for product in products]
    own = np.eye(len(products), dtype=np.bool_)
    found = {"own name, R@10": precision(model.embed_texts([p.name for p in products]), sets, own)}
    kinds = sorted({p.kind for p in products})
    pairs = sorted({(color, p.kind) for p in products for color in p.colors})
    asked = {
        "kind, P@10": {kind: [p.kind == kind for p in products] for kind in kinds},
        "colour + kind, P@10": {
            f"{color} {kind}": [p.kind == kind and color in p.colors for p in products] for color, kind in pairs
        },
    }
    for name, queries in asked.items():
        kept = {text: right for text, right in queries.items() if sum(right) >= FEWEST}
        found[name] = precision(model.embed_texts(list(kept)), sets, np.array(list(kept.values())))
    return found


def by_look(products: Sequence[Shown], way: Way) -> Scores:
    """For each product, the share of its ten nearest others (best pair of vectors) that are of its kind."""
    sets = [way(product.vectors) for product in products]
    scores = np.stack([scores_of(vectors, sets).max(axis=0) for vectors in sets])
    np.fill_diagonal(scores, -np.inf)
    kinds = np.array([product.kind for product in products])
    top = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    return np.asarray((kinds[top] == kinds[:, None]).mean(axis=1))


def measure(products: Sequence[Shown], model: ImageEmbedder, way: Way) -> dict[str, Scores]:
    """A score for every query of every question."""
    return {
        "held-out picture, R@1": held_out(products, way, 1),
        "held-out picture, R@10": held_out(products, way, 10),
        **by_words(products, model, way),
        "similar products, P@10 kind": by_look(products, way),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table; 3 where the data is not there."""
    options = argparse.ArgumentParser(prog="python -m evaluate.pictures.several", description=__doc__)
    options.add_argument("--data", type=Path, default=None, help="folder that holds catalog/magento-luma")
    given = options.parse_args(arguments)
    model = LiteEmbedder(model_folder(LITE))
    try:
        products = read((given.data or EvaluateSettings().data) / "catalog" / "magento-luma", model)
    except DataMissing as error:
        sys.stderr.write(f"{error}\n")
        return 3
    found: dict[str, dict[str, float]] = {}
    for name, way in WAYS.items():
        found[name] = {}
        for question, scores in measure(products, model, way).items():
            low, high = interval(scores)
            found[name][question] = round(float(scores.mean()), 4)
            line = f"{name:<12} {question:<28} {scores.mean():.3f}  [{low:.3f}, {high:.3f}]  {len(scores):>4} queries"
            sys.stdout.write(line + "\n")
    sys.stdout.write(json.dumps({"model": model.spec.id, "products": len(products), "measures": found}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
