"""Wishes for more or less of what records tell in numbers, by the records of what was shown."""

import pytest

from app.chat.context import Context, ShownProduct, Told, Wish
from app.chat.planning_searches import easier_calls
from app.chat.reading.comparatives import comparative_of, measured, with_measure
from app.chat.records import Record, RecordKind

SHOWN = (ShownProduct("a", "Alder Laptop", 900.0, "USD"), ShownProduct("b", "Birch Laptop", 700.0, "USD"))
LAPTOPS = Context(about="laptop", shown=SHOWN)


def _record(product_id: str, name: str, **specifications: object) -> Record:
    fields = {"product_id": product_id, "brand": "", "specifications": specifications}
    return Record(RecordKind.PRODUCT, f"product:{product_id}", name, fields)


RECORDS = (
    _record("a", "Alder Laptop", weight_g=1400, screen_inches=14, memory_gb=16, fanless=True),
    _record("b", "Birch Laptop", weight_g=1100, screen_inches=13, memory_gb=8, fanless=False),
    _record("c", "Cedar Laptop", weight_g=1900, screen_inches=16, memory_gb=32, fanless=False),
)


@pytest.mark.parametrize(
    ("message", "field", "op", "bound"),
    [
        ("something lighter", "weight_g", "lt", 1400),
        ("too heavy", "weight_g", "lt", 1400),
        ("do you have one that's not so heavy?", "weight_g", "lt", 1400),
        ("one with more RAM", "memory_gb", "gt", 16),
        ("and with more memory please", "memory_gb", "gt", 16),
        ("a bigger screen", "screen_inches", "gt", 14),
        ("a bit smaller", "screen_inches", "lt", 14),
        ("a bigger one?", "screen_inches", "gt", 14),
    ],
)
def test_more_or_less_than_the_middle_one(message: str, field: str, op: str, bound: float) -> None:
    wanted = comparative_of(message, LAPTOPS)
    assert wanted is not None
    assert wanted.rest == "" or "one that" in wanted.rest
    found = measured(wanted, RECORDS, None)
    assert found is not None
    assert (found.wish.field, found.wish.op, found.wish.value) == (field, op, bound)


@pytest.mark.parametrize(
    "message",
    [
        "which one is lighter?",
        "is it lighter than the first?",
        "which has more storage",
        "how much bigger is it",
        "show me more",
        "more like this",
        "better quality",
        "more colours",
        "a smaller size",
        "i'll take the lighter one please",
        "i take the lighter one",
        "let's go with the bigger one",
    ],
)
def test_what_only_asks_is_no_wish(message: str) -> None:
    assert comparative_of(message, LAPTOPS) is None


def test_nothing_is_compared_before_something_is_shown() -> None:
    assert comparative_of("something lighter", Context(about="laptop")) is None


def test_the_product_that_is_talked_of_is_what_others_are_compared_with() -> None:
    wanted = comparative_of("lighter than that", LAPTOPS)
    assert wanted is not None
    found = measured(wanted, RECORDS, "b")
    assert found is not None
    assert found.wish.high == 1100
    assert found.unmet == "I find no other that is lighter: Birch Laptop has weight 1.1 kg."


def test_what_no_record_tells_in_numbers_is_left_to_others() -> None:
    wanted = comparative_of("something brighter", LAPTOPS)
    assert wanted is not None
    assert measured(wanted, RECORDS, None) is None


def test_the_rest_of_the_message_stays() -> None:
    wanted = comparative_of("something lighter in blue", LAPTOPS)
    assert wanted is not None
    assert "in blue" in wanted.rest


def test_a_new_bound_takes_the_place_of_the_old_one() -> None:
    old, new = (Wish("weight_g", "lt", high, "lighter", high=high) for high in (1400.0, 1100.0))
    assert with_measure(Told(wishes=(old,)), new).wishes == (new,)


def test_where_nothing_is_lighter_what_is_heavier_is_no_answer() -> None:
    kind = Wish("shop_category", "eq", "Laptops", "laptop", ("Laptops",))
    lighter = Wish("weight_g", "lt", 900.0, "lighter", high=900.0)
    assert easier_calls(Context(about="laptop", wishes=(kind, lighter))) == []
    assert easier_calls(Context(about="laptop", wishes=(lighter, kind))) != []


def test_what_is_kept_besides_is_told_where_nothing_is_found() -> None:
    wanted = comparative_of("something bigger", LAPTOPS)
    assert wanted is not None
    lighter = Wish("weight_g", "lt", 1400.0, "lighter", high=1400.0)
    found = measured(wanted, RECORDS[1:2], None, (lighter,))
    assert found is not None
    assert found.unmet.startswith("I find no other that is bigger and keeps to “lighter” as well: Birch Laptop")
