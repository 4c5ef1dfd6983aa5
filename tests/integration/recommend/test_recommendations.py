"""Recommendations over HTTP, of a shop that has learned: who gets what, what may not be shown, and what is stored."""

import asyncio
import time
from collections import Counter
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from es.client import connect
from es.mappings import events as fields
from es.names import IndexNames
from es.settings import EngineSettings
from shop.products.document import Product
from tests.factory import event
from tests.integration.recommend.conftest import COUNT

pytestmark = pytest.mark.needs_es

PLACEMENTS = ("home", "product", "cart", "category", "search", "post_purchase", "email")


async def ask(client: httpx.AsyncClient, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401
    response = await client.get("/api/recommendations", params=parameters)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def send(client: httpx.AsyncClient, *events: dict[str, Any]) -> None:
    response = await client.post("/api/events", json={"events": list(events)})
    assert response.json()["accepted"] == len(events), response.text


def ids(answer: dict[str, Any]) -> list[str]:
    return [item["product_id"] for item in answer["items"]]


@pytest.mark.parametrize("placement", PLACEMENTS)
async def test_nobody_in_particular_gets_a_full_list(client: httpx.AsyncClient, placement: str) -> None:
    answer = await ask(client, placement=placement)
    assert len(answer["items"]) == 8
    assert len(set(ids(answer))) == 8
    assert [item["position"] for item in answer["items"]] == list(range(1, 9))
    assert all(item["in_stock"] and 0 < item["propensity"] <= 1 for item in answer["items"])
    assert answer["degraded"] == []
    assert answer["recommendation_id"].startswith("r-")


@pytest.mark.parametrize("placement", PLACEMENTS)
async def test_who_is_known_gets_a_list_of_their_own(
    client: httpx.AsyncClient, products: list[Product], placement: str
) -> None:
    known = await ask(client, placement=placement, customer_id="c1", product_id=products[40].product_id)
    assert len(known["items"]) == 8
    assert products[40].product_id not in ids(known)
    assert {item["algorithm"] for item in known["items"]} - {"trending", "popular", "most_reviewed"}
    assert known["degraded"] == []


async def test_a_click_changes_the_next_answer_of_the_same_visit_within_a_second(
    client: httpx.AsyncClient, products: list[Product]
) -> None:
    visit = f"s-{uuid4().hex}"
    before = await ask(client, session_id=visit)
    clicked = next(p.product_id for p in products[60:] if p.product_id not in ids(before))
    began = time.monotonic()
    await send(client, event("view_product", product_id=clicked, session_id=visit))
    while True:
        after = await ask(client, session_id=visit)
        taken = time.monotonic() - began
        because = [item for item in after["items"] if item["reason_data"].get("product_id") == clicked]
        if because or taken > 5:
            break
        await asyncio.sleep(0.02)
    assert taken < 1, taken
    assert ids(after) != ids(before)
    assert any("Because you looked at" in item["reason"] for item in because)


async def test_one_event_is_enough_and_none_is_no_error(client: httpx.AsyncClient, products: list[Product]) -> None:
    nobody = await ask(client, customer_id="never-seen", session_id="never-seen")
    assert len(nobody["items"]) == 8
    visit = f"s-{uuid4().hex}"
    await send(client, event("add_to_cart", product_id=products[13].product_id, session_id=visit))
    await asyncio.sleep(0.7)
    answer = await ask(client, session_id=visit, placement="cart")
    assert "put" in "".join(item["reason"] for item in answer["items"])


async def test_what_was_bought_or_turned_down_is_not_shown_again(client: httpx.AsyncClient) -> None:
    customer = f"c-{uuid4().hex}"
    first = await ask(client, customer_id=customer, limit=20)
    bought, disliked = ids(first)[:2]
    await send(
        client,
        event("order_placed", customer_id=customer, order_id=uuid4().hex, items=[{"product_id": bought}]),
        event("recommendation_feedback", customer_id=customer, product_id=disliked, recommendation_id="r-x"),
    )
    await asyncio.sleep(0.7)
    for placement in PLACEMENTS:
        assert not {bought, disliked} & set(ids(await ask(client, customer_id=customer, placement=placement, limit=20)))


IDS = st.sampled_from([f"p{n:04d}" for n in range(COUNT)])
ASKED = st.fixed_dictionaries(
    {
        "placement": st.sampled_from(PLACEMENTS),
        "product_id": st.none() | IDS | st.just("gone"),
        "customer_id": st.none() | st.sampled_from(["c1", "c7", "nobody"]),
        "cart": st.lists(IDS, max_size=4, unique=True),
        "budget": st.none() | st.sampled_from([0, 5, 9.99, 20, 25, 100, 1000]),
        "category": st.none() | st.sampled_from(["electronics", "Sale", "no such"]),
        "limit": st.sampled_from([1, 8, 50]),
    }
)


@given(body=ASKED)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_nothing_excluded_and_nothing_over_the_budget_is_ever_shown(
    client: httpx.AsyncClient, products: list[Product], body: dict[str, Any]
) -> None:
    by_id = {p.product_id: p for p in products}
    response = await client.post("/api/recommendations", json=body)
    assert response.status_code == 200, response.text
    answer = response.json()
    assert not set(ids(answer)) & {*body["cart"], body["product_id"]}
    assert len(ids(answer)) == len(set(ids(answer))) <= body["limit"]
    for item in answer["items"]:
        product = by_id[item["product_id"]]
        assert product.in_stock
        assert body["budget"] is None or product.price <= body["budget"]


async def test_lists_are_diverse(client: httpx.AsyncClient, products: list[Product]) -> None:
    answer = await ask(client, placement="home", limit=8)
    by_id = {p.product_id: p for p in products}
    brands = Counter(by_id[found].brand for found in ids(answer) if by_id[found].brand)
    families = Counter(by_id[found].group_id for found in ids(answer))
    assert max(brands.values()) <= 3
    assert max(families.values()) == 1


async def test_each_list_is_stored_as_an_impression(client: httpx.AsyncClient, shop: EngineSettings) -> None:
    visit = f"s-{uuid4().hex}"
    answer = await ask(client, session_id=visit, placement="search")
    names = IndexNames(shop.index_prefix)
    deadline = time.monotonic() + 10
    with connect(shop) as es:
        while True:
            es.indices.refresh(index=names.events)
            query = {"term": {fields.RECOMMENDATION_ID: answer["recommendation_id"]}}
            hits = es.search(index=names.events, query=query)["hits"]["hits"]
            if hits or time.monotonic() > deadline:
                break
            await asyncio.sleep(0.1)
    stored = hits[0]["_source"]
    assert (stored[fields.TYPE], stored[fields.PLACEMENT], stored[fields.SESSION_ID]) == ("impression", "search", visit)
    shown = [(i[fields.PRODUCT_ID], i[fields.POSITION], i[fields.ALGORITHM], i[fields.ITEM_PROPENSITY])
             for i in stored[fields.ITEMS]]  # fmt: skip
    assert shown == [(i["product_id"], i["position"], i["algorithm"], i["propensity"]) for i in answer["items"]]


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"placement": "hmoe"}, 'did you mean "home"?'),
        ({"limit": 0}, "from 1 to 50"),
        ({"limit": "many"}, "from 1 to 50"),
        ({"budget": -1}, "budget must be a price"),
        ({"budget": "nan"}, "budget must be a price"),
        ({"min_similarity": 2}, "from 0 to 1"),
        ({"placment": "home"}, 'did you mean "placement"?'),
        ({"session_id": "x" * 600}, "512 characters"),
    ],
)
async def test_bad_parameters_are_told(client: httpx.AsyncClient, parameters: dict[str, Any], told: str) -> None:
    response = await client.get("/api/recommendations", params=parameters)
    assert response.status_code == 400
    assert told in response.json()["detail"]
