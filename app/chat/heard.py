"""What a shopper said, and what it means: plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from app.chat.calls import Plan
from app.chat.context import Context
from app.chat.reading.message import Reading
from app.search.understanding.service import Lexicon, Understanding
from shop.lexicon.corrections import Correction


class Words(Protocol):
    """What the catalogue's words say of a text."""

    def spelled(self, text: str) -> Correction | None: ...

    def mentioned(self, word: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Said:
    """A checked message. `customer_id`: who is speaking, None for a visitor."""

    text: str
    session_id: str | None = None
    message_id: str = ""
    customer_id: str | None = None
    image: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a message means. `said`: the message in plain words, spelled as the catalogue does; `changed`: words that
    were taken for others, each with what it was taken for; `lexicon`: what it was read with; `asks`: the message, with
    the question that it goes on from; `answers`: what it makes of a question that was asked of the shopper, None where
    it is no answer to one. `before`: the context that it was said in, with the list that it speaks of; `beside`: the
    wish for somebody else that the message has too."""

    said: Said
    before: Context
    changed: Mapping[str, str]
    lexicon: Lexicon
    reading: Reading
    understood: Understanding
    degraded: tuple[str, ...]
    asks: Said
    answers: Plan | None = None
    note: str = ""
    added: str = ""
    beside: str = ""
    unmet: str = ""
    """What is told where nothing has more, or less, than what was shown."""
