"""The trained judge of answers behind the knowledge tool: which of the passages found answer a question."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from embed.base import ModelSpec, Vector
from shop.knowledge.answering.errors import AnswerModelUnusable
from shop.knowledge.answering.model import DEFAULT, AnswerModel, load
from shop.knowledge.answering.signs import Candidate
from shop.knowledge.document import FoundPassage
from shop.knowledge.store import asked_words
from shop.rules.words import forms

POSSIBLE = 0.25
"""Confidence from which a passage is not ruled out."""

SURELY = 0.55
"""Confidence from which what answers a question together with what it goes on from answers it, though it has none of
its words: what is near the topic is near them both."""

log = structlog.get_logger(__name__)

_OLD = "the documents were read by an earlier version; read them again with `python -m ingest knowledge`"


class LearnedAnswers:
    """The model of `folder`, read at the first question. Where there is none that fits the sentence model, which is
    logged, or passages are stored without what it reads, nearness and words have to decide. Thread-safe."""

    def __init__(self, folder: Path = DEFAULT) -> None:
        self._folder = folder
        self._loading = threading.Lock()
        self._served = ""
        self._model: AnswerModel | None = None

    def answering(
        self,
        question: str,
        vector: Vector,
        found: Sequence[FoundPassage],
        spec: ModelSpec | None,
        near: Callable[[FoundPassage], bool],
        *,
        own: str = "",
    ) -> list[tuple[FoundPassage, int | None]] | str:
        """The passages that answer, the surest first, each with the place of its sentence that is nearest; where the
        model is sure of none, those that it does not rule out and that are `near` and have the words. Where the model
        cannot tell: what the shop should do about it, empty where it is no fault of the documents. Some milliseconds
        of CPU. `own`: what the question itself says, where it was put together with what it goes on from: what has none
        of its words has to answer surely."""
        model = self._of(spec.id if spec is not None else "")
        if model is None:
            return ""
        known = [
            (one, Candidate("\n".join((one.title, one.section, one.text)), one.vector, one.parts))
            for one in found
            if one.vector is not None and one.parts is not None and len(one.parts) > 1
        ]
        if not known:
            return f"passages are judged by nearness and words alone: {_OLD}"
        judged = model.judged(question, vector, [candidate for _, candidate in known])
        pairs = [(said, one) for said, (one, _) in zip(judged, known, strict=True)]
        sure = sorted(
            (pair for pair in pairs if pair[0].answers), key=lambda pair: (-pair[0].confidence, pair[1].passage_id)
        )
        # In the order in which they were found, the nearest first.
        told = sure or [(said, one) for said, one in pairs if said.confidence >= POSSIBLE and near(one)]
        words = asked_words(own)
        return [
            (one, said.sentence)
            for said, one in told
            if not own or said.confidence >= SURELY or words & set(forms(f"{one.section} {one.text}"))
        ]

    def _of(self, embedder_id: str) -> AnswerModel | None:
        """The model for this sentence model; read anew only where that has changed."""
        with self._loading:
            if embedder_id != self._served:
                self._served = embedder_id
                try:
                    self._model = load(self._folder, embedder_id)
                except AnswerModelUnusable as error:
                    log.warning("no trained judge of answers", reason=str(error))
                    self._model = None
            return self._model
