"""A turn of the conversation: understand, plan, call tools, write, check, store. Products go out before prose."""

import time
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from app.chat import answering, waiting
from app.chat.answer_body import answer_body, turn_of
from app.chat.answering import FAR_OFF, FAR_OFF_ALL, Found, nearest
from app.chat.composing.composer import Brief, Composer, Line
from app.chat.context import Context, context_of, merged
from app.chat.finding import Finding, both, of_interests
from app.chat.heard import Heard, Said
from app.chat.hearing import Hearing
from app.chat.planning_offers import ASKED_OF_ONE
from app.chat.reading import pictured
from app.chat.reading.intents import SHOPPING, Intent, topic_of
from app.chat.reading.message import Reading
from app.chat.reading.sought import MOST_NEAR, missing, spelled_note
from app.chat.reading.together import talked_of
from app.chat.records import RecordKind
from app.chat.repeating import not_only_again
from app.chat.sessions import Sessions, Turn
from app.chat.showing import pointing, showing, swapped, turned_to
from app.chat.toolbox import Toolbox
from app.chat.tools.tool import Caller
from app.chat.writing import Checks, Written, write
from app.problems import BadRequest
from es.errors import EngineError, EngineUnavailable
from shop.conversations.document import StoredLine
from shop.conversations.masking import masked
from shop.conversations.store import ConversationChanged, ConversationStore

log = structlog.get_logger(__name__)

# What is said of the order that was just spoken of.
_OF_THE_SAME: Final = frozenset(
    {Intent.EXCHANGE, Intent.RETURN, Intent.CANCEL, Intent.ADDRESS, Intent.CONFIRM, Intent.DENY}
)

Part = dict[str, Any]
"""A part of an answer as it is sent: `type` and what belongs to it."""

Checker = Callable[[Brief], Checks]


_APOLOGY: Final = "Sorry, the shop's data cannot be reached just now. Your message is kept: send it again in a moment."


@dataclass(slots=True)
class ChatService:
    """Conversations of one shop."""

    sessions: Sessions
    store: ConversationStore
    hearing: Hearing
    tools: Toolbox
    composers: Sequence[Composer]
    check: Checker

    async def answer(self, said: Said) -> dict[str, Any]:
        """The whole answer at once. Raises as `turn`."""
        answer: dict[str, Any] = {}
        async for part in self.turn(said):
            if part["type"] == "done":
                answer = part["answer"]
            elif part["type"] == "error":
                raise EngineUnavailable(part["message"])
        return answer

    async def turn(self, said: Said) -> AsyncIterator[Part]:
        """The parts of one answer, the last of which is `done` with the whole of it.

        Raises BadRequest, SessionMissing, Overloaded and EngineError before the first part; what goes wrong later is a
        part of the type `error`.
        """
        if not said.text.strip() and said.image is None:
            raise BadRequest([("message", "Say something, or send a picture.")])
        started = time.perf_counter()
        said = replace(said, message_id=said.message_id or uuid.uuid4().hex)
        turn = await self.sessions.begin(said.session_id, said.customer_id, said.message_id, said.text)
        if turn.answered is not None:
            yield {"type": "done", "answer": turn.answered}
            return
        try:
            async for part in self._answered(said, turn, started):
                yield part
        except BadRequest:
            await self._give_up(turn)
            raise
        except EngineError as error:
            log.warning("chat turn failed", session_id=turn.conversation.session_id, error=str(error))
            await self._give_up(turn)
            yield {
                "type": "error",
                "message": _APOLOGY,
                "session_id": turn.conversation.session_id,
                "message_id": said.message_id,
            }

    async def _answered(self, said: Said, turn: Turn, started: float) -> AsyncIterator[Part]:
        before = context_of(turn.conversation.context)
        before = before if said.image is None else pictured.beginning(before)
        heard = await self.hearing.heard(said, before, turn)
        caller = Caller(turn.conversation.session_id, said.message_id, said.customer_id)
        # Before the first part goes out, so that what is wrong with the message can still be its answer.
        found, context = await self._looked_up(heard, turn, caller)
        yield {
            "type": "understood",
            "intent": heard.reading.intent.value,
            "understood": heard.understood.as_json(),
        }
        listed = answering.recommendations(found, context)
        products_ms = (time.perf_counter() - started) * 1000
        if listed:
            yield {"type": "products", "recommendations": listed, "table": found.facts.get("table")}
        written: Written | None = None
        async for piece in write(_brief(heard, context, found, listed, turn, caller), self.composers, self.check):
            if isinstance(piece, Written):
                written = piece
            else:
                yield piece
        assert written is not None
        answer = answer_body(caller.session_id, said.message_id, heard.reading, context, found, listed, written)
        answer["took_ms"] = round((time.perf_counter() - started) * 1000, 1)
        yield {"type": "questions", "questions": answer["clarifying_questions"]}
        yield {"type": "actions", "actions": answer["actions"], "proposal": answer["proposal"]}
        await self._store(said, turn, answer, context, written, products_ms)
        yield {"type": "done", "answer": answer}

    async def _looked_up(self, heard: Heard, turn: Turn, caller: Caller) -> tuple[Found, Context]:
        """What the tools found, with all there is to say of it, and the context as it is then. Raises BadRequest and
        EngineError."""
        reading, said, before, finding = heard.reading, heard.said, heard.before, Finding(self.tools)
        context = self._context(before, reading, said)
        if heard.answers is not None:
            found = await self.tools.run(heard.answers, caller)
        else:
            found = await finding.find(reading, context, before, caller, heard.asks)
        found, context = await finding.settled(found, reading, context, before, caller)
        if heard.unmet and not found.products:
            found, context = replace(found, notes=(heard.unmet,)), replace(context, wishes=before.wishes)
        found = of_interests(self._honest(found, heard, context), context)
        if not found.products and before.shown and context.about != before.about and reading.intent in SHOPPING:
            # What is not here is not talked of any longer; what was shown is.
            kept = tuple(wish for wish in before.wishes if wish.field not in reading.told.dropped)
            context = replace(context, about=before.about, wishes=kept)
        if heard.beside and reading.intent in SHOPPING:
            found = await self._and_for(heard.beside, found, context, turn, caller)
        found = not_only_again(found, reading, _last_answer(turn), said.text)
        found = waiting.kept(found, before.pending, reading, said.text)
        added = answering.unsaid(found, heard.added) if reading.intent in SHOPPING else ""
        notes = (*filter(None, [spelled_note(heard.changed), heard.note, added]), *found.notes)
        found = replace(found, notes=notes, degraded=(*heard.degraded, *found.degraded))
        context = _after(context, before, reading, found, said)
        if said.image is not None and not context.about:
            context = replace(context, about=pictured.kind_shown(found.products, heard.lexicon.kinds))
        return found, context

    def _honest(self, found: Found, heard: Heard, context: Context) -> Found:
        """What was found, with that told where it is not what was asked for."""
        reading, mentioned = heard.reading, self.hearing.words.mentioned
        less = missing(found.facts, heard.said.text, heard.lexicon, mentioned) if reading.told.about is not None else ""
        if less:
            return nearest(found, less, MOST_NEAR)
        if reading.intent not in SHOPPING or not answering.far_off(found, context):
            return found
        near = nearest(found, FAR_OFF, MOST_NEAR)
        return near if near.products else replace(near, notes=(*found.notes, FAR_OFF_ALL))

    async def _and_for(self, wish: str, found: Found, context: Context, turn: Turn, caller: Caller) -> Found:
        """What was found, and after it what another wish of the message, for somebody else, finds."""
        heard = await self.hearing.heard(Said(wish), Context(), turn)
        if heard.reading.intent not in SHOPPING or heard.reading.guarded:
            return found
        other = merged(Context(), heard.reading.told)
        second = await Finding(self.tools).find(heard.reading, other, Context(), caller, Said(wish))
        left = (f"Ask for “{heard.beside}” by itself: I look for two things at a time.",) if heard.beside else ()
        second = replace(second, degraded=(*heard.degraded, *second.degraded))
        found = both(found, context, second, other)
        return replace(found, notes=(*found.notes, *left))

    def _context(self, before: Context, reading: Reading, said: Said) -> Context:
        if reading.intent is Intent.AFRESH:
            return Context(suspended=before.suspended)
        if reading.intent is Intent.RESUME and before.suspended:
            earlier = before.suspended[-1]
            return replace(before, intent=earlier.intent, suspended=before.suspended[:-1])
        anew = reading.intent is Intent.RECOMMEND and reading.told.afresh
        wanted = reading.intent in SHOPPING or anew or said.image is not None
        context = merged(before, reading.told) if wanted else before
        if reading.told.amounts and reading.intent not in SHOPPING:
            context = replace(context, amounts=reading.told.amounts)
        if context.about != before.about and not reading.told.refines:
            context = replace(context, talked=talked_of(before))
        order_id = reading.order_id or (waiting.order_of(before.pending) if reading.intent in _OF_THE_SAME else None)
        if order_id is not None:
            context = replace(context, order_id=order_id)
        context = pointing(context, [product.product_id for product in reading.pointed.products])
        # What is told of an order, in words that nobody understood, is talk of it all the same.
        told = reading.desk and reading.intent is Intent.UNCLEAR and reading.order_id is not None
        intent = Intent.ORDER_STATUS if told else reading.intent
        topic, last = topic_of(intent), topic_of(before.intent)
        if not topic:
            return context
        about = (before.order_id or "") if last == "orders" else before.about
        return turned_to(context, intent.value, about, same_topic=topic == last)

    async def _store(
        self, said: Said, turn: Turn, answer: dict[str, Any], context: Context, written: Written, products_ms: float
    ) -> None:
        now = datetime.now(UTC)
        told = StoredLine("user", said.text, now, said.message_id)
        answered = StoredLine("assistant", answer["message"], now, said.message_id, answer)
        try:
            await self.sessions.end(turn, told, answered, context.as_json())
        except ConversationChanged:
            # The turn took so long that its session was given to the next one.
            log.warning("chat turn not kept", session_id=answer["session_id"])
        await self.store.log_turn(turn_of(answer, said.text, now, written, products_ms).document())

    async def _give_up(self, turn: Turn) -> None:
        with suppress(EngineError, ConversationChanged):
            await self.sessions.release(turn)


def _last_answer(turn: Turn) -> str:
    return next((line.text for line in reversed(turn.conversation.lines) if line.role == "assistant"), "")


def _brief(
    heard: Heard, context: Context, found: Found, listed: Sequence[dict[str, Any]], turn: Turn, caller: Caller
) -> Brief:
    """What is to be written of. `listed`: what is recommended, each with its reason."""
    reasons = {f"product:{item['product']['product_id']}": item["recommendation_reason"] for item in listed}
    history = [Line(line.role, line.text) for line in turn.conversation.lines]
    brief = answering.brief(heard.reading, context, found, reasons, masked(heard.said.text), history)
    turn_id = f"{caller.session_id}:{caller.message_id}"
    return replace(brief, asked_by=caller.customer_id or caller.session_id, turn_id=turn_id)


def _after(context: Context, before: Context, reading: Reading, found: Found, said: Said) -> Context:
    """The context with what is shown now, and what waits for an answer of the shopper."""
    named = reading.intent in ASKED_OF_ONE and not reading.pointed.products
    if reading.intent is Intent.RECOMMEND and found.products:
        # "It" stays the product that the list is about.
        context = showing(context, [*answering.shown(found), *reading.pointed.products], before)
    elif named or reading.intent in SHOPPING | {Intent.SIMILAR} or said.image is not None:
        context = showing(context, answering.shown(found), before)
    elif reading.intent is Intent.COMPARE and len(found.products) > 1:
        ids = tuple(record.fields["product_id"] for record in found.products)
        if not set(ids) <= {product.product_id for product in context.shown}:
            context = showing(context, answering.shown(found), before)
        context = replace(context, compared=ids, focus=answering.advised_id(found, context, said.text))
    elif reading.intent is Intent.AVAILABILITY and len(found.products) == 1:
        context = swapped(context, answering.shown(found)[0])
    return replace(_spoken_of(context, found), pending=found.proposal or found.facts.get("asks"))


def _spoken_of(context: Context, found: Found) -> Context:
    """The context with the one order that the answer is about, none where it is about several, and the ticket that was
    made."""
    orders = {str(one.fields["order_id"]) for one in found.records if one.kind is RecordKind.ORDER}
    tickets = [str(one.fields["ticket_id"]) for one in found.records if one.kind is RecordKind.TICKET]
    order_id = context.order_id if not orders else next(iter(orders)) if len(orders) == 1 else None
    return replace(context, order_id=order_id, ticket=tickets[-1] if tickets else context.ticket)


__all__ = ["ChatService", "Part", "Said"]
