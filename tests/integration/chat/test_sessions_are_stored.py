"""Conversations are written without looking for their indices each time, and make them again when they are gone."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest_asyncio
from elasticsearch import AsyncElasticsearch

from es.client import connect_async
from es.names import IndexNames
from shop.conversations.document import Conversation
from shop.conversations.store import ConversationStore, Held
from tests.engines import engine_at

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Asked:
    """A shop's names, a client, and how many requests it has made."""

    def __init__(self, url: str) -> None:
        engine = engine_at(url)
        self.names, self.requests = IndexNames(engine.index_prefix), 0
        self.client: AsyncElasticsearch = connect_async(engine, observe=self._count)
        self.store = ConversationStore(self.client, self.names)

    def _count(self, _outcome: str, _seconds: float) -> None:
        self.requests += 1

    async def saved(self, session_id: str) -> int:
        """Stores a new conversation; how many requests that took."""
        before = self.requests
        await self.store.save(Held(Conversation(session_id, "", NOW, NOW + timedelta(days=1))))
        return self.requests - before

    async def mapping(self) -> object:
        found = await self.client.indices.get_mapping(index=self.names.conversations)
        return found[self.names.conversations]["mappings"]


@pytest_asyncio.fixture(loop_scope="session")
async def asked(es_url: str) -> AsyncIterator[Asked]:
    made = Asked(es_url)
    yield made
    quiet = made.client.options(ignore_status=404)
    for index in (made.names.conversations, made.names.conversation_turns):
        await quiet.indices.delete(index=index)
        await quiet.indices.delete_index_template(name=f"{index}-guard")
    await made.client.close()


async def test_an_index_is_looked_for_once(asked: Asked) -> None:
    assert await asked.saved("one") > 1
    assert await asked.saved("two") == 1
    await asked.store.log_turn({"turn_id": "t1", "session_id": "one"})
    before = asked.requests
    await asked.store.log_turn({"turn_id": "t2", "session_id": "one"})
    assert asked.requests - before == 1


async def test_an_index_that_was_deleted_is_made_again_with_its_mapping(asked: Asked) -> None:
    await asked.saved("one")
    mapping = await asked.mapping()
    await asked.client.indices.delete(index=asked.names.conversations)
    await asked.saved("two")
    assert await asked.mapping() == mapping
    assert await asked.store.get("two") is not None
    assert await asked.store.get("one") is None
    assert await asked.saved("three") == 1
