"""What may be done with an order, without any data but our own."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from shop.orders.actions import Actor, OrderActions
from shop.orders.document import Address, Order, OrderStatus, PaymentKind
from shop.orders.policy import PolicyError, read_policy
from tests.memory_shop import MemoryCustomers, MemoryInventory, MemoryOrders
from tests.orders import NOW, customer, delivered, item, order, stock

ELSEWHERE = Address(line1="9 New Street", city="York", postcode="YO1 9ZZ", country="UK")
MUGS = (stock("mug-red"), stock("mug-blue", price="15.00"), stock("mug-gold", price="80.00"))
STOCK = (*MUGS, stock("lamp-oak", "lamp"))


def shop(*orders: Order, balance: str = "30.00", **policy: Any) -> OrderActions:  # noqa: ANN401
    """A shop in memory; `policy`: parts of the default one that are otherwise."""
    rules = read_policy().model_copy(update=policy)
    customers = MemoryCustomers([customer(balance=balance), customer("bob")])
    return OrderActions(MemoryOrders(orders), customers, MemoryInventory(STOCK), rules, lambda: NOW)


def ann(key: str = "key") -> Actor:
    return Actor("ann", key, "test")


async def balance_of(shop_: OrderActions) -> Decimal:
    found = await shop_.customers.get("ann")
    assert found is not None
    method = found.method("ann-gift")
    assert method is not None
    assert method.balance is not None
    return method.balance


async def test_what_is_only_asked_for_changes_nothing() -> None:
    here = shop(order())
    decided = await here.cancel("W100", "no longer needed", ann(), commit=False)
    assert not decided.done
    assert decided.refusal is None
    assert decided.facts["amount"] == Decimal("52.50")
    stored = await here.mine("W100", "ann")
    assert stored == order()


async def test_a_cancelled_order_is_paid_back_the_way_it_was_paid() -> None:
    gift = [{"kind": "payment", "amount": "52.50", "method_id": "ann-gift"}]
    here = shop(order(payments=gift))
    for _ in range(2):
        decided = await here.cancel("#w100", "no longer needed", ann(), commit=True)
        assert decided.done
        assert decided.facts["back_in"] == "at once"
    stored = await here.mine("W100", "ann")
    assert stored is not None
    assert stored.status is OrderStatus.CANCELLED
    assert [(paid.kind, paid.amount) for paid in stored.payments][1:] == [(PaymentKind.REFUND, Decimal("52.50"))]
    assert await balance_of(here) == Decimal("82.50")
    assert [(change.action, change.policy, change.settled) for change in stored.changes] == [
        ("cancel", "default@1", True)
    ]


async def test_cancelling_after_another_payment_method_gives_back_only_what_is_held() -> None:
    here = shop(order(), balance="100.00")
    assert (await here.change_payment("W100", "ann-gift", ann("pay"), commit=True)).done
    assert await balance_of(here) == Decimal("47.50")
    assert (await here.cancel("W100", "no longer needed", ann(), commit=True)).done
    assert await balance_of(here) == Decimal("100.00")


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (order(status="shipped"), "status"),
        (order(status="delivered"), "status"),
        (order(items_changed=True), "items_changed"),
    ],
)
async def test_orders_that_cannot_be_cancelled(made: Order, code: str) -> None:
    decided = await shop(made).cancel("W100", "no longer needed", ann(), commit=True)
    assert decided.refusal is not None
    assert decided.refusal.code == code
    assert "W100" in decided.refusal.message


async def test_a_return_has_its_time() -> None:
    inside = delivered(delivered_at=NOW - timedelta(days=30))
    outside = delivered(delivered_at=NOW - timedelta(days=30, seconds=1))
    unknown = delivered(delivered_at=None)
    codes = []
    for made in (inside, outside, unknown):
        decided = await shop(made).give_back("W100", ["mug-red"], None, ann(), commit=True)
        codes.append(decided.refusal.code if decided.refusal else "done")
    assert codes == ["done", "too_late", "unknown_delivery"]


async def test_what_was_a_final_sale_is_not_taken_back() -> None:
    rules = read_policy().return_.model_copy(update={"final_sale": ["lamp"]})
    here = shop(delivered(), return_=rules)
    refused = await here.give_back("W100", ["mug-red", "lamp-oak"], None, ann(), commit=True)
    assert refused.refusal is not None
    assert refused.refusal.code == "final_sale"
    assert (await here.give_back("W100", ["mug-red"], None, ann(), commit=True)).done


async def test_items_that_were_not_sent_yet_are_changed_and_the_difference_taken_from_the_gift_card() -> None:
    two = [item(), item(), item("lamp-oak", product_id="lamp", name="Oak Lamp", price="40.00")]
    here = shop(order(items=two))
    pairs = [("mug-red", "mug-blue"), ("mug-red", "mug-blue")]
    decided = await here.exchange("W100", pairs, "ann-gift", ann(), commit=True)
    assert decided.done
    assert decided.order is not None
    assert [one.item_id for one in decided.order.items] == ["mug-blue", "mug-blue", "lamp-oak"]
    assert [one.price for one in decided.order.items] == [Decimal("15.00"), Decimal("15.00"), Decimal("40.00")]
    assert await balance_of(here) == Decimal("25.00")


async def test_a_chain_of_swaps_moves_each_item_once() -> None:
    mugs = [item("mug-red"), item("mug-blue", price="15.00")]
    here = shop(order(items=mugs))
    pairs = [("mug-red", "mug-blue"), ("mug-blue", "mug-gold")]
    decided = await here.exchange("W100", pairs, None, ann(), commit=True)
    assert decided.order is not None
    assert [one.item_id for one in decided.order.items] == ["mug-blue", "mug-gold"]


async def test_a_card_that_was_emptied_in_between_undoes_the_change() -> None:
    here = shop(order(), balance="30.00")
    real = here.customers.post

    async def emptied_first(customer_id: str, method_id: str, amount: Decimal, request_key: str) -> Any:  # noqa: ANN401
        await real(customer_id, method_id, Decimal("-30.00"), "somebody else")
        return await real(customer_id, method_id, amount, request_key)

    here.customers.post = emptied_first  # type: ignore[method-assign]
    decided = await here.exchange("W100", [("mug-red", "mug-blue")], "ann-gift", ann(), commit=True)
    assert decided.refusal is not None
    assert decided.refusal.code == "balance"
    assert await here.mine("W100", "ann") == order()


async def test_what_was_interrupted_between_order_and_gift_card_is_finished_by_the_next_request() -> None:
    gift = [{"kind": "payment", "amount": "52.50", "method_id": "ann-gift"}]
    here = shop(order(payments=gift))
    real = here.customers.post

    async def crashes(*_: Any) -> Any:  # noqa: ANN401
        raise KeyboardInterrupt

    here.customers.post = crashes  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        await here.cancel("W100", "no longer needed", ann(), commit=True)
    here.customers.post = real  # type: ignore[method-assign]
    assert await balance_of(here) == Decimal("30.00")
    assert (await here.cancel("W100", "no longer needed", ann(), commit=True)).done
    assert await balance_of(here) == Decimal("82.50")


async def test_nobody_elses_order_is_there() -> None:
    here = shop(order())
    assert await here.mine("W100", "bob") is None
    decided = await here.change_address("W100", ELSEWHERE, Actor("bob", "key"), commit=True)
    assert decided.missing
    assert decided.order is None


async def test_changes_outside_of_the_rules_are_each_refused() -> None:
    calls: list[Callable[[OrderActions], Any]] = [
        lambda s: s.exchange("W100", [("mug-red", "lamp-oak")], None, ann(), commit=True),
        lambda s: s.exchange("W100", [("mug-red", "mug-red")], None, ann(), commit=True),
        lambda s: s.exchange("W100", [("mug-red", "unknown")], None, ann(), commit=True),
        lambda s: s.exchange("W100", [("mug-red", "mug-gold")], "ann-gift", ann(), commit=True),
        lambda s: s.exchange("W100", [("mug-red", "mug-blue")], "bob-card", ann(), commit=True),
        lambda s: s.exchange("W100", [("mug-red", "mug-blue")] * 2, None, ann(), commit=True),
        lambda s: s.exchange("W100", [], None, ann(), commit=True),
        lambda s: s.cancel("W100", "just so", ann(), commit=True),
        lambda s: s.cancel("W100", "", ann(), commit=True),
        lambda s: s.give_back("W100", ["mug-red"], None, ann(), commit=True),
        lambda s: s.change_payment("W100", "ann-card", ann(), commit=True),
        lambda s: s.change_payment("W100", "ann-gift", ann(), commit=True),
        lambda s: s.change_payment("W100", "bob-card", ann(), commit=True),
    ]
    for call in calls:
        here = shop(order())
        decided = await call(here)
        assert decided.refusal is not None
        assert decided.refusal.message.endswith(".")
        assert await here.mine("W100", "ann") == order()


def test_a_policy_file_that_is_wrong_says_where(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("id: mine\nversion: one\n", encoding="utf-8")
    with pytest.raises(PolicyError, match=r"policy\.yaml.*version"):
        read_policy(path)
    with pytest.raises(PolicyError, match="cannot be read"):
        read_policy(tmp_path / "missing.yaml")


@pytest.mark.parametrize("quantity", [0, -1, 1.5, True, "2", 10_000])
def test_odd_quantities_are_refused(quantity: object) -> None:
    with pytest.raises(ValidationError, match="quantity"):
        order(items=[item(quantity=quantity)])


def test_pieces_of_one_thing_are_items_each() -> None:
    made = order(items=[item(quantity=3)])
    assert [one.item_id for one in made.items] == ["mug-red"] * 3
    assert made.total == Decimal("37.50")
