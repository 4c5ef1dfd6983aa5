"""Spellings that are one query, and queries that say another one again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.queries.words import distance, is_typing, normalised, reformulates


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  Red   SHOES ", "red shoes"),
        ("“red shoes”?", "red shoes"),
        ("Café", "café"),
        ("Cafe\u0301", "café"),
        ("\uff32\uff45\uff44", "red"),
        ("c++ book", "c++ book"),
        ("50% off!", "50% off"),
        ("?!", ""),
        ("", ""),
        ("STRASSE straße", "strasse strasse"),
    ],
)
def test_one_form_for_all_spellings(raw: str, expected: str) -> None:
    assert normalised(raw) == expected


@given(st.text())
def test_a_normalised_query_stays_as_it_is(raw: str) -> None:
    once = normalised(raw)
    assert normalised(once) == once


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("red shoes", "blue shoes", True),
        ("hiking", "hiking boots", True),
        ("hikking", "hiking", True),
        ("bakcpack", "backpack", True),
        ("hik", "hiking", False),
        ("red sho", "red shoes", False),
        ("shoes", "shoes", False),
        ("shoes", "kettle", False),
        ("tv", "pc", False),
        ("", "shoes", False),
    ],
)
def test_what_says_it_again(before: str, after: str, expected: bool) -> None:
    assert reformulates(before, after) is expected


def test_typing_goes_on_within_a_word() -> None:
    assert is_typing("hik", "hiking")
    assert not is_typing("hiking", "hiking boots")
    assert not is_typing("hiking", "hik")


letters = st.text(alphabet="abc", max_size=7)


@given(letters, letters)
def test_distance_is_that_of_the_definition(one: str, other: str) -> None:
    def slow(i: int, j: int) -> int:
        if 0 in (i, j):
            return i + j
        cost = min(slow(i - 1, j) + 1, slow(i, j - 1) + 1, slow(i - 1, j - 1) + (one[i - 1] != other[j - 1]))
        if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
            cost = min(cost, slow(i - 2, j - 2) + 1)
        return cost

    true = slow(len(one), len(other))
    assert distance(one, other, 10) == true
    assert distance(one, other, 2) == (true if true <= 2 else 3)
