"""What jobs learned, read by id. A row is kept in memory as long as its generation is live, so that what many shoppers
look at is read once."""

import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np

from app.recommend.generations import LiveGenerations
from app.recommend.kept import Kept
from app.recommend.reads import Reads
from es.errors import IndexMissing
from es.mappings import factors as factor_fields
from es.mappings import neighbours as neighbour_fields
from es.mappings import pairs as pair_fields
from es.mappings import products as product_fields
from es.mappings import profiles as profile_fields
from es.mappings import successors as successor_fields
from es.mappings import trends as trend_fields
from es.mappings import weights as weight_fields
from es.names import IndexNames
from shop.recommenders.factor_index import Factors, factors_of
from shop.recommenders.histories import Weights
from shop.recommenders.served_hybrid import PackedRow, packed
from shop.recommenders.successors import Successors

KINDS: Final = (
    product_fields.KIND, pair_fields.KIND, successor_fields.KIND, neighbour_fields.KIND, factor_fields.KIND,
    trend_fields.KIND, profile_fields.KIND,
)  # fmt: skip
"""Those of which something is kept, the catalogue among them."""
_PROFILES, _LISTS, _LONGEST, _WINDOW = 2_000, 200, 128, 10_000
_TREND: Final = [
    trend_fields.PRODUCT_ID, trend_fields.SCORE, trend_fields.VIEWS, trend_fields.CARTS, trend_fields.ORDERS,
    trend_fields.SPIKE,
]  # fmt: skip
_FACTORS: Final = {"exclude_vectors": False, "excludes": [factor_fields.COMPUTED_AT]}
_PROFILE: Final = [profile_fields.BRANDS, profile_fields.CATEGORIES, profile_fields.PRODUCTS, profile_fields.VECTOR]

_Row = TypeVar("_Row")
_Source = Mapping[str, Any]
_Fields = list[str] | Mapping[str, Any] | None
"""What `_source` asks for; None: all but vectors."""


class Pairs(NamedTuple):
    """Products that go with another, best first, as columns of one length; what the figures are stands in
    es/mappings/pairs.py. Tuples of plain values, which the garbage collector need not look through."""

    product_ids: tuple[str, ...]
    scores: tuple[float, ...]
    times: tuple[int, ...]
    confidences: tuple[float, ...]


class LearnedRows:
    """Reads of one shop. All raise EngineError; what a job never wrote raises IndexMissing.

    `most`: rows of each kind that are kept. Without `live`, none is.
    """

    def __init__(self, reads: Reads, names: IndexNames, live: LiveGenerations | None, most: int) -> None:
        self._reads = reads
        self._names = names
        self._live = live
        self._pairs: Kept[dict[str, Pairs]] = Kept(most)
        self._successors: Kept[Successors] = Kept(most)
        self._neighbours: Kept[PackedRow] = Kept(most)
        self._factors: Kept[Factors] = Kept(most)
        self._profiles: Kept[dict[str, Any]] = Kept(_PROFILES)
        self._trends: Kept[list[dict[str, Any]]] = Kept(_LISTS)

    def generation(self, kind: str) -> str:
        """The live generation of a kind; empty where it is not known."""
        return "" if self._live is None else self._live.of(kind)

    async def profile(self, customer_id: str) -> dict[str, Any]:
        """What recommenders use of the stored profile (es/mappings/profiles.py); empty where there is none."""
        found = await self._rows(profile_fields.KIND, [customer_id], _PROFILE, self._profiles, _profile)
        return found.get(customer_id, {})

    async def pairs(self, product_ids: Sequence[str], relation: str) -> dict[str, Pairs]:
        """Stored pairs of a relation by product, best first."""
        rows = await self._rows(pair_fields.KIND, product_ids, list(pair_fields.RELATIONS), self._pairs, _pairs)
        return {product_id: row[relation] for product_id, row in rows.items() if relation in row}

    async def successors(self, product_ids: Sequence[str]) -> dict[str, Successors]:
        """What goes on from each product, as the job `successors` learned it."""
        wanted = [successor_fields.PRODUCT_IDS, successor_fields.WEIGHTS]
        return await self._rows(successor_fields.KIND, product_ids, wanted, self._successors, _successors)

    async def neighbours(self, product_ids: Sequence[str]) -> dict[str, PackedRow]:
        """Rows of the learned hybrid by product."""
        return await self._rows(neighbour_fields.KIND, product_ids, None, self._neighbours, packed)

    async def factors(self, product_ids: Sequence[str], generation: str) -> dict[str, Factors]:
        """Vectors of products, as the job `factors` learned them for that generation; empty: whichever is live."""
        return await self._rows(factor_fields.KIND, product_ids, _FACTORS, self._factors, factors_of, generation)

    async def wanted(
        self, shopper: Weights, k: int, generation: str, *, without: Collection[str]
    ) -> list[tuple[str, float, Weights]]:
        """The k products with the highest inner product with a shopper's vector, above 0, that were in the catalogue
        when that generation was made, none of `without`: ids, that product, vectors."""
        there: dict[str, Any] = {"filter": {"term": {factor_fields.LISTED: True}}}
        if without:
            there["must_not"] = {"ids": {"values": sorted(without)}}
        nearest: dict[str, Any] = {
            "field": factor_fields.VECTOR,
            "query_vector": shopper.tolist(),
            "k": k,
            "num_candidates": max(100, 2 * k),
            "filter": {"bool": there},
        }
        body = {"knn": nearest, "size": k, "_source": {"exclude_vectors": False, "includes": [factor_fields.VECTOR]}}
        hits = await self._hits(factor_fields.KIND, body, generation)
        vectors = {hit["_id"]: np.asarray(hit["_source"][factor_fields.VECTOR], dtype=np.float32) for hit in hits}
        # Elasticsearch's own scores are those of the graph, of vectors in one byte a number.
        found = [(product_id, float(vector @ shopper), vector) for product_id, vector in vectors.items()]
        return sorted((one for one in found if one[1] > 0), key=lambda one: (-one[1], one[0]))

    async def weights(self) -> dict[str, dict[str, Any]]:
        """What the job `weights` learned, by placement (es/mappings/weights.py); empty before its first run."""
        body = {"query": {"match_all": {}}, "size": 1000}
        try:
            answer = await self._reads.search(self._names.alias(weight_fields.KIND), body)
        except IndexMissing:
            return {}
        return {hit["_id"]: hit["_source"] for hit in answer["hits"]["hits"]}

    async def trends(self, order: str, k: int, category: str = "") -> list[dict[str, Any]]:
        """The k trends (es/mappings/trends.py) highest in the field `order`, above 0."""
        generation = self.generation(trend_fields.KIND)
        key = f"{order}:{category}"
        known = self._trends.known(generation, [key]).get(key)
        if known is not None and (len(known) >= k or len(known) < _LONGEST):
            return known[:k]
        wanted: list[dict[str, Any]] = [{"range": {order: {"gt": 0}}}]
        if category:
            wanted.append({"term": {trend_fields.CATEGORY: category}})
        body = {
            "query": {"bool": {"filter": wanted}},
            "sort": [{order: "desc"}, {trend_fields.PRODUCT_ID: "asc"}],
            "size": max(k, _LONGEST),
            "_source": _TREND,
        }
        hits = await self._hits(trend_fields.KIND, body)
        found: list[dict[str, Any]] = [hit["_source"] for hit in hits]
        if self._read_of(trend_fields.KIND, generation, hits):
            self._trends.keep(generation, {key: found})
        return found[:k]

    async def in_demand(self, order: str, k: int) -> list[str]:
        """The k products highest in the field `order`; none before the job `trends` ran."""
        body = {
            "query": {"range": {order: {"gt": 0}}},
            "sort": [{order: "desc"}, {trend_fields.PRODUCT_ID: "asc"}],
            "size": min(k, _WINDOW),
            "_source": False,
        }
        try:
            return [hit["_id"] for hit in await self._hits(trend_fields.KIND, body)]
        except IndexMissing:
            return []

    async def trends_of(self, product_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Trends by product; those without events in the period have none."""
        if not product_ids:
            return {}
        hits = await self._hits(trend_fields.KIND, _by_ids(product_ids, None))
        return {hit["_id"]: hit["_source"] for hit in hits}

    async def _rows(
        self,
        kind: str,
        ids: Sequence[str],
        fields: _Fields,
        kept: Kept[_Row],
        read: Callable[[_Source], _Row],
        of: str | None = None,
    ) -> dict[str, _Row]:
        """Rows by id, those that there are. `of`: of that generation and no other, live or not; empty: as None."""
        generation = self.generation(kind) if of is None else of
        found = kept.known(generation, ids)
        missing = [one for one in ids if one not in found]
        if missing:
            hits = await self._hits(kind, _by_ids(missing, fields), of or "")
            rows = {hit["_id"]: read(hit["_source"]) for hit in hits}
            fresh: dict[str, _Row | None] = {one: rows.get(one) for one in missing}
            if self._read_of(kind, generation, hits):
                kept.keep(generation, fresh)
            found |= fresh
        return {one: row for one, row in found.items() if row is not None}

    def _read_of(self, kind: str, generation: str, hits: Sequence[Mapping[str, Any]]) -> bool:
        """Whether an answer is of that generation: live when it was asked for, and still."""
        return self.generation(kind) == generation and all(hit["_index"] == generation for hit in hits)

    async def _hits(self, kind: str, body: dict[str, Any], generation: str = "") -> list[dict[str, Any]]:
        answer = await self._reads.search(generation or self._names.alias(kind), body)
        hits: list[dict[str, Any]] = answer["hits"]["hits"]
        return hits


def _by_ids(ids: Sequence[str], fields: _Fields) -> dict[str, Any]:
    body: dict[str, Any] = {"query": {"ids": {"values": list(ids)}}, "size": len(ids)}
    return body if fields is None else {**body, "_source": fields}


def _profile(source: _Source) -> dict[str, Any]:
    found = dict(source)
    if profile_fields.VECTOR in found:
        found[profile_fields.VECTOR] = np.asarray(found[profile_fields.VECTOR], np.float32)
    return found


def _pairs(source: _Source) -> dict[str, Pairs]:
    return {
        relation: Pairs(
            tuple(sys.intern(one["product_id"]) for one in listed),
            tuple(float(one["score"]) for one in listed),
            tuple(one["count"] for one in listed),
            tuple(one["confidence"] for one in listed),
        )
        for relation, listed in source.items()
    }


def _successors(source: _Source) -> Successors:
    product_ids = tuple(map(sys.intern, source[successor_fields.PRODUCT_IDS]))
    return Successors(product_ids, tuple(source[successor_fields.WEIGHTS]))
