"""Recall@10 of the index of vectors: of the ten nearest that an exact search finds, how many the fast one finds."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from elasticsearch import Elasticsearch

from es.client import translated

DEPTH: Final = 10
# As many as a search of the service looks at by default.
_CANDIDATES: Final = 100
# Equally near ones may stand in for one another; their scores differ by rounding.
_EQUAL: Final = 1e-5
_SEED: Final = 7


def sampled(client: Elasticsearch, index: str, field: str, count: int) -> list[dict[str, Any]]:
    """Hits of random documents that have a field, the same for the same index; with their sources, vectors included."""
    with translated():
        answer = client.search(
            index=index,
            size=count,
            query={
                "function_score": {
                    "query": {"exists": {"field": field}},
                    "random_score": {"seed": _SEED, "field": "_seq_no"},
                    "boost_mode": "replace",
                }
            },
            source={"exclude_vectors": False},
            version=True,
        )
    return list(answer["hits"]["hits"])


def recall(
    client: Elasticsearch, index: str, field: str, queries: int, *, rest: Callable[[float], None] = lambda _: None
) -> tuple[float, int]:
    """The mean over so many vectors of the index itself, each left out of its own neighbours; and how many they were.
    (1.0, 0) where no document has one. `rest` is called after each with the seconds that it took, for an exact search
    takes a core for as long as there are vectors."""
    shares = []
    for hit in sampled(client, index, field, queries):
        began = time.monotonic()
        share = _share(client, index, field, hit["_id"], hit["_source"][field])
        if share >= 0:
            shares.append(share)
        rest(time.monotonic() - began)
    return (sum(shares) / len(shares), len(shares)) if shares else (1.0, 0)


def _share(client: Elasticsearch, index: str, field: str, own: str, vector: Sequence[float]) -> float:
    """-1 where there is no neighbour at all."""
    exact = [hit for hit in _exact(client, index, field, vector) if hit[0] != own]
    if not exact:
        return -1.0
    depth = min(DEPTH, len(exact))
    worst = exact[depth - 1][1] - _EQUAL
    near = {product_id for product_id, score in exact if score >= worst}
    found = [product_id for product_id in _fast(client, index, field, vector) if product_id != own][:depth]
    return len(near.intersection(found)) / depth


def _exact(client: Elasticsearch, index: str, field: str, vector: Sequence[float]) -> list[tuple[str, float]]:
    script = {"source": f"dotProduct(params.vector, '{field}') + 1.0", "params": {"vector": vector}}
    query = {"script_score": {"query": {"exists": {"field": field}}, "script": script}}
    with translated():
        answer = client.options(request_timeout=120).search(index=index, query=query, size=_CANDIDATES, source=False)
    return [(str(hit["_id"]), float(hit["_score"])) for hit in answer["hits"]["hits"]]


def _fast(client: Elasticsearch, index: str, field: str, vector: Sequence[float]) -> list[str]:
    near = {"field": field, "query_vector": vector, "k": DEPTH + 1, "num_candidates": _CANDIDATES}
    with translated():
        answer = client.search(index=index, knn=near, size=DEPTH + 1, source=False)
    return [str(hit["_id"]) for hit in answer["hits"]["hits"]]
