"""All tasks of tau2's retail shop: its expected calls, replayed through our tools, end in the state its policy says."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.chat.tools.table import Desk
from app.chat.tools.tool import Outcome
from es.client import connect_async
from es.names import IndexNames
from es.settings import EngineSettings
from es.wire import Wire
from evaluate.settings import EvaluateSettings
from ingest.records.shapes import tau2_customers, tau2_orders, tau2_products
from shop.customers.document import Customer
from shop.customers.store import CustomerStore
from shop.inventory.catalogue import CatalogueInventory
from shop.orders.actions import OrderActions
from shop.orders.document import Order, order_key
from shop.orders.policy import read_policy
from shop.orders.store import OrderStore
from shop.products.document import Product
from shop.products.reader import ProductReader
from shop.promotions.store import PromotionStore
from shop.reviews.store import ReviewStore
from shop.tickets.store import TicketStore
from tests.integration.chat import tau2
from tests.integration.chat.tau2 import CHANGING, Database, Expected, Replay
from tests.shops import shop_of

pytestmark = pytest.mark.needs_es

FOLDER = EvaluateSettings().data / "chat" / "tau2-retail"
POLICY = Path(__file__).parent / "tau2_policy.yaml"
TASKS = {task["id"]: task for task in tau2.tasks(FOLDER)} if FOLDER.is_dir() else {}
BYSTANDERS = 5
needs_data = pytest.mark.skipif(not TASKS, reason=f"{FOLDER} is not there; set SHOPSCOUT_DATA to the test data")


@dataclass(frozen=True)
class Shop:
    """The benchmark's shop, with the customers of one case."""

    data: Database
    replay: Replay
    orders: OrderStore
    customers: CustomerStore

    async def reset(self) -> None:
        """Takes away everybody, so that the next case begins with what was loaded."""
        for user_id in self.data["loaded"]:
            orders = await self.orders.of_customer(user_id, limit=100)
            await self.orders._documents.delete([order_key(order.order_id) for order in orders])
        await self.customers._documents.delete(self.data["loaded"])

    async def state(self, expected: Database) -> tuple[dict[str, Any], dict[str, Any]]:
        """What there is, and what should be: every loaded order and customer."""
        ours: dict[str, Any] = {}
        theirs: dict[str, Any] = {}
        for user_id in self.data["loaded"]:
            customer = await self.customers.get(user_id)
            assert customer is not None
            ours[user_id] = tau2.our_user(customer)
            theirs[user_id] = tau2.their_user(expected["users"][user_id])
            for order in await self.orders.of_customer(user_id, limit=100):
                ours[order.order_id] = tau2.ours(order)
                theirs[order.order_id] = tau2.theirs(expected["orders"][order.order_id])
        return ours, theirs


Opened = Callable[[set[str]], Awaitable[Shop]]


@pytest.fixture(scope="module")
def data() -> Database:
    return tau2.database(FOLDER)


@pytest.fixture(scope="module")
def products(es_url: str, data: Database) -> Iterator[EngineSettings]:
    with shop_of(es_url, [Product.model_validate(row) for row in tau2_products(data)], None) as engine:
        yield engine


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def filled(products: EngineSettings, data: Database) -> AsyncIterator[Opened]:
    """Opens the shop; its indices are made once for all cases."""
    names = IndexNames(products.index_prefix)
    async with connect_async(products) as client:
        wire = Wire(products)
        reader = ProductReader(client, wire, IndexNames(products.index_prefix))
        orders, customers = OrderStore(client, names), CustomerStore(client, names)
        actions = OrderActions(orders, customers, CatalogueInventory(reader), read_policy(POLICY))
        desk = Desk(actions, TicketStore(client, names), PromotionStore(client, names), ReviewStore(client, names))

        async def fill(user_ids: set[str]) -> Shop:
            """The shop with these customers and a few others, and all orders of theirs."""
            loaded = sorted(user_ids | set(sorted(data["users"])[:BYSTANDERS]))
            await customers.load([Customer(**row) for row in tau2_customers(data) if row["customer_id"] in loaded])
            await orders.load([Order(**row) for row in tau2_orders(data) if row["customer_id"] in loaded])
            return Shop({**data, "loaded": loaded}, Replay(desk.tools()), orders, customers)

        yield fill
        await wire.close()


@pytest.fixture
async def opened(filled: Opened) -> AsyncIterator[Opened]:
    """Opens the shop, of which nothing is left for the next case."""
    shops: list[Shop] = []

    async def fill(user_ids: set[str]) -> Shop:
        shops.append(await filled(user_ids))
        return shops[-1]

    yield fill
    for shop in shops:
        await shop.reset()


def users_of(task: Mapping[str, Any], data: Database) -> set[str]:
    """Whose orders and accounts the calls of a task are about."""
    found = set()
    for call in tau2.calls_of(task):
        name, arguments = call["name"], call["arguments"]
        if arguments.get("order_id") in data["orders"]:
            found.add(data["orders"][arguments["order_id"]]["user_id"])
        if arguments.get("user_id") in data["users"]:
            found.add(arguments["user_id"])
        if name.startswith("find_user_id"):
            found |= tau2.users_found(data, name, arguments)
    return found


async def _found(shop: Shop, name: str, arguments: Mapping[str, Any]) -> Customer | None:
    if name == "find_user_id_by_email":
        return await shop.customers.by_email(arguments["email"])
    return await shop.customers.by_name(arguments["first_name"], arguments["last_name"], arguments["zip"])


@needs_data
@pytest.mark.parametrize("task_id", list(TASKS))
async def test_the_expected_calls_of_a_task_end_in_the_expected_state(
    task_id: str, opened: Opened, data: Database
) -> None:
    task = TASKS[task_id]
    shop: Shop = await opened(users_of(task, data))
    expected = Expected(data)
    for call in tau2.calls_of(task):
        name, arguments = call["name"], call["arguments"]
        allowed = expected.apply(name, arguments)
        if name.startswith("find_user_id"):
            found = await _found(shop, name, arguments)
            assert ({found.customer_id} if found else set()) == expected.finds(name, arguments)
            continue
        translated = tau2.translated(name, arguments)
        if translated is None:
            continue
        owner = data["orders"].get(arguments.get("order_id"), {}).get("user_id") or arguments.get("user_id")
        result = await shop.replay.call(*translated, owner or next(iter(shop.data["loaded"])))
        assert (result.outcome is Outcome.DONE) is allowed, (name, arguments, result.say)
    ours, theirs = await shop.state(expected.data)
    assert ours == theirs


@needs_data
def test_the_tasks_hold_what_is_to_be_proven() -> None:
    calls = [call for task in TASKS.values() for call in tau2.calls_of(task)]
    assert len(TASKS) == 74
    assert sum(call["name"] in CHANGING for call in calls) >= 100


@needs_data
def test_of_all_changes_that_the_tasks_make_their_policy_forbids_one(data: Database) -> None:
    forbidden = []
    for task_id, task in TASKS.items():
        expected = Expected(data)
        changes = [call for call in tau2.calls_of(task) if call["name"] in CHANGING]
        forbidden += [task_id for call in changes if not expected.apply(call["name"], call["arguments"])]
    assert forbidden == ["105"]


@needs_data
async def test_a_yes_that_is_sent_three_times_at_once_does_it_once(opened: Opened, data: Database) -> None:
    order = next(o for o in data["orders"].values() if o["status"] == "pending" and _paid_by_gift_card(o))
    shop: Shop = await opened({order["user_id"]})
    tool = shop.replay.tools["cancel"]
    arguments = tool.arguments(order_id=order["order_id"], reason="no longer needed")
    caller = shop.replay._caller(order["user_id"])
    results = await asyncio.gather(*(tool.run(arguments, caller, True) for _ in range(3)))
    assert {result.outcome for result in results} == {Outcome.DONE}
    assert len({result.say for result in results}) == 1
    expected = Expected(data)
    expected.apply("cancel_pending_order", {"order_id": order["order_id"], "reason": "no longer needed"})
    ours, theirs = await shop.state(expected.data)
    assert ours == theirs


def _paid_by_gift_card(order: Mapping[str, Any]) -> bool:
    return bool(order["payment_history"][0]["payment_method_id"].startswith("gift_card"))


@needs_data
async def test_anothers_order_is_answered_as_one_that_there_is_not(opened: Opened, data: Database) -> None:
    mine = next(iter(data["orders"].values()))
    shop: Shop = await opened({mine["user_id"]})
    stranger = next(user for user in shop.data["loaded"] if user != mine["user_id"])
    for name, tool in shop.replay.tools.items():
        if "order_id" not in tool.arguments.model_fields or name == "create_ticket":
            continue
        more: dict[str, Any] = {"method_id": "gift_card_1"} if name == "change_payment" else {}
        for confirmed in (False, True):
            told = []
            for order_id in (mine["order_id"], "#W0000000"):
                arguments = tool.arguments.model_validate({"order_id": order_id, **more})
                result = await tool.run(arguments, shop.replay._caller(stranger), confirmed)
                told.append(json.dumps([result.outcome, result.say, dict(result.facts), len(result.records)]))
            number = mine["order_id"].lstrip("#")
            assert told[0].replace(number, "N") == told[1].replace("W0000000", "N"), name
