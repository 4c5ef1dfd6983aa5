"""Needs that name no thing, and talk around a wish."""

import pytest

from app.chat.reading.gist import gist, only_tells
from app.chat.reading.needs import need_note, needed, needs
from app.search.understanding.service import Lexicon
from shop.products.vocabulary import vocabulary_of
from tests.factory import product

NAMES = (
    ("First Frost Down Jacket", "Men/Jackets"),
    ("Featherfall Cashmere Scarf", "Women/Scarves"),
    ("Kitchen Table Chair", "Home/Chairs"),
    ("Knot Finder Massage Set", "Health/Massage"),
    ("Apprentice Chef's Knife", "Kitchen/Knives"),
    ("Sunday Egg Frying Pan", "Kitchen/Pans"),
    ("Tuesday Cookbook", "Books/Cookbooks"),
)
LEXICON = Lexicon(
    vocabulary_of([product(f"p{i}", name=name, categories=[path]) for i, (name, path) in enumerate(NAMES)])
)


@pytest.mark.parametrize(
    ("message", "things"),
    [
        ("its so cold here, need something", ("jacket", "scarf")),
        ("my back hurts from my chair", ("chair", "massage set")),
        ("I'm freezing and need a jacket", ()),
        ("I want to cook better", ("cookbook", "chef's knife", "frying pan")),
        ("a red jacket", ()),
        ("cold process soap", ()),
        ("do you have a dog", ()),
        ("my boss broke up with me, i want to cook better", ("cookbook", "chef's knife", "frying pan")),
    ],
)
def test_things_that_help_are_those_that_the_shop_has(message: str, things: tuple[str, ...]) -> None:
    assert needed(message, LEXICON) == things


def test_what_was_thought_of_is_told() -> None:
    assert need_note(("coat", "scarf")) == "What may help: coat and scarf."
    assert need_note(("coat",)) == ""


def test_every_need_has_things() -> None:
    assert len(needs()) >= 40
    assert all(need.things for need in needs())


@pytest.mark.parametrize(
    ("message", "meant"),
    [
        ("my girlfriend broke up with me, i want a frying pan haha", "i want a frying pan haha"),
        ("it's so cold here, need something", "it's so cold here, need something"),
        ("a knife, red, under 40", "a knife, red, under 40"),
        ("my boss left today. do you have a chair?", "do you have a chair?"),
        ("i need a pan", "i need a pan"),
    ],
)
def test_talk_around_a_wish_is_left_out(message: str, meant: str) -> None:
    assert gist(message, LEXICON) == meant


@pytest.mark.parametrize(
    ("message", "tells"),
    [
        ("my dog ate my airpods", True),
        ("amazon has it cheaper", True),
        ("didn't get any mail", True),
        ("my chair broke", False),
        ("my phone died, need a charger", False),
        ("a knife", False),
        ("never arrived, where is my order", False),
    ],
)
def test_what_only_tells_is_no_search(message: str, tells: bool) -> None:
    assert only_tells(message, LEXICON) is tells
