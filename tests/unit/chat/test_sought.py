"""The thing that a message asks for by name: another one than before, mistyped, or none that the shop has."""

import pytest

from app.chat.context import Context, ShownProduct
from app.chat.reading.references import pointed_at
from app.chat.reading.sought import another_thing, missing, respelled, several_things, spelled_note
from app.chat.showing import pointing
from app.search.understanding.lexicon import Lexicon
from shop.lexicon.corrections import Change
from shop.products.vocabulary import vocabulary_of
from tests.factory import product

NAMES = (
    ("Schoolbook 11 Laptop, Pink", "Computers/Laptops"),
    ("Atelier 27 Desktop Computer, Silver", "Computers/Desktops"),
    ("Meadow Family Tent, Lake", "Outdoor/Tents"),
    ("Sunday Egg Frying Pan", "Kitchen/Pans"),
    ("Apprentice Chef's Knife, Red", "Kitchen/Knives"),
    ("Street On-Ear Headphones, Asphalt", "Audio/Headphones"),
    ("Squeeze Sports Bottle, Red", "Outdoor/Bottles"),
)
LEXICON = Lexicon(
    vocabulary_of([product(f"p{i}", name=name, categories=[path]) for i, (name, path) in enumerate(NAMES)])
)


def _nowhere(_: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("message", "about", "another"),
    [
        ("then a tent for 4 people", "laptop", True),
        ("how about a mop", "laptop", True),
        ("trampoline?", "tent", True),
        ("headphones", "laptop", True),
        ("a bigger tent", "family tent", False),
        ("with a good battery", "laptop", False),
        ("light, and quiet", "laptop", False),
        ("under 900", "laptop", False),
        ("waterproof", "tent", False),
    ],
)
def test_another_thing_than_before(message: str, about: str, another: bool) -> None:
    assert another_thing(message, about, LEXICON, _nowhere) is another


@pytest.mark.parametrize(
    ("message", "things"),
    [
        ("pans and knives", "pans and knives"),
        ("need headphones for the gym and a bottle for water", "headphones and bottle"),
        ("a laptop and something nice", ""),
        ("a red and blue tent", ""),
        ("pans", ""),
    ],
)
def test_several_things_are_wanted(message: str, things: str) -> None:
    assert several_things(message, LEXICON) == things


def test_names_of_things_are_respelled_and_nothing_else() -> None:
    changes = [Change("labtop", "laptop"), Change("chep", "chef")]
    message, made = respelled("a chep Labtop", changes, LEXICON)
    assert message == "a chep laptop"
    assert spelled_note(made) == "I take “labtop” to mean “laptop”."
    forms = [Change("laptopped", "laptops"), Change("organized", "organised")]
    assert respelled("the laptopped, organized one", forms, LEXICON) == ("the laptopped, organized one", {})
    assert respelled("a laptop", (), LEXICON) == ("a laptop", {})


@pytest.mark.parametrize(
    ("facts", "message", "told"),
    [
        ({"thing": "fishing rod", "near": "not"}, "a fishing rod", "nothing here that is called “fishing rod”"),
        ({"thing": "tent", "near": "not"}, "a tent", "no “tent” that fits all of it"),
        ({"thing": "tent", "near": "called"}, "a tent", ""),
        ({"total": 3}, "something nice", ""),
    ],
)
def test_what_is_missing_is_told(facts: dict[str, str], message: str, told: str) -> None:
    note = missing(facts, message, LEXICON, _nowhere)
    assert (told in note) if told else note == ""


SHOWN = tuple(
    ShownProduct(str(i), name, price, "USD")
    for i, (name, price) in enumerate(
        [("Pip Small Headphones, Red", 20.0), ("Squeeze Sports Bottle, Red", 12.0), ("Street Headphones, Blue", 60.0)]
    )
)


@pytest.mark.parametrize(
    ("message", "places"),
    [
        ("the headphones, are they waterproof", ["0", "2"]),
        ("and the bottle?", ["1"]),
        ("the cheaper of the first two", ["1"]),
        ("the more expensive of the first two", ["0"]),
        ("compare the first two", ["0", "1"]),
    ],
)
def test_those_of_a_kind_are_pointed_at(message: str, places: list[str]) -> None:
    pointed = pointed_at(message, Context(about="headphones and bottle", shown=SHOWN))
    assert [one.product_id for one in pointed.products] == places


def test_the_other_of_two() -> None:
    context = Context(about="headphones", shown=SHOWN, compared=("0", "2"), focus="0")
    assert [one.product_id for one in pointed_at("and the other one?", context).products] == ["2"]


def test_several_that_are_spoken_of_are_talked_of_next() -> None:
    context = pointing(Context(shown=SHOWN, focus="1"), ["0", "2"])
    assert (context.focus, context.compared) == (None, ("0", "2"))
    assert pointing(context, ["2"]).focus == "2"
    assert pointing(context, []) == context
