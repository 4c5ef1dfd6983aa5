"""Words of a catalogue: known, begun, and near to one that was mistyped."""

import pytest

from shop.lexicon.words import Words

COUNTS = {
    "backpack": 40, "backpacks": 4, "back": 9, "backed": 1, "hiking": 30, "hikers": 2, "bottle": 12, "battery": 5,
    "wireless": 8, "1000xm4": 1, "cable": 6, "table": 3, "jacket": 10, "naïve": 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(COUNTS)


def test_a_plural_is_known_where_the_singular_is_and_back(words: Words) -> None:
    assert words.known("bottles")
    assert words.known("hiker")
    assert words.known("1000xm4")
    assert not words.known("bottel")
    assert words.count("backpack") == words.count("backpacks") == 44
    assert words.count("umbrella") == 0


def test_words_that_are_begun_come_by_their_products(words: Words) -> None:
    assert words.begun("ba", 3) == ["backpack", "back", "battery"]
    assert words.begun("ba", 10) == ["backpack", "back", "battery", "backpacks", "backed"]
    assert words.begun("x", 3) == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bakpack", "backpack"),  # left out
        ("backkpack", "backpack"),  # put in
        ("bsckpack", "backpack"),  # replaced
        ("bcakpack", "backpack"),  # swapped
        ("abckpack", "backpack"),  # swapped at the beginning
        ("wireles", "wireless"),
        ("jackte", "jacket"),
        ("bakcpck", None),  # two mistakes in seven letters
        ("bakcpackk", "backpack"),  # two in nine
        ("dable", None),  # another first letter
        ("bak", None),  # too short
        ("1000xm5", None),  # a model number is none of our business
        ("", None),
    ],
)
def test_the_nearest_word(words: Words, typed: str, meant: str | None) -> None:
    assert next((near.word for near in words.near(typed)), None) == meant


def test_words_whose_beginning_is_near(words: Words) -> None:
    assert [near.word for near in words.near("bakp", prefix=True)] == ["backpack", "backpacks"]
    assert [near.word for near in words.near("bakp")] == []


def test_a_word_longer_than_any_is_near_to_none(words: Words) -> None:
    assert words.near("x" * 100) == []
    assert words.near("backpack" * 10) == []


def test_a_catalogue_without_words() -> None:
    empty = Words({})
    assert not empty.known("a")
    assert empty.begun("a", 3) == []
    assert empty.near("backpack") == []
