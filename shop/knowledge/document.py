"""A text that the shop answers from, and the passages that it is read by. Pure values."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from embed.base import Vector, Vectors

JOINED: Final = " > "
"""Between the headings of a section."""
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[^\sa-z])|\n")
_READING: Final = "2"
"""Goes up when more is stored of a passage, so that documents are read anew."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (`level` 1 and up) or a paragraph (`level` 0) of a document, in reading order."""

    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a document that stands for itself. `section`: the headings over it, outermost first."""

    section: str
    text: str


@dataclass(frozen=True, slots=True)
class KnowledgeDocument:
    """A document as it was read. `document_id`: its path below what was named. `source`: where a person finds it."""

    document_id: str
    title: str
    source: str
    passages: tuple[Passage, ...]

    def version(self, model: str | None) -> str:
        """Changes with the content, and with the model of the vectors."""
        digest = hashlib.sha256(f"{_READING}{model or ''}".encode())
        for part in (self.title, *(text for passage in self.passages for text in (passage.section, passage.text))):
            digest.update(part.encode("utf-8", "replace") + b"\x1f")
        return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage that fits a question. `nearness`: cosine of their vectors, None without vectors. `words`: share of the
    question's words that it has, 0 to 1, rare words counting more. `of_document`: mean cosine of the question and the
    four nearest passages of the same document; None where fewer of them were looked at."""

    passage_id: str
    document_id: str
    title: str
    section: str
    text: str
    source: str
    nearness: float | None
    words: float
    of_document: float | None = None
    vector: Vector | None = field(default=None, compare=False, repr=False)
    parts: Vectors | None = field(default=None, compare=False, repr=False)
    """Of its heading and its sentences, as `part_texts` has them; None where it was stored without."""


def sentences(text: str) -> list[str]:
    """The sentences of a passage; a line is one, too."""
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


def part_texts(title: str, passage: Passage) -> list[str]:
    """What the vectors of a passage's parts are made from: the innermost heading, else the title, then each sentence
    under it."""
    heading = passage.section.rsplit(JOINED, 1)[-1] or title
    return [heading, *(f"{heading}. {sentence}" for sentence in sentences(passage.text) or [passage.text])]


def embedded_text(title: str, passage: Passage) -> str:
    """What the vector of a passage is made from."""
    return "\n".join(part for part in (title, passage.section, passage.text) if part)


def titled(blocks: Sequence[Block], otherwise: str) -> str:
    """The first heading of the first level, else what it is called otherwise."""
    return next((block.text for block in blocks if block.level == 1), otherwise)
