"""What speaks for a passage's answering a question, in numbers. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from shop.knowledge.answering.topics import Floats, Topics
from shop.knowledge.answering.words import asked_stems, coverage, stems, waits_for

SIGNS: Final = (
    "passage", "sentence", "heading", "lead", "standing", "words", "kind", "topic_shortfall", "topic", "profile"
)  # fmt: skip
"""The columns of `signs`:

- passage, sentence, heading: the cosine of the question with the passage, with its nearest sentence under its heading,
  and with the heading alone;
- lead: by how much the first two together exceed those of the best other passage; standing: how far they stand above
  the mean of all, in standard deviations;
- words: the share of the question's words that the passage has, rare ones counting more, like words in part;
- kind: 1 where a sum, a time or a measure is asked for and the passage has one, -1 where it has none, else 0;
- topic_shortfall, topic: how far the passage is from the topics of the question, against the passage's own best topic
  and outright, by how surely the question has a topic; profile: the correlation of the two over all topics."""
_SHARP: Final = 14.0
_TOPICAL: Final = 0.45
_SPREAD: Final = 0.05


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may answer. `text`: title, section and text; `vector`: of the whole passage, (dims,); `parts`: of
    its heading (the first row) and of each sentence under that heading, (1 + sentences, dims)."""

    text: str
    vector: npt.NDArray[np.float32]
    parts: npt.NDArray[np.float32]


def signs(question: str, vector: npt.NDArray[np.float32], candidates: Sequence[Candidate], topics: Topics) -> Floats:
    """Shape (len(candidates), len(SIGNS)); `vector` is of the question."""
    if not candidates:
        return np.empty((0, len(SIGNS)))
    passage = np.array([float(one.vector @ vector) for one in candidates])
    heading = np.array([float(one.parts[0] @ vector) for one in candidates])
    sentence = np.array([float((one.parts[1:] @ vector).max()) for one in candidates])
    near = passage + sentence
    profiles = topics.of_passages([one.parts for one in candidates])
    found: Floats = np.column_stack(
        [
            passage,
            sentence,
            heading,
            _lead(near),
            (near - near.mean()) / (near.std() + _SPREAD),
            _words(question, candidates),
            _kinds(question, candidates),
            *_of_topics(topics.of_question(vector), profiles),
        ]
    )
    return found


def _lead(near: Floats) -> Floats:
    if len(near) == 1:
        return np.zeros(1)
    first, second = np.sort(near)[::-1][:2]
    found: Floats = near - np.where(near == first, second, first)
    return found


def _words(question: str, candidates: Sequence[Candidate]) -> Floats:
    there = [stems(one.text) for one in candidates]
    rarity = {
        word: math.log(1 + (len(there) + 1) / (1 + sum(word in words for words in there)))
        for word in asked_stems(question)
    }
    return np.array([coverage(rarity, words) for words in there])


def _kinds(question: str, candidates: Sequence[Candidate]) -> Floats:
    wanted = waits_for(question)
    if wanted is None:
        return np.zeros(len(candidates))
    return np.array([1.0 if wanted.search(one.text) else -1.0 for one in candidates])


def _of_topics(question: Floats, profiles: Floats) -> tuple[Floats, Floats, Floats]:
    share = np.exp(_SHARP * (question - question.max()))
    share *= max(0.0, float(question.max()) - _TOPICAL) / (1 - _TOPICAL) / share.sum()
    shortfall = (profiles - profiles.max(axis=1, keepdims=True)) @ share
    outright = (profiles - 0.5) @ share
    means, spreads = profiles.mean(axis=1, keepdims=True), profiles.std(axis=1, keepdims=True)
    profile = ((profiles - means) / (spreads + 1e-9)) @ ((question - question.mean()) / (question.std() + 1e-9))
    return shortfall, outright, profile / len(question)
