"""Walking a result, by page or by cursor, gives every product of it exactly once, in one order."""

from typing import Any

import httpx
import pytest

from es.settings import EngineSettings
from tests.shops import api

pytestmark = pytest.mark.needs_es

SORTS = ("price_asc", "price_desc", "rating", "newest", "popularity")
SEARCHES: list[dict[str, Any]] = [
    *({"q": "", "sort": sort} for sort in ("relevance", *SORTS)),
    *({"q": "trail", "mode": mode} for mode in ("hybrid", "lexical", "semantic")),
    *({"q": "trail", "mode": mode, "fusion": "rrf"} for mode in ("hybrid", "lexical", "semantic")),
    *({"q": "trail", "mode": mode, "sort": sort} for mode in ("hybrid", "lexical", "semantic") for sort in SORTS),
    {"q": "trail", "sort": "price_asc", "fusion": "rrf"},
    {"q": "trail", "color": "red", "facets": "color"},
    {"q": "silent trail lamp", "in_stock": "true"},
    {"q": "zzz"},
    *({"q": "", "group": "parent", "sort": sort} for sort in ("relevance", *SORTS)),
    *({"q": "trail", "group": "parent", "mode": mode} for mode in ("hybrid", "lexical", "semantic")),
    *({"q": "trail", "group": "parent", "mode": mode, "sort": "price_asc"} for mode in ("hybrid", "semantic")),
    {"q": "trail", "group": "parent", "fusion": "rrf"},
    {"q": "trail", "group": "parent", "color": "red", "facets": "color"},
]


def named(search: dict[str, Any]) -> str:
    return "-".join(str(value) for value in search.values() if value)


async def walked(client: httpx.AsyncClient, search: dict[str, Any], size: int, *, by: str) -> tuple[list[str], int]:
    """Ids in the order of the walk, and the total that every page told."""
    ids: list[str] = []
    totals: set[int] = set()
    step: dict[str, Any] = {}
    for page in range(1, 1000):
        response = await client.get("/api/search", params={**search, "size": size, **step})
        assert response.status_code == 200, response.text
        body = response.json()
        ids += [hit["product_id"] for hit in body["hits"]]
        totals.add(body["total"])
        assert len(ids) <= body["total"], "the walk goes in circles"
        step = {"cursor": body["next_cursor"]} if by == "cursor" else {"page": page + 1}
        if (by == "cursor" and body["next_cursor"] is None) or (by == "page" and not body["hits"]):
            break
    assert len(totals) == 1
    return ids, totals.pop()


@pytest.mark.parametrize("search", SEARCHES, ids=named)
async def test_every_walk_is_the_same(client: httpx.AsyncClient, search: dict[str, Any]) -> None:
    whole, total = await walked(client, search, 200, by="cursor")
    assert len(set(whole)) == len(whole) == total
    for size, by in ((200, "page"), (7, "page"), (7, "cursor")):
        assert await walked(client, search, size, by=by) == (whole, total), (size, by)


@pytest.mark.parametrize("fusion", ["convex", "rrf"])
@pytest.mark.parametrize("weight", [0.0, 0.6, 1.0])
async def test_one_at_a_time_with_any_weight(shop: EngineSettings, fusion: str, weight: float) -> None:
    search = {"q": "trail backpack", "fusion": fusion}
    async with api(shop, knn_k=10, knn_candidates=50, lexical_weight=weight, semantic_floor=-1) as client:
        whole, total = await walked(client, search, 200, by="page")
        assert len(set(whole)) == len(whole) == total > 20
        for by in ("page", "cursor"):
            assert await walked(client, search, 1, by=by) == (whole, total), by


async def test_scores_of_a_walk_are_those_of_one_page(client: httpx.AsyncClient) -> None:
    """A score means the same on every page: all are divided by the best of the whole result."""
    whole = (await client.get("/api/search", params={"q": "trail", "size": 100})).json()
    scores = [hit["score"] for hit in whole["hits"]]
    assert scores == sorted(scores, reverse=True)
    walk: list[float] = []
    cursor: dict[str, str] = {}
    while len(walk) < 100:
        body = (await client.get("/api/search", params={"q": "trail", "size": 9, **cursor})).json()
        walk += [hit["score"] for hit in body["hits"]]
        cursor = {"cursor": body["next_cursor"]}
    assert walk[:100] == pytest.approx(scores, abs=2e-6)


@pytest.mark.parametrize(
    "search", [{}, {"sort": "price"}, {"q": "trail", "mode": "lexical"}, {"q": "trail"}], ids=named
)
async def test_a_cursor_ends_with_the_result(client: httpx.AsyncClient, search: dict[str, Any]) -> None:
    """No cursor leads to an empty page, not even where the last page is full."""
    total = (await client.get("/api/search", params={**search, "size": 1})).json()["total"]
    size = next(n for n in range(min(200, total // 2), 0, -1) if total % n == 0)
    step: dict[str, Any] = {**search, "size": size}
    pages = 0
    while step:
        body = (await client.get("/api/search", params=step)).json()
        assert body["hits"]
        pages += 1
        step = {**step, "cursor": body["next_cursor"]} if body["next_cursor"] else {}
    assert pages == total // size


async def test_a_cursor_of_another_search_is_refused(client: httpx.AsyncClient) -> None:
    first = (await client.get("/api/search", params={"q": "trail", "size": 3})).json()["next_cursor"]
    more = ({"q": "lamp"}, {"q": "trail", "color": "red"}, {"q": "trail", "sort": "price"}, {"q": ""})
    for other in (*more, {"q": "trail", "group": "parent"}):
        response = await client.get("/api/search", params={**other, "size": 3, "cursor": first})
        assert response.status_code == 400
        assert "belongs to another search" in response.json()["errors"][0]["message"]
    # What changes neither the hits nor their order changes nothing for the cursor.
    same = {"q": " trail  ", "size": 5, "facets": "brand", "explain": "true", "cursor": first}
    assert (await client.get("/api/search", params=same)).status_code == 200


async def test_size_zero_counts_and_shows_nothing(client: httpx.AsyncClient) -> None:
    for search in ({}, {"q": "trail"}, {"q": "trail", "mode": "semantic"}):
        one = (await client.get("/api/search", params={**search, "size": 1, "facets": "brand"})).json()
        none = (await client.get("/api/search", params={**search, "size": 0, "facets": "brand"})).json()
        assert none["hits"] == []
        assert none["next_cursor"] is None
        assert (none["total"], none["facets"]) == (one["total"], one["facets"])
