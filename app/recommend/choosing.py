"""From candidates to a list: one product a family, caps, diversity, pins, and the chance of each choice. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.recommend.placements import PlacementPlan
from embed.base import Vector


class Option(NamedTuple):
    """A product that may be shown. `score`: above 0, the best about 1. `card`: as it lies in the index, base64 of JSON,
    or read. `vector`: of its text; None: it has none."""

    product_id: str
    score: float
    algorithm: str
    reason: Mapping[str, Any]
    card: Mapping[str, Any] | str
    group_id: str = ""
    brand: str = ""
    category: str = ""
    vector: Vector | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """An option at its place, with the probability with which it was chosen for it."""

    option: Option
    propensity: float = 1.0


def choose(
    options: Sequence[Option],
    plan: PlacementPlan,
    limit: int,
    *,
    explore: float = 0.0,
    chance: Random | None = None,
) -> list[Choice]:
    """At most `limit` options, best first.

    Diversity is maximal marginal relevance (Carbonell and Goldstein 1998): each place goes to the highest
    (1 - diversity) * score - diversity * likeness, the highest cosine to what stands above. Caps are let go where
    there is nothing else. With `explore`, the last place is drawn by chance from everything left over, every
    1 / explore times.
    """
    picked, left = _diverse(options, plan, limit)
    chosen = [Choice(option) for option in picked]
    if explore > 0 and chosen and left:
        chosen[-1] = _drawn(chosen[-1].option, left, explore, chance or Random())
    return chosen


def with_pins(choices: Sequence[Choice], pins: Sequence[tuple[int, Option]], limit: int) -> list[Choice]:
    """The list with pinned options at their places, counted from 1, whatever their scores; at most `limit`. Neither a
    pinned product nor its family stands there twice."""
    pinned = [(place, option) for place, option in sorted(pins, key=lambda pin: pin[0]) if place <= limit]
    products = {option.product_id for _, option in pinned}
    families = {option.group_id for _, option in pinned if option.group_id}
    rest = [c for c in choices if c.option.product_id not in products and c.option.group_id not in families]
    for place, option in pinned:
        rest.insert(min(place - 1, len(rest)), Choice(option))
    return rest[:limit]


def _drawn(best: Option, left: Sequence[Option], explore: float, chance: Random) -> Choice:
    """The best with 1 - explore + explore / n, each of the others with explore / n, of n in all."""
    everything = [best, *left]
    share = explore / len(everything)
    drawn = chance.choice(everything) if chance.random() < explore else best
    return Choice(drawn, 1 - explore + share if drawn is best else share)


def _diverse(options: Sequence[Option], plan: PlacementPlan, limit: int) -> tuple[list[Option], list[Option]]:
    """The list, and what is left that could have stood at its end."""
    left = sorted(options, key=lambda o: (-o.score, o.product_id))
    if not left:
        return [], []
    vectors = _matrix(left) if plan.diversity else None
    placed = np.abs(vectors).max(axis=1) > 0 if vectors is not None else np.zeros(len(left), dtype=bool)
    scores = (1 - plan.diversity) * np.array([o.score for o in left])
    likeness = np.zeros(len(left))
    families = _numbered([o.group_id for o in left])
    caps = [
        (numbers, most, np.zeros(len(left), dtype=int))
        for numbers, most in (
            (_numbered([o.brand for o in left]), plan.per_brand),
            (_numbered([o.category for o in left]), plan.per_category),
        )
        if most
    ]
    picked: list[int] = []
    open_, under_caps = np.ones(len(left), dtype=bool), np.ones(len(left), dtype=bool)
    while len(picked) < limit and open_.any():
        free = under_caps & open_ if caps else open_
        allowed = free if free.any() else open_
        best = int(np.where(allowed, scores - plan.diversity * likeness, -np.inf).argmax())
        picked.append(best)
        for numbers, most, counts in caps:
            counts[numbers == numbers[best]] += numbers[best] >= 0
            under_caps &= counts < most
        open_[best] = False
        if families[best] >= 0:
            open_ &= families != families[best]
        if vectors is not None and placed[best]:
            # One row at a time: a product of matrices starts the threads of BLAS, which wait for one another.
            likeness = np.maximum(likeness, vectors @ vectors[best])
    return [left[n] for n in picked], [option for option, still in zip(left, open_, strict=True) if still]


def _numbered(values: Sequence[str]) -> NDArray[np.int64]:
    """The same number for the same value; -1 for none."""
    numbers: dict[str, int] = {"": -1}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64)


def _matrix(options: Sequence[Option]) -> NDArray[np.float32] | None:
    """Vectors of the options, shape (options, dims), zeros where one has none, or one of another model that went live a
    moment ago; None where nobody has any."""
    known = next((o.vector for o in options if o.vector is not None), None)
    if known is None:
        return None
    none = np.zeros_like(known)
    vectors = [none if o.vector is None or o.vector.shape != none.shape else o.vector for o in options]
    return np.array(vectors, dtype=np.float32)
