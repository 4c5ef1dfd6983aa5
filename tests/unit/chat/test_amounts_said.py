"""Amounts that are named after a list was shown."""

import pytest

from app.chat.context import Context, ShownProduct
from app.chat.reading.amounts_said import amounts_said
from app.chat.reading.asked_again import which_of
from app.chat.reading.asking import in_general
from app.chat.reading.intents import Intent
from app.chat.reading.plain import as_wish, written_out

MUG, TEAPOT = ShownProduct("m", "Stoneware Mug", 16.0, "USD"), ShownProduct("t", "Cornflower Teapot", 54.0, "USD")
OTHER = ShownProduct("o", "Enamel Mug", 12.5, "USD")
BOTH = Context(about="mug and teapot", shown=(MUG, TEAPOT, OTHER))
MUGS = Context(about="mugs", shown=(MUG, OTHER))


@pytest.mark.parametrize(
    ("message", "amounts"),
    [
        ("make it two mugs", (2, 1)),
        ("i need 3 teapots please", (1, 3)),
        ("two of each", (2, 2)),
        ("make it two tents", None),
        ("a third one", None),
        ("make it under 20", None),
    ],
)
def test_of_several_things_the_one_that_is_named(message: str, amounts: tuple[int, ...] | None) -> None:
    found = amounts_said(message, BOTH)
    assert (found[1].amounts if found else None) == amounts
    assert found is None or (found[0].intent is Intent.PRICE and found[2].products == (MUG, TEAPOT))


def test_a_number_alone_changes_the_amount_that_was_named() -> None:
    changed = amounts_said("actually four", Context(about=BOTH.about, shown=BOTH.shown, amounts=(2, 1)))
    assert changed is not None
    assert changed[1].amounts == (4, 1)
    assert amounts_said("actually four", BOTH) is None


@pytest.mark.parametrize(
    ("message", "product", "many"),
    [
        ("make that two of them", MUG, 2),
        ("i'll take 2 of the second one", OTHER, 2),
        ("make it 12", MUG, 12),
        ("make it 42", None, 0),
        ("i want 4 people mugs", None, 0),
        ("make it 8 inch", None, 0),
        ("i want 12 oz mugs", None, 0),
        ("i want 4 cup mugs", None, 0),
        ("i want 350 ml mugs", None, 0),
        ("i want 6 piece mugs", None, 0),
        ("i want 6 mugs", MUG, 6),
    ],
)
def test_of_one_thing_the_product_that_is_meant(message: str, product: ShownProduct | None, many: int) -> None:
    found = amounts_said(message, MUGS)
    assert (found[2].products if found else ()) == ((product,) if product else ())
    assert (found[1].amounts if found else ()) == ((many,) if product else ())


def test_beside_a_budget_a_number_alone_is_no_amount() -> None:
    from app.chat.context import Wish

    budget = Wish("price", "lte", 20, "under 20", high=20.0)
    assert amounts_said("make it 10", Context(about="mugs", shown=MUGS.shown, wishes=(budget,))) is None


def test_the_most_of_something_is_asked_of_what_was_shown() -> None:
    assert which_of("ok the darkest one please", MUGS) == "which is the darkest?"
    assert which_of("the cheapest", MUGS) == ""
    assert which_of("the darkest", Context()) == ""


@pytest.mark.parametrize(
    ("message", "general"),
    [
        ("is down warmer than wool?", True),
        ("what is the difference between a tablet and a laptop", True),
        ("is there something warmer than wool?", False),
        ("a tent for more than two people", False),
        ("are any of your laptops lighter than 1.2 kg?", False),
        ("is anything here cheaper than $20?", False),
        ("Is the Slate 14 lighter than 1.5 kg?", False),
        ("is the teapot bigger than the mug?", False),
    ],
)
def test_how_things_compare_in_general(message: str, general: bool) -> None:
    assert in_general(message) is general


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("my sister, 35, likes tea", "my sister, 35 years old, likes tea"),
        ("my sister aged 35 likes tea", "my sister aged 35 likes tea"),
        ("gift for my mom 50", "gift for my mom 50"),
        ("around 40 bucks max", "up to 40 bucks"),
    ],
)
def test_what_is_meant_in_plain_words(typed: str, meant: str) -> None:
    assert written_out(typed, lambda _: False) == meant


@pytest.mark.parametrize(
    ("message", "searched"),
    [
        ("a drone, never flown one before", "a drone, for beginners"),
        ("candles that don't smell", "candles without smell"),
        ("i never had it delivered", "i never had it delivered"),
        ("a mug that does not fit.", "a mug that does not fit."),
    ],
)
def test_what_is_told_is_a_wish_for_the_search_alone(message: str, searched: str) -> None:
    assert as_wish(message) == searched
    assert written_out(message, lambda _: False) == message
