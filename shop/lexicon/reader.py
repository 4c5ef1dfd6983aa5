"""What a lexicon is made of, read from the live index: texts of all products or of a sample, values of filters."""

from collections.abc import AsyncGenerator
from typing import Any, Final

from elasticsearch import AsyncElasticsearch

from es.client import translated
from es.errors import IndexMissing
from es.mappings import products as fields
from es.names import IndexNames
from shop.lexicon.gather import ValueCounts

PAGE: Final = 200
KEEP_ALIVE: Final = "2m"
MOST_VALUES: Final = 5_000
_TEXTS: Final = [fields.NAME, fields.BRAND, fields.DESCRIPTION, fields.DETAILS, fields.GROUP_ID]
_SEED: Final = 7


class LexiconReader:
    """Reads of one shop's live products, page by page; a slow road for work in the background."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames) -> None:
        self._client = client
        self._alias = names.products

    async def values(self) -> ValueCounts:
        """Values of filters with their numbers of products. Raises EngineError."""
        terms = {
            "brands": {"terms": {"field": fields.BRAND, "size": MOST_VALUES}},
            "paths": {"terms": {"field": fields.SHOP_CATEGORY, "size": MOST_VALUES}},
            "categories": {"terms": {"field": fields.CATEGORY, "size": 100}},
            "attributes": {"terms": {"field": fields.ATTRIBUTES, "size": MOST_VALUES}},
            "tags": {"terms": {"field": fields.TAGS, "size": MOST_VALUES}},
        }
        with translated():
            answer = await self._client.search(index=self._alias, size=0, track_total_hits=False, aggs=terms)
        if "aggregations" not in answer:
            raise IndexMissing("Nothing is indexed under this name yet; load a catalogue first.")
        counted = {
            name: {str(b["key"]): int(b["doc_count"]) for b in found["buckets"]}
            for name, found in answer["aggregations"].items()
        }
        others = counted["attributes"] | counted["tags"]
        return ValueCounts(counted["brands"], counted["paths"], counted["categories"], others)

    async def texts(self, products: int, most: int) -> AsyncGenerator[list[dict[str, Any]], None]:
        """Stored texts of the products in pages; of about `most` of them, drawn by chance, where there are more.

        `products`: how many there are. Raises EngineError.
        """
        query: dict[str, Any] = {"match_all": {}}
        body: dict[str, Any] = {}
        if products > most:
            draw = {"random_score": {"seed": _SEED, "field": "_seq_no"}}
            query = {"function_score": {"query": query, **draw, "boost_mode": "replace"}}
            body["min_score"] = 1.0 - most / products
        with translated():
            opened = await self._client.open_point_in_time(index=self._alias, keep_alive=KEEP_ALIVE)
        pit, after = opened["id"], None
        try:
            while True:
                page = {**body, "query": query, "size": PAGE, "sort": ["_shard_doc"], "track_total_hits": False}
                page |= {"pit": {"id": pit, "keep_alive": KEEP_ALIVE}, "source_includes": _TEXTS}
                if after is not None:
                    page["search_after"] = after
                with translated():
                    answer = await self._client.search(**page)
                pit = answer.get("pit_id", pit)
                hits = answer["hits"]["hits"]
                if not hits:
                    return
                after = hits[-1]["sort"]
                yield [hit["_source"] for hit in hits]
        finally:
            with translated():
                await self._client.close_point_in_time(id=pit)
