"""The job `reports`: the figures of recommendations by day and algorithm, which are those of the API's metrics."""

import random
from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest

from es.lease import Leases
from es.mappings import reports as output
from jobs.job import Workplace, run_job
from jobs.registry import job_named
from shop.feedback.following import Followed
from tests.integration.jobs.conftest import store

PRODUCTS = [f"p{number}" for number in range(12)]
ALGORITHMS = ("similar", "trending", "hybrid")


def reported(place: Workplace) -> dict[str, dict[str, Any]]:
    alias = place.names.alias(output.KIND)
    place.client.indices.refresh(index=alias)
    answer = place.client.search(index=alias, size=10_000)
    return {hit["_id"]: hit["_source"] for hit in answer["hits"]["hits"]}


def invented(place: Workplace, chance: random.Random) -> list[dict[str, Any]]:
    """Lists, clicks, carts and orders of few people and products, so that every way of attribution comes up."""
    events: list[dict[str, Any]] = []
    for number in range(120):
        at = place.now - timedelta(days=20 * chance.random() + 0.1)
        who = _who(chance)
        shown = chance.sample(PRODUCTS, 3)
        items = [
            {"product_id": p, "position": i + 1, "algorithm": chance.choice(ALGORITHMS)} for i, p in enumerate(shown)
        ]
        kind = {"type": "impression", "placement": chance.choice(["home", "cart"]), "items": items}
        events.append({**kind, **who, "recommendation_id": f"r{number}", "timestamp": at.isoformat()})
        if chance.random() < 0.6:
            click = {"type": "recommendation_click", "product_id": chance.choice(shown), "timestamp": at.isoformat()}
            events.append({**click, **who, "recommendation_id": f"r{number}"})
    for number in range(150):
        at = place.now - timedelta(days=20 * chance.random())
        taken: dict[str, Any] = {**_who(chance), "timestamp": at.isoformat(), "currency": "USD"}
        if chance.random() < 0.2:
            taken["recommendation_id"] = f"r{chance.randrange(140)}"
        product = chance.choice(PRODUCTS)
        if chance.random() < 0.5:
            events.append({**taken, "type": "add_to_cart", "product_id": product, "price": "5.00"})
        else:
            lines = [{"product_id": product, "price": "7.50", "quantity": 2}, {"product_id": product, "price": "1.25"}]
            events.append({**taken, "type": "order_placed", "order_id": f"o{number}", "items": lines})
    return events


def _who(chance: random.Random) -> dict[str, str]:
    who = {"session_id": f"s{chance.randrange(6)}"}
    return {**who, "customer_id": f"c{chance.randrange(4)}"} if chance.random() < 0.5 else who


@pytest.mark.needs_es
def test_the_figures_are_those_of_the_api(place: Workplace, leases: Leases) -> None:
    events = invented(place, random.Random(11))
    store(place, events)
    figures = run_job(job_named("reports"), place, leases)
    found = reported(place)
    assert figures["documents"] == len(found) > 30

    stored = place.client.search(index=place.names.events, size=10_000, sort="timestamp")["hits"]["hits"]
    followed = Followed()
    followed.add_all([hit["_source"] for hit in stored])
    sums: dict[str, dict[str, dict[str, int]]] = {
        name: defaultdict(lambda: dict.fromkeys(output.COUNTS, 0)) for name in ("algorithm", "placement", "day")
    }
    for document in found.values():
        for name, values in sums.items():
            for count in output.COUNTS:
                values[document[name]][count] += document[count]
    expected = followed.groups()
    assert sum(group.sums["purchases"] for group in expected["algorithm"].values()) > 10
    assert sum(group.sums["carts"] for group in expected["algorithm"].values()) > 10
    for name, values in sums.items():
        for value, group in expected[name].items():
            counted = values[value]
            assert counted["impressions"] == group.sums["impressions"]
            assert counted["clicks"] == group.sums["clicks"]
            assert (counted["carts"], counted["purchases"]) == (group.sums["carts"], group.sums["purchases"])
            assert counted["revenue_milli"] == group.sums["revenue_milli"]
    one = next(document for document in found.values() if document["algorithm"] == "similar")
    assert one["products"] == sorted(set(one["products"]))
    assert set(one["products"]) <= set(PRODUCTS)


@pytest.mark.needs_es
def test_a_shop_without_events_has_no_reports(place: Workplace, leases: Leases) -> None:
    assert run_job(job_named("reports"), place, leases)["documents"] == 0
    assert reported(place) == {}
