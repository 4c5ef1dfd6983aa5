"""Things of the demo shop that cost more than there is to spend: their real prices are told, and what is shown is no
more than the budget and said to be something else."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio

from es.settings import EngineSettings
from shop.demo.catalogue import read_catalogue
from shop.products.document import Product
from tests.shops import api, shop_of

DEMO = [Product.model_validate(row) for row in read_catalogue()]


@pytest.fixture(scope="module")
def demo(es_url: str) -> Iterator[EngineSettings]:
    with shop_of(es_url, DEMO) as engine:
        yield engine


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def client(demo: EngineSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with api(demo, search_deadline_s=30) as opened:
        yield opened


def cheapest(*named: str) -> float:
    """The lowest price of products whose name before the first comma ends with one of the words."""
    return min(float(one.price) for one in DEMO if one.name.split(",")[0].lower().endswith(named))


CHAIRS, BIKES, BOOTS = ("chair",), ("bicycle", "bike"), ("boot", "boots")


@pytest.mark.parametrize(
    ("asked", "thing", "budget", "named"),
    [
        ("office chair under 80", "chair", 80, CHAIRS),
        ("ergonomic office chair max 60", "chair", 60, CHAIRS),
        ("red gaming chair under 50", "chair", 50, CHAIRS),
        ("bicycle under 50", "bicycle", 50, BIKES),
        ("kids bike under 100", "bike", 100, BIKES),
        ("waxed boots under 30", "boots", 30, BOOTS),
        ("sofa below 100 dollars", "sofa", 100, ("sofa", "sofa with reading lamp")),
    ],
)
async def test_the_real_price_is_told_and_nothing_is_over_the_budget(
    client: httpx.AsyncClient, asked: str, thing: str, budget: int, named: tuple[str, ...]
) -> None:
    answer = (await client.get("/api/search", params={"q": asked})).json()

    relaxation = answer["relaxation"]
    assert relaxation["message"].startswith(f"“{thing}” starts at $"), relaxation["message"]
    assert relaxation["price"]["lowest"] == cheapest(*named) > budget
    assert all(hit["price"] <= budget for hit in answer["hits"])
    if answer["hits"] and not relaxation["dropped"]:
        assert "this comes nearest within the budget" in relaxation["message"]


async def test_what_another_thing_is_called_by_tells_no_price(client: httpx.AsyncClient) -> None:
    # Nothing here is a dining table; chairs are called "Kitchen Table Chair", and are for dining.
    answer = (await client.get("/api/search", params={"q": "dining table under 50"})).json()
    assert "starts at" not in ((answer["relaxation"] or {}).get("message") or "")


@pytest.mark.parametrize(
    ("asked", "thing", "budget"),
    [("warm jacket under 100", "jacket", 100), ("lightweight laptop under 600", "laptop", 600)],
)
async def test_things_that_may_be_what_is_wanted_come_first_and_no_price_is_told(
    client: httpx.AsyncClient, asked: str, thing: str, budget: int
) -> None:
    """A dearer one is described as warm; a fleece jacket may be warm, too."""
    answer = (await client.get("/api/search", params={"q": asked})).json()
    assert (answer["relaxation"] or {}).get("price") is None
    assert "starts at" not in ((answer["relaxation"] or {}).get("message") or "")
    assert thing in answer["hits"][0]["name"].lower()
    assert answer["hits"][0]["price"] <= budget


async def test_no_price_is_told_of_what_nothing_here_is_called(client: httpx.AsyncClient) -> None:
    """Something dear that comes with a headset has the words."""
    relaxation = (await client.get("/api/search", params={"q": "gaming headset under 60"})).json()["relaxation"]
    assert relaxation["missing"] == "gaming headset"
    assert relaxation["price"] is None
    assert "starts at" not in relaxation["message"]


async def test_all_categories_that_were_searched_instead_are_named(client: httpx.AsyncClient) -> None:
    relaxation = (await client.get("/api/search", params={"q": "wool coat under 120"})).json()["relaxation"]
    assert "coat (all of Men and Women)" in relaxation["dropped"]


@pytest.mark.parametrize(
    "asked", ["office chair under 200", "bicycle under 900", "bicycle helmet under 90", "book about bicycles under 30"]
)
async def test_where_the_thing_is_within_the_budget_no_price_is_told(client: httpx.AsyncClient, asked: str) -> None:
    answer = (await client.get("/api/search", params={"q": asked})).json()
    assert answer["hits"]
    assert (answer["relaxation"] or {}).get("price") is None
