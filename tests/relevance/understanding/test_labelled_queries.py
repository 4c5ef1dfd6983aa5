"""Understanding measured on labelled queries of eight little shops."""

import pytest

from app.search.understanding.understand import understand
from tests.relevance.understanding.labels import Labelled, budgets, read_labels, slots_of, words_of
from tests.relevance.understanding.shops import lexicons

LEAST_QUERIES = 300
ALL_SLOTS = 0.97
"""Share of the queries of which every slot must be right, none missing and none too many."""

LABELLED = list(read_labels())


def found_in(labelled: Labelled) -> tuple[str, frozenset[str]]:
    found = understand(labelled.query, lexicons()[labelled.shop])
    return words_of(found.text), slots_of(found)


def test_there_are_enough_queries_of_every_shop() -> None:
    assert len({(one.shop, one.query) for one in LABELLED}) == len(LABELLED) >= LEAST_QUERIES
    assert {one.shop for one in LABELLED} == set(lexicons())


def test_slots_are_exact() -> None:
    wrong = [f"{one.query}: {sorted(off)}" for one in LABELLED if (off := found_in(one)[1] ^ one.slots)]
    assert len(wrong) <= (1 - ALL_SLOTS) * len(LABELLED), "\n".join(wrong)


def test_the_words_that_are_left_are_right() -> None:
    wrong = [f"{one.query}: {left!r}, not {one.text!r}" for one in LABELLED if (left := found_in(one)[0]) != one.text]
    assert len(wrong) <= (1 - ALL_SLOTS) * len(LABELLED), "\n".join(wrong)


@pytest.mark.parametrize("shop", sorted(lexicons()))
def test_every_budget_is_right_and_none_is_invented(shop: str) -> None:
    wrong = {
        one.query: found
        for one in LABELLED
        if one.shop == shop and (found := budgets(found_in(one)[1])) != budgets(one.slots)
    }
    assert wrong == {}
