"""The text vectors of the live catalogue, read in one go for the jobs that compare all products with all."""

from typing import Any, Final

import numpy as np
from elasticsearch import Elasticsearch

from embed.base import Vectors
from es.client import translated
from es.errors import EngineRejected
from es.generations import Generations
from es.lease import Lease
from es.mappings import products as fields
from es.vector_values import BINARY, NUMBERS, vector_value
from jobs.job import Workplace

PAGE: Final = 1_000
_KEEP: Final = "5m"


def text_vectors(place: Workplace, lease: Lease) -> tuple[list[str], Vectors]:
    """Ids and vectors, shape (products, dims), of the products that have one; without a catalogue none."""
    index = Generations(place.client, place.names, "products").live()
    if index is None:
        return [], np.zeros((0, 0), dtype=np.float32)
    ids: list[str] = []
    parts: list[Vectors] = []
    client = place.client.options(request_timeout=120)
    with translated():
        pit = client.open_point_in_time(index=index, keep_alive=_KEEP)["id"]
    after: list[Any] | None = None
    form = BINARY
    try:
        while True:
            lease.check()
            try:
                hits, pit = _page(client, pit, after, form)
            except EngineRejected:
                if form == NUMBERS:
                    raise
                form = NUMBERS  # before 9.3
                continue
            if not hits:
                break
            ids += [hit["_id"] for hit in hits]
            parts.append(np.stack([vector_value(hit["fields"][fields.TEXT_VECTOR][0]) for hit in hits]))
            after = hits[-1]["sort"]
    finally:
        with translated():
            client.close_point_in_time(id=pit)
    return ids, np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.float32)


def _page(client: Elasticsearch, pit: str, after: list[Any] | None, form: str) -> tuple[list[dict[str, Any]], str]:
    """The hits after those of `after`, and the point in time to ask for more."""
    with translated():
        answer = client.search(
            pit={"id": pit, "keep_alive": _KEEP},
            query={"exists": {"field": fields.TEXT_VECTOR}},
            source=False,
            docvalue_fields=[{"field": fields.TEXT_VECTOR, "format": form}],
            sort=["_shard_doc"],
            search_after=after,
            size=PAGE,
            track_total_hits=False,
        )
    return answer["hits"]["hits"], answer["pit_id"]
