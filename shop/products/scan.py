"""Every product of an index as it is stored, its vectors included, page by page as of one moment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from es.client import translated
from es.mappings import products as fields
from shop.products.document import Product
from shop.products.stored import product_of

PAGE = 500
KEEP_ALIVE = "10m"
_JSON = {
    "accept": "application/vnd.elasticsearch+json; compatible-with=9",
    "content-type": "application/vnd.elasticsearch+json; compatible-with=9",
}
KEPT = (fields.TEXT_VECTOR, fields.IMAGE_VECTOR, fields.CHANGE_VERSIONS)


@dataclass(frozen=True, slots=True)
class StoredProduct:
    """A product with the version that the index has of it, its vectors (numbers by field name) and what it remembers
    of its changes."""

    product: Product
    version: int
    vectors: dict[str, Any]


def stored_products(client: Elasticsearch, index: str) -> Iterator[StoredProduct]:
    """Reads an index to its end. What is written meanwhile is not seen. Raises EngineError."""
    with translated():
        # What was written a moment ago is not searchable yet.
        client.indices.refresh(index=index)
        point = client.open_point_in_time(index=index, keep_alive=KEEP_ALIVE)["id"]
    after: list[Any] | None = None
    try:
        while hits := _page(client, point, after):
            after = hits[-1]["sort"]
            yield from (_stored(hit) for hit in hits)
    finally:
        with translated():
            client.close_point_in_time(id=point)


def documents(client: Elasticsearch, index: str, ids: Sequence[str], *, whole: bool = True) -> list[dict[str, Any]]:
    """Those of these products that there are this moment, with all that an `_mget` tells; vectors included, or without
    any source. Raises EngineError."""
    if not ids:
        return []
    with translated():
        # By path: the client's mget does not know the parameter that brings the vectors along.
        answer = client.perform_request(
            "POST",
            f"/{index}/_mget",
            params={"_source_exclude_vectors": "false"} if whole else {"_source": "false"},
            headers=_JSON,
            body={"ids": list(ids)},
        )
    return [doc for doc in answer.body["docs"] if doc.get("found")]


def _page(client: Elasticsearch, point: str, after: list[Any] | None) -> list[dict[str, Any]]:
    with translated():
        answer = client.search(
            pit={"id": point, "keep_alive": KEEP_ALIVE},
            size=PAGE,
            sort=["_shard_doc"],
            search_after=after,
            track_total_hits=False,
            version=True,
            source={"exclude_vectors": False},
        )
    return list(answer["hits"]["hits"])


def _stored(hit: dict[str, Any]) -> StoredProduct:
    source = hit["_source"]
    vectors = {name: source[name] for name in KEPT if name in source}
    return StoredProduct(product_of(source), hit["_version"], vectors)
