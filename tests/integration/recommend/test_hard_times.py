"""Shops with little in them, and Elasticsearch slow or gone: always an answer, in time, and what it lacks is said."""

import asyncio
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.recommend.errors import PlacementsInvalid
from app.recommend.recommenders.lists import MostReviewed, Trending
from app.recommend.service import SPARED
from app.recommend.settings import RecommendSettings
from app.waiting import SPARING
from embed.fake import FakeEmbedder
from es.settings import EngineSettings
from evaluate.faults.proxy import State, proxy_to
from tests.engines import engine_at
from tests.factory import catalogue, event, product
from tests.integration.recommend.test_recommendations import ask, ids, send
from tests.shops import api, load

pytestmark = pytest.mark.needs_es


async def test_a_shop_without_a_catalogue_answers_and_says_what_to_do(engine_settings: EngineSettings) -> None:
    async with api(engine_settings) as client:
        answer = await ask(client)
    assert answer["items"] == []
    assert "python -m ingest load" in answer["degraded"][0]


async def test_a_shop_that_has_learned_nothing_shows_what_is_reviewed(engine_settings: EngineSettings) -> None:
    load(engine_settings, catalogue(3, 40), FakeEmbedder(warn=False))
    async with api(engine_settings) as client:
        answer = await ask(client, customer_id="c1")
        assert len(answer["items"]) == 8
        assert any("python -m jobs run trends" in told for told in answer["degraded"])
        page = await ask(client, placement="product", product_id="p0001", min_similarity=0.01)
        assert "p0001" not in ids(page)
        assert {item["algorithm"] for item in page["items"]} <= {"similar", "similar_looks", "most_reviewed"}


async def test_one_product(engine_settings: EngineSettings) -> None:
    load(engine_settings, [product("only")], FakeEmbedder(warn=False))
    async with api(engine_settings) as client:
        assert ids(await ask(client)) == ["only"]
        assert ids(await ask(client, placement="product", product_id="only")) == []
        await send(client, event("order_placed", customer_id="ann", items=[{"product_id": "only"}]))
        await asyncio.sleep(0.7)
        again = await ask(client, customer_id="ann")
        assert ids(again) == ["only"]
        assert any(told.startswith("bought:") for told in again["degraded"])


async def test_where_there_is_no_place_popular_products_are_shown_without_asking(
    engine_settings: EngineSettings, es_url: str
) -> None:
    load(engine_settings, catalogue(3, 40), FakeEmbedder(warn=False))
    async with proxy_to(es_url) as proxy, api(engine_at(proxy.url, engine_settings.index_prefix)) as client:
        first = await ask(client, session_id="a-visit", budget=400)
        proxy.set(State.CUT)
        SPARING.set(True)
        try:
            answer = await ask(client, session_id="a-visit", product_id=ids(first)[0], budget=400)
        finally:
            SPARING.set(False)
    assert answer["degraded"] == [SPARED]
    assert len(answer["items"]) == 8
    assert ids(first)[0] not in ids(answer)
    assert all(item["price"] <= 400 for item in answer["items"])


async def test_all_out_of_stock_is_said(engine_settings: EngineSettings) -> None:
    load(engine_settings, [product(f"p{n}", in_stock=False) for n in range(5)], FakeEmbedder(warn=False))
    async with api(engine_settings) as client:
        answer = await ask(client)
    assert answer["items"] == []
    assert any("out of stock" in told for told in answer["degraded"])


async def test_a_deleted_product_is_no_error(client: httpx.AsyncClient) -> None:
    visit = "visit-to-what-is-gone"
    await send(client, event("view_product", product_id="deleted", session_id=visit))
    await asyncio.sleep(0.7)
    assert len((await ask(client, session_id=visit))["items"]) == 8
    answer = await ask(client, placement="product", product_id="deleted")
    assert len(answer["items"]) == 8
    assert any('no product "deleted"' in told for told in answer["degraded"])


@pytest.mark.parametrize("state", [State.CUT, State.SILENT])
async def test_elasticsearch_gone_or_silent(shop: EngineSettings, es_url: str, state: State) -> None:
    async with proxy_to(es_url) as proxy:
        engine = engine_at(proxy.url, shop.index_prefix)
        async with api(engine, recommend=RecommendSettings(deadline_s=0.5, cache_s=0)) as client:
            before = await ask(client)
            proxy.set(state)
            began = time.monotonic()
            known = await ask(client)
            new = await ask(client, customer_id="c1", placement="cart", budget=25)
            assert time.monotonic() - began < 2.5
            assert ids(known) == ids(before)
            assert new["items"]
            assert all(item["price"] <= 25 for item in new["items"])
            assert known["degraded"]
            assert new["degraded"]
            proxy.set(State.OPEN)
            deadline = time.monotonic() + 10
            while (after := await ask(client))["degraded"] and time.monotonic() < deadline:
                await asyncio.sleep(0.1)
            assert after["degraded"] == []


async def test_broken_recommenders_do_not_break_the_list(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> list[Any]:  # noqa: ANN401
        raise ZeroDivisionError

    async def slow(*_: Any) -> list[Any]:  # noqa: ANN401
        await asyncio.sleep(30)
        return []

    monkeypatch.setattr(Trending, "candidates", broken)
    monkeypatch.setattr("app.recommend.recommenders.hybrid.Hybrid.candidates", slow)
    monkeypatch.setattr("app.recommend.recommenders.lists.Popular.candidates", broken)
    monkeypatch.setattr("app.recommend.recommenders.learned.Learned.candidates", broken)
    answer = await ask(client, placement="search", customer_id="c3")
    assert len(answer["items"]) == 8
    assert {item["algorithm"] for item in answer["items"]} == {MostReviewed.name}
    assert {told.partition(":")[0] for told in answer["degraded"]} == {"trending", "popular", "hybrid", "learned"}


async def test_placements_of_the_shops_own(shop: EngineSettings, open_folder: Path) -> None:
    path = open_folder / "placements.yaml"
    path.write_text("window:\n  recommenders: {trending: 1}\n")
    async with api(shop, recommend=RecommendSettings(placements=path)) as client:
        answer = await ask(client, placement="window")
        assert {item["algorithm"] for item in answer["items"]} == {"trending"}
    path.write_text("window:\n  recommenders: {trendign: 1}\nhome: {recommenders: {}, caps: 3}\n")
    with pytest.raises(PlacementsInvalid, match="there is no such part; there are recommenders"):
        await _open(shop, path)
    path.write_text("window:\n  recommenders: {trendign: 1}\n")
    with pytest.raises(PlacementsInvalid, match='no recommender "trendign"; did you mean "trending"'):
        await _open(shop, path)


async def _open(shop: EngineSettings, path: Path) -> None:
    async with api(shop, recommend=RecommendSettings(placements=path)):
        pass
