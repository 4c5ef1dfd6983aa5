"""What shops are asked, by topic: how near a question or a passage is to each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import yaml

from embed.base import Embedder
from shop.knowledge.answering.errors import LibraryWrong

FILE: Final = Path(__file__).parent / "topics.yaml"
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Topics:
    """`vectors`: of all phrases (n, dims), those of a topic one after another; `topics`: the number of each one's topic
    (n,), from 0 up; `asked`: whether it is a way of asking (n,), else it is how a document answers. Each topic has
    both."""

    vectors: npt.NDArray[np.float32]
    topics: npt.NDArray[np.intp]
    asked: npt.NDArray[np.bool_]

    def of_question(self, vector: npt.NDArray[np.float32]) -> Floats:
        """The cosine with the nearest way of asking of each topic, shape (topics,)."""
        cosines = self.vectors[self.asked] @ vector
        found: Floats = np.maximum.reduceat(cosines, _starts(self.topics[self.asked])).astype(np.float64)
        return found

    def of_passages(self, parts: Sequence[npt.NDArray[np.float32]]) -> Floats:
        """Of each passage's parts the greatest cosine with any phrase of each topic, shape (passages, topics)."""
        # In this thread alone: the threads of a matrix product wait for one another longer than they compute.
        cosines = np.einsum("ij,kj->ik", np.concatenate(parts), self.vectors)
        begins = np.cumsum([0, *(len(one) for one in parts[:-1])])
        by_passage = np.maximum.reduceat(cosines, begins, axis=0)
        found: Floats = np.maximum.reduceat(by_passage, _starts(self.topics), axis=1).astype(np.float64)
        return found


def _starts(topics: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    return np.flatnonzero(np.diff(topics, prepend=-1))


def read_topics(path: Path, embedder: Embedder) -> Topics:
    """The topics of a file, embedded. Raises LibraryWrong, and what the embedder raises."""
    try:
        stored: Mapping[str, Mapping[str, Sequence[Any]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
        phrases = [
            (str(text), number, kind == "asked")
            for number, topic in enumerate(stored.values())
            for kind in ("asked", "said")
            for text in topic[kind]
        ]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise LibraryWrong(f"{path}: expected topics with lists `asked` and `said`. {error}") from error
    return Topics(
        embedder.embed_texts([text for text, _, _ in phrases]),
        np.array([number for _, number, _ in phrases], np.intp),
        np.array([asked for _, _, asked in phrases], np.bool_),
    )
