"""Searches that are understood, over HTTP: filters from words, what is told of them, and how they are taken back."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from embed.fake import FakeEmbedder
from es.settings import EngineSettings
from shop.products.document import Product
from tests.factory import product
from tests.shops import api, load, shop_of

pytestmark = pytest.mark.needs_es


def mugs() -> list[Product]:
    """Mugs and bowls in colours and materials, and one thing with a lid."""
    listed = []
    for i, color in enumerate(["Red", "Blue", "Green", "Red", "Blue", "Black"]):
        listed.append(
            product(
                f"mug{i}",
                name=f"Harbor mug {i}",
                price=str(5 + 5 * i),
                brand=["Acme", "Northpeak"][i % 2],
                categories=["Kitchen/Mugs"],
                rating=3 + i * 0.4,
                target_gender="unisex",
                specifications={
                    "color": color,
                    "material": ["clay", "glass"][i % 2],
                    "capacity": f"{200 + 100 * i} ml",
                },
            )
        )  # fmt: skip
    lid = {"color": "Red", "material": "steel", "capacity": "1 l"}
    listed.append(
        product("flask", name="Trail flask", price="30", brand="Acme", features=["screw lid"], specifications=lid)
    )
    listed.append(product("free", name="Sugar-free cocoa", price="4", brand="Acme"))
    listed.append(product("sweet", name="Brown sugar cocoa", price="3", brand="Acme"))
    return listed


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop_of_mugs(es_url: str) -> AsyncIterator[httpx.AsyncClient]:
    with shop_of(es_url, mugs()) as engine:
        async with api(engine, search_deadline_s=30) as client:
            yield client


async def searched(client: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:  # noqa: ANN401
    response = await client.get("/api/search", params={"mode": "lexical", **asked})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    assert body["degraded"] == []
    return body


def found(body: dict[str, Any]) -> set[str]:
    return {hit["product_id"] for hit in body["hits"]}


async def test_words_become_filters_and_are_told(shop_of_mugs: httpx.AsyncClient) -> None:
    body = await searched(shop_of_mugs, q="red mug under $10")
    assert found(body) == {"mug0"}
    assert body["understood"] == {
        "text": "",
        "constraints": [
            {"field": "color", "op": "eq", "value": "Red", "source": "red", "applied": "filter"},
            {"field": "shop_category", "op": "eq", "value": "Kitchen/Mugs", "source": "mug", "applied": "filter"},
            {
                "field": "price", "op": "lte", "value": 10, "source": "under $10", "applied": "filter",
                "currency": "USD",
            },
        ],
    }  # fmt: skip
    alone = await shop_of_mugs.get("/api/understand", params={"q": "red mug under $10"})
    assert alone.json() == body["understood"]


async def test_a_source_is_kept_as_words_by_get_and_by_post(shop_of_mugs: httpx.AsyncClient) -> None:
    asked = {"q": "red mug under $10", "keep_words": ["under $10", "mug"]}
    body = await searched(shop_of_mugs, **asked)
    assert [c["source"] for c in body["understood"]["constraints"]] == ["red"]
    assert body["understood"]["text"] == "mug under $10"
    posted = (await shop_of_mugs.post("/api/search", json={**asked, "mode": "lexical"})).json()
    assert posted["understood"] == body["understood"]


async def test_nothing_is_understood_where_that_is_not_wanted(shop_of_mugs: httpx.AsyncClient) -> None:
    body = await searched(shop_of_mugs, q="red mug under $10", understand="false")
    assert body["understood"] == {"text": "red mug under $10", "constraints": []}


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("not red", {"mug1", "mug2", "mug4", "mug5", "free", "sweet"}),
        ("mug not red, not blue", {"mug2", "mug5"}),
        ("anything but acme", {"mug1", "mug3", "mug5"}),
        ("flask without lid", set()),
        ("cocoa no sugar", {"free"}),
        ("mug except glass", {"mug0", "mug2", "mug4"}),
        ("mug at least 500 ml", {"mug3", "mug4", "mug5"}),
        ("mug 0.3 l", {"mug1"}),
        ("mugs from $10 to $20", {"mug1", "mug2", "mug3"}),
        ("mug 4 stars and up", {"mug3", "mug4", "mug5"}),
        ("blue or green mug", {"mug1", "mug2", "mug4"}),
    ],
)
async def test_what_is_found(shop_of_mugs: httpx.AsyncClient, query: str, ids: set[str]) -> None:
    assert found(await searched(shop_of_mugs, q=query)) == ids


async def test_hybrid_keeps_to_constraints_too(shop_of_mugs: httpx.AsyncClient) -> None:
    body = await searched(shop_of_mugs, q="harbor mug not red under $21", mode="hybrid")
    assert found(body) == {"mug1", "mug2"}


async def test_a_wish_is_given_up_where_it_leaves_too_little(shop_of_mugs: httpx.AsyncClient) -> None:
    body = await searched(shop_of_mugs, q="mug around $100")
    assert body["total"] == 6
    wish = next(c for c in body["understood"]["constraints"] if c["field"] == "price")
    assert wish["applied"] == "no"
    assert "hardly anything is left" in wish["why"]


async def test_an_order_is_understood(shop_of_mugs: httpx.AsyncClient) -> None:
    body = await searched(shop_of_mugs, q="cheapest mug", mode="hybrid")
    assert [hit["product_id"] for hit in body["hits"]] == [f"mug{i}" for i in range(6)]
    assert body["understood"]["sort"] == {"value": "price_asc", "source": "cheapest"}
    own = await searched(shop_of_mugs, q="cheapest mug", sort="price_desc")
    assert [hit["product_id"] for hit in own["hits"]] == [f"mug{i}" for i in reversed(range(6))]


async def test_the_callers_own_filter_wins(shop_of_mugs: httpx.AsyncClient) -> None:
    body = await searched(shop_of_mugs, q="red mug under $10", color="blue", max_price="50")
    assert found(body) == {"mug1", "mug4"}
    assert [c["applied"] for c in body["understood"]["constraints"]] == ["no", "filter", "no"]


async def test_another_currency_is_told_and_not_taken_as_equal(shop_of_mugs: httpx.AsyncClient) -> None:
    body = await searched(shop_of_mugs, q="mug under 10 euros")
    assert body["total"] == 6
    assert body["understood"]["constraints"][-1]["currency"] == "EUR"
    assert body["understood"]["notes"] == ['Prices here are in USD, so "under 10 euros" was not used.']


async def test_several_currencies_are_kept_apart(engine_settings: EngineSettings) -> None:
    both = [product("usd", price="9", currency="USD"), product("eur", price="9", currency="EUR")]
    load(engine_settings, both, FakeEmbedder(warn=False))
    async with api(engine_settings, search_deadline_s=30) as client:
        assert found(await searched(client, q="backpack under 10 euros")) == {"eur"}
        assert found(await searched(client, q="backpack under 10")) == {"usd", "eur"}


async def test_pages_of_an_understood_search_go_on(shop_of_mugs: httpx.AsyncClient) -> None:
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(4):
        body = await searched(shop_of_mugs, q="cheapest mug under $26", size="2", **cursor)
        seen += [hit["product_id"] for hit in body["hits"]]
        cursor = {"cursor": body["next_cursor"]}
        if not body["next_cursor"]:
            break
    assert seen == [f"mug{i}" for i in range(5)]


@pytest.mark.parametrize(
    "values", [{"not_color": ["red", "blue"]}, {"not_words": "lid"}, {"not_shop_category": "Kitchen"}]
)
async def test_callers_leave_out_values_too(shop_of_mugs: httpx.AsyncClient, values: dict[str, Any]) -> None:
    got = found(await searched(shop_of_mugs, **values))
    posted = {name.removeprefix("not_"): {"not": value} for name, value in values.items()}
    answer = await shop_of_mugs.post("/api/search", json={"filters": posted, "mode": "lexical"})
    assert {hit["product_id"] for hit in answer.json()["hits"]} == got
    expected = {
        "not_color": {"mug2", "mug5", "free", "sweet"},
        "not_words": {p.product_id for p in mugs()} - {"flask"},
        "not_shop_category": {"flask", "free", "sweet"},
    }
    assert got == expected[next(iter(values))]


async def test_a_new_generation_is_read(engine_settings: EngineSettings) -> None:
    load(engine_settings, [product("a", specifications={"color": "Red"})], FakeEmbedder(warn=False))
    async with api(engine_settings, search_deadline_s=30, facts_refresh_s=0.1) as client:
        asked = {"q": "teal backpack"}
        assert (await client.get("/api/understand", params=asked)).json()["constraints"] == []
        teal = [product(f"t{i}", specifications={"color": c}) for i, c in enumerate(["Teal", "Red"] * 3)]
        load(engine_settings, teal, FakeEmbedder(warn=False))
        for _ in range(100):
            told = (await client.get("/api/understand", params=asked)).json()["constraints"]
            if told:
                break
            await asyncio.sleep(0.1)
        assert [c["value"] for c in told] == ["Teal"]


async def test_an_unusable_keep_words_is_told(shop_of_mugs: httpx.AsyncClient) -> None:
    response = await shop_of_mugs.get("/api/search", params={"q": "mug", "keep_words": ["x"] * 51})
    assert response.status_code == 400
    assert "may be given 50 times" in response.json()["detail"]
