"""A product that is the thing asked for goes before one whose description merely has the words."""

from collections.abc import Iterator
from typing import Any

import pytest

from es.settings import EngineSettings
from tests.factory import product
from tests.shops import api, shop_of

pytestmark = pytest.mark.needs_es

PRODUCTS = [
    product("laptop", name="Workbook 15", description="For electronics makers; a screwdriver set comes with it."),
    product("set", name="Sixteen-in-One Screwdriver Set", description="Small bits for phones and electronics."),
    product("sofa", name="Parlour Sofa", description="Soft."),
]


@pytest.fixture(scope="module")
def workshop(es_url: str) -> Iterator[EngineSettings]:
    with shop_of(es_url, PRODUCTS) as engine:
        yield engine


async def explained(engine: EngineSettings, parameters: str) -> dict[str, dict[str, Any]]:
    # By words alone: the tests' vectors mean nothing.
    async with api(engine, semantic_floor=-1, search_deadline_s=30, lexical_weight=1, look_share=0) as client:
        hits = (await client.get(f"/api/search?explain=true&{parameters}")).json()["hits"]
    return {hit["product_id"]: {**hit["explanation"], "score": hit["score"]} for hit in hits}


async def test_the_thing_counts_in_full_and_another_one_half(workshop: EngineSettings) -> None:
    found = await explained(workshop, "q=screwdriver set for electronics")
    assert {name: told["thing"] for name, told in found.items()} == {"laptop": False, "set": True, "sofa": False}
    best = max(told["lexical_score"] for told in found.values())
    for name, share in (("set", 1.0), ("laptop", 0.5)):
        assert found[name]["score"] == pytest.approx(found[name]["lexical_score"] / best * share, abs=1e-5)


async def test_pages_and_families_agree(workshop: EngineSettings) -> None:
    whole = list(await explained(workshop, "q=screwdriver set for electronics"))
    pages = [list(await explained(workshop, f"q=screwdriver set for electronics&size=1&page={n}")) for n in (1, 2, 3)]
    assert [name for page in pages for name in page] == whole
    assert list(await explained(workshop, "q=screwdriver set for electronics&group=parent")) == whole


@pytest.mark.parametrize("parameters", ["q=screwdriver", "q=screwdriver set&mode=lexical", "q=for electronics makers"])
async def test_where_nothing_else_is_asked_for_nobody_is_told_apart(workshop: EngineSettings, parameters: str) -> None:
    found = await explained(workshop, parameters)
    assert found
    assert not any(told["thing"] for told in found.values())
