"""What a model of words and pictures can do: a row a question, with the number that answers it and its interval."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embed.base import ImageEmbedder, Vectors
from embed.training.lite.data import Item
from evaluate.pictures import data
from evaluate.pictures.metrics import (
    Relevance,
    Scores,
    interval,
    neighbour_precision_at,
    precision_at,
    recall_at,
)
from evaluate.pictures.queries import QUERIES


@dataclass(frozen=True)
class Row:
    """One measure: its mean over `queries` and the 95 % interval (bootstrap over queries)."""

    name: str
    value: float
    low: float
    high: float
    queries: int


def measure(model: ImageEmbedder, folder: Path, unseen: Sequence[str] = ()) -> list[Row]:
    """The whole table. `folder` holds images/ and catalog/; `unseen` are types that the model was trained without.

    Raises DataMissing where a set of pictures is not there, and what the embedder raises.
    """
    rows = fashion_rows(model, data.validation(folder), unseen)
    rows += name_rows(model, data.outdoor_shop(folder))
    rows += class_rows(model, data.phone_photos(folder))
    return rows + demo_rows(model, data.demo())


def fashion_rows(model: ImageEmbedder, items: Sequence[Item], unseen: Sequence[str]) -> list[Row]:
    """Words to pictures and pictures to pictures among the held-out fashion pictures."""
    vectors = embedded(model, items)
    kinds = np.array([item.types[0] for item in items])
    colors = np.array([item.color for item in items])
    genders = np.array([item.gender for item in items])
    rows = []
    for fewest in (data.FEWEST, 10):
        asked = [kind for kind, count in sorted(Counter(kinds.tolist()).items()) if count >= fewest]
        found = precision_at(model.embed_texts(asked), vectors, _equal(kinds, asked), 10)
        rows.append(_row(f"type, P@10 (types with {fewest} pictures or more)", found))
        counted = Counter((color, kind) for color, kind in zip(colors.tolist(), kinds.tolist(), strict=True) if color)
        pairs = [pair for pair, count in sorted(counted.items()) if count >= fewest]
        right = _equal(colors, [color for color, _ in pairs]) & _equal(kinds, [kind for _, kind in pairs])
        found = precision_at(model.embed_texts([" ".join(pair) for pair in pairs]), vectors, right, 10)
        rows.append(_row(f"colour + type, P@10 (pairs with {fewest} pictures or more)", found))
    own = recall_at(model.embed_texts([item.name for item in items]), vectors, range(len(items)), 10)
    rows.append(_row("own name, R@10", own))
    same = kinds[:, None] == kinds
    rows.append(_row("picture to picture, P@10, type", neighbour_precision_at(vectors, same, 10)))
    same = same & (colors[:, None] == colors) & (genders[:, None] == genders)
    rows.append(_row("picture to picture, P@10, type + colour + gender", neighbour_precision_at(vectors, same, 10)))
    if unseen:
        found = precision_at(model.embed_texts(unseen), vectors, _equal(kinds, unseen), 10)
        rows.append(_row(f"{len(unseen)} types never seen, P@10", found))
    return rows


def name_rows(model: ImageEmbedder, items: Sequence[Item]) -> list[Row]:
    """Names of products to their own pictures."""
    names = model.embed_texts([item.name for item in items])
    return [_row("eshop names, R@10", recall_at(names, embedded(model, items), range(len(items)), 10))]


def class_rows(model: ImageEmbedder, items: Sequence[Item]) -> list[Row]:
    """Phone photos by the name of their class: found by it, and told apart by it."""
    vectors = embedded(model, items)
    kinds = np.array([item.types[0] for item in items])
    classes = list(data.CLASSES)
    asked = model.embed_texts([data.CLASSES[kind] for kind in classes])
    told = np.array(classes)[(vectors @ asked.T).argmax(axis=1)] == kinds
    return [
        _row("clothing-small, P@10", precision_at(asked, vectors, _equal(kinds, classes), 10)),
        _row("clothing-small, nearest class right", told.astype(np.float64)),
    ]


def demo_rows(model: ImageEmbedder, items: Sequence[Item]) -> list[Row]:
    """The sixty queries to the demo's pictures, no text searched."""
    vectors = embedded(model, items)
    right = np.array(
        [[item.types[0] == query.type and query.color in ("", item.color) for item in items] for query in QUERIES]
    )
    found = precision_at(model.embed_texts([query.text for query in QUERIES]), vectors, right, 5)
    return [_row("demo, 60 queries, P@5", found)]


def embedded(model: ImageEmbedder, items: Sequence[Item], *, batch: int = 64) -> Vectors:
    """Vectors of the items' pictures, (len(items), dims); a file that several items share is embedded once."""
    files = [item.content() for item in items]
    distinct = list(dict.fromkeys(files))
    parts = [model.embed_images(distinct[start : start + batch]) for start in range(0, len(distinct), batch)]
    place = {content: row for row, content in enumerate(distinct)}
    vectors: Vectors = np.concatenate(parts)[[place[content] for content in files]]
    return vectors


def _equal(values: "np.ndarray[tuple[int], np.dtype[np.str_]]", asked: Sequence[str]) -> Relevance:
    return np.asarray(np.array(asked)[:, None] == values[None])


def _row(name: str, scores: Scores) -> Row:
    low, high = interval(scores)
    return Row(name, float(scores.mean()), low, high, len(scores))
