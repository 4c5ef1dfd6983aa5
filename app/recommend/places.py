"""Where products stand, what they are called, and what is near them. Read from the live catalogue, kept for a while."""

from binascii import a2b_base64
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np
import orjson

from app.recommend.generations import LiveGenerations
from app.recommend.kept import Fresh
from app.recommend.reads import SHOWN, Reads, columns
from embed.base import Vector
from es.errors import EngineRejected
from es.mappings import products as fields
from es.names import IndexNames
from es.vector_values import BINARY, NUMBERS, vector_value

_PLACES_KEPT: Final = 20_000
FRESH_S: Final = 300.0
"""Texts change seldom, and what is shown is looked up anew each time: stock, price and rules."""
_NAMES_FRESH_S: Final = 60.0
_NEAR_KEPT: Final = 2_000
_SPARE: Final = 24
"""So many more neighbours are kept than are asked for: some shoppers know some of them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a product stands: unit vectors of its text and pictures (None: it has none), and its family. `looked`:
    whether its pictures were asked for."""

    group_id: str
    text: Vector | None
    image: Vector | None = None
    looked: bool = False


class Near(NamedTuple):
    """A neighbour by vectors; `cosine` as exact as the index keeps vectors. `brand` and `category`: empty if none.
    `group_id`: its family; without one, the product itself."""

    product_id: str
    cosine: float
    brand: str
    category: str
    group_id: str
    values: Mapping[str, Any] = MappingProxyType({})
    """All of its doc values, where they were asked for."""


class Places:
    """Reads of one shop. All raise EngineError."""

    def __init__(self, reads: Reads, names: IndexNames, live: LiveGenerations | None = None) -> None:
        """`live`: which catalogue is; what is kept of the one before it is let go."""
        self._reads = reads
        self._live = live
        self._catalogue = ""
        self._products = names.products
        self._places: Fresh[str, Place] = Fresh(_PLACES_KEPT, fresh_s=FRESH_S)
        self._named: Fresh[str, str] = Fresh(_PLACES_KEPT, fresh_s=_NAMES_FRESH_S)
        self._near: Fresh[tuple[str, str, float, int], list[Near]] = Fresh(_NEAR_KEPT, fresh_s=FRESH_S)
        self._format = BINARY

    async def of(self, product_ids: Iterable[str], *, looks: bool = False) -> dict[str, Place]:
        """Where products stand, by id; those that do not exist are left out. With `looks`, their pictures too. Kept
        for five minutes."""
        self._let_go()
        wanted = list(dict.fromkeys(product_ids))
        found = {p: place for p, place in self._places.known(wanted).items() if place.looked or not looks}
        missing = [product_id for product_id in wanted if product_id not in found]
        if missing:
            found |= await self.read(missing, looks=looks)
        return {product_id: found[product_id] for product_id in wanted if product_id in found}

    async def read(self, product_ids: Sequence[str], *, looks: bool = True) -> dict[str, Place]:
        """The same, read anew whatever is kept."""
        self._let_go()
        vectors = [fields.TEXT_VECTOR, *([fields.IMAGE_VECTOR] if looks else [])]
        hits = await self._formatted(_of_these(product_ids), fields.GROUP_ID, vectors=vectors)
        fresh = {hit["fields"][fields.PRODUCT_ID][0]: _place(hit["fields"], looks) for hit in hits}
        self._places.keep(fresh)
        return fresh

    async def names(self, product_ids: Iterable[str]) -> dict[str, str]:
        """What products are called, whether they may be shown or not; those that do not exist are left out. Kept for a
        minute."""
        self._let_go()
        wanted = list(dict.fromkeys(product_ids))
        found = self._named.known(wanted)
        missing = [product_id for product_id in wanted if product_id not in found]
        if missing:
            hits = await self._formatted(_of_these(missing), fields.CARD)
            fresh = {hit["fields"][fields.PRODUCT_ID][0]: _name(hit["fields"]) for hit in hits}
            self._named.keep(fresh)
            found |= fresh
        return found

    async def near_product(
        self, field: str, product_id: str, place: Place, k: int, *, floor: float, without: Collection[str]
    ) -> list[Near]:
        """The k products in stock nearest to a product in one space, none below cosine `floor`, none of its family,
        none of `without`. Those near a product are kept for five minutes."""
        self._let_go()
        vector = place.text if field == fields.TEXT_VECTOR else place.image
        if vector is None:
            return []
        key = (field, product_id, round(floor, 6), k)
        known = self._near.get(key)
        if known is None:
            known = await self.near(field, vector, k + _SPARE, floor=floor)
            self._near.keep({key: known})
        out = {product_id, *without}
        found = [near for near in known if near.product_id not in out and near.group_id != place.group_id][:k]
        if len(found) == k or len(known) < k + _SPARE:
            return found
        # More of them are out than there were to spare.
        family = {"term": {fields.GROUP_ID: place.group_id}}
        others = {"terms": {fields.PRODUCT_ID: sorted(out)}}
        return await self.near(field, vector, k, floor=floor, never=[family, others])

    async def near(
        self,
        field: str,
        vector: Vector,
        k: int,
        *,
        floor: float,
        within: Sequence[dict[str, Any]] = (),
        without: Collection[str] = (),
        never: Sequence[dict[str, Any]] = (),
        whole: bool = False,
    ) -> list[Near]:
        """The k products in stock nearest to a point in one space of the index, none below cosine `floor`, none of
        `without`; all match each clause of `within`, none any of `never`. `whole`: with what is shown of them; their
        places are kept."""
        if len(without) > _SPARE:
            never, without = [*never, {"terms": {fields.PRODUCT_ID: sorted(without)}}], ()
        wanted, k = k, k + len(without)
        filters: dict[str, Any] = {"filter": [{"term": {fields.IN_STOCK: True}}, *within]}
        if never:
            filters["must_not"] = list(never)
        knn = {
            "field": field,
            "query_vector": np.round(vector.astype(np.float64), 6).tolist(),
            "k": k,
            "num_candidates": max(100, 2 * k),
            "similarity": floor,
            # Elasticsearch remembers which products pass filters that are often the same, and counts them anew for
            # others: a few products more to leave out here cost it less than half a millisecond there.
            "filter": {"bool": filters},
        }
        if not whole:
            body = {"knn": knn, "size": k, **columns(fields.GROUP_ID, fields.BRAND, fields.CATEGORY)}
            found = [_near(hit) for hit in (await self._reads.search(self._products, body))["hits"]["hits"]]
            return [near for near in found if near.product_id not in without][:wanted]
        hits = await self._formatted({"knn": knn, "size": k}, *SHOWN, vectors=[fields.TEXT_VECTOR])
        values = [hit["fields"] for hit in hits]
        unknown = {one[fields.PRODUCT_ID][0]: one for one in values}
        for known in self._places.known(unknown):
            del unknown[known]
        self._places.keep({product_id: _place(one, looks=False) for product_id, one in unknown.items()})
        found = [_near(hit, one) for hit, one in zip(hits, values, strict=True)]
        return [near for near in found if near.product_id not in without][:wanted]

    def _let_go(self) -> None:
        """Another catalogue may have vectors of another model."""
        catalogue = "" if self._live is None else self._live.of(fields.KIND)
        if catalogue and catalogue != self._catalogue:
            self._catalogue = catalogue
            self._places.clear()
            self._named.clear()
            self._near.clear()

    async def _formatted(
        self, body: dict[str, Any], *docvalues: str, vectors: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """Hits with doc values alone, vectors in the shortest form that the server knows."""
        while True:
            form = self._format
            asked = [{"field": vector, "format": form} for vector in vectors]
            try:
                answer = await self._reads.search(self._products, {**body, **columns(*docvalues, *asked)})
            except EngineRejected:
                if form != BINARY or not vectors:
                    raise
                # Before 9.3 Elasticsearch had no shorter form for vectors than numbers.
                self._format = NUMBERS
            else:
                hits: list[dict[str, Any]] = answer["hits"]["hits"]
                return hits


def _place(values: Mapping[str, Any], looks: bool) -> Place:
    return Place(
        values.get(fields.GROUP_ID, values[fields.PRODUCT_ID])[0],
        _vector(values.get(fields.TEXT_VECTOR)),
        _vector(values.get(fields.IMAGE_VECTOR)),
        looks,
    )


def _vector(values: list[Any] | None) -> Vector | None:
    return vector_value(values[0]) if values else None


def _name(values: Mapping[str, Any]) -> str:
    return str(orjson.loads(a2b_base64(values[fields.CARD][0])).get("name", ""))


def _of_these(product_ids: Sequence[str]) -> dict[str, Any]:
    filters = [{"terms": {fields.PRODUCT_ID: list(product_ids)}}]
    return {"query": {"bool": {"filter": filters}}, "size": len(product_ids)}


def _near(hit: Mapping[str, Any], told: Mapping[str, Any] = MappingProxyType({})) -> Near:
    values = hit["fields"]
    brand, category = values.get(fields.BRAND, [""])[0], values.get(fields.CATEGORY, [""])[0]
    product_id = values[fields.PRODUCT_ID][0]
    group_id = values.get(fields.GROUP_ID, [product_id])[0]
    return Near(product_id, 2 * hit["_score"] - 1, brand, category, group_id, told)
