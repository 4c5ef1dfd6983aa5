"""The job `weights`: how much each part of the hybrid counts at each placement, learned from feedback.

A part's quality is its reward over what its places were expected to get (es/mappings/feedback.py), so that standing
first is no merit. Both carry STRENGTH expected rewards of prior: over all placements the prior is 1, at a placement it
is what the part is at the others, so that few lists move little. The starting weights times the qualities, each within
LEAST and MOST, are the weights; the placement "*" has those over all.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.optimize import brentq

from es.client import translated
from es.errors import IndexMissing
from es.lease import Lease
from es.mappings import feedback as source
from es.mappings import weights as output
from jobs.feedback import SEPARATOR
from jobs.job import Workplace
from jobs.output import Document, publish
from shop.recommenders.starting_weights import STARTING_WEIGHTS

STRENGTH: Final = 30.0
LEAST: Final = 0.05
MOST: Final = 0.85
_PAGE: Final = 5_000
_LONGEST_NAME: Final = 50
"""Of a placement of ours; pages may send impressions of anything."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a part at a placement: products shown, their reward, and the reward that was expected."""

    impressions: int = 0
    reward: float = 0.0
    expected: float = 0.0

    def __add__(self, other: "Evidence") -> "Evidence":
        return Evidence(
            self.impressions + other.impressions, self.reward + other.reward, self.expected + other.expected
        )


ByPart = Mapping[str, Evidence]


def run(place: Workplace, lease: Lease) -> dict[str, Any]:
    """Makes a new generation of weights. Figures: `placements` that have their own, `impressions` learned from."""
    found = evidence(place)
    counted = sum(one.impressions for parts in found.values() for one in parts.values())
    written = publish(place, lease, output.KIND, output.definition(), _documents(found, place.now.isoformat()))
    return {"placements": written - 1, "impressions": counted}


def evidence(place: Workplace) -> dict[str, ByPart]:
    """By placement and part, of all days that the live feedback holds; empty before the job `feedback` has run."""
    found: dict[str, dict[str, Evidence]] = defaultdict(dict)
    after: list[Any] | None = None
    while True:
        try:
            with translated():
                hits = place.client.search(
                    index=place.names.alias(source.KIND),
                    query={"term": {source.DIMENSION: "placement_algorithm"}},
                    sort=[{source.DAY: "asc"}, {source.VALUE: "asc"}],
                    search_after=after,
                    size=_PAGE,
                    source_includes=[source.VALUE, "impressions", source.REWARD, source.EXPECTED],
                )["hits"]["hits"]
        except IndexMissing:
            return {}
        for hit in hits:
            told = hit["_source"]
            placement, _, part = told[source.VALUE].rpartition(SEPARATOR)
            if part in STARTING_WEIGHTS and len(placement) <= _LONGEST_NAME:
                more = Evidence(told["impressions"], told[source.REWARD], told[source.EXPECTED])
                found[placement][part] = found[placement].get(part, Evidence()) + more
        if len(hits) < _PAGE:
            return dict(found)
        after = hits[-1]["sort"]


def qualities(parts: ByPart, priors: Mapping[str, float]) -> dict[str, float]:
    """Reward over expected reward, both with STRENGTH of the prior; at least 0."""
    nothing = Evidence()
    return {
        part: max(0.0, parts.get(part, nothing).reward + STRENGTH * prior)
        / (parts.get(part, nothing).expected + STRENGTH)
        for part, prior in priors.items()
    }


def bounded(weights: Mapping[str, float]) -> dict[str, float]:
    """The weights as shares that add up to 1, none below LEAST or above MOST, otherwise in their proportions."""
    names, given = list(weights), np.asarray(list(weights.values()), dtype=np.float64)
    given = np.maximum(given / given.sum() if given.sum() > 0 else np.ones(len(given)), 1e-6)

    def excess(factor: float) -> float:
        return float(np.clip(given * factor, LEAST, MOST).sum()) - 1

    # The sum of the clipped weights only grows with the factor: from len * LEAST to len * MOST.
    factor = brentq(excess, 0.0, 1 / float(given.min()))
    return dict(zip(names, np.clip(given * factor, LEAST, MOST).round(4).tolist(), strict=True))


def learned(found: Mapping[str, ByPart]) -> dict[str, dict[str, float]]:
    """Weights by placement; under "*" those over all."""
    even = dict.fromkeys(STARTING_WEIGHTS, 1.0)
    by_placement = {output.EVERYWHERE: qualities(_total(list(found.values())), even)}
    for placement, parts in found.items():
        others = [of_other for other, of_other in found.items() if other != placement]
        by_placement[placement] = qualities(parts, qualities(_total(others), even))
    return {
        name: bounded({part: start * quality[part] for part, start in STARTING_WEIGHTS.items()})
        for name, quality in by_placement.items()
    }


def _total(listed: Sequence[ByPart]) -> ByPart:
    total: dict[str, Evidence] = defaultdict(Evidence)
    for parts in listed:
        for part, one in parts.items():
            total[part] += one
    return total


def _documents(found: Mapping[str, ByPart], computed_at: str) -> Iterator[Document]:
    known = {**found, output.EVERYWHERE: _total(list(found.values()))}
    for placement, weights in learned(found).items():
        told = {
            part: {"impressions": one.impressions, "reward": one.reward, "expected": round(one.expected, 3)}
            for part, one in known[placement].items()
        }
        document = {
            output.PLACEMENT: placement,
            output.WEIGHTS: weights,
            output.EVIDENCE: told,
            output.COMPUTED_AT: computed_at,
        }
        yield placement, document
