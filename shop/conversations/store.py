"""Conversations in Elasticsearch: a document a session, written under the condition that nobody wrote in between."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from elasticsearch import AsyncElasticsearch

from es.client import translated
from es.errors import EngineRejected, IndexMissing
from es.indices import MadeIndex
from es.mappings import conversations as fields
from es.missing import document_if_any
from es.names import IndexNames
from shop.conversations.document import Conversation, line_json, line_of


class ConversationChanged(Exception):
    """Somebody else wrote the session since it was read."""


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation with what Elasticsearch needs to know that it is still the same; None: it is new."""

    conversation: Conversation
    seq_no: int | None = None
    primary_term: int | None = None


class ConversationStore:
    """Sessions of one shop. Every call raises EngineError where Elasticsearch is in trouble."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames, *, deadline_s: float = 5.0) -> None:
        self._client = client.options(request_timeout=deadline_s)
        self._index = names.conversations
        self._turns = names.conversation_turns
        self._sessions_made = MadeIndex(self._client, self._index, fields.sessions())
        self._turns_made = MadeIndex(self._client, self._turns, fields.turns())

    async def get(self, session_id: str) -> Held | None:
        """The session, or None where there is none."""
        found = await document_if_any(self._client, self._index, session_id)
        if found is None:
            return None
        return Held(_conversation(found["_source"]), found["_seq_no"], found["_primary_term"])

    async def save(self, held: Held) -> Held:
        """Writes it, found by `get` at once, and returns it as it is held now. Raises ConversationChanged where
        somebody else has written it since."""
        conversation = held.conversation
        unchanged: dict[str, Any] = (
            {"op_type": "create"}
            if held.seq_no is None
            else {"if_seq_no": held.seq_no, "if_primary_term": held.primary_term}
        )

        async def write() -> Any:  # noqa: ANN401 - an answer of Elasticsearch
            with translated():
                return await self._client.index(
                    index=self._index, id=conversation.session_id, document=_source(conversation), **unchanged
                )

        try:
            answer = await self._sessions_made.written(write)
        except EngineRejected as error:
            if error.status == 409:
                raise ConversationChanged from error
            raise
        return Held(conversation, answer["_seq_no"], answer["_primary_term"])

    async def erase(self, session_id: str) -> bool:
        """Deletes the session and its turns; whether there was one."""
        held = await self.get(session_id)
        if held is not None:
            with translated():
                await self._client.delete(index=self._index, id=session_id, refresh=True)
        try:
            with translated():
                await self._client.indices.refresh(index=self._turns)
                await self._client.delete_by_query(
                    index=self._turns,
                    query={"term": {fields.SESSION_ID: session_id}},
                    conflicts="proceed",
                    refresh=True,
                )
        except IndexMissing:
            pass
        return held is not None

    async def log_turn(self, turn: dict[str, Any]) -> None:
        """Adds a turn to what analytics count."""

        async def write() -> None:
            with translated():
                await self._client.index(index=self._turns, id=turn[fields.TURN_ID], document=turn)

        await self._turns_made.written(write)

    async def judge_turn(self, turn_id: str, changes: dict[str, Any]) -> bool:
        """Adds what the user thought of a turn; False where there is no such turn."""
        try:
            with translated():
                await self._client.update(index=self._turns, id=turn_id, doc=changes, retry_on_conflict=3)
        except IndexMissing:
            return False
        except EngineRejected as error:
            if error.status == 404:
                return False
            raise
        return True

    async def count_turns(self, aggs: dict[str, Any], query: dict[str, Any]) -> dict[str, Any]:
        """`{total, aggregations}` over the turns."""
        try:
            with translated():
                await self._client.indices.refresh(index=self._turns)
                answer = await self._client.search(
                    index=self._turns, size=0, track_total_hits=True, query=query, aggs=aggs
                )
        except IndexMissing:
            return {"total": 0, "aggregations": {}}
        return {"total": answer["hits"]["total"]["value"], "aggregations": answer.get("aggregations", {})}


def _source(conversation: Conversation) -> dict[str, Any]:
    return {
        fields.SESSION_ID: conversation.session_id,
        fields.OWNER: conversation.owner,
        fields.CREATED_AT: conversation.created_at.isoformat(),
        fields.UPDATED_AT: datetime.now(UTC).isoformat(),
        fields.EXPIRES_AT: conversation.expires_at.isoformat(),
        fields.CONTEXT: conversation.context,
        fields.LINES: [line_json(line) for line in conversation.lines],
    }


def _conversation(source: dict[str, Any]) -> Conversation:
    lines: Sequence[dict[str, Any]] = source.get(fields.LINES) or []
    return Conversation(
        session_id=source[fields.SESSION_ID],
        owner=source.get(fields.OWNER, ""),
        created_at=datetime.fromisoformat(source[fields.CREATED_AT]),
        expires_at=datetime.fromisoformat(source[fields.EXPIRES_AT]),
        context=source.get(fields.CONTEXT) or {},
        lines=tuple(line_of(line) for line in lines),
    )
