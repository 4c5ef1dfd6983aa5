"""Every reason, recomputed from what is stored: the events, the pairs, the trends, the profiles, the products."""

from collections import defaultdict
from datetime import datetime
from typing import Any

import httpx
import pytest

from es.client import connect
from es.mappings import events as event_fields
from es.mappings import neighbours, profiles, successors, trends
from es.names import IndexNames
from es.settings import EngineSettings
from shop.products.document import Product
from tests.integration.recommend.test_recommendations import PLACEMENTS, ask

pytestmark = pytest.mark.needs_es

Stored = dict[str, dict[str, Any]]


class Facts:
    """What is stored, counted by brute force where it can be."""

    def __init__(self, engine: EngineSettings, products: list[Product]) -> None:
        self.products = {p.product_id: p for p in products}
        names = IndexNames(engine.index_prefix)
        with connect(engine) as es:

            def everything(index: str) -> Stored:
                hits = es.search(index=index, size=10_000)["hits"]["hits"]
                return {hit["_id"]: hit["_source"] for hit in hits}

            es.indices.refresh(index=names.events)
            # Those that the jobs have seen; other tests add some of their own.
            stored = everything(names.events)
            self.all_events = list(stored.values())
            self.events = [e for key, e in stored.items() if key.startswith("past-")]
            self.trends = everything(names.alias(trends.KIND))
            self.profiles = everything(names.alias(profiles.KIND))
            self.neighbours = everything(names.alias(neighbours.KIND))
            self.successors = everything(names.alias(successors.KIND))
        self.orders: dict[str, set[str]] = defaultdict(set)
        self.first_bought: dict[str, dict[str, datetime]] = defaultdict(dict)
        self.visits: dict[str, set[str]] = defaultdict(set)
        for event in self.events:
            listed = event.get(event_fields.PRODUCT_ID, [])
            found = {listed} if isinstance(listed, str) else set(listed)
            if event[event_fields.TYPE] == "order_placed":
                self.orders[event[event_fields.ORDER_ID]] |= found
                self._note_buyer(event, found)
            if event[event_fields.TYPE] == "view_product":
                self.visits[event[event_fields.SESSION_ID]] |= found

    def _note_buyer(self, event: dict[str, Any], found: set[str]) -> None:
        who = event.get(event_fields.CUSTOMER_ID) or event[event_fields.SESSION_ID]
        at = datetime.fromisoformat(event[event_fields.TIMESTAMP])
        for product in found:
            self.first_bought[who][product] = min(at, self.first_bought[who].get(product, at))

    def share_after(self, this: str, other: str) -> tuple[int, float]:
        buyers = [bought for bought in self.first_bought.values() if this in bought]
        later = sum(other in bought and bought[other] > bought[this] for bought in buyers)
        return later, later / max(1, len(buyers))

    def share(self, baskets: dict[str, set[str]], this: str, other: str) -> tuple[int, float]:
        both = sum(this in basket and other in basket for basket in baskets.values())
        return both, both / max(1, sum(this in basket for basket in baskets.values()))

    def did(self, customer: str, product: str) -> set[str]:
        said = {"view_product": "looked", "add_to_cart": "cart", "order_placed": "bought"}
        return {
            said[event[event_fields.TYPE]]
            for event in self.all_events
            if event.get(event_fields.CUSTOMER_ID) == customer
            and event[event_fields.TYPE] in said
            and product in event[event_fields.PRODUCT_ID]
        }


def is_true(facts: Facts, item: dict[str, Any], customer: str, page: str) -> bool:
    reason, product = item["reason_data"], item["product_id"]
    kind = reason["kind"]
    if kind in ("viewed_together", "bought_together"):
        baskets = facts.visits if kind == "viewed_together" else facts.orders
        count, share = facts.share(baskets, reason["product_id"], product)
        figures = count == reason["count"] and abs(share - reason["share"]) < 1e-6
        told = kind != "bought_together" or f"{int(share * 100 + 0.5)} %" in item["reason"]
        return figures and told and done(facts, reason, customer, page)
    if kind == "bought_after":
        count, share = facts.share_after(reason["product_id"], product)
        told = f"{int(share * 100 + 0.5)} %" in item["reason"]
        return told and count == reason["count"] and abs(share - reason["share"]) < 1e-6
    if kind == "follows":
        listed = facts.successors[reason["product_id"]][successors.PRODUCT_IDS]
        return product in listed and done(facts, reason, customer, page)
    if kind in ("goes_with", "alike"):
        row = facts.neighbours[reason["product_id"]]
        place = row[neighbours.PRODUCT_IDS].index(product)
        tables = {name for name, weights in row[neighbours.WEIGHTS].items() if weights[place] > 0}
        told = "texts" in tables if kind == "alike" else bool(tables - {"texts"})
        return told and done(facts, reason, customer, page)
    if kind in ("trending", "popular"):
        trend = facts.trends[product]
        return all(trend[name] == reason[name] for name in (trends.VIEWS, trends.CARTS, trends.ORDERS))
    if kind == "affinity":
        part = profiles.BRANDS if reason["field"] == "brand" else profiles.CATEGORIES
        liked = {one["value"]: one["share"] for one in facts.profiles[customer][part]}
        own = getattr(facts.products[product], reason["field"])
        return bool(own == reason["value"] and liked[own] == reason["share"] >= 0.2)
    if kind == "reviewed":
        return bool(facts.products[product].review_count == reason["reviews"])
    if kind == "new":
        created = facts.products[product].created_at
        return created is not None and abs((created - datetime.fromisoformat(reason["created_at"])).total_seconds()) < 1
    if kind in ("similar", "similar_looks"):
        return reason["product_id"] in facts.products and done(facts, reason | {"did": ""}, customer, page)
    return kind == "taste"


def done(facts: Facts, reason: dict[str, Any], customer: str, page: str) -> bool:
    if reason["did"] == "page":
        return bool(reason["product_id"] == page)
    return reason["did"] == "" or reason["did"] in facts.did(customer, reason["product_id"])


@pytest.mark.parametrize("placement", [*PLACEMENTS, "similar", "bought_together"])
async def test_every_reason_is_true(
    client: httpx.AsyncClient, shop: EngineSettings, products: list[Product], placement: str
) -> None:
    facts = Facts(shop, products)
    kinds = set()
    for number in range(1, 21):
        customer, page = f"c{number}", products[6 * number].product_id
        on_page = page if placement in ("product", "similar", "bought_together") else ""
        answer = await ask(client, placement=placement, customer_id=customer, product_id=on_page, limit=20)
        for item in answer["items"]:
            kinds.add(item["reason_data"]["kind"])
            assert is_true(facts, item, customer, page), (item["algorithm"], item["reason_data"], item["product_id"])
            assert item["reason"] or item["reason_data"]["kind"] == "reviewed", item
    assert kinds, "at least one list had something to say"
