"""What a finished generation must pass before it goes live: each check looks at the index itself."""

from collections.abc import Mapping
from typing import Any

from elasticsearch import Elasticsearch

from es.generations import CheckResult
from es.mappings import products as fields
from shop.products.document import Product

SMOKE_SAMPLES = 5


def check_count(client: Elasticsearch, index: str, expected: int, writes: int | None) -> CheckResult:
    """Whether as many products are there as were sent, or as changes beside the load's `writes` explain."""
    found = client.count(index=index)["count"]
    others = 0 if found == expected or writes is None else max(0, _operations(client, index) - writes)
    problem = "" if abs(found - expected) <= others else f"{found} products are there, {expected} were sent"
    return CheckResult("count", problem)


def _operations(client: Elasticsearch, index: str) -> int:
    """Writes and deletes that the index has seen: sequence numbers count them from 0 on each shard."""
    shards = client.indices.stats(index=index, level="shards")["indices"][index]["shards"]
    return sum(int(copies[0]["seq_no"]["max_seq_no"]) + 1 for copies in shards.values())


def check_mapping(client: Elasticsearch, index: str, spaces: Mapping[str, fields.VectorSpace | None]) -> CheckResult:
    """Whether schema and models, by vector field, are those of this load."""
    meta = client.indices.get_mapping(index=index)[index]["mappings"].get("_meta", {})
    if meta.get("schema_version") != fields.SCHEMA_VERSION:
        return CheckResult("mapping", f"schema {meta.get('schema_version')} is not {fields.SCHEMA_VERSION}")
    for name, space in spaces.items():
        made_with = {"model": space.model, "dims": space.dims} if space else None
        if meta.get("models", {}).get(name) != made_with:
            return CheckResult("mapping", f"the {name} of the index was made with another model")
    return CheckResult("mapping")


def finds_by_name(client: Elasticsearch, index: str, product: Product) -> bool:
    """Whether a product is found by the words of its name."""
    query = {
        "bool": {
            "must": {"match": {fields.NAME: {"query": product.name, "operator": "and"}}},
            "filter": {"term": {fields.PRODUCT_ID: product.product_id}},
        }
    }
    return bool(client.count(index=index, query=query)["count"]) or not any(c.isalnum() for c in product.name)


def check_pictures(client: Elasticsearch, index: str) -> CheckResult:
    """Whether products are found by their own picture vectors, as they are stored."""
    stored = client.search(
        index=index,
        size=SMOKE_SAMPLES,
        query={"exists": {"field": fields.IMAGE_VECTOR}},
        source={"includes": [fields.IMAGE_VECTOR], "exclude_vectors": False},
    )["hits"]["hits"]
    if not stored:
        return CheckResult("pictures", "not one product has the vector of a picture, though pictures were embedded")
    for hit in stored:
        if not finds_by_vector(client, index, fields.IMAGE_VECTOR, hit["_source"][fields.IMAGE_VECTOR]):
            return CheckResult("pictures", f"product {hit['_id']} is not found by its own picture")
    return CheckResult("pictures")


def finds_by_vector(client: Elasticsearch, index: str, field: str, vector: Any) -> bool:  # noqa: ANN401 - as stored
    """Whether the best neighbour of the product's own vector is as near as the product itself."""
    near = {"field": field, "query_vector": vector, "k": 1, "num_candidates": 100}
    hits = client.search(index=index, knn=near, size=1, source=False)["hits"]["hits"]
    return bool(hits) and hits[0]["_score"] > 0.98
