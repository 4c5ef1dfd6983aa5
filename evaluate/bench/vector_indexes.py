"""The ways in which Elasticsearch can keep vectors, side by side: what they find, how fast, how large, how soon built.

Each gets an index of its own with the same vectors and nothing else, merged to one segment. What is found is compared
with the exact nearest, computed by numpy over all vectors.
"""

import itertools
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import orjson
from elasticsearch import Elasticsearch

from embed.base import Vectors
from embed.load import text_embedder
from embed.settings import EmbedSettings
from es.client import connect, translated
from es.embedded.progress import say
from es.mappings import products as fields
from es.settings import EngineSettings
from evaluate import synthetic
from evaluate.bench.client import Client, engine_target
from evaluate.bench.measure import HEAP, SERVER
from evaluate.bench.workload import Call
from evaluate.server import own_server
from shop.products.stored import packed

QUERIES: Final = 300
K: Final = 10
FETCHED: Final = 50
CANDIDATES: Final = 200
BATCH: Final = 1000
ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One way: share of the true 10 nearest that are found, milliseconds a search (one client), megabytes on disk,
    seconds to write and merge."""

    index: str
    recall_at_10: float
    p50_ms: float
    p95_ms: float
    index_mb: float
    build_s: float


def measure(engine: EngineSettings, products: int) -> list[IndexRow]:
    """All ways over `products` vectors of texts. Raises EngineError, EmbedError, MeasurementFailed."""
    embedder = text_embedder(EmbedSettings())
    with own_server(engine.model_copy(update={"es_heap": HEAP}), SERVER) as url:
        apart = engine.model_copy(update={"es_url": url})
        say(f"making {products:,} vectors")
        made = synthetic.FamilyVectors(embedder)
        vectors = np.stack([made.vector(number) for number in range(products)])
        asked = embedder.embed_texts(list(itertools.islice(synthetic.queries(3), QUERIES)))
        nearest = _exact(vectors, asked)
        with connect(apart) as client:
            names = {kind: f"{engine.index_prefix}-bench-{kind.value}" for kind in fields.VectorIndex}
            try:
                built = {kind: _build(client, name, kind, vectors) for kind, name in names.items()}
                return _rows(apart, client, names, built, asked, nearest)
            finally:
                with translated():
                    client.indices.delete(index=list(names.values()), ignore_unavailable=True)


def lines(rows: Sequence[IndexRow]) -> list[str]:
    """A table."""
    told = ["vectors kept as   recall@10       p50       p95        size    built in"]
    for row in rows:
        took = f"{row.p50_ms:6.1f} ms {row.p95_ms:6.1f} ms"
        told.append(f"{row.index:16} {row.recall_at_10:10.3f} {took} {row.index_mb:8.1f} MB {row.build_s:9.1f} s")
    return told


def values(rows: Sequence[IndexRow]) -> list[dict[str, Any]]:
    """The figures."""
    return [asdict(row) for row in rows]


def _exact(vectors: Vectors, asked: Vectors) -> list[set[int]]:
    found = []
    for query in asked:
        scores = vectors @ query
        found.append(set(np.argpartition(-scores, K)[:K].tolist()))
    return found


def _build(client: Elasticsearch, name: str, kind: fields.VectorIndex, vectors: Vectors) -> float:
    """Seconds from the first write to one merged segment."""
    say(f"building {kind.value}")
    properties = fields.properties(fields.VectorSpace("bench", vectors.shape[1]), None, kind)
    mapping = {"dynamic": False, "properties": {fields.TEXT_VECTOR: properties[fields.TEXT_VECTOR]}}
    with translated():
        client.indices.delete(index=name, ignore_unavailable=True)
        settings = {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"}
        client.indices.create(index=name, settings=settings, mappings=mapping)
        started = time.monotonic()
        patient = client.options(request_timeout=3600)
        for batch in _bulks(vectors):
            patient.bulk(index=name, operations=batch, filter_path="errors")
        patient.indices.forcemerge(index=name, max_num_segments=1)
        patient.indices.refresh(index=name)
    return time.monotonic() - started


def _bulks(vectors: Vectors) -> Iterator[list[Any]]:
    for start in range(0, len(vectors), BATCH):
        batch: list[Any] = []
        for number in range(start, min(start + BATCH, len(vectors))):
            batch.append(orjson.dumps({"index": {"_id": str(number)}}))
            batch.append(orjson.dumps({fields.TEXT_VECTOR: packed(vectors[number])}))
        yield batch


def _rows(
    engine: EngineSettings,
    client: Elasticsearch,
    names: dict[fields.VectorIndex, str],
    built: dict[fields.VectorIndex, float],
    asked: Vectors,
    nearest: list[set[int]],
) -> list[IndexRow]:
    """The ways take turns, so that none of them has the machine at a better time."""
    say("measuring")
    times: dict[fields.VectorIndex, list[float]] = {kind: [] for kind in names}
    found: dict[fields.VectorIndex, list[int]] = {kind: [] for kind in names}
    with closing(Client(engine_target(engine))) as http:
        for round_ in range(ROUNDS + 1):
            for place, query in enumerate(asked):
                for kind, name in names.items():
                    call = _call(name, query)
                    started = time.perf_counter()
                    answer = http.ask(call)
                    if round_ == 0:
                        # The first round warms up, and is the one that is looked at.
                        ids = [int(hit["_id"]) for hit in orjson.loads(answer)["hits"]["hits"]]
                        found[kind].append(len(nearest[place].intersection(ids[:K])))
                    else:
                        times[kind].append((time.perf_counter() - started) * 1000)
    rows = []
    for kind, name in names.items():
        with translated():
            size = client.indices.stats(index=name)["_all"]["total"]["store"]["size_in_bytes"] / 1e6
        p50, p95 = (round(float(v), 2) for v in np.percentile(times[kind], (50, 95)))
        rows.append(
            IndexRow(
                kind.value, round(float(np.mean(found[kind])) / K, 4), p50, p95, round(size, 1), round(built[kind], 1)
            )
        )
    return rows


def _call(name: str, query: Vectors) -> Call:
    knn = {
        "field": fields.TEXT_VECTOR,
        "query_vector": [round(float(x), 6) for x in query],
        "k": FETCHED,
        "num_candidates": CANDIDATES,
    }
    body = {"knn": knn, "size": FETCHED, "_source": False}
    return Call("POST", f"/{name}/_search", orjson.dumps(body), "application/json")
