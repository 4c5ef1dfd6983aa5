"""Which items and orders a customer's words mean."""

from datetime import UTC, datetime

from app.chat.tools.order_arguments import items_changed, items_meant, variant_meant
from app.chat.tools.order_options import options_of
from app.chat.tools.order_results import meant_by
from shop.orders.document import OrderStatus
from shop.orders.policy import read_policy
from tests.orders import NOW, delivered, item, order, stock

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
