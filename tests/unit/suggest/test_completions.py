"""From what was typed to the texts that complete it, and which part of them was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.suggest.completions import complete, typed
from app.suggest.presentation import parts
from shop.lexicon.gather import Gathering, Lexicon, ValueCounts


def made() -> Lexicon:
    gathering = Gathering()
    names = [
        *(f"Brand{n} Hiking Backpack" for n in "abcd"),
        *(f"Brand{n} Hiking Boots" for n in "ab"),
        *(f"Brand{n} Wireless Headphones" for n in "abc"),
        *(f"Brand{n} Waterproof Jacket" for n in "abc"),
    ]
    gathering.add({"name": name, "group_id": name} for name in names)
    values = ValueCounts(brands={"Northpeak": 9, "Nordic": 2}, paths={"Outdoor": 9, "Outdoor/Backpacks": 4})
    return gathering.lexicon("i", len(names), values)


LEXICON = made()


def queries(text: str, limit: int = 5) -> list[str]:
    return [phrase.text for phrase in complete(typed(text), LEXICON, limit).queries]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("hik", "hiking"),
        ("Hiking B", "hiking backpack"),
        ("hiking bo", "hiking boots"),
        ("hikng", "hiking"),
        ("hkiing bakp", "hiking backpack"),
        ("ihking", "hiking"),
        ("backpack hik", "hiking backpack"),
        ("headhpon", "headphones"),
        ("waterproof hiking backp", "waterproof hiking backpack"),
    ],
)
def test_the_first_completion(text: str, first: str) -> None:
    assert queries(text)[0] == first


@pytest.mark.parametrize("text", ["zzzz", "hxyzing", "??", "  "])
def test_nothing_is_made_up(text: str) -> None:
    assert not typed(text).enough or queries(text) == []


def test_categories_and_brands() -> None:
    found = complete(typed("nor"), LEXICON, 5)
    assert [phrase.value for phrase in found.brands] == ["Northpeak", "Nordic"]
    found = complete(typed("green backp"), LEXICON, 5)
    assert [phrase.value for phrase in found.categories] == ["Outdoor/Backpacks"]


def test_no_more_than_the_limit() -> None:
    assert len(queries("hik", 2)) == 2


@pytest.mark.parametrize(("text", "enough"), [("", False), ("h", False), ("h!", False), ("hi", True), ("a b", True)])
def test_suggestions_begin_at_two_characters(text: str, enough: bool) -> None:
    assert typed(text).enough is enough


def marked(text: str, shown: str) -> str:
    """The shown text with brackets around what was typed."""
    found = complete(typed(text), LEXICON, 5)
    return "".join(f"[{p['text']}]" if p["matched"] else p["text"] for p in parts(shown, typed(text), found))


@pytest.mark.parametrize(
    ("text", "shown", "expected"),
    [
        ("hik", "hiking backpack", "[hik]ing backpack"),
        ("hiking b", "Summit Hiking Backpack", "Summit [Hiking] [B]ackpack"),
        ("hikng", "Hiking boots", "[Hiking] boots"),
        ("hik ", "Hikers' hiking", "Hikers' hiking"),
        ("backpack", "Two backpacks", "Two [backpacks]"),
        ("cafe", "Café Noir", "[Café] Noir"),
        ("hik", "", ""),
    ],
)
def test_the_part_that_was_typed(text: str, shown: str, expected: str) -> None:
    assert marked(text, shown) == expected


@given(st.text(max_size=40), st.text(max_size=40))
def test_the_parts_are_the_text(text: str, shown: str) -> None:
    entered = typed(text)
    if entered.words:
        found = complete(entered, LEXICON, 5)
        assert "".join(part["text"] for part in parts(shown, entered, found)) == shown
