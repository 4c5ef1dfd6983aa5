"""Words that are meant to be others: slips of the hand beside numbers, and twins that a shop writes."""

import pytest

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
