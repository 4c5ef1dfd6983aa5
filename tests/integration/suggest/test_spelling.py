"""Mistyped searches over a real catalogue: corrected, offered, or left alone."""

import random
from typing import Any

import httpx
import pytest

from embed.settings import EmbedSettings
from embed.vocabulary import common_words
from es.client import connect
from es.names import IndexNames
from es.settings import EngineSettings
from evaluate.spelling.typos import mistyped, mistyped_word
from shop.lexicon.corrections import correction
from shop.lexicon.gather import Lexicon
from shop.lexicon.tokens import words
from shop.products.document import Product
from tests.factory import product
from tests.integration.suggest.conftest import lexicon_gathered, services_of
from tests.shops import api, load

pytestmark = pytest.mark.needs_es

MODES = ("hybrid", "lexical")


async def searched(client: httpx.AsyncClient, q: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401
    response = await client.get("/api/search", params={"q": q, "size": 5, **parameters})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


@pytest.fixture(scope="session")
def lexicon(demo_client: httpx.AsyncClient) -> Lexicon:
    found = services_of(demo_client).suggest.lexicon.current
    assert found is not None
    return found


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("q", "meant"),
    [
        ("hikng", "hiking"), ("hiking bakpack", "hiking backpack"), ("headphoens", "headphones"),
        ("sun screen", "sunscreen"),
    ],
)  # fmt: skip
async def test_what_finds_nothing_is_corrected(demo_client: httpx.AsyncClient, mode: str, q: str, meant: str) -> None:
    answer = await searched(demo_client, q, mode=mode)
    assert answer["corrected"]["from"] == q
    assert answer["corrected"]["to"] == meant
    assert answer["did_you_mean"] is None
    directly = await searched(demo_client, meant, mode=mode)
    assert answer["understood"] == directly["understood"]
    assert answer["hits"] == directly["hits"]
    assert answer["total"] == directly["total"]
    assert directly["corrected"] is None


@pytest.mark.parametrize("mode", MODES)
async def test_the_changed_words_are_told(demo_client: httpx.AsyncClient, mode: str) -> None:
    answer = await searched(demo_client, "hikng bakpack", mode=mode)
    assert answer["corrected"]["words"] == [{"from": "hikng", "to": "hiking"}, {"from": "bakpack", "to": "backpack"}]


async def test_words_can_be_taken_as_they_are(demo_client: httpx.AsyncClient) -> None:
    answer = await searched(demo_client, "hikng", mode="lexical", correct="false")
    assert (answer["total"], answer["corrected"], answer["did_you_mean"]) == (0, None, None)
    response = await demo_client.post("/api/search", json={"q": "hikng", "mode": "lexical", "correct": False})
    assert response.json()["total"] == 0
    wrong = await demo_client.get("/api/search", params={"q": "hikng", "correct": "perhaps"})
    assert wrong.status_code == 400


async def test_where_the_other_words_find_something_it_is_offered(demo_client: httpx.AsyncClient) -> None:
    """Three of four words are enough to be found by words."""
    answer = await searched(demo_client, "waterproof rain jacket fernhlt", mode="lexical")
    assert answer["total"] > 2
    assert answer["corrected"] is None
    assert answer["did_you_mean"] == "waterproof rain jacket fernholt"


async def test_a_missing_space_is_put_in(demo_client: httpx.AsyncClient, lexicon: Lexicon) -> None:
    said = sorted(pair for pair in lexicon.pairs if min(map(len, pair.split())) > 3 and pair.replace(" ", "").isalpha())
    glued = [(pair.replace(" ", ""), pair) for pair in said if not lexicon.words.known(pair.replace(" ", ""))]
    for typed, meant in random.Random(5).sample(glued, 20):
        answer = await searched(demo_client, typed, mode="lexical")
        if answer["corrected"] is None:
            # Joined words that are a value of the catalogue are understood as they are.
            values = [str(one["value"]).lower() for one in answer["understood"]["constraints"]]
            assert answer["total"] > 0, typed
            assert any(meant in value for value in values), (typed, meant, values)
            continue
        assert answer["corrected"]["to"] == meant, typed


async def test_filters_count_for_what_a_correction_finds(demo_client: httpx.AsyncClient) -> None:
    """A correction that finds nothing under the filters is not made."""
    answer = await searched(demo_client, "hikng", mode="lexical", category="books", max_price="0.01")
    assert (answer["corrected"], answer["did_you_mean"]) == (None, None)


async def test_later_pages_follow_the_corrected_one(demo_client: httpx.AsyncClient) -> None:
    for mode in MODES:
        first = await searched(demo_client, "jakcet", mode=mode)
        assert first["corrected"]["to"] == "jacket"
        expected = await searched(demo_client, "jacket", mode=mode, page=2)
        by_page = await searched(demo_client, "jakcet", mode=mode, page=2)
        by_cursor = await searched(demo_client, "jakcet", mode=mode, cursor=first["next_cursor"])
        assert by_page["hits"] == expected["hits"]
        assert by_cursor["hits"] == expected["hits"]
        again = await searched(demo_client, "jacket", mode=mode, cursor=first["next_cursor"])
        assert again["hits"] == expected["hits"]
        families = await searched(demo_client, "jakcet", mode=mode, group="parent")
        assert families["hits"] == (await searched(demo_client, "jacket", mode=mode, group="parent"))["hits"]


async def test_a_word_of_the_catalogue_is_never_changed(
    demo_client: httpx.AsyncClient, demo_products: list[Product], lexicon: Lexicon
) -> None:
    """Every word of every name and description, every brand, every product code, one by one."""
    common = common_words(EmbedSettings())
    said = {word for one in demo_products for text in (one.name, one.description, one.brand) for word in words(text)}
    said |= {code for one in demo_products for code in one.identifiers} | {one.brand for one in demo_products}
    changed = {word: found.text for word in said if word and (found := correction(word, lexicon, common))}
    assert len(said) > 3000
    assert changed == {}
    for brand in sorted({one.brand for one in demo_products})[::5]:
        answer = await searched(demo_client, brand)
        assert (answer["corrected"], answer["did_you_mean"]) == (None, None)


async def test_names_of_products_are_left_alone(demo_client: httpx.AsyncClient, demo_products: list[Product]) -> None:
    for one in random.Random(3).sample(demo_products, 30):
        answer = await searched(demo_client, one.name)
        assert (answer["corrected"], answer["did_you_mean"]) == (None, None), one.name


@pytest.mark.parametrize(
    "q", ["RX-9000Z", "wh1000xm77", "umbrella stand of gold", "5512398471", "背包", "🎒", "q" * 300]
)
async def test_codes_and_words_of_no_shop_are_left_alone(demo_client: httpx.AsyncClient, q: str) -> None:
    answer = await searched(demo_client, q)
    assert answer["corrected"] is None


def test_most_mistakes_are_mended_and_few_mended_wrongly(lexicon: Lexicon, demo_products: list[Product]) -> None:
    """Mistakes by rule in words and in pairs of words that stand in names."""
    draw, common = random.Random(11), common_words(EmbedSettings())
    names = sorted({word for one in demo_products for word in words(one.name) if len(word) > 4 and word.isalpha()})
    pairs = sorted(pair for pair in lexicon.pairs if pair.replace(" ", "").isalpha() and len(pair) > 10)
    typed = [(mistyped_word(word, draw), word) for word in names for _ in range(2)]
    typed += [(made, pair) for pair in pairs if (made := mistyped(pair, draw))]
    typed = [(made, meant) for made, meant in typed if any(not lexicon.words.known(word) for word in words(made))]
    found = [(correction(made, lexicon, common), meant) for made, meant in typed]
    changed = [(made.text, meant) for made, meant in found if made]
    right = sum(made == meant for made, meant in changed)
    assert len(typed) > 1000
    assert right / len(typed) > 0.85
    assert right / len(changed) > 0.95


async def test_a_word_that_is_new_in_the_index_is_not_corrected(engine_settings: EngineSettings) -> None:
    shelf = [product(f"k{n}", name=f"Copper kettle {n}") for n in "abcd"]
    load(engine_settings, shelf, None)
    async with api(engine_settings, search_deadline_s=30) as client:
        await lexicon_gathered(client)
        assert (await searched(client, "kettel", mode="lexical"))["corrected"]["to"] == "kettle"
        with connect(engine_settings) as es:
            es.update(
                index=IndexNames(engine_settings.index_prefix).products, id="ka", doc={"name": "Kettel's lamp"},
                refresh=True,
            )  # fmt: skip
        answer = await searched(client, "kettel", mode="lexical")
        assert (answer["total"], answer["corrected"], answer["did_you_mean"]) == (1, None, None)


async def test_known_words_cost_no_further_round_trip(demo_client: httpx.AsyncClient) -> None:
    reader = services_of(demo_client).search.reader
    asked: list[int] = []
    several = type(reader).searches

    async def counted(self: Any, bodies: Any, *, deadline_s: float) -> Any:  # noqa: ANN401
        asked.append(len(bodies))
        return await several(self, bodies, deadline_s=deadline_s)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(reader), "searches", counted)
        await searched(demo_client, "hiking backpack")
        await searched(demo_client, "umbrella")
        assert asked == []
        await searched(demo_client, "hikng")
        # The search, and how often the words that it may mean stand in the catalogue: one round trip.
        assert len(asked) == 1


async def test_searches_work_before_the_words_are_gathered(engine_settings: EngineSettings) -> None:
    load(engine_settings, [product("k", name="Copper kettle")], None)
    async with api(engine_settings, search_deadline_s=30) as client:
        await lexicon_gathered(client)
        services_of(client).suggest.lexicon.current = None
        answer = await searched(client, "kettel", mode="lexical")
        assert (answer["total"], answer["corrected"]) == (0, None)
