"""The tool over the shop's own documents: what they say, or that they say nothing of it."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from app.chat.quotable import harmless, quotable, quotable_name
from app.chat.records import Record, RecordKind
from app.chat.tools.judging import LearnedAnswers
from app.chat.tools.order_results import proposal
from app.chat.tools.support import TICKET, TicketArguments
from app.chat.tools.tool import Arguments, Caller, Outcome, ToolResult
from app.query_vectors import QueryVectors
from embed.base import Vector
from shop.conversations.masking import without_cards
from shop.knowledge.answering.words import bare
from shop.knowledge.document import FoundPassage, sentences
from shop.knowledge.store import CANDIDATES, KnowledgeStore, asked_words
from shop.rules.words import forms

NEAR: Final = 0.45
"""Cosine of a question and a passage from which the passage is about it, whatever its words, in a document of which too
few passages are known to tell its topic."""
NEARER: Final = 0.5
"""The same in a document of whose topic the question is not."""
ON_TOPIC: Final = 0.32
"""Mean cosine of a question and the four nearest passages of a document from which it is about the question. With the
sentence model that comes with the product and the demo shop's documents, of support requests by other authors (240 that
they answer, 542 that they do not; nothing was chosen by them) 63 % and 7 % are answered; by the nearest passage alone,
from 0.45 on, it was 55 % and 10 %. From 0.30 on it is 71 % and 10 %: silence is the smaller fault."""
FAIRLY_NEAR: Final = 0.25
"""Cosine from which a passage that has most of the question's words is about it."""
MOST_WORDS: Final = 0.6
_ALL_WORDS: Final = 0.8
_NOT_THERE: Final = "That is not in the documents that I have; a person of the shop can tell you."


_SHALL_I: Final = "Shall I pass your question on to the shop's team?"
_YES_OR_NO: Final = 2
_UNTITLED: Final = "A document of the shop"


class KnowledgeArguments(Arguments):
    question: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    limit: int = Field(3, ge=1, le=10)
    instead: str = Field("", max_length=200, description="Asked where nothing answers the question.")
    pass_on: bool = Field(False, description="A ticket for the shop's team is proposed where nothing is found.")
    about: str = Field("", max_length=500, description="What a question of few words goes on from.")
    beside: bool = Field(False, description="Asked beside something else: nothing is said where nothing is found.")


@dataclass(frozen=True, slots=True)
class KnowledgeTool:
    """Passages of the shop's documents that answer a question, each with its document and section. Their text is data:
    what it asks of an assistant is left out."""

    store: KnowledgeStore
    vectors: QueryVectors
    judge: LearnedAnswers = field(default_factory=LearnedAnswers)
    name: str = "knowledge"
    description: str = "What the shop's documents say: shipping, returns, warranty, care, manuals, policies."
    changes: bool = False

    @property
    def arguments(self) -> type[KnowledgeArguments]:
        return KnowledgeArguments

    async def run(self, arguments: KnowledgeArguments, caller: Caller, _confirmed: bool = False, /) -> ToolResult:
        found = await self._asked(arguments)
        if not found.records and arguments.instead:
            found = await self._asked(arguments.model_copy(update={"question": arguments.instead}))
        if found.records or not arguments.pass_on or caller.customer_id is None:
            return found
        question = without_cards(arguments.question)
        ticket = TicketArguments(subject=question[:300], text=question)
        made = proposal(TICKET, ticket, f'Make a ticket for the shop\'s team: "{ticket.subject}".')
        return replace(found, outcome=Outcome.PROPOSED, say=f"{_NOT_THERE} {_SHALL_I}", proposal=made)

    async def _asked(self, arguments: KnowledgeArguments) -> ToolResult:
        question = bare(f"{arguments.about} {arguments.question}".strip())
        made, _ = await self.vectors.of_text(question, meaning=True, look=False)
        degraded = [] if made.vector is not None else [f"knowledge: searched by words alone ({made.why_not})"]
        found = await self.store.search(question, made.vector, limit=2 * CANDIDATES)
        if not found and not await self.store.count():
            degraded.append("knowledge: no documents are loaded")
        own = arguments.question if arguments.about else ""
        told, trouble = await asyncio.to_thread(self._judged, question, made.vector, found, own=own)
        degraded += [f"knowledge: {trouble}"] if trouble else []
        records = tuple(
            record
            for passage, sentence in told[: arguments.limit]
            if (record := passage_record(passage, question, sentence)) is not None
        )
        if not records:
            return ToolResult(Outcome.EMPTY, say="" if arguments.beside else _NOT_THERE, facts={"degraded": degraded})
        return ToolResult(Outcome.DONE, records, facts={"degraded": degraded})

    def _judged(
        self, question: str, vector: Vector | None, found: Sequence[FoundPassage], *, own: str
    ) -> tuple[list[tuple[FoundPassage, int | None]], str]:
        """The passages that answer, the surest first, each with the place of the sentence that does; and why they were
        judged by nearness and words alone."""
        if vector is not None and found:
            told = self.judge.answering(question, vector, found, self.vectors.meaning.spec, answers, own=own)
            if not isinstance(told, str):
                return told, ""
            return [(one, None) for one in found[:FEW] if answers(one)], told
        return [(one, None) for one in found[:FEW] if answers(one)], ""


FEW: Final = 3
"""Passages that are looked at where no model judges them."""


_SHORT_BEFORE: Final = 160
"""Characters before the sentence that answers that are told with it, rather than leave out what it goes on from."""


def answers(passage: FoundPassage) -> bool:
    """Where no model judges, whether a passage is about what was asked: near in meaning, or near enough with most of
    its words."""
    if passage.nearness is None:
        return passage.words >= _ALL_WORDS
    if passage.nearness >= FAIRLY_NEAR and passage.words >= MOST_WORDS:
        return True
    if passage.of_document is None:
        return passage.nearness >= NEAR
    return passage.nearness >= NEARER or (passage.of_document >= ON_TOPIC and passage.nearness >= FAIRLY_NEAR)


def passage_record(passage: FoundPassage, question: str, sentence: int | None = None) -> Record | None:
    """A passage from the sentence on that answers: the one at that place, else the one that has most of the question's
    words; None where nothing of it may be said."""
    kept = sentences(quotable(passage.text, own=True))
    if not kept:
        return None
    whole = sentences(passage.text)
    if sentence is not None and sentence < len(whole) and whole[sentence] in kept:
        best = kept.index(whole[sentence])
    else:
        asked = asked_words(question)
        shares = [len(asked & set(forms(one))) for one in kept]
        best = shares.index(max(shares))
    if len(kept[0].split()) <= _YES_OR_NO or len(" ".join(kept[:best])) <= _SHORT_BEFORE:
        best = 0  # what follows says less without it
    return Record(
        RecordKind.KNOWLEDGE,
        f"{RecordKind.KNOWLEDGE.value}:{_shown_id(passage.passage_id)}",
        quotable_name(passage.title, _UNTITLED),
        {"document_id": quotable_name(passage.document_id, "")},
        text=" ".join(kept[best:]),
        section=quotable_name(passage.section, ""),
    )


def _shown_id(passage_id: str) -> str:
    """The id, which begins with the name of a file; a digest of it where that name may not be shown."""
    return passage_id if harmless(passage_id) else hashlib.sha256(passage_id.encode()).hexdigest()[:16]
