"""What every writer of answers has in common: a brief in, pieces of text out, in the order in which they are read."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.chat.records import Record


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said before in this conversation: `role` is user or assistant."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Brief:
    """All that an answer may be made of.

    `intent`: what the turn is about, by a name of app/chat/intents. `message`: what the user said, personal data
    masked. `context`: who it is for, budget, occasion and so on, as plain words by name. `records`: what may be spoken
    of, best first. `facts`: named values worked out in code (counts, totals, savings). `notes`: sentences that the
    answer has to hold in some form, such as what was relaxed or refused. `questions`: what the user will be asked after
    the answer; the answer need not ask it. `closing`: notes that come last. `history`: the last lines, oldest first.
    `asked_by`, a customer's or session's id, and `turn_id` are for the accounts of what writing costs.
    """

    intent: str
    message: str
    context: Mapping[str, str] = field(default_factory=dict)
    records: tuple[Record, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    history: tuple[Line, ...] = ()
    asked_by: str = ""
    turn_id: str = ""
    closing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and the records that it rests on."""

    text: str
    record_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cited:
    """Characters `start` to `end` of the answer so far, and the records that they rest on."""

    start: int
    end: int
    record_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, or a citation of text that went before, or what the writing has cost."""

    text: str = ""
    cited: Cited | None = None
    usage: "Usage | None" = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What a model was asked and answered, in tokens, and what that costs in US dollars."""

    model: str
    input_tokens: int
    output_tokens: int
    cost_usd: float


class Composer(Protocol):
    """A writer. Never raises for anything but ComposeError (app/chat/errors.py)."""

    @property
    def name(self) -> str:
        """Who wrote it, for the answer's `written_by`: "built-in", or the model's name."""
        ...

    def compose(self, brief: Brief) -> AsyncIterator[Piece]:
        """The answer, piece by piece. Raises ComposeError before or between pieces where the writer fails."""
        ...
