"""How often a list asks Elasticsearch, and that what is kept in memory is let go when it holds no longer."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
import pytest
import pytest_asyncio

from app.recommend.ahead import LookedUpAhead
from app.recommend.generations import LiveGenerations
from app.recommend.knowledge import Knowledge
from app.recommend.learned_rows import KINDS
from app.recommend.reads import Reads
from app.recommend.settings import RecommendSettings
from app.recommend.shelf import Shelf
from embed.fake import FakeEmbedder
from es.client import connect, connect_async
from es.errors import EngineTimeout
from es.generations import Generations
from es.mappings import pairs, trends
from es.mappings import products as fields
from es.names import IndexNames
from es.settings import EngineSettings
from es.wire import Wire
from shop.products.document import Product
from tests.factory import event
from tests.integration.recommend.conftest import PATIENT, learn, past
from tests.integration.recommend.test_recommendations import ask, ids, send
from tests.shops import api, load

pytestmark = pytest.mark.needs_es


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Searches of each request to `_msearch` that was sent."""
    sent: list[int] = []
    post = Wire.post

    async def counted(self: Wire, path: str, body: bytes, content_type: str, *, deadline_s: float) -> tuple[int, bytes]:
        if path.startswith("/_msearch"):
            sent.append(len(body.splitlines()) // 2)
        return await post(self, path, body, content_type, deadline_s=deadline_s)

    monkeypatch.setattr(Wire, "post", counted)
    return sent


@pytest_asyncio.fixture
async def knowledge(shop: EngineSettings) -> AsyncIterator[Knowledge]:
    names = IndexNames(shop.index_prefix)
    client, wire = connect_async(shop), Wire(shop)
    live = LiveGenerations(client, names, KINDS, every_s=0.05, deadline_s=10)
    found = Knowledge(Reads(wire, deadline_s=10), names, live=live)
    await found.start()
    yield found
    await found.close()
    await wire.close()
    await client.close()


async def visit(client: httpx.AsyncClient, product: Product) -> str:
    """A visit with one look that is stored and found."""
    session = f"s-{uuid4().hex}"
    await send(client, event("view_product", product_id=product.product_id, session_id=session))
    await asyncio.sleep(0.7)
    return session


@pytest.mark.parametrize(("placement", "most"), [("home", 3), ("category", 3), ("product", 2), ("cart", 2)])
async def test_a_list_of_known_products_takes_few_round_trips(
    client: httpx.AsyncClient, products: list[Product], searches: list[int], placement: str, most: int
) -> None:
    about = {"product": {"product_id": products[30].product_id}, "cart": {"cart": products[31].product_id},
             "category": {"category": next(p.category for p in products if p.category)}}.get(placement, {})  # fmt: skip
    session = await visit(client, products[29])
    first = await ask(client, placement=placement, session_id=session, limit=4, **about)
    fewest, rounds = most + 1, 3
    for _ in range(3):  # what the service looks at now and then is counted too
        del searches[:]
        again = await ask(client, placement=placement, session_id=session, limit=4, **about)
        assert ids(again) == ids(first)
        assert not again["cached"]
        fewest, rounds = min(fewest, sum(searches)), min(rounds, len(searches))
    assert fewest <= most
    assert rounds <= 2


async def test_what_is_looked_up_ahead_changes_no_list(
    client: httpx.AsyncClient, products: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same lists where nothing is looked up ahead, and where that fails."""
    asked: list[dict[str, Any]] = []
    for number in (29, 64, 101):
        session = await visit(client, products[number])
        page, category = products[number + 1], products[number].category
        asked += [{"placement": "home", "limit": 12}, {"placement": "home", "budget": "60"},
                  {"placement": "category", "category": category}, {"placement": "search"},
                  {"placement": "product", "product_id": page.product_id},
                  {"placement": "post_purchase", "cart": page.product_id}]  # fmt: skip
        asked[-6:] = [{**one, "session_id": session} for one in asked[-6:]]
    asked.append({"placement": "home", "customer_id": "c7"})

    async def failing(*_: Any) -> None:  # noqa: ANN401
        raise EngineTimeout("late")

    async def lists() -> list[Any]:
        answers = [await ask(client, **one) for one in asked]
        assert not any(answer["cached"] for answer in answers)
        return [(answer["items"], answer["degraded"]) for answer in answers]

    found = await lists()
    monkeypatch.setattr(LookedUpAhead, "_read", failing)
    assert await lists() == found
    monkeypatch.setattr(LookedUpAhead, "proposed", lambda *_: None)
    monkeypatch.setattr(LookedUpAhead, "brought", lambda *_: None)
    assert await lists() == found


async def test_what_is_in_demand_is_read_before_anybody_asks(shop: EngineSettings, searches: list[int]) -> None:
    names = IndexNames(shop.index_prefix)
    client, wire = connect_async(shop), Wire(shop)
    live = LiveGenerations(client, names, KINDS, every_s=0.05, deadline_s=10)
    knowledge = Knowledge(Reads(wire, deadline_s=10), names, live=live, warmed=60)
    await knowledge.start()
    try:
        wanted = await knowledge.learned.in_demand(trends.SCORE, 60)
        assert len(wanted) == 60
        until = time.monotonic() + 30
        asked = 1
        while asked and time.monotonic() < until:
            await asyncio.sleep(0.05)
            before = len(searches)
            rows = await knowledge.learned.neighbours(wanted)
            await knowledge.learned.successors(wanted)
            await knowledge.learned.pairs(wanted, pairs.VIEWED_TOGETHER)
            places = await knowledge.places.of(wanted, looks=True)
            asked = len(searches) - before
        assert asked == 0
        assert rows
        assert set(places) == set(wanted)
    finally:
        await knowledge.close()
        await wire.close()
        await client.close()


async def test_who_is_new_costs_one_search(
    client: httpx.AsyncClient, products: list[Product], searches: list[int]
) -> None:
    category = next(p.category for p in products if p.category)
    for_all = await ask(client, placement="category", category=category, limit=5)
    del searches[:]
    new = await ask(client, placement="category", category=category, limit=5, session_id=f"s-{uuid4().hex}")
    assert new["cached"]
    assert ids(new) == ids(for_all)
    assert sum(searches) <= 2  # its history, and what the service may look at meanwhile
    again = await ask(client, placement="category", category=category, limit=5)
    assert again["cached"]
    # A visit that did something is answered for itself.
    session = await visit(client, products[3])
    assert not (await ask(client, placement="category", category=category, limit=5, session_id=session))["cached"]


async def test_a_list_for_everybody_is_made_anew_before_it_is_too_old(
    shop: EngineSettings, searches: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with api(shop, recommend=RecommendSettings(deadline_s=20, cache_s=600, rows_read_ahead=0)) as client:
        assert not (await ask(client))["cached"]
        monkeypatch.setattr(Shelf, "ageing", lambda *_: True)
        del searches[:]
        assert (await ask(client))["cached"]
        until = time.monotonic() + 30
        while not searches and time.monotonic() < until:
            await asyncio.sleep(0.01)
        assert searches


async def test_what_a_job_learns_anew_is_read_at_once(shop: EngineSettings, knowledge: Knowledge) -> None:
    names = IndexNames(shop.index_prefix)
    relation = pairs.VIEWED_TOGETHER
    with connect(shop) as es:
        stored = es.search(index=names.alias(pairs.KIND), size=1)["hits"]["hits"][0]
        asked = [stored["_id"], "nobody looked at this"]
        before = await knowledge.learned.pairs(asked, relation)
        assert list(before) == [stored["_id"]]
        generations = Generations(es, names, pairs.KIND)
        old, new = generations.live(), generations.create(pairs.definition())
        changed = {pairs.PRODUCT_ID: asked[1], relation: [{**stored["_source"][relation][0], "product_id": "other"}]}
        es.index(index=new, id=asked[1], document=changed, refresh=True)
        try:
            generations.swap(new)
            until = time.monotonic() + 30
            while (after := await knowledge.learned.pairs(asked, relation)) == before and time.monotonic() < until:
                await asyncio.sleep(0.02)
            assert list(after) == [asked[1]]
            assert after[asked[1]].product_ids == ("other",)
        finally:
            assert old is not None
            generations.swap(old)
            generations.delete(new)


@pytest.mark.parametrize("known", [0, 3, 40])
async def test_neighbours_leave_out_what_is_known(knowledge: Knowledge, products: list[Product], known: int) -> None:
    product_id = products[0].product_id
    place = (await knowledge.places.of([product_id]))[product_id]
    assert place.text is not None
    every = await knowledge.places.near(fields.TEXT_VECTOR, place.text, 90, floor=-1.0)
    out = {near.product_id for near in every[:known]}
    found = await knowledge.places.near(fields.TEXT_VECTOR, place.text, 10, floor=-1.0, without=out)
    assert [near.product_id for near in found] == [near.product_id for near in every if near.product_id not in out][:10]
    others = [n for n in every if n.product_id not in {*out, product_id} and n.group_id != place.group_id]
    near_it = await knowledge.places.near_product(fields.TEXT_VECTOR, product_id, place, 10, floor=-1.0, without=out)
    assert [near.product_id for near in near_it] == [near.product_id for near in others][:10]


async def test_rows_are_read_once(knowledge: Knowledge, products: list[Product], searches: list[int]) -> None:
    wanted = [p.product_id for p in products[:6]]
    first = [await knowledge.learned.neighbours(wanted), await knowledge.learned.successors(wanted)]
    assert searches == [1, 1]
    again = [await knowledge.learned.neighbours(wanted[:3]), await knowledge.learned.successors(wanted)]
    assert searches == [1, 1]
    assert first[1] == again[1]
    assert set(again[0]) == set(first[0]) & set(wanted[:3])


async def test_a_shop_that_never_learned_is_told_so_each_time(engine_settings: EngineSettings) -> None:
    load(engine_settings, [], FakeEmbedder(warn=False))
    async with api(engine_settings, recommend=PATIENT) as client:
        for _ in range(2):
            told = (await ask(client, customer_id="c1", category="x"))["degraded"]
            assert any("python -m jobs run trends" in one for one in told)


async def test_vectors_of_older_servers(
    shop: EngineSettings, knowledge: Knowledge, products: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [p.product_id for p in products[:4]]
    short = await knowledge.places.of(wanted)
    post = Wire.post

    async def older(self: Wire, path: str, body: bytes, content_type: str, *, deadline_s: float) -> tuple[int, bytes]:
        # What Elasticsearch before 9.3 does not know is what no Elasticsearch knows.
        body = body.replace(b'"format":"binary"', b'"format":"base2"')
        return await post(self, path, body, content_type, deadline_s=deadline_s)

    monkeypatch.setattr(Wire, "post", older)
    wire = Wire(shop)
    plain = await Knowledge(Reads(wire, deadline_s=10), IndexNames(shop.index_prefix)).places.of(wanted)
    await wire.close()
    assert set(plain) == set(short) == set(wanted)
    for product_id in wanted:
        left, right = plain[product_id].text, short[product_id].text
        assert left is not None
        assert right is not None
        assert left.dtype == right.dtype == np.float32
        assert np.allclose(left, right, atol=1e-6)
        assert plain[product_id].group_id == short[product_id].group_id


async def test_those_who_did_much_have_a_whole_history(
    engine_settings: EngineSettings, products: list[Product], tmp_path: Path
) -> None:
    """What was bought long before the latest hundred events is settled all the same."""
    names, now = IndexNames(engine_settings.index_prefix), datetime.now(UTC)
    load(engine_settings, products, FakeEmbedder(warn=False))
    bought = [p.product_id for p in products[100:103]]
    events = past(products, now, sessions=60)
    for one in events:
        one.pop("session_id")
        one["customer_id"] = "busy"
    oldest = min(one["timestamp"] for one in events)
    order = event("order_placed", order_id="first", items=[{"product_id": p} for p in bought], customer_id="busy")
    learn(engine_settings, tmp_path, [*events, {**order, "timestamp": oldest}], [])
    wire = Wire(engine_settings)
    found = await Knowledge(Reads(wire, deadline_s=10), names).shoppers.past("busy", "", 365)
    await wire.close()
    looked_at: list[Any] = sorted((o for o in events if o["type"] == "view_product"), key=lambda o: o["timestamp"])
    assert len(found.history) == 50
    assert set(bought) <= found.settled
    assert [done.at for done in found.history] == sorted(done.at for done in found.history)
    assert found.history[-1].at.isoformat() >= looked_at[-1]["timestamp"][:19]


async def test_what_a_page_names_is_read_with_the_history(
    shop: EngineSettings, client: httpx.AsyncClient, products: list[Product], searches: list[int]
) -> None:
    """A page that nobody has seen since the start: its rows and its neighbours cost no round trip of their own."""
    session = await visit(client, products[77])
    async with api(shop, recommend=PATIENT) as fresh:
        await ask(fresh, placement="product", session_id=session)
        del searches[:]
        answer = await ask(fresh, placement="product", product_id=products[78].product_id, session_id=session)
    assert answer["degraded"] == []
    assert {item["algorithm"] for item in answer["items"]} & {"similar", "sequential", "collaborative"}
    # The page with the history, its neighbours, and the products; now and then the service looks at something itself.
    assert len(searches) <= 4
    assert searches[0] >= 4


async def test_a_category_is_filled_with_what_is_near(client: httpx.AsyncClient, products: list[Product]) -> None:
    """What is near a shopper's taste is looked for within the category, not everywhere."""
    session = await visit(client, products[90])
    category = next(p.category for p in products[91:] if p.category)
    answer = await ask(client, placement="category", category=category, session_id=session, limit=4)
    by_id = {p.product_id: p for p in products}
    assert {by_id[product_id].category for product_id in ids(answer)} == {category}
    assert not any(told.startswith("category") for told in answer["degraded"])


async def test_a_catalogue_of_another_model_takes_the_place_of_what_was_kept(
    engine_settings: EngineSettings, products: list[Product]
) -> None:
    few, names = products[:20], IndexNames(engine_settings.index_prefix)
    load(engine_settings, few, FakeEmbedder(64, warn=False))
    client, wire = connect_async(engine_settings), Wire(engine_settings)
    live = LiveGenerations(client, names, KINDS, every_s=0.05, deadline_s=10)
    knowledge = Knowledge(Reads(wire, deadline_s=10), names, live=live)
    await knowledge.start()
    wanted = [p.product_id for p in few]

    async def dims() -> set[int]:
        return {place.text.size for place in (await knowledge.places.of(wanted)).values() if place.text is not None}

    try:
        assert await dims() == {64}
        await asyncio.to_thread(load, engine_settings, few, FakeEmbedder(32, warn=False))
        until = time.monotonic() + 30
        while (found := await dims()) != {32} and time.monotonic() < until:
            await asyncio.sleep(0.02)
        assert found == {32}
    finally:
        await knowledge.close()
        await wire.close()
        await client.close()
