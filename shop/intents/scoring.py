"""How well answers fit the truth, with and without refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from shop.intents.examples import NONE
from shop.intents.features import Floats
from shop.intents.training import HeldOut, Learned

THRESHOLDS: Final = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers on texts of which the truth is known, each array of shape (n,). `truth` is `NONE` where a text belongs
    to no intent; `weight`: so much a text counts."""

    truth: npt.NDArray[np.str_]
    likeliest: npt.NDArray[np.str_]
    confidence: Floats
    weight: Floats


@dataclass(frozen=True, slots=True)
class Score:
    """Figures at one threshold, 0 to 1 (mcc: -1 to 1). `accuracy` is over all texts, a refusal being right where a text
    belongs to no intent; `in_scope`: over those that belong to one, a refusal being wrong; `out_of_scope`: recall, the
    share of those that belong to none that are refused; `mcc`: Matthews correlation over all classes, the refusal
    being one of them (Gorodkin, 2004), as HINT3 reports it."""

    threshold: float
    accuracy: float
    in_scope: float
    out_of_scope: float | None
    mcc: float


def score(answers: Answers, threshold: float) -> Score:
    """The figures when answers below the threshold are refused."""
    said = np.where(answers.confidence >= threshold, answers.likeliest, NONE)
    right = said == answers.truth
    inside = answers.truth != NONE
    outside = _mean(right[~inside], answers.weight[~inside]) if (~inside).any() else None
    return Score(
        threshold,
        _mean(right, answers.weight),
        _mean(right[inside], answers.weight[inside]) if inside.any() else 0.0,
        outside,
        matthews(answers.truth, said, answers.weight),
    )


def matthews(truth: npt.NDArray[np.str_], said: npt.NDArray[np.str_], weight: Floats) -> float:
    """Matthews correlation for any number of classes, from the weighted confusion matrix; 0 where it is not defined."""
    names = sorted({*truth.tolist(), *said.tolist()})
    number = {name: place for place, name in enumerate(names)}
    matrix = np.zeros((len(names), len(names)))
    np.add.at(matrix, ([number[name] for name in truth], [number[name] for name in said]), weight)
    true, told, total = matrix.sum(axis=1), matrix.sum(axis=0), matrix.sum()
    below = np.sqrt((total**2 - (told**2).sum()) * (total**2 - (true**2).sum()))
    return float((np.trace(matrix) * total - true @ told) / below) if below > 1e-12 else 0.0


def held_out_answers(learned: Learned) -> Answers:
    """The answers of cross-validation."""
    held: HeldOut = learned.held_out
    return Answers(held.truth, held.likeliest, learned.refusal.confidence(held.signs), held.weight)


def figures(learned: Learned) -> dict[str, float | None]:
    """Cross-validated figures at the model's own threshold, for its manifest."""
    answers = held_out_answers(learned)
    open_, own = score(answers, 0.0), score(answers, learned.refusal.threshold)
    return {
        "in_scope_accuracy_without_refusal": round(open_.in_scope, 4),
        "accuracy": round(own.accuracy, 4),
        "in_scope_accuracy": round(own.in_scope, 4),
        "out_of_scope_recall": None if own.out_of_scope is None else round(own.out_of_scope, 4),
        "mcc": round(own.mcc, 4),
    }


def table(scores: Sequence[Score]) -> list[str]:
    """One line a threshold, for people."""
    lines = ["threshold  accuracy  in scope  out of scope  mcc"]
    for one in scores:
        outside = "   -" if one.out_of_scope is None else f"{one.out_of_scope:.3f}"
        lines.append(f"{one.threshold:9.2f}  {one.accuracy:8.3f}  {one.in_scope:8.3f}  {outside:>12}  {one.mcc:.3f}")
    return lines


def _mean(right: npt.NDArray[np.bool_], weight: Floats) -> float:
    return float((right * weight).sum() / weight.sum())
