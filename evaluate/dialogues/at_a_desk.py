"""The demo shop's desk for scripted dialogues: a customer with orders of their own for each, so that none changes what
another finds, and the shop's documents."""

from collections.abc import Sequence
from datetime import UTC, datetime

from embed.base import Embedder
from es.client import connect_async
from es.names import IndexNames
from es.settings import EngineSettings
from evaluate.dialogues.script import Dialogue
from ingest.knowledge.command import read_all
from shop.customers.store import CustomerStore
from shop.demo import desk
from shop.orders.store import OrderStore
from shop.promotions.store import PromotionStore


async def load_desk(
    engine: EngineSettings, url: str, embedder: Embedder, dialogues: Sequence[Dialogue]
) -> list[Dialogue]:
    """Stores the desk; returns the dialogues, each with its own copy of the customer that it names and of what that one
    has ordered. Raises EngineError, FeedError."""
    names, now = IndexNames(engine.index_prefix), datetime.now(UTC)
    customers, orders, own = [], [], []
    for number, dialogue in enumerate(dialogues, 1):
        owner = f"{dialogue.customer}-{number}" if dialogue.customer else ""
        own.append(dialogue.model_copy(update={"customer": owner}))
        customers += [one.model_copy(update={"customer_id": owner}) for one in desk.customers()
                      if one.customer_id == dialogue.customer]  # fmt: skip
        orders += [
            one.model_copy(update={"customer_id": owner, "order_id": f"{one.order_id}{number:03}"})
            for one in desk.orders(now)
            if one.customer_id == dialogue.customer
        ]
    async with connect_async(engine, url) as client:
        await CustomerStore(client, names).load(customers)
        await OrderStore(client, names).load(orders)
        await PromotionStore(client, names).load(desk.promotions())
    await read_all([str(desk.DOCUMENTS)], engine, embedder)
    return own
