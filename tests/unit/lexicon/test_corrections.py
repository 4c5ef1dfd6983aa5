"""What is corrected, and above all what is not."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.spelling.typos import mistyped
from shop.lexicon.corrections import LONGEST_TEXT, correction
from shop.lexicon.gather import Gathering, Lexicon, ValueCounts

NAMES = (
    *(f"Norvik{n} Hiking Backpack 45 L" for n in "abcdefgh"),
    *(f"Sony WH-1000XM{n} Wireless Bluetooth Headphones" for n in "2345"),
    *(f"Apple iPhone 15 Phone Case {n}" for n in "abc"),
    *(f"Joby Bluetooth Speaker {n}" for n in "abcd"),
    *(f"Kitchen Table {n}" for n in "ab"),
    "Teflon Pan", "Tefal Pan", "Spare Part", "A Pack of Back Straps", "Coffee Maker", "Coffee Maker Deluxe",
)  # fmt: skip


def made() -> Lexicon:
    gathering = Gathering()
    gathering.add({"name": name, "group_id": name} for name in NAMES)
    return gathering.lexicon("i", len(NAMES), ValueCounts(brands={"Joby": 4, "Sony": 4, "Käthe Kruse": 2}))


LEXICON = made()


def corrected(text: str) -> str:
    found = correction(text, LEXICON)
    return found.text if found else text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hikng backpack", "hiking backpack"),
        ("Hikng   Bakpack!", "hiking   backpack!"),
        ("wireles blutooth headfones", "wireless bluetooth headphones"),
        ("headphnoes", "headphones"),
        ("heapdhones", "headphones"),
        ("back pack", "backpack"),
        ("head phones", "headphones"),
        ("coffeemaker", "coffee maker"),
        ("iphon15 case", "iphone 15 case"),
        ("iphone15", "iphone 15"),
        ("spekaer", "speaker"),
        ("headph", "headphones"),
    ],
)
def test_corrected(text: str, expected: str) -> None:
    assert corrected(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "?!", "hiking backpack", "joby", "sony wh-1000xm9", "wh1000xm4", "45l", "teflon", "kathe", "Käthe",
        "umbrella", "xyzzy", "par", "500gb", "qx77", "a pack of back straps", "hiking backpacks", "12345678",
        "iphone 16", "背包", "рюкзак", "tables",
    ],
)  # fmt: skip
def test_left_alone(text: str) -> None:
    assert correction(text, LEXICON) is None


def test_what_was_changed_is_told() -> None:
    found = correction("Red hikng bakpack", LEXICON)
    assert found is not None
    assert found.changes == (("hikng", "hiking"), ("bakpack", "backpack"))
    assert found.unknown == ("hikng", "bakpack")
    joined = correction("back pack", LEXICON)
    assert joined is not None
    assert joined.unknown == ()


def test_the_neighbour_decides_between_two_readings() -> None:
    """Both are one letter away, and as frequent; only one is said of coffee."""
    gathering = Gathering()
    names = [f"{first} {second} {n}" for first, second in (("coffee", "maker"), ("bright", "marker")) for n in "abc"]
    gathering.add({"name": name, "group_id": name} for name in names)
    lexicon = gathering.lexicon("i", len(names), ValueCounts())
    for text, expected in (("coffee maaker", "coffee maker"), ("bright marcer", "bright marker")):
        found = correction(text, lexicon)
        assert found is not None
        assert found.text == expected


def test_a_long_text_is_no_search() -> None:
    assert correction("hikng " * (LONGEST_TEXT + 1), LEXICON) is None


@given(st.lists(st.sampled_from([word for name in NAMES for word in name.split()]), min_size=1, max_size=6))
def test_a_word_of_the_catalogue_is_never_another_one(chosen: list[str]) -> None:
    """At most two of them are written as one."""
    text = " ".join(chosen)
    found = correction(text, LEXICON)
    if found is not None:
        assert found.unknown == ()
        assert found.text.replace(" ", "") == "".join(chosen).lower() or all(
            change.before.replace(" ", "").lower() == change.after for change in found.changes
        )


@given(st.text(max_size=80))
def test_any_text_is_taken(text: str) -> None:
    found = correction(text, LEXICON)
    if found is not None:
        assert found.changes
        assert found.text != text
        assert all(change.before in text and change.after in found.text for change in found.changes)


@given(st.sampled_from(NAMES), st.integers(0, 10_000))
def test_a_correction_is_corrected_no_further(name: str, seed: int) -> None:
    typed = mistyped(name, random.Random(seed))
    if typed is not None and (first := correction(typed, LEXICON)) is not None:
        assert correction(first.text, LEXICON) is None or first.unknown == ()
