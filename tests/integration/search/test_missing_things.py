"""What is said of things that a shop does not have is true: it has them by another name, by their number, or not."""

from collections.abc import Iterator
from typing import Any

import pytest

from es.settings import EngineSettings
from tests.factory import product
from tests.integration.suggest.conftest import lexicon_gathered
from tests.shops import api, shop_of

pytestmark = pytest.mark.needs_es

PRODUCTS = [
    product("NW100", name="Newline CPU Desk Mount"),
    product("NW101", name="Newline Screen Desk Mount"),
    product("DF103", name="Viewmate Computer Holder - Desk 312"),
    product("NW102", name="Newline Wall Mount"),
    product("BT300", name="Wellington Boots Ladies"),
    product("BT301", name="Walking Boots Mens"),
    product("SP500", name="Border Spade Stainless Steel", price="34.99"),
    product("SP501", name="Digging Spade Stainless Steel", price="39.99"),
    product("FK502", name="Hand Fork Stainless Steel", price="9.99"),
]


@pytest.fixture(scope="module")
def warehouse(es_url: str) -> Iterator[EngineSettings]:
    with shop_of(es_url, PRODUCTS) as engine:
        yield engine


async def answer(engine: EngineSettings, q: str) -> dict[str, Any]:
    async with api(engine, semantic_floor=-1, search_deadline_s=30, lexical_weight=1, look_share=0) as client:
        await lexicon_gathered(client)
        body: dict[str, Any] = (await client.get("/api/search", params={"q": q})).json()
    return body


def missing(body: dict[str, Any]) -> str | None:
    return body["relaxation"]["missing"] if body["relaxation"] else None


@pytest.mark.parametrize("q", ["desk", "standing desk"])
async def test_what_only_goes_with_a_thing_is_none(warehouse: EngineSettings, q: str) -> None:
    assert missing(await answer(warehouse, q)) == q


@pytest.mark.parametrize("q", ["desk mount", "spade", "wellies", "boots", "NW101", "stainless steel spade"])
async def test_what_is_here_is_not_said_to_be_missing(warehouse: EngineSettings, q: str) -> None:
    body = await answer(warehouse, q)
    assert body["hits"]
    assert missing(body) is None


async def test_a_name_of_another_country_and_a_number_find_the_product(warehouse: EngineSettings) -> None:
    assert (await answer(warehouse, "wellies"))["hits"][0]["product_id"] == "BT300"
    assert (await answer(warehouse, "nw101"))["hits"][0]["product_id"] == "NW101"


async def test_a_thing_whose_name_goes_on_with_what_it_is_made_of_has_its_price(warehouse: EngineSettings) -> None:
    relaxation = (await answer(warehouse, "spade under 30"))["relaxation"]
    assert relaxation["price"]["lowest"] == 34.99
    assert relaxation["message"].startswith("“spade” starts at")


async def test_what_has_a_price_is_told_as_the_shopper_calls_it(es_url: str) -> None:
    names = {"Corner Desk": "141.00", "Height Adjustable Standing Desk": "216.00", "Standing Desk Walnut": "316.00"}
    desks = [
        product(f"d{n}", name=name, price=price, categories=["Office/Desks"])
        for n, (name, price) in enumerate(names.items())
    ]
    with shop_of(es_url, desks) as engine:
        relaxation = (await answer(engine, "standing desk under 200"))["relaxation"]
    assert relaxation["message"].startswith("“standing desk” starts at")
    assert relaxation["price"]["lowest"] == 216
