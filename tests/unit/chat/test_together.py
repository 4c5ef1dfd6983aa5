"""Sums of several things: what they may cost, and which of them are meant by "all that"."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.chat.context import Context, ShownProduct, Wish, keeps
from app.chat.planning_searches import without_soft_price
from app.chat.reading.prices import total_of
from app.chat.reading.references import Pointed
from app.chat.reading.together import one_of_each, sum_named, talked_of
from app.chat.reading.wishes import _ranges
from app.chat.records import Record, RecordKind
from app.chat.tools.searching import within_sum


def _shown(name: str, price: float = 10.0) -> ShownProduct:
    return ShownProduct(name.lower().replace(" ", "-"), name, price, "USD")


def _record(name: str, price: float) -> Record:
    return Record(RecordKind.PRODUCT, f"product:{name}", name, {"product_id": name, "price": price, "currency": "USD"})


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("a lamp and a chair under 150 together", (150, "a lamp and a chair")),
        ("a lamp and a chair, $99.50 in total max", (99.5, "a lamp and a chair")),
        ("a lamp and a chair, together under 80", (80, "a lamp and a chair")),
        ("tent and stove for 200 for everything", (200, "tent and stove")),
        ("a lamp under 150", None),
        ("whats the total", None),
    ],
)
def test_what_all_of_it_may_cost(message: str, named: tuple[float, str] | None) -> None:
    assert sum_named(message) == named


def test_all_of_it_is_one_of_each() -> None:
    lamps = (_shown("Evening Table Lamp"), _shown("Kitchen Chair"), _shown("Floor Lamp"))
    assert [one.name for one in one_of_each(Context(about="lamp and chair", shown=lamps))] == [
        "Evening Table Lamp",
        "Kitchen Chair",
    ]
    pan, knives = _shown("Frying Pan"), (_shown("Chef's Knife"), _shown("Knife Set"))
    assert one_of_each(Context(about="knife", shown=knives, talked=(pan,))) == [pan, knives[0]]
    assert talked_of(Context(about="knife", shown=knives, talked=(pan,), focus="knife-set")) == (pan, knives[1])
    assert talked_of(Context(talked=(pan,))) == (pan,)


@pytest.mark.parametrize("most", [60, 90, 100, 170, 500])
def test_what_is_shown_can_be_had_for_the_sum(most: float) -> None:
    lamps = [_record("Lamp A", 80), _record("Lamp B", 30)]
    chairs = [_record("Chair A", 90), _record("Chair B", 60)]
    lists, told = within_sum([lamps, chairs], most, ["lamp", "chair"])
    limit = Decimal(str(most))
    if most < 90:
        assert told.startswith("I find no “lamp” and “chair” for $60.00 in all; the cheapest are these.")
        assert [one.title for records in lists for one in records] == ["Lamp B", "Chair B"]
        return
    for place, records in enumerate(lists):
        others = min(one.fields["price"] for one in (chairs, lamps)[place])
        assert all(Decimal(str(one.fields["price"] + others)) <= limit for one in records)
    assert sum(records[0].fields["price"] for records in lists) <= most
    assert f"That is within ${most:.2f}." in told


@pytest.mark.parametrize(("source", "soft"), [("cheap", True), ("under fifty dollars", False), ("zero dollars", False)])
def test_a_price_without_an_amount_alone_is_given_up(source: str, soft: bool) -> None:
    context = Context(about="kettle", wishes=(Wish("price", "lte", 50, source, high=50.0),))
    looser = without_soft_price(context)
    assert (looser is not None) is soft
    assert keeps(context.wishes[0]) is not soft


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_bounds_the_narrower_holds(first: int) -> None:
    soft, hard = Wish("price", "lte", 949, "budget", high=949.0), Wish("price", "lte", 500, "under $500", high=500.0)
    (kept,) = _ranges([(soft, hard)[first], (soft, hard)[1 - first]])
    assert (kept.high, kept.source) == (500.0, "under $500")
    (range_,) = _ranges([Wish("price", "gte", 20, "over 20", low=20.0), hard])
    assert (range_.low, range_.high) == (20.0, 500.0)


def test_both_after_a_comparison_are_the_two_that_were_compared() -> None:
    boots, pot, pan = (ShownProduct(name, name, 10.0, "USD") for name in ("boots", "pot", "pan"))
    after = Context(
        about="cooking", shown=(pot, boots, pan), talked=(boots,), compared=("pot", "pan"), intent="compare"
    )
    guess = total_of("how much would both cost together?", after, Pointed((pot, boots)))
    assert guess is not None
    assert guess[1].products == (pot, pan)
    before = total_of("how much would both cost together?", replace(after, intent="search"), Pointed((pot, boots)))
    assert before is not None
    assert before[1].products != (pot, pan)
