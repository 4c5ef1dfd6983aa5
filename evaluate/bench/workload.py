"""What is asked: the same search as a request to the API and as raw requests to Elasticsearch.

Every search has words, two filters (price, in stock), four facets and a page of 24. Raw requests come in the best
shape known, two bodies in one `_msearch` (words with facets; neighbours), and as the API's own single body.
"""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson

from app.search.clauses import Clause, clause
from app.search.lexical import words_query
from app.search.query import SearchQuery, from_parameters
from app.search.retrieval import build_body
from app.search.vector import MEANING, Neighbours, Probe, neighbours_query
from app.settings import ServiceSettings
from embed.base import Embedder
from es.mappings import products as fields
from es.names import IndexNames
from evaluate import synthetic
from shop.products.values import PriceRange

API, TWO_BODIES, OWN_BODY = "api", "raw_two_bodies", "raw_own_body"
SIDES = (API, TWO_BODIES, OWN_BODY)
# As shop.products.reader asks: each hit with what the words and the neighbours gave it.
_SCORES = "include_named_queries_score=true"
FACETS = ("brand", "category", "color", "price_range")
FACET_SIZE = 20
PAGE = 24


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request; `body` empty for GET."""

    method: str
    path: str
    body: bytes = b""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Workload:
    """The same searches for each side, in the same order."""

    calls: dict[str, list[Call]]

    def __len__(self) -> int:
        return len(self.calls[API])


def workload(
    settings: ServiceSettings, prefix: str, embedder: Embedder, *, searches: int, seed: int, path: str
) -> Workload:
    """`searches` distinct searches; `seed` chooses them. `path`: the API's search path."""
    how = Neighbours(settings.knn_k, settings.knn_candidates, settings.semantic_floor)
    alias = IndexNames(prefix).products
    draw = random.Random(f"bounds-{seed}")
    texts = list(itertools.islice(synthetic.queries(seed), searches))
    calls: dict[str, list[Call]] = {side: [] for side in SIDES}
    for text, vector in zip(texts, embedder.embed_texts(texts), strict=True):
        pairs = _pairs(text, draw)
        query = from_parameters(pairs, None)
        calls[API].append(Call("GET", f"{path}?{urlencode(pairs)}"))
        probe = Probe(MEANING, vector, how)
        calls[TWO_BODIES].append(_raw(alias, "_msearch", two_bodies(query, probe)))
        calls[OWN_BODY].append(_raw(alias, "_search", [build_body(query, [probe])]))
    return Workload(calls)


def _pairs(text: str, draw: random.Random) -> list[tuple[str, str]]:
    lowest = draw.choice((0, 5, 10, 20))
    return [
        ("q", text),
        ("min_price", str(lowest)),
        ("max_price", str(lowest + draw.choice((100, 200, 500)))),
        ("in_stock", "true"),
        ("facets", ",".join(FACETS)),
        ("size", str(PAGE)),
    ]


def _raw(alias: str, endpoint: str, bodies: Sequence[dict[str, Any]]) -> Call:
    if endpoint == "_msearch":
        lines = b"".join(b"{}\n" + orjson.dumps(body) + b"\n" for body in bodies)
        return Call("POST", f"/{alias}/_msearch", lines, "application/x-ndjson")
    return Call("POST", f"/{alias}/_search?{_SCORES}", orjson.dumps(bodies[0]), "application/json")


def two_bodies(query: SearchQuery, probe: Probe) -> list[dict[str, Any]]:
    """The floor: what somebody who knows Elasticsearch would post by hand for the same search."""
    filters = [clause(given) for given in query.filters]
    fetched: dict[str, Any] = {"size": probe.how.k, "stored_fields": "_none_", "docvalue_fields": [fields.CARD]}
    words: Clause = {"bool": {"must": [words_query(query.text)], "filter": filters}}
    return [
        {"query": words, "track_total_hits": True, "aggs": _plain_facets(), **fetched},
        # As a query it is a twelfth less for Elasticsearch than as a `knn` section: one phase less.
        {"query": neighbours_query(probe, [filters]), **fetched},
    ]


def _plain_facets() -> dict[str, Any]:
    bounds = [step.bounds_milli for step in PriceRange]
    ranges = [{"from": low} if high is None else {"from": low, "to": high} for low, high in bounds]
    return {
        "brand": {"terms": {"field": fields.BRAND, "size": FACET_SIZE}},
        "category": {"terms": {"field": fields.CATEGORY, "size": FACET_SIZE}},
        "color": {"terms": {"field": f"{fields.ATTRIBUTES}.color", "size": FACET_SIZE}},
        "price_range": {"range": {"field": fields.PRICE, "ranges": ranges}},
    }
