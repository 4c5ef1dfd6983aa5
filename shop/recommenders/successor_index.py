"""Successors in Elasticsearch: the documents that a job writes into a generation, and their reader."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from elasticsearch import AsyncElasticsearch

from es.client import raise_for_item, translated
from es.errors import IndexMissing
from es.mappings import successors as fields
from es.names import IndexNames
from shop.recommenders.successors import Successors

DIGITS = 5
"""Of the stored weights that count: half the bytes, and no order changes that anybody could see."""


def documents(learned: Iterable[tuple[str, Successors]], computed_at: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ids and documents of a generation made with es.mappings.successors.definition."""
    for product_id, found in learned:
        yield (
            product_id,
            {
                fields.PRODUCT_IDS: list(found.product_ids),
                fields.WEIGHTS: [float(f"{weight:.{DIGITS}g}") for weight in found.weights],
                fields.COMPUTED_AT: computed_at.isoformat(),
            },
        )


class SuccessorReader:
    """Reads of the live generation. Asynchronous; every call has a deadline."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames) -> None:
        self._client = client
        self._alias = names.alias(fields.KIND)

    async def of(self, product_ids: Sequence[str], *, deadline_s: float) -> dict[str, Successors]:
        """Successors by product, in one `_mget`; products without any are left out.

        Raises IndexMissing where the job has never run, EngineTimeout, EngineUnavailable.
        """
        if not product_ids:
            return {}
        with translated():
            answer = await self._client.options(request_timeout=deadline_s).mget(
                index=self._alias, ids=list(product_ids), source_includes=[fields.PRODUCT_IDS, fields.WEIGHTS]
            )
        found: dict[str, Successors] = {}
        for doc in answer["docs"]:
            raise_for_item(doc)
            if doc.get("found"):
                found[doc["_id"]] = _successors(doc["_source"])
        return found

    async def decay(self, *, deadline_s: float) -> float:
        """How the live model wants histories to be read: what an event counts for each that came after it.

        Raises IndexMissing where the job has never run.
        """
        with translated():
            answer = await self._client.options(request_timeout=deadline_s).indices.get_mapping(index=self._alias)
        if not answer.body:
            raise IndexMissing("There are no successors yet: run `python -m jobs run successors`.")
        return float(next(iter(answer.body.values()))["mappings"]["_meta"][fields.DECAY])


def _successors(source: Mapping[str, Any]) -> Successors:
    return Successors(source[fields.PRODUCT_IDS], source[fields.WEIGHTS])
