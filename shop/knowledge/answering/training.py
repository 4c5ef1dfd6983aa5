"""Learning from libraries which passages answer, and from which confidence on to tell one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from embed.base import Embedder
from shop.knowledge.answering.errors import LibraryWrong
from shop.knowledge.answering.libraries import Library, candidates
from shop.knowledge.answering.model import Weighing
from shop.knowledge.answering.signs import SIGNS, signs
from shop.knowledge.answering.topics import Floats, Topics
from shop.knowledge.answering.words import bare

LOOKED_AT: Final = 20
"""Passages nearest to a question that are weighed against one another, as the store finds them."""
_LEARNED_FROM: Final = 6
_PENALTY: Final = 1.0
WRONGLY_ANSWERED: Final = 0.07
"""The share of questions that no passage answers, though some come near, that may be answered."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question of one library with the signs of its candidates, (n, signs), and the place of the right one; None:
    there is none, or it was not found. `answerable`: whether there is one; `taken_away`: it was left out."""

    library: str
    signs: Floats
    right: int | None
    answerable: bool
    taken_away: bool


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Of libraries that the model had not seen, each (n,): the confidence of the surest passage, whether it is the
    right one, whether there is a right one, and whether the answer was taken away."""

    confidence: Floats
    right: npt.NDArray[np.bool_]
    answerable: npt.NDArray[np.bool_]
    taken_away: npt.NDArray[np.bool_]

    def at(self, threshold: float) -> dict[str, float]:
        """Shares at a threshold: of questions with an answer those answered rightly and wrongly, of those outside the
        documents, and of those whose answer was taken away, the answered ones."""
        told, outside = self.confidence >= threshold, ~self.answerable & ~self.taken_away
        return {
            "right": _share(told & self.right, self.answerable),
            "wrong": _share(told & ~self.right, self.answerable),
            "outside": _share(told, outside),
            "taken_away": _share(told, self.taken_away),
        }


@dataclass(frozen=True, slots=True)
class Learned:
    """A model, and how it did in cross-validation by library."""

    weighing: Weighing
    held_out: HeldOut


def asked(libraries: Sequence[Library], embedder: Embedder, topics: Topics) -> list[Question]:
    """Every question with its signs; those with an answer a second time without it, as a near miss."""
    found = []
    for library in libraries:
        known = candidates(library.passages, embedder)
        texts = [bare(one.text) for one in library.asked]
        vectors = embedder.embed_texts(texts)
        cosines = vectors @ np.stack([one.vector for one in known]).T
        for row, one in enumerate(library.asked):
            for left_out in (None, *([one.answer] if one.answer is not None else [])):
                order = [int(at) for at in np.argsort(-cosines[row]) if int(at) != left_out][:LOOKED_AT]
                answer = one.answer if left_out is None else None
                right = order.index(answer) if answer is not None and answer in order else None
                here = signs(texts[row], vectors[row], [known[at] for at in order], topics)
                found.append(Question(library.name, here, right, answer is not None, left_out is not None))
    return found


def learn(questions: Sequence[Question], wrongly: float = WRONGLY_ANSWERED) -> Learned:
    """A model of the questions. The threshold is the lowest at which no more than `wrongly` of the questions outside
    the documents are answered, of libraries that the model has not seen. Raises LibraryWrong for fewer than two."""
    names = sorted({one.library for one in questions})
    if len(names) < 2:
        raise LibraryWrong("There have to be two libraries or more: each is asked by what was learned from the others.")
    has = np.array([one.answerable for one in questions])
    sure, right = np.zeros(len(questions)), np.zeros(len(questions), bool)
    for name in names:
        model = _fitted([one for one in questions if one.library != name])
        for at, one in enumerate(questions):
            if one.library == name:
                sure[at], right[at] = surest(model, one)
    held_out = HeldOut(sure, right, has, np.array([one.taken_away for one in questions]))
    outside = np.sort(sure[~has & ~held_out.taken_away])[::-1]
    allowed = int(wrongly * len(outside))
    fitted = _fitted(questions)
    threshold = float(np.nextafter(outside[allowed], 1.0)) if len(outside) else 0.5
    return Learned(Weighing(fitted.means, fitted.scales, fitted.slopes, fitted.offset, threshold), held_out)


def surest(model: Weighing, question: Question) -> tuple[float, bool]:
    """The confidence of the surest passage, and whether it is the right one."""
    sure = model.confidence(question.signs)
    best = int(sure.argmax())
    return float(sure[best]), best == question.right


def _fitted(questions: Sequence[Question]) -> Weighing:
    """Logistic regression with an L2 penalty; no sign may speak against an answer, that would be an accident."""
    rows, truth, weights = [], [], []
    for one in questions:
        order = [int(at) for at in np.argsort(-one.signs[:, :2].sum(axis=1))][:_LEARNED_FROM]
        if one.right is not None and one.right not in order:
            order.append(one.right)
        for rank, at in enumerate(order):
            rows.append(one.signs[at])
            truth.append(float(at == one.right))
            weights.append(1.0 if rank == 0 or at == one.right else 0.5)
    table, target, weight = np.array(rows), np.array(truth), np.array(weights)
    means, scales = table.mean(axis=0), table.std(axis=0) + 1e-9
    plain = (table - means) / scales

    def loss(at: Floats) -> tuple[float, Floats]:
        found = plain @ at[:-1] + at[-1]
        value = (weight * (np.logaddexp(0, found) - target * found)).sum() + _PENALTY * (at[:-1] ** 2).sum()
        wrong = weight * (1 / (1 + np.exp(-found)) - target)
        return float(value), np.append(plain.T @ wrong + 2 * _PENALTY * at[:-1], wrong.sum())

    count = len(SIGNS)
    bounds = [(0, None)] * count + [(None, None)]
    best = minimize(loss, np.zeros(count + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    return Weighing(means, scales, best[:-1], float(best[-1]), 0.5)


def _share(told: npt.NDArray[np.bool_], of: npt.NDArray[np.bool_]) -> float:
    return round(float(told[of].mean()), 4) if of.any() else 0.0
