"""How well an index ranks judged searches: nDCG@10 of a plain search, the same for every index.

It is not the service's search, which has rules, filters and learned weights of its own: words in the main fields, and
vectors, fused by reciprocal ranks. What it shows is whether an index has become worse.
"""

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from elasticsearch import Elasticsearch

from embed.base import Embedder
from es.client import translated
from es.mappings import products as fields
from ingest.errors import FeedError

DEPTH: Final = 10
_COLUMNS: Final = ("query", "product_id", "rating")
_HIGHEST: Final = 10
_CANDIDATES: Final = 100
# Cormack, Clarke and Buettcher, Reciprocal Rank Fusion, SIGIR 2009.
_RANK_CONSTANT: Final = 60
_FIELDS: Final = [f"{fields.NAME}^3", f"{fields.BRAND_WORDS}^2", fields.DETAILS, fields.DESCRIPTION]

Judged = Mapping[str, Mapping[str, int]]
"""Query -> product id -> rating; at least one rating of each query is above 0."""


def read_judged(path: Path) -> Judged:
    """Raises FeedError, which names the file and the line."""
    judged: dict[str, dict[str, int]] = {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
            if missing:
                raise FeedError(f"The judged searches in {path} have no column {', '.join(missing)}.")
            for row in rows:
                rating = row["rating"]
                if not (isinstance(rating, str) and rating.isdecimal() and int(rating) <= _HIGHEST):
                    raise FeedError(f"{path}, line {rows.line_num}: rating {rating!r} is no whole number from 0 to 10.")
                judged.setdefault(row["query"], {})[row["product_id"]] = int(rating)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FeedError(f"The judged searches in {path} cannot be read: {error}.") from error
    useful = {query: ratings for query, ratings in judged.items() if any(ratings.values())}
    if not useful:
        raise FeedError(f"{path} holds no search with a product rated above 0.")
    return useful


def mean_ndcg(client: Elasticsearch, index: str, judged: Judged, embedder: Embedder | None) -> float:
    """Mean nDCG@10, unjudged products counted as rated 0. `embedder`: the model of the index's text vectors; None:
    words alone."""
    queries = list(judged)
    vectors = embedder.embed_texts(queries) if embedder is not None else [None] * len(queries)
    total = 0.0
    for query, vector in zip(queries, vectors, strict=True):
        near = vector.tolist() if vector is not None else None
        total += ndcg(_search(client, index, query, near), judged[query])
    return total / len(queries)


def ndcg(ranked: Sequence[str], ratings: Mapping[str, int]) -> float:
    """nDCG@10 with gains 2^rating - 1 (Burges et al., Learning to Rank using Gradient Descent, ICML 2005)."""
    return _dcg([ratings.get(product, 0) for product in ranked]) / _dcg(sorted(ratings.values(), reverse=True))


def _dcg(ratings: Sequence[int]) -> float:
    return math.fsum((2**rating - 1) / math.log2(place + 2) for place, rating in enumerate(ratings[:DEPTH]))


def _search(client: Elasticsearch, index: str, query: str, vector: list[float] | None) -> list[str]:
    lists = [
        _ids(client, index, {"query": {"combined_fields": {"query": query, "fields": _FIELDS}}}),
        *([_ids(client, index, {"knn": _near(vector)})] if vector is not None else []),
    ]
    scores: dict[str, float] = {}
    for ranked in lists:
        for place, product_id in enumerate(ranked, start=1):
            scores[product_id] = scores.get(product_id, 0.0) + 1 / (_RANK_CONSTANT + place)
    return sorted(scores, key=lambda product_id: (-scores[product_id], product_id))


def _near(vector: list[float]) -> dict[str, object]:
    return {
        "field": fields.TEXT_VECTOR,
        "query_vector": vector,
        "k": _CANDIDATES // 2,
        "num_candidates": _CANDIDATES,
    }


def _ids(client: Elasticsearch, index: str, body: dict[str, object]) -> list[str]:
    with translated():
        answer = client.search(index=index, body={**body, "size": _CANDIDATES, "_source": False})
    return [str(hit["_id"]) for hit in answer["hits"]["hits"]]
