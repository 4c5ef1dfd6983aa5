"""Small shops' documents with questions that they answer and that they do not: what answers are learned by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from embed.base import Embedder
from shop.knowledge.answering.errors import LibraryWrong
from shop.knowledge.answering.signs import Candidate
from shop.knowledge.document import Passage, embedded_text, part_texts

LIBRARIES: Final = Path(__file__).parent / "libraries"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the place of the passage that answers it; None where none does."""

    text: str
    answer: int | None


@dataclass(frozen=True, slots=True)
class Library:
    """Passages of all documents, each with the title of its document, and questions."""

    name: str
    passages: tuple[tuple[str, Passage], ...]
    asked: tuple[Asked, ...]


def read_library(path: Path) -> Library:
    """One file: `documents` with a `title` and `passages` (`section`, `text`); `answered`, words of one passage with
    the questions that it answers; `outside`, questions that none answers. Raises LibraryWrong."""
    try:
        stored = yaml.safe_load(path.read_text(encoding="utf-8"))
        passages = [
            (str(document["title"]), Passage(str(one["section"]), str(one["text"])))
            for document in stored["documents"]
            for one in document["passages"]
        ]
        return Library(path.stem, tuple(passages), tuple(questions(stored, passages)))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise LibraryWrong(f"{path}: expected documents, answered and outside. {error}") from error


def questions(stored: Mapping[str, Any], passages: Sequence[tuple[str, Passage]]) -> list[Asked]:
    """The questions of `answered` and `outside`. Raises LibraryWrong where words stand in no passage, or in several."""
    found = []
    for words, asked in stored["answered"].items():
        told = str(words).lower()
        places = [at for at, (_, one) in enumerate(passages) if told in f"{one.section}\n{one.text}".lower()]
        if len(places) != 1:
            raise LibraryWrong(f"{words!r} stands in {len(places)} passages; it has to stand in one.")
        found += [Asked(str(text), places[0]) for text in asked]
    return [*found, *(Asked(str(text), None) for text in stored["outside"])]


def candidates(passages: Sequence[tuple[str, Passage]], embedder: Embedder) -> list[Candidate]:
    """Passages with their vectors, as they are stored."""
    whole = [embedded_text(title, one) for title, one in passages]
    parts = [part_texts(title, one) for title, one in passages]
    vectors = embedder.embed_texts([*whole, *(text for texts in parts for text in texts)])
    found, at = [], len(whole)
    for number, texts in enumerate(parts):
        found.append(Candidate(whole[number], vectors[number], vectors[at : at + len(texts)]))
        at += len(texts)
    return found
