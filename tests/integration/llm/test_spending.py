"""Accounts that many processes share, in a real Elasticsearch."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from app.llm.errors import CapReached
from app.llm.ledger import Caps, Ledger
from app.llm.models import Spender, Tokens
from es.client import connect_async
from es.names import IndexNames
from es.settings import EngineSettings
from shop.spending.store import Account, Bill, SpendingStore

pytestmark = pytest.mark.needs_es

TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


async def test_processes_together_never_pass_a_cap(engine_settings: EngineSettings) -> None:
    names = IndexNames(engine_settings.index_prefix)
    async with connect_async(engine_settings) as client:
        stores = [SpendingStore(client, names, deadline_s=10) for _ in range(4)]
        accounts = [Account(TODAY, "", 1_500), Account(TODAY, "ann", 250)]
        lacking = await asyncio.gather(*(stores[i % 4].hold(accounts, 100) for i in range(12)))
        assert sum(each is None for each in lacking) == 2
        assert {each.user for each in lacking if each is not None} == {"ann"}
        # What the refused ones held of the shop's account is given back.
        assert (await stores[0].day(TODAY))["held_micro_usd"] == 200
        others = [await stores[0].hold([accounts[0], Account(TODAY, f"u{i}", 250)], 100) for i in range(14)]
        assert [each is None for each in others] == [True] * 13 + [False]
        assert others[-1] == accounts[0]


async def test_a_hold_is_settled_by_the_bill(engine_settings: EngineSettings) -> None:
    async with connect_async(engine_settings) as client:
        store = SpendingStore(client, IndexNames(engine_settings.index_prefix), deadline_s=10)
        assert set((await store.day(TODAY)).values()) == {0}
        accounts = [Account(TODAY, "", 1_000), Account(TODAY, "ann", 1_000)]
        assert await store.hold(accounts, 300) is None
        await store.settle(accounts, 300, Bill(120, 1, 0, 40, 20))
        assert await store.day(TODAY) == {
            "held_micro_usd": 0,
            "spent_micro_usd": 120,
            "calls": 1,
            "failed_calls": 0,
            "input_tokens": 40,
            "output_tokens": 20,
        }
        await client.indices.refresh(index="_all")
        assert await store.forget_before(TODAY) == 0
        assert await store.forget_before(TODAY + timedelta(days=1)) == 1
        assert (await store.day(TODAY))["spent_micro_usd"] == 120


async def test_who_it_was_stands_nowhere(engine_settings: EngineSettings) -> None:
    names = IndexNames(engine_settings.index_prefix)
    async with connect_async(engine_settings) as client:
        store = SpendingStore(client, names, deadline_s=10)
        await store.hold([Account(TODAY, "ann@shop.example", 1_000)], 1)
        await client.indices.refresh(index=names.llm_spending)
        found = await client.search(index=names.llm_spending)
        assert "ann" not in str(found["hits"]["hits"])
        assert Account(TODAY, "ann", 1).id != Account(TODAY + timedelta(days=1), "ann", 1).id[:10]


async def test_ledgers_of_two_processes_share_a_day(engine_settings: EngineSettings) -> None:
    names = IndexNames(engine_settings.index_prefix)
    async with connect_async(engine_settings) as client:
        caps = Caps(turn=1.0, user_day=0.010, day=1.0)
        first, second = (Ledger(caps, SpendingStore(client, names, deadline_s=10), lambda: NOON) for _ in range(2))
        for ledger in (first, second):
            hold = await ledger.hold(Spender("ann", "t"), 0.004)
            await ledger.settle(hold, Tokens(10, 10), 0.004)
        with pytest.raises(CapReached, match="user and day"):
            await first.hold(Spender("ann", "t2"), 0.004)
        assert (await first.hold(Spender("bob", "t3"), 0.004)).stored
        assert first.health()[0]


async def test_without_elasticsearch_each_process_counts_by_itself(engine_settings: EngineSettings) -> None:
    gone = engine_settings.model_copy(update={"es_url": "http://127.0.0.1:9"})
    async with connect_async(gone) as client:
        ledger = Ledger(Caps(1.0, 0.005, 1.0), SpendingStore(client, IndexNames("gone"), deadline_s=1), lambda: NOON)
        hold = await ledger.hold(Spender("ann", "t"), 0.004)
        assert not hold.stored
        await ledger.settle(hold, Tokens(10, 10), 0.004)
        with pytest.raises(CapReached):
            await ledger.hold(Spender("ann", "t"), 0.004)
        well, said = ledger.health()
        assert not well
        assert "each process for itself" in said
