"""What orders, customers and tickets promise, asked of Elasticsearch and of a second adapter."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from es.client import connect_async
from es.names import IndexNames
from shop.customers.document import BalanceTooLow, Customer, CustomerMissing
from shop.customers.store import CustomerStore
from shop.orders.document import Address, Order
from shop.orders.port import OrderChanged
from shop.orders.store import OrderStore
from shop.tickets.document import NewTicket
from shop.tickets.store import TicketStore
from tests.memory_shop import MemoryCustomers, MemoryOrders, MemoryTickets
from tests.orders import NOW, customer, order


@dataclass
class Ports:
    """One adapter of each port."""

    orders: Any
    customers: Any
    tickets: Any

    async def fill(self, orders: list[Order], customers: list[Customer]) -> None:
        assert not any(await self.orders.load(orders))
        assert not any(await self.customers.load(customers))


@pytest.fixture(params=["memory", "elasticsearch"])
async def ports(request: pytest.FixtureRequest) -> AsyncIterator[Ports]:
    if request.param == "memory":
        yield Ports(MemoryOrders(), MemoryCustomers(), MemoryTickets())
        return
    engine = request.getfixturevalue("engine_settings")
    names = IndexNames(engine.index_prefix)
    async with connect_async(engine) as client:
        yield Ports(OrderStore(client, names), CustomerStore(client, names), TicketStore(client, names))


async def test_what_there_is_not_is_none_before_and_after_something_is_loaded(ports: Ports) -> None:
    for _ in range(2):
        assert await ports.orders.get("W999") is None
        assert await ports.orders.of_customer("nobody") == []
        assert await ports.customers.get("nobody") is None
        assert await ports.customers.by_email("nobody@example.com") is None
        assert await ports.tickets.get("T0") is None
        await ports.fill([order()], [customer()])


@pytest.mark.parametrize("odd", ["", "#", " ", "x" * 3000, "é" * 300, "../_search", "W100\n"])
async def test_odd_numbers_are_no_orders_or_the_one_that_is_meant(ports: Ports, odd: str) -> None:
    await ports.fill([order()], [customer()])
    found = await ports.orders.get(odd)
    assert found is None if odd.strip() != "W100" else found.order.order_id == "W100"


async def test_an_order_comes_back_as_it_was(ports: Ports) -> None:
    stored = order(shipments=[{"tracking_ids": ["1Z"], "item_ids": ["mug-red"]}], expected_at=NOW)
    await ports.fill([stored], [])
    for written in ("W100", "#W100", " w100 ", "#w 100"):
        held = await ports.orders.get(written)
        assert held is not None
        assert held.order == stored


async def test_orders_of_a_customer_are_the_latest_first_and_nobody_elses(ports: Ports) -> None:
    mine = [order(order_id=f"W{n}", placed_at=NOW - timedelta(days=n)) for n in range(1, 5)]
    undated = order(order_id="W9", placed_at=None)
    await ports.fill([undated, *reversed(mine), order(order_id="W7", customer_id="bob")], [])
    found = await ports.orders.of_customer("ann")
    assert [one.order_id for one in found] == ["W1", "W2", "W3", "W4", "W9"]
    assert [one.order_id for one in await ports.orders.of_customer("ann", limit=2)] == ["W1", "W2"]


async def test_of_two_changes_made_from_one_reading_the_second_is_refused(ports: Ports) -> None:
    await ports.fill([order()], [])
    first, second = await ports.orders.get("W100"), await ports.orders.get("W100")
    saved = await ports.orders.save(first, order(status="processed"))
    with pytest.raises(OrderChanged):
        await ports.orders.save(second, order(status="cancelled"))
    again = await ports.orders.save(saved, order(status="shipped"))
    assert (await ports.orders.get("W100")).order == again.order
    assert again.order.status == "shipped"


async def test_customers_are_found_by_address_and_by_name_whatever_the_case(ports: Ports) -> None:
    await ports.fill([], [customer(last_name="Vázquez"), customer("bob")])
    assert (await ports.customers.by_email("ANN@example.com")).customer_id == "ann"
    assert (await ports.customers.by_name("ann", "VAZQUEZ", "ls1 1aa")).customer_id == "ann"
    assert await ports.customers.by_name("Ann", "Vázquez", "LS2 1AA") is None


async def test_two_customers_of_one_name_and_postcode_are_not_told_apart(ports: Ports) -> None:
    await ports.fill([], [customer(), customer("ann2", first_name="Ann", email="ann@example.com")])
    assert await ports.customers.by_name("Ann", "Lee", "LS1 1AA") is None
    assert await ports.customers.by_email("ann@example.com") is None


async def test_an_amount_is_posted_once_for_a_request(ports: Ports) -> None:
    await ports.fill([], [customer(balance="30.00")])
    for _ in range(3):
        after = await ports.customers.post("ann", "ann-gift", Decimal("12.55"), "key")
    assert after.method("ann-gift").balance == Decimal("42.55")
    await ports.customers.post("ann", "ann-gift", Decimal("-42.55"), "other")
    assert (await ports.customers.get("ann")).method("ann-gift").balance == 0


async def test_more_than_there_is_cannot_be_spent(ports: Ports) -> None:
    await ports.fill([], [customer(balance="30.00")])
    with pytest.raises(BalanceTooLow):
        await ports.customers.post("ann", "ann-gift", Decimal("-30.01"), "key")
    with pytest.raises(BalanceTooLow):
        await ports.customers.post("ann", "ann-card", Decimal(1), "key")
    with pytest.raises(CustomerMissing):
        await ports.customers.post("nobody", "ann-card", Decimal(1), "key")
    assert (await ports.customers.get("ann")).method("ann-gift").balance == 30


async def test_postings_at_the_same_moment_are_all_made(ports: Ports) -> None:
    await ports.fill([], [customer(balance="0")])
    keys = ["a", "b", "c"]
    await asyncio.gather(*(ports.customers.post("ann", "ann-gift", Decimal(1), key) for key in keys))
    assert (await ports.customers.get("ann")).method("ann-gift").balance == 3


async def test_an_address_is_changed_once_for_a_request(ports: Ports) -> None:
    await ports.fill([], [customer()])
    here = Address(line1="2 Low Road", city="York", postcode="YO1", country="UK")
    there = here.model_copy(update={"line1": "3 Low Road"})
    assert (await ports.customers.change_address("ann", here, "key")).address == here
    assert (await ports.customers.change_address("ann", there, "key")).address == here
    assert (await ports.customers.change_address("ann", there, "key2")).address == there


async def test_a_ticket_is_made_once_for_a_request(ports: Ports) -> None:
    wanted = NewTicket(subject="Broken lamp", text="It does not light up.", customer_id="ann", order_id="W100")
    first = await ports.tickets.create(wanted, "key")
    assert await ports.tickets.create(wanted, "key") == first
    other = await ports.tickets.create(wanted, "key2")
    assert other.ticket_id != first.ticket_id
    assert await ports.tickets.get(first.ticket_id) == first
    assert {one.ticket_id for one in await ports.tickets.of_customer("ann")} == {first.ticket_id, other.ticket_id}
    assert await ports.tickets.of_customer("bob") == []
