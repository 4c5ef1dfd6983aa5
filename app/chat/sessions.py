"""Sessions: begun, found again by whoever began them, written turn after turn, forgotten when their time is over.

A turn first marks its session as busy. Whoever comes meanwhile, in whatever process, waits; so two messages at once are
answered one after the other, and each sees what the other has changed.
"""

import asyncio
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from app.chat.errors import SessionMissing
from app.problems import Overloaded
from shop.conversations.document import Conversation, StoredLine, owner_digest
from shop.conversations.store import ConversationChanged, ConversationStore, Held

# Elasticsearch refuses longer ids; ours are shorter, so such a one is simply unknown.
MAX_ID_BYTES: Final = 512
_BUSY: Final = "busy"
_WAIT_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Turn:
    """A session that is this turn's for now, and the answer that its message has had already, if any."""

    held: Held
    answered: dict[str, Any] | None = None

    @property
    def conversation(self) -> Conversation:
        return self.held.conversation


class Sessions:
    """`lifetime_s`: how long a session lives after its last message. `turn_s`: how long a turn may take; a session is
    not busy for longer, whatever happened to whoever held it."""

    def __init__(self, store: ConversationStore, *, lifetime_s: float, turn_s: float) -> None:
        self._store = store
        self._lifetime = timedelta(seconds=lifetime_s)
        self._turn = timedelta(seconds=turn_s)

    async def begin(self, session_id: str | None, owner: str | None, message_id: str, text: str) -> Turn:
        """The session of a turn, marked as busy with it. `owner`: the customer who is speaking, None for a visitor.

        Raises SessionMissing, Overloaded where the turns before it take too long, and EngineError.
        """
        give_up = datetime.now(UTC) + self._turn
        while True:
            now = datetime.now(UTC)
            held = self._new(owner, now) if session_id is None else await self._mine(session_id, owner, now)
            if (answered := held.conversation.answer_to(message_id)) is not None:
                return Turn(held, answered)
            busy = held.conversation.context.get(_BUSY)
            if busy is None or datetime.fromisoformat(busy["until"]) <= now:
                mark = {"message_id": message_id, "until": (now + self._turn).isoformat(), "message": text}
                marked = replace(held.conversation, context={**held.conversation.context, _BUSY: mark})
                try:
                    return Turn(await self._store.save(replace(held, conversation=marked)))
                except ConversationChanged:
                    continue
            if now > give_up:
                raise Overloaded
            await asyncio.sleep(_WAIT_S)

    async def end(self, turn: Turn, said: StoredLine, answered: StoredLine, context: dict[str, Any]) -> None:
        """Writes the turn, and lets the next one in. Raises EngineError."""
        expires = datetime.now(UTC) + self._lifetime
        changed = turn.conversation.with_turn(said, answered, context, expires)
        await self._store.save(replace(turn.held, conversation=changed))

    async def release(self, turn: Turn) -> None:
        """Lets the next turn in without this one. Raises EngineError."""
        context = {name: value for name, value in turn.conversation.context.items() if name != _BUSY}
        await self._store.save(replace(turn.held, conversation=replace(turn.conversation, context=context)))

    async def read(self, session_id: str, owner: str | None) -> Conversation:
        """Raises SessionMissing, EngineError."""
        return (await self._mine(session_id, owner, datetime.now(UTC))).conversation

    async def erase(self, session_id: str, owner: str | None) -> None:
        """Forgets a session with everything in it. Raises SessionMissing, EngineError."""
        await self._mine(session_id, owner, datetime.now(UTC))
        await self._store.erase(session_id)

    def _new(self, owner: str | None, now: datetime) -> Held:
        # 192 bits: whoever has the id began the session, or was told it.
        return Held(Conversation(secrets.token_urlsafe(24), owner_digest(owner), now, now + self._lifetime))

    async def _mine(self, session_id: str, owner: str | None, now: datetime) -> Held:
        possible = 0 < len(session_id.encode("utf-8", "replace")) <= MAX_ID_BYTES
        held = await self._store.get(session_id) if possible else None
        if held is None or held.conversation.expired(now):
            raise SessionMissing("There is no such session; begin one by leaving out session_id.")
        if held.conversation.owner and not secrets.compare_digest(held.conversation.owner, owner_digest(owner)):
            raise SessionMissing("There is no such session; begin one by leaving out session_id.")
        return held
