"""Words that are meant to be others: slips of the hand beside numbers, and twins that a shop writes."""

import pytest

from app.search.query import SearchQuery
from app.search.understanding.applying import applied
from app.search.understanding.found import plain
from app.search.understanding.lexicon import LANGUAGE_ONLY, Lexicon
from app.search.understanding.mistyped import corrected
from app.search.understanding.tokens import tokenise
from app.search.understanding.understand import understand
from shop.products.vocabulary import vocabulary_of
from tests import factory


def meant(text: str, lexicon: Lexicon = LANGUAGE_ONLY) -> str:
    return " ".join(token.word for token in corrected(tokenise(text), lexicon))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("undr 50 dolars", "under 50 dollars"),
        ("betwen 50 and 80", "between 50 and 80"),
        ("two hunderd euors", "two hundred euros"),
        ("max fiveteen", "max fifteen"),
        ("ninty or eightteen", "ninety or eighteen"),
        ("the fifth coast", "the fifth coast"),  # words of their own
        ("undr the table", "undr the table"),  # no number is near
        ("weigh 8 grams", "weigh 8 grams"),
    ],
)
def test_slips_beside_numbers_are_known(typed: str, words: str) -> None:
    assert meant(typed) == words


@pytest.mark.parametrize(
    ("typed", "most"),
    [("under two fifty", 250), ("under fifty two", 52), ("under a hundred twenty", 120), ("max two ninety five", 295)],
)
def test_hundreds_that_are_left_out_are_meant(typed: str, most: int) -> None:
    assert [plain(one.value) for one in understand(typed, LANGUAGE_ONLY).constraints] == [most]


@pytest.mark.parametrize(
    ("typed", "ends"),
    [
        ("between one and two thousand dollars", [1000, 2000]),
        ("two to three hundred euros", [200, 300]),
        ("between 1 and 2k dollars", [1000, 2000]),
        ("between 1 and 200 dollars", [1, 200]),
        ("from 10 to 2000 dollars", [10, 2000]),
        ("$1 to two hundred dollars", [1, 200]),
    ],
)
def test_both_ends_of_a_range_are_as_large_as_they_are_meant(typed: str, ends: list[int]) -> None:
    assert [plain(one.value) for one in understand(typed, LANGUAGE_ONLY).constraints] == ends


def test_what_the_catalogue_has_is_no_slip_and_what_it_calls_otherwise_is_found() -> None:
    shop = Lexicon(vocabulary_of([factory.product(name="Betwen barbecue"), factory.product(name="Weber barbecue")]))
    assert meant("betwen 50 and 80", shop) == "betwen 50 and 80"
    assert meant("a bbq", shop) == "a barbecue"
    assert meant("a tv", shop) == "a tv"


def test_the_words_stay_as_they_were_typed() -> None:
    found = understand("lamp undr 50 dolars", LANGUAGE_ONLY)
    assert (found.text, [one.source for one in found.constraints]) == ("lamp", ["undr 50 dolars"])
    assert understand("lamp undr 50 dolars", LANGUAGE_ONLY, ["undr 50 dolars"]).constraints == ()


SHOP = Lexicon(
    vocabulary_of(
        [
            factory.product("p1", name="Wellington Boots", brand="Tuffhand"),
            factory.product("p2", name="Leather Backpack", brand="Tuffhand"),
            factory.product("p3", name="Raincoat", brand="Tuffhand"),
            factory.product("p4", name="Watering Can 10 L", brand="Hozelle", categories=["Tools/Watering"]),
            factory.product("p5", name="Soaker Tube 10 m", brand="Hozelle", categories=["Tools/Watering"]),
        ]
    )
)


@pytest.mark.parametrize(
    ("typed", "left", "otherwise"),
    [
        ("wellies", "wellies", "wellington"),
        ("leather rucksack under 50", "leather rucksack", "leather backpack"),
        ("long rain coat", "long rain coat", "long raincoat"),
        ("backpack", "backpack", ""),  # as it is called here
        ("sofa", "sofa", ""),  # this shop has none, by no name
    ],
)
def test_what_the_shop_calls_otherwise_is_searched_for_by_that_too(typed: str, left: str, otherwise: str) -> None:
    understood = understand(typed, SHOP)
    assert (understood.text, understood.otherwise) == (left, otherwise)
    searched = applied(SearchQuery(text=typed), understood)
    assert searched.wordings == ((otherwise,) if otherwise else ())


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("watering can", "watering can"),
        ("can i get a watering can", "a watering can"),
        ("can you show me something for watering", ""),
    ],
)
def test_a_can_is_a_thing_where_names_say_so(typed: str, left: str) -> None:
    assert understand(typed, SHOP).text == left


def test_what_names_say_of_such_things_may_be_left_out_before_the_thing() -> None:
    names = ("Genuine Leather Sofa", "Faux Leather Sofa", "Linen Sofa", "Velvet Sofa")
    shop = Lexicon(vocabulary_of([factory.product(f"s{n}", name=name) for n, name in enumerate(names)]))
    for typed in ("not leather sofa", "sofa not leather", "not leather sofa under 500"):
        left_out = [(one.field, one.value) for one in understand(typed, shop).constraints if one.without]
        assert left_out == [("words", "leather")], typed


def test_an_order_is_one_of_things_that_are_called_so() -> None:
    names = [f"Panel {n} Monitor" for n in range(5)]
    said = [factory.product(f"m{n}", name=name) for n, name in enumerate(names)]
    said += [factory.product("cable", name="Video Cable", specifications={"for": "24 inch monitor"})]
    asked = understand("cheapest 24 inch monitor", Lexicon(vocabulary_of(said)))
    assert asked.sort is not None
    assert asked.sort.named == "monitor"
    assert applied(SearchQuery(text="x"), asked).named == "monitor"
    # A category says it, few names do, and what nobody sorts by is as before.
    kept = [one.model_copy(update={"categories": ["Screens/Monitors"]}) for one in said]
    for typed, shop in (("cheapest monitor", kept), ("cheapest monitor", said[3:])):
        sort = understand(typed, Lexicon(vocabulary_of(shop))).sort
        assert sort is not None, typed
        assert not sort.named, typed
    assert not applied(SearchQuery(text="x"), understand("24 inch monitor", Lexicon(vocabulary_of(said)))).named
