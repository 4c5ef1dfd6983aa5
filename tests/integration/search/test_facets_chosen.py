"""Facets chosen by what is in the result, and ranges fitted to it: counts are those of a count by hand, and every range
is a filter that finds as many."""

import math
from collections import Counter
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from es.settings import EngineSettings
from shop.products.document import Product
from tests.counting import ATTRIBUTES, Wanted, family, found_by_words, having, numbers
from tests.factory import WORDS, product
from tests.integration.search.test_facets_counted import answer, facet, queries, wanted
from tests.shops import api, load

pytestmark = pytest.mark.needs_es

CANDIDATES = ("category", "shop_category", "price", "brand", "gender", "age", "occasion", "tags", "rating", "in_stock")
modes = st.sampled_from(["lexical", "hybrid", "semantic"])


def span_values(product: Product, name: str, values: list[dict[str, Any]]) -> list[str]:
    """The ranges of an answer that a product lies in."""
    return [
        value["value"]
        for value in values
        for number in numbers(product, name)
        if (value["min"] is None or number >= Decimal(str(value["min"])))
        and (value["below"] is None or number < Decimal(str(value["below"])))
    ]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries, filters=wanted(), grouped=st.booleans())
async def test_every_count_of_chosen_facets(
    client: httpx.AsyncClient, products: list[Product], query: str, filters: Wanted, grouped: bool
) -> None:
    body = await answer(client, "lexical", query, filters, ["auto"], group="parent" if grouped else "none")
    by_words = [p for p in products if not query or found_by_words(p, query)]
    passing = [p for p in by_words if filters.passes(p)]
    assert body["total"] == len({family(p) for p in passing} if grouped else passing)
    for name, values in body["facets"].items():
        told = {value["value"]: value["count"] for value in values if value["count"]}
        if name == "price" and values:
            # Bounds given by the caller are around the ranges, and no choice among them.
            base = passing
            pairs = {(v, family(p) if grouped else p.product_id) for p in base for v in span_values(p, name, values)}
            assert told == dict(Counter(value for value, _ in pairs))
        elif name != "price":
            assert told == facet(name, filters, by_words, [], grouped=grouped), name
    # What is selected can be taken back.
    assert {n for n in filters.names if n in (*CANDIDATES, *ATTRIBUTES) and n != "price"} <= set(body["facets"])


def helpful(base: list[Product], values: Counter[str], covered: int) -> float:
    """The formula of the reference, by hand."""
    if not base or covered < len(base) / 2:
        return 0.0
    telling = [count for count in values.values() if count < covered]
    telling.append(max(0, covered - sum(telling)))
    parts = [count / sum(telling) for count in telling if count]
    entropy = -sum(part * math.log2(part) for part in parts)
    return covered / len(base) * (1 - 2**-entropy)


@pytest.mark.parametrize("query", ["", *WORDS[:4]])
async def test_those_that_help_most_are_shown(client: httpx.AsyncClient, products: list[Product], query: str) -> None:
    body = await answer(client, "lexical", query, Wanted(), ["auto"])
    found = [p for p in products if not query or found_by_words(p, query)]
    score: dict[str, float] = {}
    for name in (*CANDIDATES, *ATTRIBUTES):
        if name != "price":
            each = Counter(value for p in found for value in set(having(p, name)))
            score[name] = helpful(found, each, sum(bool(having(p, name)) or bool(numbers(p, name)) for p in found))
    prices = body["facets"]["price"]
    score["price"] = helpful(found, Counter({v["value"]: v["count"] for v in prices}), len(found))
    shown = list(body["facets"])
    assert len(shown) == 8
    assert [score[name] for name in shown] == sorted((score[name] for name in shown), reverse=True)
    left = max((score[name] for name in score if name not in shown), default=0.0)
    assert left <= min(score[name] for name in shown)
    assert all(len([v for v in values if v["count"]]) > 1 for values in body["facets"].values())


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries, filters=wanted(), mode=modes, grouped=st.booleans())
async def test_a_range_finds_as_many_as_it_says(
    client: httpx.AsyncClient, query: str, filters: Wanted, mode: str, grouped: bool
) -> None:
    group = "parent" if grouped else "none"
    mode = mode if query else "lexical"
    body = await answer(client, mode, query, filters, ["price"], group=group)
    if mode == "lexical":
        for value in body["facets"]["price"]:
            chosen = await answer(client, mode, query, filters, ["price"], group=group, price=value["value"])
            assert chosen["total"] == value["count"]
            # A range that is chosen changes nothing about the facet but its mark.
            again = {v["value"]: v["count"] for v in chosen["facets"]["price"]}
            assert again == {v["value"]: v["count"] for v in body["facets"]["price"]}
            assert [v["value"] for v in chosen["facets"]["price"] if v["selected"]] == [value["value"]]
    if not grouped:
        assert sum(value["count"] for value in body["facets"]["price"]) in (0, body["total"])


async def test_several_ranges_are_any_of_them(client: httpx.AsyncClient, products: list[Product]) -> None:
    asked = {"price": ["..20", "500.."], "weight": ["0..1", "1000..2000"], "facets": "price"}
    body = (await client.get("/api/search", params=asked)).json()
    expected = [
        p
        for p in products
        if (p.price < 20 or p.price >= 500) and any(0 <= n < 1 or 1000 <= n < 2000 for n in numbers(p, "weight"))
    ]
    assert body["total"] == len(expected) > 0
    posted = await client.post(
        "/api/search", json={"filters": {"price": ["..20", "500.."], "weight": ["0..1", "1000..2000"]}}
    )
    assert posted.json()["total"] == len(expected)


async def test_what_was_asked_for_comes_first(client: httpx.AsyncClient) -> None:
    body = (await client.get("/api/search", params={"facets": "currency,auto"})).json()
    assert next(iter(body["facets"])) == "currency"
    assert len(body["facets"]) == 9


@pytest.fixture
async def cables(engine_settings: EngineSettings) -> EngineSettings:
    """Products with an attribute of many numbers, one that all share, one that is different in each, and one that
    hardly any has."""
    specifications: list[dict[str, Any]] = [
        {"length": 0.5 * (i + 1), "shape": "round", "serial": f"s{i}", "cores": i % 4}
        | ({"plug": "usb"} if i < 20 else {})
        for i in range(60)
    ]
    made = [product(f"c{i}", price="9.99", brand=f"b{i % 3}", specifications=s) for i, s in enumerate(specifications)]
    load(engine_settings, made, None)
    return engine_settings


async def test_numbers_become_ranges_and_what_tells_nothing_is_left_out(cables: EngineSettings) -> None:
    async with api(cables, query_log=False) as client:
        facets = (await client.get("/api/search", params={"facets": "auto"})).json()["facets"]
        assert [v["value"] for v in facets["length"]] == ["..6", "6..12", "12..20", "20..25", "25.."]
        assert sum(v["count"] for v in facets["length"]) == 60
        # Four values are listed as they are.
        assert [v["value"] for v in facets["cores"]] == ["0", "1", "2", "3"]
        assert not {"shape", "plug", "price", "in_stock"} & set(facets)
        assert list(facets).index("length") < list(facets).index("brand")
        # Nearly every product has a serial of its own: twenty of sixty can be shown.
        assert list(facets)[-1] == "serial"
        for value in facets["length"]:
            chosen = (await client.get("/api/search", params={"length": value["value"], "facets": "auto"})).json()
            assert chosen["total"] == value["count"]
            assert [v["value"] for v in chosen["facets"]["length"] if v["selected"]] == [value["value"]]
        asked = (await client.get("/api/search", params={"facets": "length,price,cores"})).json()["facets"]
        assert asked["length"] == facets["length"]
        assert asked["price"] == []


async def test_a_facet_of_nothing_is_empty(client: httpx.AsyncClient) -> None:
    body = (await client.get("/api/search", params={"q": "zzz", "mode": "lexical", "facets": "auto,price"})).json()
    assert body["facets"] == {"price": []}
