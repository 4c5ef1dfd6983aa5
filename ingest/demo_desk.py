"""`python -m ingest demo-desk`: the demo shop's customers, orders, promotions and documents."""

import argparse
import asyncio
import sys
import threading
from contextlib import ExitStack
from datetime import UTC, datetime

from embed.settings import EmbedSettings
from es.client import connect_async
from es.names import IndexNames
from es.reach import ensure_server
from es.settings import EngineSettings
from ingest.embedding import load_embedder
from ingest.knowledge.command import read_all
from shop.customers.store import CustomerStore
from shop.demo import desk
from shop.orders.store import OrderStore
from shop.promotions.store import PromotionStore


def demo_desk(options: argparse.Namespace, _stop: threading.Event) -> bool:
    """Loads them; what was changed in conversations stays. Returns whether a document could not be read."""
    engine = EngineSettings()
    with ExitStack() as stack:
        embedder = None if options.no_vectors else stack.enter_context(load_embedder(EmbedSettings()))
        loaded = asyncio.run(_load(engine))
        summary = asyncio.run(read_all([str(desk.DOCUMENTS)], engine, embedder))
    sys.stdout.write(f"demo shop: {loaded}, {summary.documents} documents\n")
    return bool(summary.problems)


async def _load(engine: EngineSettings) -> str:
    names = IndexNames(engine.index_prefix)
    async with connect_async(engine, ensure_server(engine)) as client:
        customers, orders, promotions = desk.customers(), desk.orders(datetime.now(UTC)), desk.promotions()
        await CustomerStore(client, names).load(customers)
        await OrderStore(client, names).load(orders)
        await PromotionStore(client, names).load(promotions)
    return f"{len(customers)} customers, {len(orders)} orders, {len(promotions)} promotions"
