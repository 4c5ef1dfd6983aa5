"""Learning intents from examples, and when to refuse, from answers on examples held out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from embed.base import Embedder
from shop.intents.errors import ExamplesWrong
from shop.intents.examples import NONE, Example
from shop.intents.features import Floats, gathered, plain
from shop.intents.model import Fitted, Refusal
from shop.intents.softmax import Weights, fit, scores

FOLDS: Final = 5
LEAST_INTENTS, LEAST_EXAMPLES = 2, 3
PIECES_WEIGHT: Final = 0.7
STRENGTH: Final = 10.0
OUT_OF_SCOPE_SHARE: Final = 0.5
"""The share of messages that belong to no intent for which the threshold is chosen."""
_TOO_NEAR: Final = 0.8
KEPT: Final = 20
"""Examples of a family whose vectors are kept in a model."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Answers on texts that the model had not seen: `signs` (n, 3) and the likeliest intents (n,), with the truth (n,),
    which is `NONE` for texts of intents that the model knew nothing of; `weight` (n,): so much a text counts."""

    signs: Floats
    likeliest: npt.NDArray[np.str_]
    truth: npt.NDArray[np.str_]
    weight: Floats


@dataclass(frozen=True, slots=True)
class Learned:
    """A model, and how it did in cross-validation."""

    fitted: Fitted
    refusal: Refusal
    held_out: HeldOut


@dataclass(frozen=True, slots=True)
class Data:
    """Texts, their vectors (n, dims), labels and families (n,)."""

    texts: tuple[str, ...]
    vectors: Floats
    labels: npt.NDArray[np.str_]
    families: npt.NDArray[np.str_]


def learn(
    examples: Sequence[Example], background: Sequence[Example], embedder: Embedder, *,
    share: float = OUT_OF_SCOPE_SHARE, seed: int = 0,
) -> Learned:  # fmt: skip
    """A model of the examples' intents. `background`: texts of no intent, beside those among the examples; those that
    come near an example are left out, as some shop's intents may cover them.

    Raises ExamplesWrong where there are fewer than two intents or fewer than three examples of one.
    """
    _check(examples)
    with threadpool_limits(limits=2):
        data = _embedded(examples, background, embedder)
        held_out = _cross_validated(data, share, seed)
        return Learned(fitted(data, np.arange(len(data.texts))), _refusal(held_out), held_out)


def _check(examples: Sequence[Example]) -> None:
    sizes = Counter(example.label for example in examples if example.label != NONE)
    if len(sizes) < LEAST_INTENTS:
        raise ExamplesWrong(f"There are examples of {len(sizes)} intents; at least {LEAST_INTENTS} are needed.")
    few = sorted(label for label, size in sizes.items() if size < LEAST_EXAMPLES)
    if few:
        raise ExamplesWrong(f"Each intent needs {LEAST_EXAMPLES} examples or more; too few have: {', '.join(few)}.")


def _embedded(examples: Sequence[Example], background: Sequence[Example], embedder: Embedder) -> Data:
    both = [*examples, *background]
    vectors = embedder.embed_texts([plain(example.text) for example in both]).astype(np.float64)
    named = np.array([example.label != NONE for example in examples])
    inside = vectors[: len(examples)][named]
    kept = list(range(len(examples)))
    kept += [row for row in range(len(examples), len(both)) if float((inside @ vectors[row]).max()) < _TOO_NEAR]
    return Data(
        tuple(both[row].text for row in kept),
        vectors[kept],
        np.array([both[row].label for row in kept], np.str_),
        # What stands alone is a family of its own.
        np.array([both[row].family or f"#{row}" for row in kept], np.str_),
    )


def fitted(data: Data, rows: npt.NDArray[np.intp], kept: int = KEPT) -> Fitted:
    """A model of some rows of the data. `kept`: vectors of so many examples of a family are kept in it."""
    labels = (*sorted({str(label) for label in data.labels[rows]} - {NONE}), NONE)
    numbers = {label: number for number, label in enumerate(labels)}
    classes = np.array([numbers[str(label)] for label in data.labels[rows]], np.intp)
    texts = [data.texts[row] for row in rows]
    known = gathered(texts)
    found = fit(data.vectors[rows], known.matrix(texts) * PIECES_WEIGHT, classes, len(labels), STRENGTH)
    # What the pieces' weight does is kept in their coefficients, so that serving knows nothing of it.
    weights = Weights(found.vectors, found.pieces * PIECES_WEIGHT, found.bias)
    near = _kept(data.families[rows], kept)
    return Fitted(labels, weights, known, data.vectors[rows][near].astype(np.float32), classes[near])


def _kept(families: npt.NDArray[np.str_], most: int) -> npt.NDArray[np.intp]:
    """The rows that are kept to be near to: of a family, which has many that differ by a word, the first ones."""
    seen: Counter[str] = Counter()
    kept = []
    for row, family in enumerate(families.tolist()):
        seen[family] += 1
        if seen[family] <= most:
            kept.append(row)
    return np.array(kept, np.intp)


def _cross_validated(data: Data, share: float, seed: int) -> HeldOut:
    """Each fold's model has seen neither the fold's examples nor a fifth of the intents at all: examples of the others
    are what belongs to an intent; those of the unseen intents, and the fold's background, are what does not."""
    drawn = np.random.default_rng(seed)
    fold = folds(data, drawn)
    named = np.array(sorted(set(data.labels.tolist()) - {NONE}))
    unseen_in = dict(zip(named, drawn.permutation(len(named)) % FOLDS, strict=True))
    signs, likeliest, truths, kind = [], [], [], []
    for number in range(FOLDS):
        unseen = np.array([unseen_in.get(label, -1) == number for label in data.labels])
        if len(named) < 2 * FOLDS:  # too few intents to do without some of them
            unseen[:] = False
        model = fitted(data, np.flatnonzero((fold != number) & ~unseen))
        rows = np.flatnonzero((fold == number) | unseen)
        texts = [data.texts[row] for row in rows]
        found = scores(model.weights, data.vectors[rows], model.pieces.matrix(texts))
        best, signs_of = model.signs(data.vectors[rows], found)
        truth = data.labels[rows]
        belongs = (truth != NONE) & ~unseen[rows]
        signs.append(signs_of)
        likeliest.append(np.array(model.labels)[best])
        truths.append(np.where(belongs, truth, NONE))
        kind.append(np.where(belongs, 0, np.where(truth == NONE, 1, 2)))
    kinds = np.concatenate(kind)
    return HeldOut(np.concatenate(signs), np.concatenate(likeliest), np.concatenate(truths), _weights(kinds, share))


def folds(data: Data, drawn: np.random.Generator) -> npt.NDArray[np.intp]:
    """A fold for each example, each label spread evenly, each family in one fold as a whole."""
    fold = np.empty(len(data.labels), np.intp)
    for label in sorted(set(data.labels.tolist())):
        rows = np.flatnonzero(data.labels == label)
        first: dict[str, int] = {}
        number = np.array([first.setdefault(family, len(first)) for family in data.families[rows].tolist()])
        fold[rows] = ((drawn.permutation(len(first)) + drawn.integers(FOLDS)) % FOLDS)[number]
    return fold


def _weights(kinds: npt.NDArray[np.intp], share: float) -> Floats:
    """Weights by which what belongs to no intent (kinds 1 and 2, half each) is `share` of all."""
    weight = np.zeros(len(kinds))
    outside = [kind for kind in (1, 2) if (kinds == kind).any()]
    for kind, part in [(0, 1 - share), *((kind, share / len(outside)) for kind in outside)]:
        here = kinds == kind
        weight[here] = part / here.sum()
    return weight


def _refusal(held_out: HeldOut) -> Refusal:
    """Logistic calibration (Platt, 1999) of being right, and the threshold at which most answers are right: the true
    intent where there is one, a refusal where there is none."""
    target = (held_out.likeliest == held_out.truth).astype(np.float64)
    scale = held_out.signs.std(axis=0) + 1e-9
    signs = held_out.signs / scale

    def loss(at: Floats) -> tuple[float, Floats]:
        found = signs @ at[:3] + at[3]
        value = (held_out.weight * (np.logaddexp(0, found) - target * found)).sum() + 1e-3 * (at[:3] ** 2).sum()
        wrong = held_out.weight * (1 / (1 + np.exp(-found)) - target)
        slope = np.concatenate([signs.T @ wrong + 2e-3 * at[:3], [wrong.sum()]])
        return float(value), slope

    # None of the signs speaks against an intent: a negative slope would be an accident of the examples.
    best = minimize(loss, np.zeros(4), jac=True, method="L-BFGS-B", bounds=[(0, None)] * 3 + [(None, None)]).x
    slopes = best[:3] / scale
    found = Refusal((float(slopes[0]), float(slopes[1]), float(slopes[2])), float(best[3]), 0.0)
    sure = found.confidence(held_out.signs)
    threshold = max(
        np.linspace(0.02, 0.98, 97), key=lambda at: (accuracy_at(held_out, sure, float(at)), -abs(at - 0.5))
    )
    return Refusal(found.slopes, found.offset, round(float(threshold), 2))


def accuracy_at(held_out: HeldOut, sure: Floats, threshold: float) -> float:
    """The weighted share of right answers where less sure ones are refused."""
    accepted = sure >= threshold
    right = np.where(accepted, held_out.likeliest, NONE) == held_out.truth
    return float((held_out.weight * right).sum() / held_out.weight.sum())
