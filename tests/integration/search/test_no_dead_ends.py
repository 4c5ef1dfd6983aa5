"""Where constraints leave nothing: what is given up, in which order, and never the budget."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from es.settings import EngineSettings
from shop.products.document import Product
from tests.factory import product
from tests.shops import api, shop_of

COLORS = ("red", "blue", "green", "black")


def goods() -> list[Product]:
    made = []
    for number in range(24):
        color = COLORS[number % 4]
        made.append(
            product(
                f"kettle{number}",
                name=f"{color} kettle",
                price=str(40 + number),
                category="home_garden",
                brand=("Acme", "Northpeak")[number % 2],
                review_count=number,
                specifications={"color": color, "material": ("steel", "glass")[number % 3 == 0]},
            )
        )
    for number in range(8):
        kind, price, color = ("Trekking packs", 90, "blue") if number < 4 else ("Daypacks", 30, "red")
        made.append(
            product(
                f"pack{number}",
                name=f"{color} {kind[:-1].lower()} for trekking" if number == 6 else f"{color} {kind[:-1].lower()}",
                price=str(price + number),
                category="sports_outdoors",
                categories=[f"Outdoor/Packs/{kind}"],
                specifications={"color": color},
            )
        )
    for number in range(8):
        kind = "boots" if number < 4 else "wedding boots" if number < 6 else "rain boots"
        made.append(
            product(
                f"boots{number}",
                name=f"{kind} number {number}",
                price=str(70 + number),
                category="clothing",
                brand=("Acme", "Northpeak")[number % 2],
                categories=["Clothes/Shoes/Boots"],
                target_gender="male" if number < 4 else "female",
                specifications={"color": ("black", "grey", "black", "brown")[number % 4]},
            )
        )
    for number in range(6):
        made.append(product(f"tent{number}", name="Dome tent", price=str(100 + number), category="sports_outdoors"))
    made.append(product("lamp", name="Dome lamp", price="20", category="home_garden"))
    return made


@pytest.fixture(scope="module")
def shop(es_url: str) -> Iterator[EngineSettings]:
    with shop_of(es_url, goods()) as engine:
        yield engine


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def client(shop: EngineSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with api(shop, search_deadline_s=30, semantic_floor=0.99) as opened:
        yield opened


async def ask(client: httpx.AsyncClient, q: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    answer = await client.get("/api/search", params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_where_all_is_held_nothing_is_said(client: httpx.AsyncClient) -> None:
    assert (await ask(client, "red kettle"))["relaxation"] is None


async def test_a_budget_below_everything_has_the_real_bounds(client: httpx.AsyncClient) -> None:
    answer = await ask(client, "kettle under $20")

    assert answer["hits"] == []
    assert answer["relaxation"]["price"] == {"lowest": 40, "highest": 63, "currency": "USD"}
    assert answer["relaxation"]["message"] == "“kettle” starts at $40.00."
    chosen = await ask(client, "kettle", max_price=39)
    assert chosen["relaxation"]["price"]["lowest"] == 40


async def test_what_was_said_last_goes_first_and_the_budget_never(client: httpx.AsyncClient) -> None:
    # Every fourth kettle is red, and no red one is of glass and of Northpeak at once.
    answer = await ask(client, "red glass kettle northpeak under $50")

    relaxation = answer["relaxation"]
    assert relaxation is not None
    assert answer["hits"], relaxation
    assert all(hit["price"] <= 50 for hit in answer["hits"])
    assert "under $50" not in relaxation["dropped"]
    totals = [step["total"] for step in relaxation["steps"]]
    assert next(total for total in totals if total) == answer["total"]
    assert relaxation["message"].startswith("Nothing holds all of it; left out: ")


async def test_no_more_is_given_up_than_must_be(client: httpx.AsyncClient) -> None:
    # Said before for whom it is, the colour alone goes: men's boots of that brand are there, and brown ones of another.
    answer = await ask(client, "acme boots brown for men")
    assert answer["relaxation"]["dropped"] == ["brown"]
    assert {hit["product_id"] for hit in answer["hits"]} == {"boots0", "boots2"}


async def test_words_beside_a_kind_go_before_those_whom_it_is_for(client: httpx.AsyncClient) -> None:
    answer = await ask(client, "boots for wedding men")

    assert answer["relaxation"]["dropped"] == ["for wedding"]
    assert {hit["product_id"] for hit in answer["hits"]} == {f"boots{n}" for n in range(4)}
    women = await ask(client, "boots for wedding women")
    assert women["relaxation"] is None
    assert {hit["product_id"] for hit in women["hits"]} == {"boots4", "boots5"}


async def test_words_are_given_up_last(client: httpx.AsyncClient) -> None:
    answer = await ask(client, "kettle zeppelin")

    assert answer["relaxation"]["dropped"] == ["some of the words"]
    assert answer["total"] == 24
    assert all("kettle" in hit["name"] for hit in answer["hits"])


async def test_what_was_given_up_for_words_comes_back_where_some_of_them_will_do(client: httpx.AsyncClient) -> None:
    answer = await ask(client, "kettle zeppelin red")

    assert answer["relaxation"]["dropped"] == ["some of the words"]
    assert answer["total"] == 6
    assert all("kettle" in hit["name"] and "red" in hit["name"].lower() for hit in answer["hits"])


async def test_what_must_not_be_stays_away(client: httpx.AsyncClient) -> None:
    answer = await ask(client, "kettle not red zeppelin", size=50)

    assert answer["hits"]
    assert all("red" not in hit["name"] for hit in answer["hits"])


async def test_with_nothing_alike_the_popular_ones_are_apart(client: httpx.AsyncClient) -> None:
    answer = await ask(client, "zeppelin", max_price=50, mode="lexical")

    assert answer["hits"] == []
    popular = answer["relaxation"]["popular"]
    assert popular["hits"]
    assert all(hit["price"] <= 50 for hit in popular["hits"])
    reviews = [hit["review_count"] for hit in popular["hits"]]
    assert reviews == sorted(reviews, reverse=True)
    assert "popular in" in answer["relaxation"]["message"]


async def test_the_popular_ones_are_a_family_each_and_can_be_bought(es_url: str) -> None:
    shirts = [
        product(f"shirt-{size}", name="Shirt", parent_id="shirt", review_count=900, in_stock=size != "s")
        for size in "sml"
    ]
    mugs = [product(f"mug{n}", name="Mug", review_count=n, in_stock=n != 5) for n in range(6)]
    with shop_of(es_url, [*shirts, *mugs]) as engine:
        async with api(engine, search_deadline_s=30) as opened:
            for group in ("none", "parent"):
                answer = await ask(opened, "zeppelin", mode="lexical", group=group)
                shown = [hit["product_id"] for hit in answer["relaxation"]["popular"]["hits"]]
                assert shown[0] in ("shirt-m", "shirt-l")
                assert shown[1:] == ["mug4", "mug3", "mug2", "mug1", "mug0", "mug5"]


async def test_a_relaxed_list_has_pages(client: httpx.AsyncClient) -> None:
    first = await ask(client, "kettle zeppelin", size=10)
    seen = [hit["product_id"] for hit in first["hits"]]
    cursor = first["next_cursor"]
    while cursor:
        page = await ask(client, "kettle zeppelin", size=10, cursor=cursor)
        seen += [hit["product_id"] for hit in page["hits"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 24


async def test_a_filter_that_was_chosen_is_not_given_up(client: httpx.AsyncClient) -> None:
    answer = await ask(client, "dome tent", category="home_garden")

    assert all(hit["category"] == "home_garden" for hit in answer["hits"])


async def test_what_was_given_up_is_given_up_on_every_page(client: httpx.AsyncClient) -> None:
    asked = {"q": "red glass kettle northpeak", "size": 1}
    page = await ask(client, **asked)
    total, seen = page["total"], [hit["product_id"] for hit in page["hits"]]
    while page["next_cursor"]:
        page = await ask(client, **asked, cursor=page["next_cursor"])
        seen += [hit["product_id"] for hit in page["hits"]]

    assert total > 1
    assert len(set(seen)) == len(seen) == total


async def test_a_kind_becomes_the_one_above_it_and_its_words_still_rank(client: httpx.AsyncClient) -> None:
    asked = "trekking pack under $80"
    answer = await ask(client, asked, size=2)

    assert answer["hits"][0]["product_id"] == "pack6"
    assert answer["relaxation"]["dropped"] == ["trekking pack (all of Packs)"]
    assert answer["relaxation"]["price"]["lowest"] == 90
    kind = answer["understood"]["constraints"][0]
    assert (kind["value"], kind["applied"]) == ("Outdoor/Packs", "filter")
    seen = [hit["product_id"] for hit in answer["hits"]]
    while answer["next_cursor"]:
        answer = await ask(client, asked, size=2, cursor=answer["next_cursor"])
        seen += [hit["product_id"] for hit in answer["hits"]]
    assert sorted(seen) == ["pack4", "pack5", "pack6", "pack7"]


async def test_a_kind_is_given_up_after_a_colour(client: httpx.AsyncClient) -> None:
    answer = await ask(client, "green trekking pack")
    assert answer["relaxation"]["dropped"] == ["green"]
    assert {hit["product_id"] for hit in answer["hits"]} == {f"pack{n}" for n in range(4)}


async def test_words_of_what_was_given_up_rank(client: httpx.AsyncClient) -> None:
    answer = await ask(client, "red kettle glass northpeak", size=24)
    dropped = answer["relaxation"]["dropped"]
    assert dropped
    assert "kettle" not in dropped
    assert answer["total"] > 0


async def test_words_that_nothing_holds_leave_the_kind_of_thing_and_the_budget(client: httpx.AsyncClient) -> None:
    answer = await ask(client, "blue zeppelin trekking pack between $91 and $93")

    assert answer["relaxation"]["dropped"] == ["zeppelin"]
    assert sorted(hit["product_id"] for hit in answer["hits"]) == ["pack1", "pack2", "pack3"]
    assert {one["applied"] for one in answer["understood"]["constraints"]} == {"filter"}
    another = await ask(client, "green zeppelin trekking pack between $91 and $93")
    assert another["relaxation"]["dropped"] == ["green", "zeppelin"]
    assert another["total"] == 3
    page = await ask(client, "green zeppelin trekking pack between $91 and $93", size=1)
    seen = [hit["product_id"] for hit in page["hits"]]
    while page["next_cursor"]:
        page = await ask(client, "green zeppelin trekking pack between $91 and $93", size=1, cursor=page["next_cursor"])
        seen += [hit["product_id"] for hit in page["hits"]]
    assert sorted(seen) == ["pack1", "pack2", "pack3"]


async def test_the_kinds_own_prices_are_told_where_no_price_makes_it_hold_all(client: httpx.AsyncClient) -> None:
    answer = await ask(client, "green boots for women under $50", mode="lexical")

    assert answer["relaxation"]["price"] == {"lowest": 70, "highest": 77, "currency": "USD"}
    assert answer["relaxation"]["message"].startswith("“boots” starts at $70.00.")
    assert all(hit["price"] <= 50 for hit in answer["hits"])


async def test_what_has_some_word_of_it_is_no_answer_where_the_thing_costs_more(client: httpx.AsyncClient) -> None:
    answer = await ask(client, "dome tent under $50", mode="lexical")

    assert answer["hits"] == []
    assert answer["relaxation"]["message"].startswith("“dome tent” starts at $100.00.")
    assert answer["relaxation"]["popular"]["hits"]


async def test_a_budget_below_everything_there_is_has_the_bounds_of_the_shop(client: httpx.AsyncClient) -> None:
    answer = await ask(client, "zeppelin under $5", mode="lexical")

    assert answer["hits"] == answer["relaxation"]["popular"]["hits"] == []
    assert answer["relaxation"]["message"] == "Nothing here is called “zeppelin”. Prices here start at $20.00."


async def test_what_nothing_is_called_is_said_to_be_missing(client: httpx.AsyncClient) -> None:
    for asked, thing in (("fishing rod", "fishing rod"), ("a mop under $90", "mop")):
        relaxation = (await ask(client, asked))["relaxation"]
        assert relaxation["missing"] == thing
        assert relaxation["message"].startswith(f"Nothing here is called “{thing}”")
    # Of what the shop has nothing is missing, whatever is said beside it; what names no thing is none.
    for asked in ("dome tent for 4 people", "kettles", "kettle under $20", "boots for wedding men", "relaxing"):
        assert ((await ask(client, asked))["relaxation"] or {}).get("missing") is None, asked
