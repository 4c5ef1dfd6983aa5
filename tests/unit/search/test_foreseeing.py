"""What a process can tell of a search before it is asked, and searches that go along with another."""

from collections.abc import Sequence
from typing import Any

import pytest

from app.search.ahead import Ahead
from app.search.filters import RangeFilter, WordFilter
from app.search.foreseeing import Known
from app.search.query import Mode, SearchQuery
from app.search.understanding.lexicon import LANGUAGE_ONLY, Lexicon
from shop.products.vocabulary import Described, Vocabulary

WORDS = {"red", "kettle", "glass", "cordless"}


def described(number: int) -> Described:
    red = number % 2 == 0
    return Described(
        name="kettle",
        brand="Acme" if red else "Northpeak",
        category="home_garden",
        attributes={"color": ("red" if red else "blue",)},
        price_milli=1000 * number,
    )


def known(products: int = 40) -> Known:
    sample = tuple(described(number) for number in range(40))
    vocabulary = Vocabulary(index="i", products=products, sample=sample, attributes={"color": 40})
    return Known(Lexicon(vocabulary), products, WORDS.__contains__)


def under(**values: str) -> SearchQuery:
    return SearchQuery(filters=tuple(WordFilter(name, (value,)) for name, value in values.items()))


@pytest.mark.parametrize(
    ("text", "none"),
    [
        ("kettle", False),
        ("Kettle for the zeppelin", True),  # of two words both must be there
        ("red glass kettle zeppelin", False),  # of four three must
        ("red zeppelin kettle hangar", True),
        ("zeppelin", True),
        ("", False),
    ],
)
def test_words_that_no_product_has_are_known(text: str, none: bool) -> None:
    assert known().no_words(SearchQuery(text=text)) is none


def test_one_word_or_another_wording_that_is_there_is_enough() -> None:
    assert not known().no_words(SearchQuery(text="zeppelin kettle", any_word=True))
    assert known().no_words(SearchQuery(text="zeppelin hangar", any_word=True))
    assert not known().no_words(SearchQuery(text="zeppelin", wordings=("kettle",)))
    assert not known().nothing(SearchQuery(text="zeppelin", mode=Mode.SEMANTIC))


def test_values_that_no_product_has_together_are_known_where_all_were_read() -> None:
    assert known().nothing(under(brand="acme", color="blue"))
    assert known().together(under(brand="Acme", color="red")) == 20
    assert known().something(under(brand="acme", color="red"))


def test_of_a_sample_only_what_is_far_from_any_product_counts_as_none() -> None:
    # 20 of 40 have each: were they had by chance, there would be a quarter of what was not read.
    assert known(1000).together(under(brand="acme", color="blue")) == pytest.approx(960 * (20.5 / 40) ** 2)
    assert not known(1000).nothing(under(brand="acme", color="blue"))


def test_of_filters_that_nobody_gathered_nothing_is_known() -> None:
    assert known().together(under(tags="sale")) is None
    assert known().together(SearchQuery(filters=(RangeFilter("price"),))) is None
    assert Known(LANGUAGE_ONLY, 1000, WORDS.__contains__).together(under(brand="acme")) is None


class Answering:
    """Answers each body with its number, and notes the round trips."""

    def __init__(self) -> None:
        self.trips: list[list[dict[str, Any]]] = []

    async def search(self, body: dict[str, Any], *, deadline_s: float) -> dict[str, Any]:
        return (await self.searches([body], deadline_s=deadline_s))[0]

    async def searches(self, bodies: Sequence[dict[str, Any]], *, deadline_s: float) -> list[dict[str, Any]]:
        assert deadline_s == 1
        self.trips.append(list(bodies))
        return [{"answer": body["n"]} for body in bodies]


async def test_what_was_asked_ahead_is_not_asked_again() -> None:
    reader = Answering()
    asking = Ahead(reader, [{"n": 2}, {"n": 3}, {"n": 2}])  # type: ignore[arg-type]

    assert await asking.searches([{"n": 1}], deadline_s=1) == [{"answer": 1}]
    assert await asking.searches([{"n": 3}, {"n": 1}, {"n": 3}], deadline_s=1) == [{"answer": n} for n in (3, 1, 3)]
    assert reader.trips == [[{"n": 1}, {"n": 2}, {"n": 3}]]
    assert await asking.searches([{"n": 4}, {"n": 2}], deadline_s=1) == [{"answer": 4}, {"answer": 2}]
    assert reader.trips[1:] == [[{"n": 4}]]


async def test_without_anything_ahead_each_is_asked_as_it_is() -> None:
    reader = Answering()
    asking = Ahead(reader)  # type: ignore[arg-type]
    for _ in range(2):
        assert await asking.searches([{"n": 1}, {"n": 1}], deadline_s=1) == [{"answer": 1}, {"answer": 1}]
    assert reader.trips == [[{"n": 1}, {"n": 1}]] * 2
