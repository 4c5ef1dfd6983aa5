"""Products read back from the live index, for the HTTP service. Asynchronous; every call has a deadline."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
from elasticsearch import AsyncElasticsearch

from embed.base import Vector
from es.client import NOT_ELASTICSEARCH, raise_for_item, refusal, translated
from es.errors import EngineRejected, EngineTimeout, IndexMissing
from es.mappings import products as fields
from es.names import IndexNames
from es.wire import Wire
from shop.products.document import Product
from shop.products.stored import product_of

MAX_ATTRIBUTE_NAMES = 10_000
_JSON, _NDJSON = "application/json", "application/x-ndjson"
_SCORES = "include_named_queries_score=true"


@dataclass(frozen=True, slots=True)
class CatalogueFacts:
    """What the live index holds, as far as requests need to know before they ask it."""

    index: str
    schema_version: int
    text_model: str | None
    text_dims: int | None
    products: int
    attributes: dict[str, int] = field(default_factory=dict)
    """Attribute names with the number of products that have each."""
    number_attributes: frozenset[str] = frozenset()
    image_model: str | None = None
    """The model of the picture vectors; None where the index has none."""
    image_dims: int | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A product and where it stands: the vectors of its text and of its pictures (None: it has none), its family
    (its own id where it has none) and its price in thousandths."""

    product_id: str
    group_id: str
    price_milli: int
    text: Vector | None
    image: Vector | None


class ProductReader:
    """Reads of one shop's live products: searches over `wire`, everything else by `client`."""

    def __init__(self, client: AsyncElasticsearch, wire: Wire, names: IndexNames) -> None:
        self._client = client
        self._wire = wire
        self._limited: dict[float, AsyncElasticsearch] = {}
        self._alias = names.products
        self._search_path = f"/{self._alias}/_search?{_SCORES}"
        self._msearch_path = f"/{self._alias}/_msearch?{_SCORES}"
        self._mget_path = f"/{self._alias}/_mget"

    async def search(self, body: dict[str, Any], *, deadline_s: float) -> dict[str, Any]:
        """One `_search` with each hit's scores by query name.

        Raises EngineTimeout when no complete answer came within the deadline, EngineUnavailable, IndexMissing.
        """
        answer = await self._post(self._search_path, _JSON, orjson.dumps(_limited(body, deadline_s)), deadline_s)
        return _complete(answer)

    async def searches(self, bodies: Sequence[dict[str, Any]], *, deadline_s: float) -> list[dict[str, Any]]:
        """Several searches in one round trip, answers in order; raises as `search` does."""
        lines = b"".join(b"{}\n" + orjson.dumps(_limited(body, deadline_s)) + b"\n" for body in bodies)
        answer = await self._post(self._msearch_path, _NDJSON, lines, deadline_s)
        for item in answer["responses"]:
            raise_for_item(item)
        return [_complete(item) for item in answer["responses"]]

    async def _post(self, path: str, kind: str, body: bytes, deadline_s: float) -> dict[str, Any]:
        status, answer = await self._wire.post(path, body, kind, deadline_s=deadline_s)
        try:
            parsed = orjson.loads(answer)
        except orjson.JSONDecodeError:
            parsed = None
        if status >= 400:
            raise refusal(status, parsed)
        if not isinstance(parsed, dict):
            raise EngineRejected(
                "What answers at SHOPSCOUT_ES_URL is not Elasticsearch.", status=502, kind=NOT_ELASTICSEARCH
            )
        return parsed

    def _within(self, deadline_s: float) -> AsyncElasticsearch:
        """The client with this time limit; made once, as `options` builds some twenty namespaces each time."""
        if deadline_s not in self._limited:
            self._limited[deadline_s] = self._client.options(request_timeout=deadline_s)
        return self._limited[deadline_s]

    async def get(self, product_id: str, *, deadline_s: float) -> Product | None:
        """One product, or None where there is none with this id."""
        found = await self.many([product_id], deadline_s=deadline_s)
        return found[0]

    async def many(self, product_ids: Sequence[str], *, deadline_s: float) -> list[Product | None]:
        """Products in the order of their ids, in one call; None for each id that does not exist."""
        if not product_ids:
            return []
        asked = orjson.dumps({"ids": list(product_ids)})
        answer = await self._post(self._mget_path, _JSON, asked, deadline_s)
        for doc in answer["docs"]:
            raise_for_item(doc)
        return [product_of(doc["_source"]) if doc.get("found") else None for doc in answer["docs"]]

    async def places(self, product_ids: Sequence[str], *, deadline_s: float) -> dict[str, Placed]:
        """Where products stand in the spaces of the index, by id; those that do not exist are left out."""
        body = {
            "query": {"terms": {fields.PRODUCT_ID: list(product_ids)}},
            "size": len(product_ids),
            "_source": {
                "includes": [fields.GROUP_ID, fields.PRICE, fields.TEXT_VECTOR, fields.IMAGE_VECTOR],
                "exclude_vectors": False,
            },
        }
        answer = await self.search(body, deadline_s=deadline_s)
        return {hit["_id"]: _placed(hit["_id"], hit["_source"]) for hit in answer["hits"]["hits"]}

    async def facts(self, *, deadline_s: float = 5.0) -> CatalogueFacts:
        """Looks at the live index. Raises IndexMissing where nothing is loaded."""
        client = self._within(deadline_s)
        with translated():
            mappings = await client.indices.get_mapping(index=self._alias)
            names = {"terms": {"field": fields.ATTRIBUTE_NAMES, "size": MAX_ATTRIBUTE_NAMES}}
            numbers = {"terms": {"field": fields.NUMBER_NAMES, "size": MAX_ATTRIBUTE_NAMES}}
            counted = await client.search(
                index=self._alias, size=0, track_total_hits=True, aggs={"names": names, "numbers": numbers}
            )
        if not mappings.body:
            raise IndexMissing("Nothing is indexed under this name yet; load a catalogue first.")
        index, mapping = next(iter(mappings.body.items()))
        meta = mapping["mappings"].get("_meta", {})
        models = meta.get("models", {})
        model, image = models.get(fields.TEXT_VECTOR, {}), models.get(fields.IMAGE_VECTOR, {})
        found = counted["aggregations"]
        return CatalogueFacts(
            index=index,
            schema_version=meta.get("schema_version", 0),
            text_model=model.get("model"),
            text_dims=model.get("dims"),
            products=counted["hits"]["total"]["value"],
            attributes={b["key"]: b["doc_count"] for b in found["names"]["buckets"]},
            number_attributes=frozenset(b["key"] for b in found["numbers"]["buckets"]),
            image_model=image.get("model"),
            image_dims=image.get("dims"),
        )


def _placed(product_id: str, source: dict[str, Any]) -> Placed:
    text, image = source.get(fields.TEXT_VECTOR), source.get(fields.IMAGE_VECTOR)
    return Placed(
        product_id,
        source.get(fields.GROUP_ID) or product_id,
        source[fields.PRICE],
        None if text is None else np.asarray(text, np.float32),
        None if image is None else np.asarray(image, np.float32),
    )


def _limited(body: dict[str, Any], deadline_s: float) -> dict[str, Any]:
    return {**body, "timeout": f"{int(deadline_s * 1000)}ms"}


def _complete(answer: dict[str, Any]) -> dict[str, Any]:
    """Half an answer is none: its counts would be wrong."""
    if answer.get("timed_out") or answer.get("_shards", {}).get("failed"):
        raise EngineTimeout("The search took longer than its deadline; try again.")
    return answer
