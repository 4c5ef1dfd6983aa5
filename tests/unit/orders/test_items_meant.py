"""Which items and orders a customer's words mean."""

from datetime import UTC, datetime

import pytest

from app.chat.tools.order_arguments import CancelArguments, items_changed, items_meant, variant_meant
from app.chat.tools.order_changes import CancelTool
from app.chat.tools.order_options import options_of
from app.chat.tools.order_results import meant_by
from app.chat.tools.tool import Caller, Outcome
from shop.orders.document import OrderStatus
from shop.orders.policy import read_policy
from tests.orders import NOW, delivered, item, order, stock
from tests.unit.orders.test_policy import shop

SHIRT = item("tee-m", product_id="tee", name="Organic T-Shirt, M, Plain White", options={"size": "M", "color": "white"})
RED = item("mug-red", name="Mug, 0.38 L, Red", options={"color": "red"})
BLUE = item("mug-blue", name="Mug, 0.38 L, Blue", options={"color": "blue"})


def test_a_t_shirt_is_a_tshirt_and_a_size_names_nothing() -> None:
    one = delivered(items=[SHIRT, RED])
    for said in ("the tshirt", "my t-shirt", "the shirt"):
        assert items_meant(one, [], said) == ["tee-m"]
    assert items_meant(one, [], "size L please") == []


def test_one_of_two_mugs_is_asked_about() -> None:
    two = delivered(items=[RED, BLUE, SHIRT])
    assert items_meant(two, [], "the mug") == []
    assert items_meant(two, [], "the blue mug") == ["mug-blue"]
    assert items_meant(two, [], "the blue one") == ["mug-blue"]
    assert items_meant(two, [], "both mugs") == ["mug-red", "mug-blue"]


def test_items_are_added_and_left_out() -> None:
    two = delivered(items=[RED, SHIRT])
    assert items_changed(two, ["mug-red"], "also the shirt") == ["mug-red", "tee-m"]
    assert items_changed(two, ["mug-red", "tee-m"], "keep the shirt") == ["mug-red"]


LAMP = item("lamp-oak", product_id="lamp", name="Oak Lamp")
TENT = item("tent-1", product_id="tent", name="Camp Tent")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("return everything except the mug", ["lamp-oak", "tent-1"]),
        ("everything but the lamp please", ["mug-red", "tent-1"]),
        ("the whole order, apart from the mug and the tent", ["lamp-oak"]),
        ("the lamp, not the mug", ["lamp-oak"]),
        ("keep the mug, the tent and the lamp", []),
        ("I want to keep the mug and return the lamp", ["lamp-oak"]),
        ("I can't keep the mug", ["mug-red"]),
        ("I do not want the mug any more", ["mug-red"]),
        ("I return the mug, it is not the mug I ordered", ["mug-red"]),
        ("the mug does not match the lamp, not my tent", ["mug-red", "lamp-oak"]),
    ],
)
def test_what_is_left_out_is_not_meant(said: str, meant: list[str]) -> None:
    assert items_meant(delivered(items=[RED, LAMP, TENT]), [], said) == meant


@pytest.mark.parametrize(
    ("before", "said", "meant"),
    [
        (["mug-red"], "the lamp, not the mug", ["lamp-oak"]),
        (["mug-red"], "no, not the mug, the lamp", ["lamp-oak"]),
        (["mug-red"], "not the mug but the lamp", ["lamp-oak"]),
        (["mug-red", "lamp-oak", "tent-1"], "not everything, just the mug", ["mug-red"]),
        (["mug-red", "lamp-oak", "tent-1"], "just the mug and the lamp", ["mug-red", "lamp-oak"]),
        (["mug-red"], "not the mug", []),
        (["mug-red"], "to my gift card, not the visa", ["mug-red"]),
        (["mug-red"], "everything but the tent", ["mug-red", "lamp-oak"]),
    ],
)
def test_a_correction_takes_the_place_of_what_was_proposed(before: list[str], said: str, meant: list[str]) -> None:
    assert items_changed(delivered(items=[RED, LAMP, TENT]), before, said) == meant


def test_of_two_mugs_it_is_asked_which_is_left_out() -> None:
    two = delivered(items=[RED, BLUE, SHIRT])
    assert items_meant(two, [], "everything except the mug") == []
    assert items_meant(two, [], "everything except the blue mug") == ["mug-red", "tee-m"]
    assert items_meant(two, [], "the mug for a white one, not the red") == []
    assert items_meant(delivered(items=[RED, LAMP]), [], "the mug for a blue one, not the red") == ["mug-red"]


def test_pieces_of_one_item_all_stay() -> None:
    pieces = delivered(items=[RED, RED, RED, LAMP])
    assert items_changed(pieces, ["mug-red"] * 3, "also the lamp") == ["mug-red"] * 3 + ["lamp-oak"]


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("cancel everything except the mug, I no longer need it", True),
        ("cancel all but the mug, I no longer need it", True),
        ("only the mug, I no longer need it", True),
        ("just cancel the mug, the tent and the lamp, I no longer need them", False),
        ("cancel my order, I no longer need it", False),
    ],
)
async def test_a_part_of_an_order_is_not_cancelled(said: str, part: bool) -> None:
    placed = order(items=[RED, BLUE, TENT, LAMP] if said.startswith("only") else [RED, TENT, LAMP], payments=[])
    arguments = CancelArguments(order_id="W100", reason="no longer needed", said=said)
    found = await CancelTool(shop(placed)).run(arguments, Caller("s1", "m1", "ann"))
    assert found.outcome is (Outcome.EMPTY if part else Outcome.PROPOSED)


def test_what_was_said_before_decides_between_variants() -> None:
    variants = [
        stock("blue-l", options={"color": "blue", "size": "L"}),
        stock("red-l", options={"color": "red", "size": "L"}),
    ]
    mine = delivered(items=[item("red-m", options={"color": "red", "size": "M"})]).items[0]
    assert [one.item_id for one in variant_meant(mine, variants, "in L")] == ["red-l"]
    assert [one.item_id for one in variant_meant(mine, variants, "in L", ["blue"])] == ["blue-l"]


def test_orders_are_meant_by_items_by_what_became_of_them_or_as_the_last() -> None:
    came, waits = delivered(order_id="W1", items=[SHIRT]), order(order_id="W2", items=[RED])
    gone = order(order_id="W3", status="cancelled", items=[BLUE])
    orders = [waits, came, gone]
    assert meant_by(orders, "where is my tshirt") == [came]
    assert meant_by(orders, "what of my cancelled order") == [gone]
    assert meant_by(orders, "has it been delivered yet") == []
    assert meant_by(orders, "the last order") == [waits]
    assert meant_by(orders, "my last delivery", "return", [OrderStatus.DELIVERED]) == [came]


def test_what_can_be_done_with_an_order_follows_from_the_policy() -> None:
    policy, now = read_policy(), NOW
    assert "cancel it" in options_of(order(), policy, now)
    assert "return it" in options_of(delivered(), policy, now)
    assert "until" in options_of(delivered(), policy, now)
    assert "is over" in options_of(delivered(), policy, datetime(2027, 1, 1, tzinfo=UTC))
    shipped = options_of(order(status="shipped"), policy, now)
    assert "cannot change or cancel" in shipped
    assert "When it has arrived" in shipped
    assert "nothing more" in options_of(order(status="cancelled"), policy, now)
