"""The demo shop's orders are of its own products, and of customers who can pay."""

from decimal import Decimal

from shop.demo import desk
from shop.orders.policy import read_policy
from tests.orders import NOW


def test_every_order_belongs_to_a_customer_who_has_what_paid_for_it() -> None:
    customers = {one.customer_id: one for one in desk.customers()}
    orders = desk.orders(NOW)
    assert len(orders) >= 5
    for order in orders:
        assert customers[order.customer_id].method(order.payments[0].method_id) is not None
        assert sum((paid.amount for paid in order.payments), Decimal(0)) == order.total


def test_something_can_be_returned_and_something_cannot_any_more() -> None:
    policy = read_policy()
    refusals = {order.order_id: policy.may_be_returned(order, NOW) for order in desk.orders(NOW)}
    assert refusals["W1003"] is None
    late = refusals["W1004"]
    assert late is not None
    assert late.code == "too_late"


def test_items_tell_what_makes_them_different_from_their_siblings() -> None:
    order = next(one for one in desk.orders(NOW) if one.order_id == "W1002")
    assert order.items[0].options == {"color": "silver", "color_name": "Moon Silver", "storage_gb": "512"}
    assert all(promotion.title for promotion in desk.promotions())
