"""What shoppers get where rules apply: on a real Elasticsearch, over HTTP, in every mode and on every page."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from app.search import retrieval
from app.search.query import SearchQuery
from app.search.retrieval import base
from app.search.vector import Probe
from es.settings import EngineSettings
from shop.products.document import Product
from tests.integration.rules.conftest import Steer
from tests.shops import api

pytestmark = pytest.mark.needs_es

SEARCH = "/api/search"
LISTS: list[dict[str, Any]] = [
    {"q": "trail backpack", "mode": "hybrid"},
    {"q": "trail backpack", "mode": "hybrid", "fusion": "rrf"},
    {"q": "trail backpack", "mode": "lexical"},
    {"q": "trail backpack", "mode": "semantic"},
    {"q": "trail", "facets": "brand", "brand": "Acme"},
    {"q": ""},
    {"q": "", "in_stock": "true"},
]
FAMILIES: list[dict[str, Any]] = [
    {"q": "trail backpack", "group": "parent"},
    {"q": "trail", "group": "parent", "mode": "lexical"},
    {"q": "", "group": "parent"},
]


def rule(rule_id: str, *actions: dict[str, Any], **given: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"id": rule_id, "name": f"rule {rule_id}", "actions": list(actions), **given}


def pin(product_id: str, place: int) -> dict[str, Any]:
    return {"type": "pin", "product_id": product_id, "place": place}


async def search(client: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:  # noqa: ANN401
    response = await client.get(SEARCH, params=asked)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def ids(answer: dict[str, Any]) -> list[str]:
    return [hit["product_id"] for hit in answer["hits"]]


async def by_cursor(client: httpx.AsyncClient, **asked: Any) -> tuple[list[str], set[int]]:  # noqa: ANN401
    """Every product of a list, page by page, and the totals that the pages told."""
    found: list[str] = []
    totals = set()
    cursor = None
    while True:
        answer = await search(client, **asked, **({"cursor": cursor} if cursor else {}))
        found += ids(answer)
        totals.add(answer["total"])
        cursor = answer["next_cursor"]
        if cursor is None:
            return found, totals


# Pins.


@pytest.mark.parametrize("asked", LISTS, ids=str)
@pytest.mark.parametrize("size", [1, 7, 24, 41])
async def test_pins_stand_at_their_place_once_on_whatever_page(
    client: httpx.AsyncClient, steer: Steer, products: list[Product], asked: dict[str, Any], size: int
) -> None:
    if size == 1 and not asked["q"]:
        pytest.skip("some 250 requests, and no other way through the code than with 7")
    plain, _ = await by_cursor(client, **asked, size=40)
    passing = [p for p in products if p.in_stock and ("brand" not in asked or p.brand.lower() == "acme")]
    inside = [p.product_id for p in passing if p.product_id in plain[5:]][:2]
    outside = [p.product_id for p in passing if p.product_id not in plain][:1]
    pinned = dict(zip([1, 9, 33], [*inside, *outside], strict=False))
    await steer(rule("pins", *(pin(product_id, place) for place, product_id in pinned.items())))

    listed, totals = await by_cursor(client, **asked, size=size)
    expected = [product_id for product_id in plain if product_id not in pinned.values()]
    for place, product_id in pinned.items():
        expected.insert(place - 1, product_id)
    assert sorted(listed) == sorted(set(plain) | set(pinned.values())), "each product once, and none is lost"
    assert totals == {len(listed)}
    for place, product_id in pinned.items():
        assert listed.index(product_id) == min(place - 1, expected.index(product_id))
    if asked.get("mode") == "lexical" or not asked["q"]:
        assert listed == expected, "fusion weighs a product by the others beside it, of which pins are none"
    by_page = [i for page in (1, 2, 3) for i in ids(await search(client, **asked, size=size, page=page))]
    assert by_page == listed[: 3 * size]


@pytest.mark.parametrize("asked", FAMILIES, ids=str)
@pytest.mark.parametrize("size", [7, 41])
async def test_a_pinned_product_stands_for_its_family(
    client: httpx.AsyncClient, steer: Steer, products: list[Product], asked: dict[str, Any], size: int
) -> None:
    family = {p.product_id: p.parent_id or p.product_id for p in products}
    plain, before = await by_cursor(client, **asked, size=40)
    buyable = [p.product_id for p in products if p.in_stock]
    inside = [i for i in buyable if i not in plain and family[i] in {family[p] for p in plain[5:]}][:1]
    leads = [i for i in plain[5:] if i in buyable and family[i] != family[inside[0]]][:1]
    outside = [i for i in buyable if family[i] not in {family[p] for p in plain}][:1]
    pinned = dict(zip([1, 9, 33], [*inside, *leads, *outside], strict=False))
    await steer(rule("pins", *(pin(product_id, place) for place, product_id in pinned.items())))

    listed, totals = await by_cursor(client, **asked, size=size)
    families = {family[i] for i in pinned.values()}
    expected = [i for i in plain if family[i] not in families]
    for place, product_id in pinned.items():
        expected.insert(place - 1, product_id)
    assert len({family[i] for i in listed}) == len(listed), "each family once"
    assert sorted(listed) == sorted(expected), "and none is lost"
    assert totals == {len(listed)} == {max(before) + len(outside)}
    for place, product_id in pinned.items():
        assert listed.index(product_id) == min(place - 1, expected.index(product_id))
    if asked.get("mode") == "lexical" or not asked["q"]:
        assert listed == expected
    first = await search(client, **asked, size=size)
    assert first["rules"] == [{"id": "pins", "action": "pin"}]
    assert all(hit["variants"] >= 1 for hit in first["hits"])
    by_page = [i for page in (1, 2, 3) for i in ids(await search(client, **asked, size=size, page=page))]
    assert by_page == listed[: 3 * size]


async def test_of_two_pins_of_one_family_the_first_is_shown(
    client: httpx.AsyncClient, steer: Steer, products: list[Product]
) -> None:
    parents = [p.parent_id for p in products if p.in_stock and p.parent_id]
    twice = next(parent for parent in parents if parents.count(parent) > 1)
    first, second = [p.product_id for p in products if p.parent_id == twice and p.in_stock][:2]
    await steer(rule("pins", pin(second, 1), pin(first, 2)))
    answer = await search(client, q="", group="parent")
    assert ids(answer)[0] == second
    assert first not in ids(answer)


@pytest.mark.parametrize("group", ["none", "parent"])
async def test_with_pins_too_the_body_of_a_list_is_built_once(
    client: httpx.AsyncClient, steer: Steer, monkeypatch: pytest.MonkeyPatch, group: str
) -> None:
    await steer(rule("pins", pin("sofa-1", 1)))
    built: list[SearchQuery] = []

    def counted(query: SearchQuery, probes: Sequence[Probe]) -> dict[str, Any]:
        built.append(query)
        return base(query, probes)

    monkeypatch.setattr(retrieval, "base", counted)
    answer = await search(client, q="trail backpack", group=group, facets="brand,color")
    assert ids(answer)[0] == "sofa-1"
    assert [query.text for query in built] == ["trail backpack"]


async def test_pins_are_counted_in_facets(client: httpx.AsyncClient, steer: Steer) -> None:
    before = await search(client, q="settee", mode="lexical", facets="brand")
    assert (before["total"], before["facets"]["brand"]) == (1, [{"value": "Sud", "count": 1, "selected": False}])
    await steer(rule("r", pin("sofa-1", 1), pin("settee-1", 2), when={"query_is": ["settee"]}))
    after = await search(client, q="settee", mode="lexical", facets="brand")
    assert (after["total"], ids(after)) == (2, ["sofa-1", "settee-1"])
    assert {value["value"]: value["count"] for value in after["facets"]["brand"]} == {"Sud": 1, "Nord": 1}
    narrowed = await search(client, q="settee", mode="lexical", facets="brand", brand="Sud")
    assert (narrowed["total"], ids(narrowed)) == (1, ["settee-1"]), "a pin passes the filters or is not there"
    nothing = await search(client, q="settee", mode="lexical", size=0)
    assert (nothing["total"], nothing["hits"]) == (2, [])


async def test_pins_that_cannot_be_bought_are_passed_over(client: httpx.AsyncClient, steer: Steer) -> None:
    await steer(
        rule("r", pin("gone-1", 1), pin("no-such-product", 2), pin("daybed-1", 3), pin("couch-1", 4)),
        rule("h", {"type": "hide", "products": {"filters": {"brand": ["Sud"]}}}),
    )
    answer = await search(client, q="oak sofa", mode="lexical", explain=True)
    assert ids(answer) == ["sofa-1", "gone-1", "couch-1"], "sold out: where the words put it; hidden: nowhere"
    assert answer["rules"] == [{"id": "h", "action": "hide"}, {"id": "r", "action": "pin"}] or answer["rules"] == [
        {"id": "r", "action": "pin"},
        {"id": "h", "action": "hide"},
    ]
    couch = answer["hits"][2]
    assert couch["score"] is None
    assert couch["explanation"]["ordered_by"] == "rule"
    assert couch["explanation"]["rules"] == [{"id": "r", "action": "pin", "place": 4}]


async def test_who_sorts_by_price_gets_that(client: httpx.AsyncClient, steer: Steer) -> None:
    plain, _ = await by_cursor(client, q="trail", sort="price_asc", size=50)
    boost = {"type": "boost", "products": {"product_ids": plain[-2:]}, "factor": 9}
    await steer(rule("r", pin(plain[-1], 1), boost, {"type": "hide", "products": {"product_ids": [plain[0]]}}))
    steered, _ = await by_cursor(client, q="trail", sort="price_asc", size=50)
    assert steered == plain[1:]
    assert (await search(client, q="trail", sort="price_asc"))["rules"] == [{"id": "r", "action": "hide"}]


# Hide and filter.


@pytest.mark.parametrize("asked", [*LISTS, *FAMILIES], ids=str)
async def test_what_is_hidden_is_never_shown_nor_counted(
    client: httpx.AsyncClient, steer: Steer, products: list[Product], asked: dict[str, Any]
) -> None:
    brands = {p.product_id: p.brand for p in products}
    plain, _ = await by_cursor(client, **asked, size=50)
    hidden = {plain[0], plain[-1]} | {i for i in plain if brands[i] == "Northpeak"}
    given = {"product_ids": [plain[0], plain[-1]], "filters": {"brand": ["northpeak"]}}
    await steer(rule("h", {"type": "hide", "products": given}), rule("p", pin(plain[0], 1)))
    listed, totals = await by_cursor(client, **asked, size=50)
    assert not hidden & set(listed)
    assert totals == {len(listed)}
    facets = (await search(client, **asked | {"facets": "brand", "facet_size": 100}))["facets"]["brand"]
    assert "Northpeak" not in {value["value"] for value in facets if value["count"]}
    if "group" not in asked and (asked.get("mode") == "lexical" or not asked["q"]):
        assert set(listed) == set(plain) - hidden, "neighbours may be others once some are hidden; words may not"


async def test_filters_of_rules_hold_beside_those_of_the_shopper(
    client: httpx.AsyncClient, steer: Steer, products: list[Product]
) -> None:
    prices = {p.product_id: float(p.price) for p in products}
    await steer(rule("f", {"type": "filter", "filters": {"price": {"max": 30}, "in_stock": True}}))
    for asked in [*LISTS, *FAMILIES]:
        listed, totals = await by_cursor(client, **asked, size=50)
        assert listed
        assert totals == {len(listed)}
        assert max(prices[i] for i in listed) <= 30
    answer = await search(client, q="trail", min_price=20)
    assert {20 <= hit["price"] <= 30 and hit["in_stock"] for hit in answer["hits"]} == {True}


# Boost and bury.


@pytest.mark.parametrize("asked", LISTS[:4], ids=str)
async def test_factors_multiply_the_fused_score(client: httpx.AsyncClient, steer: Steer, asked: dict[str, Any]) -> None:
    asked = asked | {"size": 30, "explain": True}
    plain = await search(client, **asked)
    scores = {hit["product_id"]: hit["score"] for hit in plain["hits"]}
    raised, lowered = ids(plain)[8], ids(plain)[0]
    await steer(
        rule("up", {"type": "boost", "products": {"product_ids": [raised]}, "factor": 1.5}),
        rule("down", {"type": "bury", "products": {"product_ids": [lowered]}, "factor": 0.5}),
    )
    steered = await search(client, **asked)
    assert {(told["id"], told["action"]) for told in steered["rules"]} == {("up", "boost"), ("down", "bury")}
    told = {hit["product_id"]: hit for hit in steered["hits"]}
    assert told[raised]["explanation"]["rules"] == [{"id": "up", "action": "boost", "factor": 1.5}]
    assert ids(steered).index(raised) < ids(plain).index(raised)
    if asked["mode"] != "lexical":
        assert told[raised]["score"] == pytest.approx(scores[raised] * 1.5, abs=1e-5)
        shown = [hit["score"] for hit in steered["hits"] if hit["score"]]
        assert shown == sorted(shown, reverse=True)
    others = [i for i in ids(steered) if i not in (raised, lowered) and i in scores]
    assert others == [i for i in ids(plain) if i in others], "the others keep their order"


async def test_factors_of_a_list_without_words_multiply_its_popularity(
    client: httpx.AsyncClient, steer: Steer, products: list[Product]
) -> None:
    plain, _ = await by_cursor(client, size=50)
    reviews = {p.product_id: p.review_count for p in products}
    stock = {p.product_id: p.in_stock for p in products}
    raised = next(i for i in plain if reviews[i] == 3 and stock[i])
    await steer(rule("up", {"type": "boost", "products": {"product_ids": [raised]}, "factor": 2}))
    steered, totals = await by_cursor(client, size=7)
    assert (sorted(steered), totals) == (sorted(plain), {len(plain)})
    at = steered.index(raised)
    assert reviews[steered[at - 1]] == 50
    assert steered[at] == raised
    assert reviews[steered[at + 1]] == 3
    without = [i for i in steered if i != raised]
    assert without == [i for i in plain if i != raised]


@pytest.mark.parametrize("asked", FAMILIES, ids=str)
async def test_factors_move_families_beside_pins(
    client: httpx.AsyncClient, steer: Steer, asked: dict[str, Any]
) -> None:
    plain = ids(await search(client, **asked, size=40))
    raised = plain[18]
    boost = {"type": "boost", "products": {"product_ids": [raised]}, "factor": 10}
    await steer(rule("r", boost))
    answer = await search(client, **asked, size=40)
    place = ids(answer).index(raised)
    assert place < 18
    assert answer["rules"] == [{"id": "r", "action": "boost"}]
    await steer(rule("p", pin(plain[0], 1)))
    both = await search(client, **asked, size=40)
    assert {told["action"] for told in both["rules"]} <= {"boost", "pin"}
    assert {"id": "r", "action": "boost"} in both["rules"]
    assert ids(both).index(raised) < 18


# Words.


@pytest.mark.parametrize("mode", ["lexical", "hybrid"])
async def test_synonyms_find_what_other_words_say(client: httpx.AsyncClient, steer: Steer, mode: str) -> None:
    await steer(
        rule("two-way", {"type": "synonyms", "phrases": ["couch", "settee", "day bed"]}),
        rule("one-way", {"type": "one_way_synonyms", "phrases": ["sofa"], "also": ["couch"]}),
    )

    async def found(q: str) -> set[str]:
        answer = await search(client, q=q, mode=mode, explain=True)
        return {hit["product_id"] for hit in answer["hits"] if hit["explanation"]["lexical_score"] > 0}

    # The index by itself does not know that settees are settees.
    assert await found("settees") == {"couch-1", "settee-1", "daybed-1"}
    assert await found("leather sofa") == {"couch-1"}
    assert await found("day beds") == {"couch-1", "settee-1", "daybed-1"}
    assert await found("oak sofa") == {"sofa-1", "gone-1"}, "oak couch is found by nothing"
    assert await found("sofa") == {"sofa-1", "gone-1", "couch-1"}
    answer = await search(client, q="sofa", mode=mode)
    assert answer["rules"] == [{"id": "one-way", "action": "synonyms"}]


async def test_replaced_words_are_what_is_searched_for(client: httpx.AsyncClient, steer: Steer) -> None:
    await steer(
        rule("a", {"type": "replace", "words": "davenport", "by": "sofa"}),
        rule("b", {"type": "replace", "words": "sofa", "by": "davenport"}),
    )
    for mode in ("lexical", "hybrid", "semantic"):
        answer = await search(client, q="oak davenport", mode=mode)
        assert answer["hits"][0]["product_id"] == "sofa-1"
        assert answer["understood"]["text"] == "oak sofa"
        assert answer["rules"] == [{"id": "a", "action": "replace"}]
    listed, totals = await by_cursor(client, q="oak davenport", size=3)
    assert totals == {len(set(listed))}


async def test_a_redirect_comes_with_the_hits(client: httpx.AsyncClient, steer: Steer) -> None:
    assert (await search(client, q="returns"))["redirect"] is None
    await steer(rule("r", {"type": "redirect", "url": "/returns"}, when={"query_is": ["returns", "send back"]}))
    answer = await search(client, q="Send  back!")
    assert (answer["redirect"], answer["rules"]) == ("/returns", [{"id": "r", "action": "redirect"}])
    assert (await search(client, q="how to send back"))["redirect"] is None


# Conditions.


async def test_rules_by_device_segment_category_and_filter(client: httpx.AsyncClient, steer: Steer) -> None:
    await steer(
        rule("phone", pin("sofa-1", 1), when={"device": ["mobile"], "segment": ["vip"]}),
        rule("brand", pin("couch-1", 1), when={"constraints": {"brand": ["nord"]}}),
        rule("kitchen", {"type": "redirect", "url": "/kitchen"}, when={"category": ["Home/Kitchen"]}),
    )
    assert ids(await search(client, q="settee", device="Mobile", segment="VIP"))[0] == "sofa-1"
    assert ids(await search(client, q="settee", device="mobile"))[0] == "settee-1"
    body = {"q": "settee", "device": "mobile", "segment": "vip"}
    assert ids((await client.post(SEARCH, json=body)).json())[0] == "sofa-1"
    assert ids(await search(client, brand="Nord"))[0] == "couch-1"
    assert (await search(client, shop_category="Home/Kitchen/Small"))["redirect"] == "/kitchen"
    assert (await search(client, shop_category="Home"))["redirect"] is None
    wrong = await client.get(SEARCH, params={"device": "x" * 65})
    assert wrong.json()["errors"][0]["parameter"] == "device"


# Live, and cheap.


async def test_another_process_follows_within_three_seconds(
    client: httpx.AsyncClient, shop: EngineSettings, steer: Steer
) -> None:
    async with api(shop, search_deadline_s=30) as other:
        assert (await search(other, q="settee"))["rules"] == []
        await steer(rule("r", pin("sofa-1", 1)))
        assert ids(await search(client, q="settee"))[0] == "sofa-1", "at once where it was made"
        began = time.monotonic()
        while (await search(other, q="settee"))["rules"] == []:
            assert time.monotonic() - began < 3
            await asyncio.sleep(0.05)
        assert ids(await search(other, q="settee"))[0] == "sofa-1"


async def test_a_list_goes_on_when_rules_change_on_the_way(client: httpx.AsyncClient, steer: Steer) -> None:
    """A shopper's page is not refused because a merchandiser was at work."""
    for asked in LISTS:
        first = await search(client, **asked, size=10)
        await steer(
            rule(f"r{LISTS.index(asked)}", pin("sofa-1", 1), {"type": "replace", "words": "trail", "by": "pro"})
        )
        response = await client.get(SEARCH, params={**asked, "size": 10, "cursor": first["next_cursor"]})
        assert response.status_code == 200, response.text
