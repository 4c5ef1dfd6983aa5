"""From candidates to a list: one product a family, caps, diversity, pins, and the chance of each choice. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from app.recommend.placements import PlacementPlan
from embed.base import Vector


@dataclass(frozen=True, slots=True)
class Option:
    """A product that may be shown. `score`: above 0, the best about 1. `vector`: of its text; None: it has none.
    `propensity`: probability of the choice for its place, set by `choose`."""

    product_id: str
    score: float
    algorithm: str
    reason: Mapping[str, Any]
    card: Mapping[str, Any]
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
    picked: list[Option] = []
    left = sorted(options, key=lambda o: (-o.score, o.product_id))
    likeness = np.zeros(len(left))
    vectors = _matrix(left)
    counts: Counter[tuple[str, str]] = Counter()
    families: set[str] = set()
    scores = np.array([o.score for o in left])
    open_ = np.ones(len(left), dtype=bool)
    while len(picked) < limit and open_.any():
        under_caps = np.array([not _over(o, plan, counts) for o in left]) & open_
        allowed = under_caps if under_caps.any() else open_
        worth = (1 - plan.diversity) * scores - plan.diversity * likeness
        best = int(np.argmax(np.where(allowed, worth, -np.inf)))
        option = left[best]
        picked.append(option)
        counts.update([("brand", option.brand), ("category", option.category)])
        families.add(option.group_id)
        open_ &= np.array([o.group_id != option.group_id if o.group_id else True for o in left])
        open_[best] = False
        if vectors is not None and option.vector is not None:
            likeness = np.maximum(likeness, vectors @ option.vector)
    return picked, [option for option, still in zip(left, open_, strict=True) if still]


def _over(option: Option, plan: PlacementPlan, counts: Counter[tuple[str, str]]) -> bool:
    brand = plan.per_brand and option.brand and counts["brand", option.brand] >= plan.per_brand
    category = plan.per_category and option.category and counts["category", option.category] >= plan.per_category
    return bool(brand or category)


def _matrix(options: Sequence[Option]) -> np.ndarray[Any, np.dtype[np.float32]] | None:
    """Vectors of the options, shape (options, dims), zeros where one has none; None where nobody has any."""
    known = next((o.vector for o in options if o.vector is not None), None)
    if known is None:
        return None
    none = np.zeros_like(known)
    return np.stack([o.vector if o.vector is not None else none for o in options]).astype(np.float32)
