"""Simulated traffic into the indices that the services write, in the documents and through the stores of theirs.

Writing the same simulation again adds nothing: ids follow from the plan, and what is there stays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final, cast

import orjson
from elasticsearch import AsyncElasticsearch, Elasticsearch

from es.client import raise_for_item, translated
from es.errors import IndexMissing
from es.indices import make_index
from es.mappings import conversations as turn_fields
from es.mappings import events as event_fields
from es.mappings import products as product_fields
from es.mappings import queries as query_fields
from es.names import IndexNames
from es.series import Series
from ingest.errors import LoadRefused
from ingest.simulation.plan import SESSION_PREFIX
from ingest.simulation.stock import Stock, Ware
from ingest.simulation.traffic import Traffic, bills
from shop.events.intake import Intake, Taken
from shop.events.store import EventStore, Status
from shop.products.values import from_milli
from shop.settings import EventSettings
from shop.spending.store import Account, SpendingStore

MOST_PRODUCTS: Final = 5_000
"""So many products of a larger catalogue are looked at and bought; the others are not."""
_BATCH: Final = 1_000
_RETRY_S: Final = 30.0


@dataclass(slots=True)
class Stored:
    """How many documents are new."""

    events: int = 0
    searches: int = 0
    turns: int = 0
    days_billed: int = 0

    def told(self) -> dict[str, int]:
        return asdict(self)


def read_stock(client: Elasticsearch, names: IndexNames) -> Stock:
    """The live catalogue: what people call a product is its type where it has one, else its category. Raises
    IndexMissing where nothing was loaded, EngineError."""
    kind = f"{product_fields.ATTRIBUTES}.product_type"
    wanted = [product_fields.PRODUCT_ID, product_fields.CATEGORY, product_fields.PRICE, product_fields.CURRENCY, kind]
    with translated():
        answer = client.search(
            index=names.products, size=MOST_PRODUCTS, sort=product_fields.PRODUCT_ID, source_includes=wanted
        )
    return Stock([_ware(hit["_source"]) for hit in answer["hits"]["hits"]])


def store_events(client: Elasticsearch, names: IndexNames, traffic: Traffic, now: datetime) -> int:
    """Stores the events that are not there; how many. Raises EngineError."""
    settings = EventSettings()
    store = EventStore(client, names, settings, retry_for_s=_RETRY_S)
    intake = Intake(settings, history=True)
    taken = [one for event in traffic.events if isinstance(one := intake.take(event, now), Taken)]
    stored = 0
    for batch in _batches(taken):
        stored += sum(status is Status.ACCEPTED for status, _ in store.write(batch))
    store.refresh()
    return stored


async def store_rest(client: AsyncElasticsearch, names: IndexNames, traffic: Traffic, stored: Stored) -> None:
    """Stores searches, turns and what the turns cost, those that are not there. Raises EngineError."""
    if traffic.searches:
        await Series(client, names, query_fields.KIND, query_fields.definition()).ensure()
        new = await _create(client, names.queries, traffic.searches, query_fields.SEARCH_ID)
        stored.searches = len(new)
    if traffic.turns:
        await make_index(client, names.conversation_turns, turn_fields.turns())
        fresh = await _create(client, names.conversation_turns, traffic.turns, turn_fields.TURN_ID)
        stored.turns = len(fresh)
        stored.days_billed = await _bill(client, names, fresh, traffic)
    with translated():
        await client.indices.refresh(index=f"{names.queries},{names.conversation_turns},{names.llm_spending}",
                                     ignore_unavailable=True)  # fmt: skip


def refuse_beside_others(client: Elasticsearch, names: IndexNames) -> None:
    """Raises LoadRefused where people have searched or acted in this shop: inventions would falsify their figures."""
    real = {"bool": {"must_not": {"prefix": {event_fields.SESSION_ID: SESSION_PREFIX}}}}
    # Events without consent and searches without a session name nobody, and are somebody's all the same.
    for index in (names.queries, names.events):
        try:
            with translated():
                found = client.count(index=index, query=real, ignore_unavailable=True)["count"]
        except IndexMissing:
            continue
        if found:
            raise LoadRefused(
                f"{index} holds {found:,} documents of real visits, and invented ones cannot be told from them in "
                "figures. Simulate under another SHOPSCOUT_INDEX_PREFIX, or say --beside-real."
            )


async def _bill(client: AsyncElasticsearch, names: IndexNames, turns: list[dict[str, Any]], traffic: Traffic) -> int:
    """Books what was spent, but nothing today: the cap of today is for real calls."""
    store = SpendingStore(client, names, deadline_s=_RETRY_S)
    due = bills(turns, traffic.plan.day(traffic.plan.days - 1))
    for day, bill in due.items():
        account = Account(day, "", bill.spent)
        await store.hold([account], 0)
        await store.settle([account], 0, bill)
    return len(due)


async def _create(
    client: AsyncElasticsearch, index: str, documents: Sequence[dict[str, Any]], key: str
) -> list[dict[str, Any]]:
    """Adds documents; returns those that are new."""
    new = []
    for batch in _batches(documents):
        lines: list[bytes] = []
        for document in batch:
            lines += (orjson.dumps({"create": {"_id": document[key]}}), orjson.dumps(document))
        with translated():
            answer = await client.bulk(index=index, operations=cast(Any, lines))
        for document, item in zip(batch, answer["items"], strict=True):
            if item["create"]["status"] == 201:
                new.append(document)
            elif item["create"]["status"] != 409:
                raise_for_item(item["create"])
    return new


def _batches(rows: Sequence[Any]) -> Iterator[list[Any]]:
    rest = iter(rows)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _ware(source: dict[str, Any]) -> Ware:
    attributes = source.get(product_fields.ATTRIBUTES) or {}
    kind = attributes.get("product_type")
    if isinstance(kind, list):
        kind = kind[0] if kind else None
    category = str(source.get(product_fields.CATEGORY, "unknown"))
    price = f"{from_milli(source[product_fields.PRICE])}"
    currency = str(source.get(product_fields.CURRENCY, "USD"))
    return Ware(source[product_fields.PRODUCT_ID], str(kind or category).lower(), category, price, currency)
