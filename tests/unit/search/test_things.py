"""The thing that a text asks for by name, and whether the catalogue has it."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.search.understanding.lexicon import LANGUAGE_ONLY, Lexicon
from app.search.understanding.naming import NamedIn
from app.search.understanding.postings import head_of
from app.search.understanding.things import (
    Known,
    Near,
    Thing,
    called_first,
    is_called,
    known,
    nearness,
    of_the_thing,
    things_in,
)
from shop.products.vocabulary import vocabulary_of
from tests.factory import product

NAMES = (
    ("Norrvik Evening Table Lamp, Linen", "Home/Lighting/Table lamps"),
    ("Mossgate Velvet Sofa with Reading Lamp, Fern", "Home/Sofas"),
    ("Campfire Kids' Sleeping Bag, Twilight", "Outdoor/Sleeping bags"),
    ("Orchard Leather Handbag, Rook", "Women/Handbags"),
    ("Shell Phone Case for Tessaro One, Lime", "Phones/Cases"),
    ("Hello Big-Button Smartphone, Black", "Phones/Smartphones"),
    ("Salon Dress Watch, Chestnut", "Accessories/Watches"),
    ("Reading Room Chess Set, Walnut", "Toys/Chess"),
)
PRODUCTS = [product(f"p{i}", name=name, categories=[path]) for i, (name, path) in enumerate(NAMES)]
LEXICON = Lexicon(vocabulary_of(PRODUCTS))


def _bodies() -> list[Mapping[str, Any]]:
    return [{"name": name, "categories": [path], "specifications": {}, "tags": []} for name, path in NAMES]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("do you have a fishing rod?", ["fishing rod"]),
        ("headphones for the gym and a bottle for water", ["headphones", "bottle"]),
        ("I'm looking for a set of knives", ["knives"]),
        ("then a tent for 4 people", ["tent"]),
        ("vacuum cleaner good for pet hair", ["vacuum cleaner"]),
        ("ok what about a badminton set", ["badminton set"]),
        ("table narrower than 20 inches", ["table"]),
        ("a watering can", ["watering can"]),
        # What a thing is for, has or is like names none.
        ("something soft", []),
        ("for the kitchen", []),
        ("with gps", []),
        ("relaxing", []),
        ("which smells good", []),
        ("something for my daughter", []),
        ("cheaper", []),
        ("", []),
    ],
)
def test_what_a_text_names(text: str, named: list[str]) -> None:
    assert [thing.words for thing in things_in(text)] == named


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("table lamp", Known.CALLED),
        ("desk lamp", Known.KIND),  # a lamp, and nothing says desk
        ("fishing rod", Known.NOT),
        ("missing lamp", Known.KIND),
        ("amazing lamp", Known.KIND),
        ("ironing lamp", Known.NOT),  # of ironing nothing here speaks
        ("a mop", Known.NOT),
        ("trampoline", Known.NOT),
        ("badminton set", Known.NOT),  # a set of something else is none
        ("linen", Known.CALLED),
    ],
)
def test_whether_the_catalogue_has_it(text: str, expected: Known) -> None:
    assert known(things_in(text)[0], LEXICON, lambda _: False) is expected


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("Border Spade Stainless Steel", "spade"),
        ("Glazed Planter Blue", "planter"),
        ("Garden Hose 15m", "hose"),
        ("Pocket 250GB Drive Card Reader", "reader"),
        ('Panel computer monitor 68.6 cm (27") LED', "monitor"),
        ("Wellington Boots Mens", "boot"),
        ("Tessaro 12 Case", "case"),
        ("Wine Glass", "glass"),  # and not what wine is like
        ("Steel", "steel"),
    ],
)
def test_what_a_name_says_the_product_is(name: str, head: str) -> None:
    assert head_of(name) == head
    assert is_called(Thing(head, (head,), True), name)


def test_nobody_can_tell_before_the_catalogue_is_read() -> None:
    assert known(things_in("a mop")[0], LANGUAGE_ONLY, lambda _: False) is Known.UNSURE


def test_a_word_of_a_description_may_name_no_thing() -> None:
    mentioned = {"swing"}.__contains__
    assert known(things_in("swing")[0], LEXICON, mentioned) is Known.UNSURE
    assert known(things_in("a swing")[0], LEXICON, mentioned) is Known.NOT


@pytest.mark.parametrize(
    ("text", "names", "near"),
    [
        ("lamp", ["Norrvik Evening Table Lamp, Linen"], Near.CALLED),
        ("desk lamp", ["Norrvik Evening Table Lamp, Linen"], Near.KIND),
        ("sleeping bag", ["Campfire Kids' Sleeping Bag, Twilight"], Near.CALLED),
        ("phone", ["Hello Big-Button Smartphone, Black"], Near.KIND),
        ("watch", ["Salon Dress Watch, Chestnut"], Near.CALLED),
    ],
)
def test_what_is_the_thing_is_kept(text: str, names: list[str], near: Near) -> None:
    how, kept = of_the_thing(things_in(text)[0], _bodies())
    assert (how, [one["name"] for one in kept]) == (near, names)


def test_all_is_kept_where_nothing_is_the_thing() -> None:
    how, kept = of_the_thing(things_in("fishing rod")[0], _bodies())
    assert how is Near.NOT
    assert len(kept) == len(NAMES)


def test_what_goes_with_a_thing_comes_last() -> None:
    names = [one["name"] for one in called_first(things_in("phone")[0], _bodies()[4:6])]
    assert names == ["Hello Big-Button Smartphone, Black", "Shell Phone Case for Tessaro One, Lime"]


def test_tags_and_types_name_a_product_too() -> None:
    tagged = {"name": "Evening", "tags": ["desk lamp"], "specifications": {}}
    typed = {"name": "Evening", "specifications": {"product_type": "desk lamp"}}
    assert nearness(things_in("desk lamp")[0], tagged) is Near.CALLED
    assert nearness(things_in("desk lamp")[0], typed) is Near.CALLED


@pytest.mark.parametrize(
    ("text", "name", "named"),
    [
        ("winter boots for snow", "Ridgewalk Mid Hiking Boots, EU 40", True),
        ("winter boots for snow", "Four Weathers Tyre with bootlace", False),
        ("sharp knives", "Chef's Knife, 20 cm", True),
        ("a sharp knife", "Set of six knives", True),
        ("creme for hands", "Crème Riche", True),
        ("knife set", "Screwdriver Set", False),
        ("knife set", "Chef's Knife Set", True),
        ("headphones and a bottle", "Steel Bottle", True),
        # What goes on to another thing is that.
        ("big bag for travel", "Bag Lamp, Red", False),
        ("big bag for travel", "Bag no 7 with a lamp", True),
        ("big bag for travel", "Bag, lamp and chair", True),
        ("red lamp", "Evening Lamp bag lamp", True),
        ("red lamp set", "Evening Lamp Set, Red", True),
    ],
)
def test_whether_a_name_has_the_thing(text: str, name: str, named: bool) -> None:
    asked = NamedIn(things_in(text), LEXICON)
    assert asked.named(name) is named
    assert asked.may_be_in(f"brand {name} 7".encode()) or not named
