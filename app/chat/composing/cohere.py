"""The writer that asks Command R+: an answer made of the records, with citations, streamed.

It is asked where words are worth it: about products, reviews, promotions and documents. Turns without records, and
those about somebody's orders, account or tickets, are left to the built-in writer, and no model sees them.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final

from app.chat.composing.composer import Brief, Cited, Piece, Usage
from app.chat.composing.documents import PRIVATE, documents_of
from app.chat.composing.languages import language_of, other
from app.chat.errors import ComposeError
from app.llm.models import CitedText, Document, Finished, Message, Prompt, Spender, TextDelta, Tokens
from app.llm.service import LanguageModelError, LanguageModelService, plain, prompt_file
from shop.conversations.masking import masked

# Nothing is sent before so much has come, or the end: an answer in another language is noticed by its first words.
_HELD_CHARACTERS: Final = 60
_WINDOW: Final = 240
_HISTORY: Final = 6
_LINE: Final = 600
_MESSAGE: Final = 4000


class CohereComposer:
    """A Composer. One that has nothing to say about a brief writes nothing, and the next one does."""

    def __init__(self, models: LanguageModelService) -> None:
        self._models = models

    @property
    def name(self) -> str:
        return self._models.model

    async def compose(self, brief: Brief) -> AsyncGenerator[Piece, None]:
        """Text as it comes, citations at their places, the cost last. Raises ComposeError for whatever goes wrong, an
        answer that is empty, in another language, or longer than it may be; what was written before stays."""
        if not brief.records or any(record.kind in PRIVATE for record in brief.records):
            return
        prompt = prompt_of(brief, self._models.settings.max_output_tokens)
        draft = _Draft(_expected(brief, prompt.documents), {document.id for document in prompt.documents})
        try:
            async with aclosing(self._models.stream(prompt, Spender(brief.asked_by, brief.turn_id, "chat"))) as events:
                async for event in events:
                    for piece in self._pieces(draft, event):
                        yield piece
        except LanguageModelError as error:
            raise ComposeError(_told(error)) from error
        if not draft.written.strip():
            raise ComposeError("its answer was empty")
        if draft.reason == "MAX_TOKENS":
            raise ComposeError("its answer was too long")

    def _pieces(self, draft: "_Draft", event: TextDelta | CitedText | Finished) -> list[Piece]:
        if isinstance(event, TextDelta):
            return draft.more(event.text)
        if isinstance(event, CitedText):
            draft.cited.append(event)
            return draft.citations()
        draft.reason = event.reason
        tokens = event.tokens or Tokens(0, 0)
        cost = Usage(self._models.model, tokens.input, tokens.output, event.cost_usd)
        return [*draft.rest(), *draft.citations(last=True), Piece(usage=cost)]


def prompt_of(brief: Brief, max_tokens: int) -> Prompt:
    """What the model is asked for this brief: the rules, what was said before, and the task as its last message."""
    rules = prompt_file("answer")
    reasons = brief.facts.get("reasons")
    documents = documents_of(brief.records, reasons if isinstance(reasons, Mapping) else {})
    before = [
        Message("assistant" if line.role == "assistant" else "user", plain(line.text)[:_LINE] or "...")
        for line in brief.history[-_HISTORY:]
    ]
    messages = (Message("system", rules.text), *before, Message("user", _task(brief), data=True))
    return Prompt(rules.version, messages, documents, max_tokens=max_tokens, temperature=0.3)


def _task(brief: Brief) -> str:
    known = [f"{name}: {plain(value)}" for name, value in brief.context.items()]
    values = [f"{name}: {told}" for name, value in brief.facts.items() if (told := _scalar(value))]
    parts = [
        ("The shopper's last message", [f"<message>{plain(masked(brief.message))[:_MESSAGE]}</message>"]),
        ("What the shop understood", [f"the message is about: {brief.intent}", *known]),
        ("Must be told", [plain(note) for note in (*brief.notes, *brief.closing)]),
        ("Worked out by the shop", values),
    ]
    return "\n\n".join(f"{title}:\n" + "\n".join(f"- {line}" for line in lines) for title, lines in parts if lines)


def _scalar(value: Any) -> str:  # noqa: ANN401 - whatever a tool has worked out
    """Numbers, words and short lists of them; larger facts stand in records."""
    if isinstance(value, list | tuple) and len(value) <= 10 and all(isinstance(v, str | int | float) for v in value):
        return plain(", ".join(str(v) for v in value))
    return plain(str(value))[:_LINE] if isinstance(value, str | int | float) else ""


def _expected(brief: Brief, documents: tuple[Document, ...]) -> str:
    """The language of the message; where that has too few words, of what was said before, then of the documents."""
    said = " ".join(line.text for line in brief.history if line.role == "user")
    told = " ".join(str(value) for document in documents for value in document.data.values())
    return language_of(brief.message) or language_of(f"{said} {brief.message}") or language_of(told)


def _told(error: LanguageModelError) -> str:
    """Why, for whoever reads the answer; the rest is in the log and in /health/ready."""
    return {
        "CapReached": "what it may cost is used up",
        "ModelTimeout": "it took too long",
        "ModelBusy": "it is busy or out of order",
        "ModelRefused": "it is not set up for this",
        "AnswerUnusable": "its answer could not be read",
    }.get(type(error).__name__, "it could not be reached or stopped in the middle")


@dataclass(slots=True)
class _Draft:
    """`written`: all that has come; `sent`: how much of it was let through; `cited`: what waits for its text."""

    expected: str
    known: set[str]
    written: str = ""
    sent: int = 0
    looked: int = 0
    reason: str = ""
    cited: list[CitedText] = field(default_factory=list)

    def more(self, text: str) -> list[Piece]:
        self.written += text
        if self.sent == 0 and len(self.written) < _HELD_CHARACTERS:
            return []
        if self.sent == 0 or len(self.written) - self.looked >= _WINDOW:
            self._look()
        return self._send()

    def rest(self) -> list[Piece]:
        if self.sent == 0:
            self._look()
        return self._send()

    def citations(self, *, last: bool = False) -> list[Piece]:
        """Those whose text has been sent; one that points nowhere, or at nothing that was given, is dropped."""
        ready = [found for found in self.cited if last or found.end <= self.sent]
        self.cited = [found for found in self.cited if not last and found.end > self.sent]
        placed = (place(found, self.written[: self.sent], self.known) for found in ready)
        return [Piece(cited=cited) for cited in placed if cited is not None]

    def _look(self) -> None:
        window = self.written[self.looked :]
        self.looked = len(self.written)
        if other(self.expected, window):
            raise ComposeError("its answer was in another language")

    def _send(self) -> list[Piece]:
        text, self.sent = self.written[self.sent :], len(self.written)
        return [Piece(text)] if text else []


def place(found: CitedText, written: str, known: set[str]) -> Cited | None:
    """Where the cited text really stands: at its offsets, else at the occurrence next to them; None: nowhere."""
    ids = tuple(each for each in found.document_ids if each in known)
    if not ids or not found.text.strip():
        return None
    if found.start >= 0 and written[found.start : found.end] == found.text:
        return Cited(found.start, found.end, ids)
    places: list[int] = []
    at = written.find(found.text)
    while at >= 0 and len(places) < 100:
        places.append(at)
        at = written.find(found.text, at + 1)
    if not places:
        return None
    start = min(places, key=lambda start: abs(start - found.start))
    return Cited(start, start + len(found.text), ids)
