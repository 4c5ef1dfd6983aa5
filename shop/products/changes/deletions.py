"""What was deleted, and which change did it: kept beside the products, whatever generation of them is live."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import orjson
from elasticsearch import Elasticsearch

from es.client import BUSY_STATUSES, translated
from es.errors import EngineRejected, EngineUnavailable, IndexMissing
from es.mappings import deletions as fields
from es.names import IndexNames
from shop.products.changes.versions import Clock, Marks, Order, Versions

_ONLY_STATUS = "items.*.status,items.*.error"


class Deletions:
    """Deletions of one shop. Every call raises EngineError where Elasticsearch is in trouble."""

    def __init__(self, client: Elasticsearch, names: IndexNames) -> None:
        self._client = client
        self._index = names.alias(fields.KIND)

    def read(self, product_ids: Sequence[str]) -> dict[str, Versions]:
        """The deletions of these products, those that there are."""
        if not product_ids:
            return {}
        with translated():
            docs = self._client.mget(index=self._index, ids=list(dict.fromkeys(product_ids)))["docs"]
        # Before the first deletion there is no index, which is told for each document by itself.
        return {doc["_id"]: _of(doc["_source"]) for doc in docs if doc.get("found")}

    def write(self, orders: Mapping[str, Order]) -> None:
        """Remembers deletions by product id. Durable when it returns."""
        if not orders:
            return
        self._create()
        moment = datetime.now(UTC).isoformat()
        lines: list[bytes] = []
        for product_id, order in orders.items():
            values = {clock.value: order.value if clock is order.clock else 0 for clock in Clock}
            values |= {fields.DELETED_AT: moment}  # type: ignore[dict-item]
            lines.append(orjson.dumps({"update": {"_id": product_id, "retry_on_conflict": 10}}))
            lines.append(orjson.dumps({"script": {"source": fields.NEWEST, "params": values}, "upsert": values}))
        with translated():
            answer = self._client.bulk(
                index=self._index, operations=cast(Any, lines), filter_path=_ONLY_STATUS, require_alias=False
            )
        for item in answer.get("items", []):
            _raise(item["update"])

    def since(self, moment: datetime, most: int = 10_000) -> list[str] | None:
        """Products deleted since then (by the clocks of those who did); None where there are more than `most`."""
        try:
            with translated():
                self._client.indices.refresh(index=self._index)
                answer = self._client.search(
                    index=self._index,
                    query={"range": {fields.DELETED_AT: {"gte": moment.isoformat()}}},
                    size=most,
                    source=False,
                    track_total_hits=False,
                )
        except IndexMissing:
            return []
        found = [str(hit["_id"]) for hit in answer["hits"]["hits"]]
        return found if len(found) < most else None

    def forget(self, older_than: timedelta) -> int:
        """Drops deletions from before; returns how many. A change that comes later than that finds no trace."""
        before = (datetime.now(UTC) - older_than).isoformat()
        with translated():
            answer = self._client.delete_by_query(
                index=self._index,
                query={"range": {fields.DELETED_AT: {"lt": before}}},
                conflicts="proceed",
                ignore_unavailable=True,
                refresh=True,
            )
        return int(answer["deleted"])

    def _create(self) -> None:
        definition = fields.definition()
        try:
            with translated():
                if not self._client.indices.exists(index=self._index):
                    self._client.indices.create(index=self._index, **definition)
        except EngineRejected as error:
            if error.kind != "resource_already_exists_exception":
                raise


def _of(source: Mapping[str, Any]) -> Versions:
    return Versions(
        Marks(int(source.get(fields.VERSION) or 0)), Marks(int(source.get(fields.ACCEPTED) or 0)), told=True
    )


def _raise(answer: Mapping[str, Any]) -> None:
    if not answer.get("error"):
        return
    reason = answer["error"].get("reason", answer["status"])
    if answer["status"] in BUSY_STATUSES or answer["status"] == 409:
        raise EngineUnavailable(f"Elasticsearch is overloaded: {reason}")
    raise EngineRejected(f"Elasticsearch refused a deletion: {reason}", status=answer["status"])
