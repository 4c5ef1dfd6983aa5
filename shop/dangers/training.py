"""Learning dangers from labelled messages, and from which score on one is told, by families held out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from embed.base import Embedder
from shop.dangers.messages import LOOK_ALIKE
from shop.dangers.model import signs
from shop.intents.examples import NONE, Example
from shop.intents.features import Floats, plain
from shop.intents.model import Fitted, Refusal
from shop.intents.softmax import scores
from shop.intents.training import FOLDS, Data, fitted, folds

FALSE_ALARMS: Final = 0.004
"""The share of ordinary messages that may be taken for a danger."""
LOOK_ALIKE_SHARE: Final = 0.025
"""The share of ordinary messages that look like a danger, for which the threshold is chosen."""
# The margin of cosines beside log-odds; of 0, 5, 10, 20 and 40 the one with most found in cross-validation.
_SLOPES: Final = (1.0, 10.0, 0.0)
_KEPT: Final = 40


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Answers on messages of families that the model had not seen, each (n,): the likeliest danger, the confidence that
    it is one, the truth (`NONE`: ordinary), and how much an ordinary message counts (0 for the others; 1 in all)."""

    likeliest: npt.NDArray[np.str_]
    confidence: Floats
    truth: npt.NDArray[np.str_]
    weight: Floats


@dataclass(frozen=True, slots=True)
class Learned:
    """A model, and how it did in cross-validation."""

    fitted: Fitted
    refusal: Refusal
    held_out: HeldOut

    def figures(self) -> dict[str, float]:
        """At its threshold: the share of dangers found, of those by their own name, of false alarms among ordinary
        messages as weighted, and among those that look alike."""
        held, found = self.held_out, self.held_out.confidence >= self.refusal.threshold
        danger = held.truth != NONE
        alike = held.weight == held.weight[~danger].min()
        return {
            "found": round(float(found[danger].mean()), 4),
            "found_by_name": round(float((found & (held.likeliest == held.truth))[danger].mean()), 4),
            "false_alarms": round(float(held.weight[found].sum()), 4),
            "false_alarms_look_alike": round(float(found[alike & ~danger].mean()), 4),
        }


def learn(messages: Sequence[Example], embedder: Embedder, *, seed: int = 0) -> Learned:
    """A model of the dangers among the messages; those labelled `NONE` are ordinary. The threshold is the lowest at
    which no more than FALSE_ALARMS of the ordinary ones are told, of families that the model has not seen."""
    with threadpool_limits(limits=2):
        data = Data(
            tuple(one.text for one in messages),
            embedder.embed_texts([plain(one.text) for one in messages]).astype(np.float64),
            np.array([one.label for one in messages], np.str_),
            np.array([one.family for one in messages], np.str_),
        )
        held_out = _cross_validated(data, seed)
        refusal = Refusal(_SLOPES, 0.0, _threshold(held_out))
        return Learned(fitted(data, np.arange(len(messages)), _KEPT), refusal, held_out)


def _cross_validated(data: Data, seed: int) -> HeldOut:
    fold = folds(data, np.random.default_rng(seed))
    likeliest = np.full(len(fold), NONE, data.labels.dtype)
    sure = np.zeros(len(fold))
    open_ = Refusal(_SLOPES, 0.0, 0.0)
    for number in range(FOLDS):
        model = fitted(data, np.flatnonzero(fold != number), _KEPT)
        rows = np.flatnonzero(fold == number)
        found = scores(model.weights, data.vectors[rows], model.pieces.matrix([data.texts[row] for row in rows]))
        likeliest[rows] = np.array(model.labels)[found[:, :-1].argmax(axis=1)]
        sure[rows] = open_.confidence(signs(model, data.vectors[rows], found))
    return HeldOut(likeliest, sure, data.labels, _weights(data))


def _weights(data: Data) -> Floats:
    ordinary = data.labels == NONE
    alike = ordinary & np.char.startswith(data.families, LOOK_ALIKE)
    plain_ones = ordinary & ~alike
    share = LOOK_ALIKE_SHARE if plain_ones.any() and alike.any() else float(alike.any())
    weight = np.zeros(len(ordinary))
    for rows, part in ((alike, share), (plain_ones, 1 - share)):
        weight[rows] = part / max(int(rows.sum()), 1)
    return weight


def _threshold(held_out: HeldOut) -> float:
    """Just above the confidence of the ordinary message that would be one false alarm too many."""
    order = np.argsort(-held_out.confidence, kind="stable")
    order = order[held_out.weight[order] > 0]
    over = np.flatnonzero(np.cumsum(held_out.weight[order]) > FALSE_ALARMS)
    return float(np.nextafter(held_out.confidence[order[over[0]]], 1.0))
