"""What is asked of a language model and what comes back: plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt: `role` is system, user or assistant. `data`: made by the shop, with nothing in it that a
    person wrote unmasked; sent as it is, for the number of a product may look like one of a telephone."""

    role: str
    text: str
    data: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """Something that an answer may rest on and cite by its `id`. Its texts are data, not instructions."""

    id: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One call. `schema`: a JSON schema that the answer must follow; it cannot go together with `documents`, as the
    provider refuses both at once. `version`: of the prompt's file, such as answer@1."""

    version: str
    messages: tuple[Message, ...]
    documents: tuple[Document, ...] = ()
    schema: Mapping[str, Any] | None = None
    max_tokens: int = 600
    temperature: float = 0.3

    def __post_init__(self) -> None:
        if self.documents and self.schema is not None:
            raise ValueError("a prompt has documents or a schema, not both")

    def size(self) -> int:
        """Bytes of all its texts, which bound its tokens."""
        said = sum(len(message.text.encode()) for message in self.messages)
        told = sum(len(f"{name}{value}".encode()) for each in self.documents for name, value in each.data.items())
        return said + told + (len(str(self.schema)) if self.schema is not None else 0)


@dataclass(frozen=True, slots=True)
class Spender:
    """For whom a call is made, for the accounts. `user`: a customer's or session's id; `turn`: what belongs together,
    such as one message of a conversation; `purpose`: chat or recommend."""

    user: str = ""
    turn: str = ""
    purpose: str = "chat"


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class CitedText:
    """Characters `start` to `end` of the answer, which read `text`, rest on the documents named."""

    start: int
    end: int
    text: str
    document_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tokens:
    """What is billed, in tokens."""

    input: int
    output: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of an answer. `reason`: COMPLETE, STOP_SEQUENCE, MAX_TOKENS, ERROR or TIMEOUT, as the provider says.
    `tokens`: None where it did not say. `cost_usd` is added by the service."""

    reason: str
    tokens: Tokens | None = None
    cost_usd: float = 0.0


ModelEvent = TextDelta | CitedText | Finished


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer."""

    text: str
    tokens: Tokens
    cost_usd: float
    model: str
    citations: tuple[CitedText, ...] = field(default=())
