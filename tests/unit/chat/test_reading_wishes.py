"""Wishes of messages that say them in passing: people and occasions of gifts, ranges, "ones", purposes, no budget."""

import pytest

from app.chat.context import Context, Wish, merged
from app.chat.planning import planned
from app.chat.reading.intents import Intent
from app.chat.reading.message import read
from app.chat.reading.wishes import searchable, told_by
from app.search.understanding.found import Constraint, Op, Understanding

NOTHING = Understanding("")


@pytest.mark.parametrize(
    ("message", "searched"),
    [
        ("birthday present for my dad", "for my dad"),
        ("My nephew is graduating, a gift please", "for my nephew is ,"),
        ("a small gift for my neighbor", "a small"),
        ("headphones, no more than 80 dollars", "headphones, no more than 80 dollars"),
        ("what do you have from Oktavo?", "from Oktavo?"),
        ("never mind, show me projectors", ", projectors"),
        ("birthday cake candles", "birthday cake candles"),
    ],
)
def test_ways_of_asking_are_not_searched_for(message: str, searched: str) -> None:
    assert searchable(message) == searched


@pytest.mark.parametrize(
    ("message", "occasion"),
    [
        ("birthday present for my dad", "birthday"),
        ("My nephew is graduating, a gift please", "graduation"),
        ("what can I give my mother for mother's day?", "mothers_day"),
        ("a thank you gift", "thank_you"),
        ("a baby shower gift", "baby_shower"),
        ("birthday cake candles", None),
    ],
)
def test_occasions_of_gifts(message: str, occasion: str | None) -> None:
    assert told_by(message, NOTHING, ()).occasion == occasion


def test_somebody_of_whom_nothing_is_known_is_a_recipient() -> None:
    told = told_by("gift for my best friend", NOTHING, ())
    assert told.recipient is not None
    assert (told.recipient.relation, told.recipient.gender, told.recipient.age) == ("friend", None, None)


def test_both_ends_of_a_range_are_kept() -> None:
    from decimal import Decimal

    found = Understanding(
        "watches",
        (
            Constraint("price", Op.GTE, Decimal(50), "between $50 and $300"),
            Constraint("price", Op.LTE, Decimal(300), "between $50 and $300"),
        ),
    )
    context = merged(Context(), told_by("watches between $50 and $300", found, ()))
    assert context.budget == (50.0, 300.0)


def test_grandmothers_may_have_what_is_made_for_adults() -> None:
    others = ("kids", "teens", "young_adults", "adults")
    found = Understanding("", (Constraint("age", Op.EQ, "seniors", "for my grandma", matches=others, without=True),))
    wish = told_by("for my grandma", found, ()).wishes[0]
    assert wish.matches == ("kids", "teens")


@pytest.mark.parametrize(
    ("message", "left", "about"),
    [
        ("wireless ones", "wireless ones", "wireless headphones"),
        ("mostly for programming", "mostly for programming", "headphones programming"),
        ("speakers", "speakers", "speakers"),
    ],
)
def test_a_message_may_say_more_of_what_is_looked_for(message: str, left: str, about: str) -> None:
    before = Context(about="headphones", wishes=(Wish("color", "eq", "black", "black", ("black",)),))
    reading = read(message, before, Understanding(left))
    after = merged(before, reading.told)
    assert after.about == about
    assert bool(after.wishes) is (about != "speakers")  # what was said of other things was not said of this one


def test_a_budget_can_be_taken_back_and_changed() -> None:
    price = Wish("price", "lte", 100, "under $100", high=100.0)
    before = Context(about="headphones", wishes=(price,))
    assert merged(before, read("the price doesn't matter", before, NOTHING).told).budget is None
    from decimal import Decimal

    found = Understanding("", (Constraint("price", Op.LTE, Decimal(900), "under $900"),))
    reading = read("ok, make it under $900", before, found)
    assert reading.intent is Intent.SEARCH
    assert merged(before, reading.told).budget == (None, 900.0)


def test_a_new_gift_forgets_what_was_looked_for_before() -> None:
    before = Context(about="hola busco")
    assert merged(before, told_by("a gift for somebody", NOTHING, ())).about == ""


def test_them_is_nothing_to_compare_with() -> None:
    reading = read("compare them", Context(), Understanding("compare them"))
    assert planned(reading, Context()).calls == ()
    assert "which two" in planned(reading, Context()).say


def test_what_is_no_wish_is_answered_at_once() -> None:
    reading = read("I want to kill myself", Context(), Understanding("kill myself"))
    plan = planned(reading, Context())
    assert plan.calls == ()
    assert "helpline" in plan.say
