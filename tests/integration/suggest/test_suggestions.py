"""GET /api/suggest over a real catalogue: what is offered, how it is marked, and what disappears."""

import asyncio
import random
from typing import Any

import httpx
import pytest

from app.lexicon import LexiconKeeper
from app.waiting import SPARING
from es.client import connect, connect_async
from es.mappings.plurals import IRREGULAR
from es.names import IndexNames
from es.settings import EngineSettings
from evaluate.faults.proxy import State, proxy_to
from shop.lexicon.reader import LexiconReader
from shop.lexicon.tokens import singular, words
from shop.products.document import Product
from tests.factory import product
from tests.integration.suggest.conftest import lexicon_gathered, services_of
from tests.shops import api, load

pytestmark = pytest.mark.needs_es

KINDS = ("queries", "categories", "brands", "products")


async def suggested(client: httpx.AsyncClient, q: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401
    response = await client.get("/api/suggest", params={"q": q, **parameters})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    assert answer["degraded"] == []
    return answer


def texts(found: list[dict[str, Any]]) -> list[str]:
    return [one["text"] for one in found]


async def test_each_kind_is_offered(demo_client: httpx.AsyncClient) -> None:
    answer = await suggested(demo_client, "hik")
    assert "hiking boots" in texts(answer["queries"])
    assert {"name": "shop_category", "value": "Outdoor/Footwear/Hiking boots"} in [
        one["filter"] for one in answer["categories"]
    ]
    assert any("Hiking" in one["name"] for one in answer["products"])
    assert all(one["image"] and one["price"] > 0 for one in answer["products"])
    brands = (await suggested(demo_client, "kestrel"))["brands"]
    assert [one["filter"] for one in brands] == [{"name": "brand", "value": "Kestrel Ridge"}]


async def test_what_was_typed_is_marked(demo_client: httpx.AsyncClient) -> None:
    answer = await suggested(demo_client, "Hiking bo")
    parts = next(one["parts"] for one in answer["queries"] if one["text"] == "hiking boots")
    assert parts == [
        {"text": "hiking", "matched": True},
        {"text": " ", "matched": False},
        {"text": "bo", "matched": True},
        {"text": "ots", "matched": False},
    ]
    assert all("".join(p["text"] for p in one["parts"]) == one["name"] for one in answer["products"])


@pytest.mark.parametrize("q", ["hikng", "ihking", "hiknig", "hikking"])
async def test_mistakes_are_forgiven(demo_client: httpx.AsyncClient, q: str) -> None:
    answer = await suggested(demo_client, q)
    assert "hiking" in texts(answer["queries"])
    assert any("Hiking" in one["name"] for one in answer["products"])


async def test_every_offer_leads_somewhere(demo_client: httpx.AsyncClient, demo_products: list[Product]) -> None:
    """Of many beginnings of names: each query finds something by words, each filter has products."""
    chance = random.Random(7)
    for one in chance.sample(demo_products, 25):
        name = one.name[: chance.randint(2, len(one.name))]
        answer = await suggested(demo_client, name)
        assert answer["products"], name
        for query in texts(answer["queries"]):
            found = await demo_client.get("/api/search", params={"q": query, "mode": "lexical", "size": 1})
            assert found.json()["total"] > 0, (name, query)
        for given in [*answer["categories"], *answer["brands"]]:
            chosen = given["filter"]
            found = await demo_client.get("/api/search", params={chosen["name"]: chosen["value"], "size": 1})
            assert found.json()["total"] > 0, (name, chosen)


async def test_a_product_is_found_by_the_beginning_of_its_name(
    demo_client: httpx.AsyncClient, demo_products: list[Product]
) -> None:
    for one in random.Random(8).sample(demo_products, 25):
        answer = await suggested(demo_client, one.name, limit=3)
        families = {found["parent_id"] or found["product_id"] for found in answer["products"]}
        assert one.group_id in families, one.name


async def test_one_product_of_each_family(demo_client: httpx.AsyncClient) -> None:
    for q in ("ba", "shirt", "jacket"):
        shown = (await suggested(demo_client, q, limit=20))["products"]
        families = [one["parent_id"] or one["product_id"] for one in shown]
        assert len(families) == len(set(families))


@pytest.mark.parametrize("q", ["", " ", "h", "!", "?!*", "\x00", "‮"])
async def test_below_two_characters_there_is_nothing(demo_client: httpx.AsyncClient, q: str) -> None:
    answer = await suggested(demo_client, q)
    assert all(answer[kind] == [] for kind in KINDS)


@pytest.mark.parametrize(
    "q",
    [
        "zzqqxx", "a" * 500, "<script>alert(1)</script>", "name:* OR 1=1", "{{7*7}}", "\\", '"hik',
        "рюкзак", "背包", "🎒🎒",
        "the the the the the the the the the the the the", "hik" + " x" * 200,
    ],
)  # fmt: skip
async def test_any_text_is_answered(demo_client: httpx.AsyncClient, q: str) -> None:
    answer = await suggested(demo_client, q)
    assert all(len(answer[kind]) <= 6 for kind in KINDS)


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"q": "x" * 501}, "q"),
        ({"q": "hik", "limit": 0}, "limit"),
        ({"q": "hik", "limit": 21}, "limit"),
        ({"q": "hik", "limit": "many"}, "limit"),
        ({"q": "hik", "size": 3}, "size"),
    ],
)
async def test_a_wrong_parameter_is_named(
    demo_client: httpx.AsyncClient, parameters: dict[str, Any], named: str
) -> None:
    response = await demo_client.get("/api/suggest", params=parameters)
    assert response.status_code == 400
    assert named in response.json()["errors"][0]["parameter"]


def shelf() -> list[Product]:
    return [
        product("lamp-1", name="Quillon Reading Lamp", brand="Quillon", categories=["Light/Reading lamps"]),
        product("lamp-2", name="Ember Reading Lamp", brand="Ember", categories=["Light/Reading lamps"]),
        product("tent", name="Quillon Tent", brand="Quillon", identifiers=["QT-4410"]),
    ]


def delete(engine: EngineSettings, *product_ids: str) -> None:
    with connect(engine) as client:
        for product_id in product_ids:
            client.delete(index=IndexNames(engine.index_prefix).products, id=product_id, refresh=True)


async def test_what_is_deleted_disappears_at_once(engine_settings: EngineSettings) -> None:
    load(engine_settings, shelf(), None)
    async with api(engine_settings, search_deadline_s=30) as client:
        await lexicon_gathered(client)
        before = await suggested(client, "readi")
        assert "reading lamp" in texts(before["queries"])
        assert len(before["products"]) == 2
        delete(engine_settings, "lamp-1")
        answer = await suggested(client, "readi")
        assert [one["product_id"] for one in answer["products"]] == ["lamp-2"]
        assert texts((await suggested(client, "quil"))["brands"]) == ["Quillon"]
        delete(engine_settings, "lamp-2", "tent")
        for q in ("readi", "quil", "ember", "light"):
            answer = await suggested(client, q)
            assert all(answer[kind] == [] for kind in KINDS), answer


async def test_what_a_rule_hides_disappears_at_once(engine_settings: EngineSettings) -> None:
    load(engine_settings, shelf(), None)
    async with api(engine_settings, search_deadline_s=30) as client:
        await lexicon_gathered(client)
        assert (await suggested(client, "readi"))["products"]
        lamps = {"type": "hide", "products": {"product_ids": ["lamp-1", "lamp-2"]}}
        made = await client.post("/api/admin/rules", json={"id": "h", "name": "no lamps", "actions": [lamps]})
        assert made.status_code == 201, made.text
        answer = await suggested(client, "readi")
        assert all(answer[kind] == [] for kind in KINDS), answer
        assert [one["product_id"] for one in (await suggested(client, "quil"))["products"]] == ["tent"]


async def test_where_there_is_no_place_what_was_found_a_moment_ago_is_offered(engine_settings: EngineSettings) -> None:
    load(engine_settings, shelf(), None)
    async with api(engine_settings, search_deadline_s=30) as client:
        await lexicon_gathered(client)
        full = await suggested(client, "readi")
        SPARING.set(True)
        try:
            answers = [await client.get("/api/suggest", params={"q": q}) for q in ("readi", "quil")]
        finally:
            SPARING.set(False)
    spared, new = (answer.json() for answer in answers)
    assert spared["degraded"][0].startswith("capacity: ")
    assert (spared["queries"], spared["products"]) == (full["queries"], [])
    assert [new[kind] for kind in KINDS] == [[]] * len(KINDS), "what was not asked for yet is not offered"


async def test_a_product_is_found_by_its_code(engine_settings: EngineSettings) -> None:
    load(engine_settings, shelf(), None)
    async with api(engine_settings, search_deadline_s=30) as client:
        await lexicon_gathered(client)
        for q in ("qt-44", "QT-4410"):
            assert [one["product_id"] for one in (await suggested(client, q))["products"]] == ["tent"]


async def test_another_generation_brings_its_own_words(engine_settings: EngineSettings) -> None:
    load(engine_settings, shelf(), None)
    async with api(engine_settings, search_deadline_s=30, facts_refresh_s=0.1) as client:
        await lexicon_gathered(client)
        index = load(engine_settings, [product(f"k{n}", name=f"Maker{n} Copper Kettle") for n in "abc"], None)
        await lexicon_gathered(client, index)
        assert "copper kettle" in texts((await suggested(client, "cop"))["queries"])
        assert (await suggested(client, "readi"))["queries"] == []


async def test_products_are_suggested_before_the_words_are_gathered(engine_settings: EngineSettings) -> None:
    load(engine_settings, shelf(), None)
    async with api(engine_settings, search_deadline_s=30) as client:
        await lexicon_gathered(client)
        services_of(client).suggest.lexicon.current = None
        answer = (await client.get("/api/suggest", params={"q": "readi"})).json()
        assert len(answer["products"]) == 2
        assert answer["queries"] == []
        assert answer["degraded"] == ["completions: the words of the catalogue are still being gathered"]


async def test_words_that_cannot_be_gathered_are_a_matter_of_health_and_come_back(demo: EngineSettings) -> None:
    async with proxy_to(demo.es_url) as proxy:
        through = demo.model_copy(update={"es_url": proxy.url})
        async with api(through, search_deadline_s=5, facts_refresh_s=0.1, lexicon_refresh_s=0.2) as client:
            await lexicon_gathered(client)
            words_before = services_of(client).suggest.lexicon.current
            proxy.set(State.CUT)
            keeper = services_of(client).suggest.lexicon
            async with asyncio.timeout(30):
                while keeper.health()[0]:
                    await asyncio.sleep(0.05)
            # What was gathered before stays.
            assert keeper.current is not None
            assert (await client.get("/health/ready")).json()["checks"]["lexicon"]["status"] == "degraded"
            proxy.set(State.OPEN)
            async with asyncio.timeout(30):
                while keeper.current is words_before or not keeper.health()[0]:
                    await asyncio.sleep(0.05)
            assert (await client.get("/health/ready")).json()["checks"]["lexicon"]["status"] == "ok"
            assert (await suggested(client, "hik"))["queries"]


async def test_without_a_catalogue_there_is_a_clear_error(engine_settings: EngineSettings) -> None:
    async with api(engine_settings, search_deadline_s=30) as client:
        response = await client.get("/api/suggest", params={"q": "hik"})
        assert response.status_code == 503
        assert response.json()["type"] == "/problems/no-catalogue"


async def test_popular_searches_come_first_while_they_find_something(engine_settings: EngineSettings) -> None:
    """Those of three people and more, from the query log."""
    deal = product("deal", name="Reading deal with a long name")
    load(engine_settings, [*shelf(), deal], None)
    async with api(engine_settings, search_deadline_s=30, query_log_flush_s=0.1) as client:
        await lexicon_gathered(client)
        for person, q in [*((n, "Reading deal") for n in range(4)), (0, "reading secret"), (0, "reading quillon")]:
            await client.get("/api/search", params={"q": q, "session_id": f"person{person}"})
        keeper = services_of(client).suggest.lexicon
        async with asyncio.timeout(30):
            while "reading deal" not in texts((await suggested(client, "read"))["queries"]):
                await asyncio.sleep(0.2)
                await keeper.gather()
        first = (await suggested(client, "read"))["queries"][0]
        assert (first["text"], first["source"]) == ("reading deal", "searches")
        others = (await suggested(client, "reading q"))["queries"]
        assert all(one["source"] == "catalogue" for one in others)
        delete(engine_settings, "deal")
        assert "reading deal" not in texts((await suggested(client, "read"))["queries"])


async def test_a_large_catalogue_is_sampled(engine_settings: EngineSettings) -> None:
    many = [product(f"p{n}", name=f"Maker{n} Copper Kettle", brand=f"Maker{n}") for n in range(1500)]
    load(engine_settings, many, None)
    async with api(engine_settings, search_deadline_s=30, lexicon_products=300) as client:
        await lexicon_gathered(client)
        keeper: LexiconKeeper = services_of(client).suggest.lexicon
        assert keeper.current is not None
        assert not keeper.current.whole
        assert 200 < keeper.current.words.count("kettle") < 400
        # Brands come from all products.
        assert keeper.current.words.known("maker1499")


def test_words_are_cut_as_the_index_cuts_them(demo: EngineSettings, demo_products: list[Product]) -> None:
    """The index's own analysis of every tenth name and description."""
    different = []
    with connect(demo) as client:
        index = IndexNames(demo.index_prefix).products
        for one in demo_products[::10]:
            for text in (one.name, one.description):
                answer = client.indices.analyze(index=index, analyzer="product_words", text=text)
                theirs = [token["token"] for token in answer["tokens"]]
                ours = [singular(word) for word in words(text)]
                different += [(text, a, b) for a, b in zip(theirs, ours, strict=False) if a != b][:1]
                different += [(text, len(theirs), len(ours))] if len(theirs) != len(ours) else []
    assert different == []


def test_plurals_are_made_as_the_index_makes_them(demo: EngineSettings) -> None:
    some = "dress box watch brush tree bee hoodie cookie knife tomato woman axe lens bus toe canoe case size tie gas"
    listed = [form for word in some.split() for form in (word, f"{word}s", f"{word}es", f"{word}e", word[:-1])]
    listed += [*IRREGULAR, *IRREGULAR.values(), "series", "as", "us", "this", "quizzes", "deluxe", "ss", "es", "ies"]
    with connect(demo) as client:
        index = IndexNames(demo.index_prefix).products
        answer = client.indices.analyze(index=index, analyzer="product_words", text=" ".join(listed))
    theirs = [token["token"] for token in answer["tokens"]]
    assert theirs == [singular(word) for word in listed]


async def test_reading_pages_reads_every_product_once(demo: EngineSettings, demo_products: list[Product]) -> None:
    async with connect_async(demo) as client:
        reader = LexiconReader(client, IndexNames(demo.index_prefix))
        read = [source["name"] async for page in reader.texts(len(demo_products), 10**6) for source in page]
    assert sorted(read) == sorted(one.name for one in demo_products)
