"""Facets, totals and hits equal a brute-force count on a random catalogue, for any filters."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop.products.document import Product
from tests.counting import ATTRIBUTES, NAMED_PRICES, WORD_FACETS, Wanted, facet, family, found_by_words, having
from tests.factory import BRANDS, COLORS, PATHS, PRICES, SIZES, TAGS, WEIGHTS, WORDS

CHOICES: dict[str, list[str]] = {
    "brand": [*filter(None, BRANDS), "ACME", "cafe noir", "nobody"],
    "color": [*COLORS, "RED", "NAïVE", "no such colour"],
    "attr.size": [*SIZES, "xl"],
    "waterproof": ["true", "false"],
    "ports": ["usb", "hdmi", "aux"],
    "weight": ["12", "0.5", "-2.5", "1200"],
    "category": ["electronics", "Clothing", "home_garden", "books"],
    "gender": ["male", "female", "unisex", "kids"],
    "age": ["teens", "adults"],
    "tags": [*TAGS, "SALE"],
    "occasion": ["birthday", "wedding"],
    "price_range": list(NAMED_PRICES),
    "shop_category": [*PATHS, "Men", "home/kitchen"],
    "currency": ["USD", "EUR"],
    "group_id": ["family1", "family2", "p0007"],
}
FACETS = [*WORD_FACETS, *ATTRIBUTES, "price_range", "rating", "in_stock"]


@st.composite
def wanted(draw: st.DrawFn) -> Wanted:
    values: dict[str, tuple[str, ...]] = {}
    for name in draw(st.lists(st.sampled_from([*CHOICES]), max_size=3, unique=True)):
        values[name] = tuple(draw(st.lists(st.sampled_from(CHOICES[name]), min_size=1, max_size=3, unique=True)))
    if draw(st.booleans()):
        values["in_stock"] = (draw(st.sampled_from(["true", "false"])),)
    least, most = {}, {}
    bounds = {"price": PRICES, "rating": ("0", "2.5", "4", "4.5"), "weight": tuple(str(w) for w in sorted(WEIGHTS))}
    for name in draw(st.lists(st.sampled_from([n for n in bounds if n not in values]), max_size=2, unique=True)):
        low, high = sorted(draw(st.tuples(st.sampled_from(bounds[name]), st.sampled_from(bounds[name]))), key=float)
        sides = draw(st.sampled_from(["min", "max", "both"]))
        if sides != "max":
            least[name] = low
        if sides != "min":
            most[name] = high
    return Wanted(values, least, most)


queries = st.lists(st.sampled_from([*WORDS, "backpack", "jacket", "red", "usb", "zzz"]), max_size=5, unique=True).map(
    " ".join
)
asked_facets = st.lists(st.sampled_from(FACETS), max_size=5, unique=True)


async def answer(
    client: httpx.AsyncClient, mode: str, query: str, given_filters: Wanted, facets: list[str], **more: str
) -> dict[str, Any]:
    pairs = [
        ("q", query),
        ("understand", "false"),
        ("relax", "false"),
        ("mode", mode),
        ("size", "200"),
        ("facet_size", "200"),
        ("facets", ",".join(facets)),
        *more.items(),
    ]
    response = await client.get("/api/search", params=httpx.QueryParams([*pairs, *given_filters.parameters()]))
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    assert body["degraded"] == []
    return body


def check_facets(
    body: dict[str, Any],
    facets: list[str],
    given_filters: Wanted,
    by_words: list[Product],
    near: Mapping[str, list[Product]],
    *,
    grouped: bool = False,
) -> None:
    assert list(body["facets"]) == facets
    for name in facets:
        told = {value["value"]: value["count"] for value in body["facets"][name]}
        assert len(told) == len(body["facets"][name]), f"{name}: a value is listed twice"
        expected = facet(name, given_filters, by_words, near.get(name, []), grouped=grouped)
        assert {v: c for v, c in told.items() if c} == expected, name
        # A count of zero is told of what was chosen, and of nothing else.
        assert all(value["selected"] for value in body["facets"][name] if value["count"] == 0), name


@pytest.mark.needs_es
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries, filters=wanted(), facets=asked_facets)
async def test_lexical_and_browsing(
    client: httpx.AsyncClient, products: list[Product], query: str, filters: Wanted, facets: list[str]
) -> None:
    body = await answer(client, "lexical", query, filters, facets)
    by_words = [p for p in products if not query or found_by_words(p, query)]
    passing = {p.product_id for p in by_words if filters.passes(p)}
    assert body["total"] == len(passing)
    assert {hit["product_id"] for hit in body["hits"]} <= passing
    assert len(body["hits"]) == min(200, len(passing))
    check_facets(body, facets, filters, by_words, {})


@pytest.mark.needs_es
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries.filter(bool), filters=wanted(), facets=asked_facets)
async def test_semantic_and_hybrid(
    client: httpx.AsyncClient, products: list[Product], query: str, filters: Wanted, facets: list[str]
) -> None:
    by_id = {p.product_id: p for p in products}

    async def nearest(given_filters: Wanted) -> list[Product]:
        found = await answer(client, "semantic", query, given_filters, [])
        return [by_id[hit["product_id"]] for hit in found["hits"]]

    semantic = await answer(client, "semantic", query, filters, facets)
    near = await nearest(filters)
    assert [hit["product_id"] for hit in semantic["hits"]] == [p.product_id for p in near]
    assert semantic["total"] == len(near) <= 200
    assert all(filters.passes(p) for p in near)
    counted = {name: near + (await nearest(filters.without(name)) if name in filters.names else []) for name in facets}
    check_facets(semantic, facets, filters, [], counted)

    # Hybrid search unites the words with the first `knn_k` of them, 10 in these tests.
    near = near[:10]
    counted = {name: near + (await nearest(filters.without(name)))[:10] * (name in filters.names) for name in facets}
    hybrid = await answer(client, "hybrid", query, filters, facets)
    by_words = [p for p in products if found_by_words(p, query)]
    passing = {p.product_id for p in by_words if filters.passes(p)} | {p.product_id for p in near}
    assert hybrid["total"] == len(passing)
    assert {hit["product_id"] for hit in hybrid["hits"]} <= passing
    check_facets(hybrid, facets, filters, by_words, counted)


def check_families(body: dict[str, Any], found: list[Product]) -> None:
    """The grouped answer has every family of these products once, with the number of its variants among them."""
    variants = Counter(family(p) for p in found)
    assert body["total"] == len(variants)
    by_id = {p.product_id: p for p in found}
    shown = [family(by_id[hit["product_id"]]) for hit in body["hits"]]
    assert len(set(shown)) == len(shown) == min(200, len(variants))
    assert [hit["variants"] for hit in body["hits"]] == [variants[name] for name in shown]


def first_of_families(body: dict[str, Any]) -> list[str]:
    """Ids of an answer's hits without repeats of a family."""
    first: dict[str, str] = {}
    for hit in body["hits"]:
        first.setdefault(hit["parent_id"] or hit["product_id"], hit["product_id"])
    return list(first.values())


def families_shown(body: dict[str, Any]) -> list[str]:
    """Ids of the families' variants that a fused list shows: of each its first, or where that is sold out the first in
    stock with nine tenths of its score; in the order of the answer's hits."""
    families: dict[str, list[dict[str, Any]]] = {}
    for hit in body["hits"]:
        families.setdefault(hit["parent_id"] or hit["product_id"], []).append(hit)
    shown = set()
    for variants in families.values():
        best = variants[0]
        nearly = [hit for hit in variants if hit["score"] and hit["score"] >= 0.9 * best["score"]]
        shown.add(next((hit for hit in nearly if hit["in_stock"]), best)["product_id"])
    return [hit["product_id"] for hit in body["hits"] if hit["product_id"] in shown]


sorts = st.sampled_from(["relevance", "price_asc", "price_desc", "rating", "newest", "popularity"])


@pytest.mark.needs_es
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries, filters=wanted(), facets=asked_facets, sort=sorts)
async def test_families_by_words_and_browsing(
    client: httpx.AsyncClient, products: list[Product], query: str, filters: Wanted, facets: list[str], sort: str
) -> None:
    asked = {"group": "parent", "sort": sort}
    body = await answer(client, "lexical", query, filters, facets, **asked)
    by_words = [p for p in products if not query or found_by_words(p, query)]
    check_families(body, [p for p in by_words if filters.passes(p)])
    check_facets(body, facets, filters, by_words, {}, grouped=True)
    plain = await answer(client, "lexical", query, filters, facets, sort=sort)
    if plain["next_cursor"] is None:
        assert [hit["product_id"] for hit in body["hits"]] == first_of_families(plain)


@pytest.mark.needs_es
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries.filter(bool), filters=wanted(), facets=asked_facets, sort=sorts)
async def test_families_by_meaning_and_hybrid(
    client: httpx.AsyncClient, products: list[Product], query: str, filters: Wanted, facets: list[str], sort: str
) -> None:
    """Two searches each: 350 with the test before, 500 in all with grouping."""
    by_id = {p.product_id: p for p in products}
    asked = {"group": "parent", "sort": sort}

    async def nearest(mode: str, given_filters: Wanted) -> list[Product]:
        # Fused by ranks, a cosine counts for neighbours alone: so the answer tells which they are.
        asked = {"fusion": "rrf", "explain": "true"}
        hits = (await answer(client, mode, query, given_filters, [], **asked))["hits"]
        return [by_id[hit["product_id"]] for hit in hits if hit["explanation"].get("semantic_part")]

    async def neighbours(mode: str) -> tuple[list[Product], dict[str, list[Product]]]:
        near = await nearest(mode, filters)
        own = [name for name in facets if name in filters.names]
        return near, dict.fromkeys(facets, near) | {
            name: near + await nearest(mode, filters.without(name)) for name in own
        }

    near, counted = await neighbours("semantic")
    semantic = await answer(client, "semantic", query, filters, facets, **asked)
    check_families(semantic, near)
    check_facets(semantic, facets, filters, [], counted, grouped=True)

    near, counted = await neighbours("hybrid")
    hybrid = await answer(client, "hybrid", query, filters, facets, **asked)
    by_words = [p for p in products if found_by_words(p, query)]
    passing = {p.product_id: p for p in by_words if filters.passes(p)} | {p.product_id: p for p in near}
    check_families(hybrid, list(passing.values()))
    check_facets(hybrid, facets, filters, by_words, counted, grouped=True)
    for mode, body in (("semantic", semantic), ("hybrid", hybrid)):
        plain = await answer(client, mode, query, filters, facets, sort=sort)
        if plain["next_cursor"] is None:
            expected = families_shown(plain) if sort == "relevance" else first_of_families(plain)
            assert [hit["product_id"] for hit in body["hits"]] == expected, mode


@pytest.mark.needs_es
async def test_selections_are_marked_and_shown_beyond_the_top(client: httpx.AsyncClient) -> None:
    asked: dict[str, Any] = {"color": ["RED", "naïve", "none"], "facets": "color", "facet_size": 1}
    body = (await client.get("/api/search", params=asked)).json()
    marked = {value["value"]: value["selected"] for value in body["facets"]["color"]}
    assert [value for value, selected in marked.items() if not selected] == list(marked)[:1]
    assert {value.lower() for value, selected in marked.items() if selected} == {"red", "naïve", "none"}


@pytest.mark.needs_es
@pytest.mark.parametrize("brand", ["Café Noir", "cafe noir", "CAFÉ NOIR"])
async def test_a_brand_is_selected_in_any_spelling(
    client: httpx.AsyncClient, products: list[Product], brand: str
) -> None:
    body = (await client.get("/api/search", params={"brand": brand, "facets": "brand", "size": 1})).json()
    expected = sum(having(p, "brand") == ["Café Noir"] for p in products)
    assert body["total"] == expected > 0
    assert [v for v in body["facets"]["brand"] if v["selected"]] == [
        {"value": "Café Noir", "count": expected, "selected": True}
    ]


@pytest.mark.needs_es
async def test_facet_size_keeps_the_most_frequent(client: httpx.AsyncClient) -> None:
    whole = (await client.get("/api/search", params={"facets": "color,brand", "facet_size": 50})).json()["facets"]
    for name, values in whole.items():
        assert [v["count"] for v in values] == sorted((v["count"] for v in values), reverse=True), name
    short = (await client.get("/api/search", params={"facets": "color,brand", "facet_size": 2})).json()["facets"]
    assert short == {name: values[:2] for name, values in whole.items()}
