"""Search by vectors: nearest neighbours of a point in one of the index's spaces, under all filters. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from es.mappings import products as fields


@dataclass(frozen=True, slots=True)
class Space:
    """A space of the index: the `field` of its vectors, the `name` of a neighbour's score and that of the exact
    cosine that every hit comes back with."""

    field: str
    name: str
    exact: str


MEANING: Final = Space(fields.TEXT_VECTOR, "meaning", "cosine")
"""What the texts of a product say."""

LOOK: Final = Space(fields.IMAGE_VECTOR, "look", "look_cosine")
"""What its pictures show; words have a place in it too."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """How vector search is done: `k` nearest out of `candidates` looked at, none below cosine `floor`."""

    k: int = 50
    candidates: int = 200
    floor: float = 0.28


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A point whose neighbours are looked for: `vector`, shape (dims,), of unit length."""

    space: Space
    vector: NDArray[np.float32]
    how: Neighbours


def knn_section(
    probe: Probe, filters: Sequence[dict[str, Any]], boost: float = 1.0, *, but: str = ""
) -> dict[str, Any]:
    """A top-level `knn` section; `but` names the facet whose own filter it leaves out.

    Filters are applied before the search, so that k products are found among those that pass.
    """
    name = probe.space.name
    return {
        **_nearest(probe, filters, boost),
        "similarity": probe.how.floor,
        "_name": f"{name} but {but}" if but else name,
    }


def neighbours_query(probe: Probe, filters: Sequence[Sequence[dict[str, Any]]], boost: float = 1.0) -> dict[str, Any]:
    """What `knn_section` finds under any of these lists of filters, as one query: a search that only has queries has
    one phase less. Each scores (1 + cosine) / 2 times the boost.

    The floor is a lowest score: `similarity` does not hold for a query where nothing is scored, as in a count. One for
    all of them, as of two such scores in one disjunction neither holds (Elasticsearch 9.4).
    """
    queries = [{"knn": _nearest(probe, those, boost)} for those in filters]
    found = queries[0] if len(queries) == 1 else {"dis_max": {"queries": queries}}
    return {"function_score": {"query": found, "min_score": boost * (1 + probe.how.floor) / 2}}


def _nearest(probe: Probe, filters: Sequence[dict[str, Any]], boost: float) -> dict[str, Any]:
    return {
        "field": probe.space.field,
        "query_vector": as_numbers(probe.vector),
        "k": probe.how.k,
        "num_candidates": max(probe.how.candidates, probe.how.k),
        "filter": list(filters),
        "boost": boost,
    }


_COSINE_SCRIPT: Final = "doc[params.field].size() == 0 ? 0 : dotProduct(params.query, params.field) + 1.0"


def exact_cosine(probe: Probe) -> dict[str, Any]:
    """A clause that changes nothing and has a name: each hit comes back with its score, the exact cosine plus 1, or
    0 where the product has no vector. It is scored for the hits alone, and costs a third of a script field."""
    script = {
        "source": _COSINE_SCRIPT,
        "params": {"field": probe.space.field, "query": as_numbers(probe.vector)},
    }
    return {"script_score": {"query": {"match_all": {}}, "script": script, "_name": probe.space.exact}}


def as_numbers(vector: NDArray[np.float32]) -> list[float]:
    """The vector with six decimals: half the bytes to write, send and parse, and cosines as exact as before.

    The same list is given for the same vector, as the bodies of a search hold it several times: do not change it.
    """
    return _numbers(vector.astype(np.float32, copy=False).tobytes())


# Of the searches that are under way. As numbers of Python a vector takes 14 kB, and to make them anew 5 microseconds.
@lru_cache(maxsize=64)
def _numbers(raw: bytes) -> list[float]:
    numbers: list[float] = np.round(np.frombuffer(raw, np.float32).astype(np.float64), 6).tolist()
    return numbers


def cosine(score: float, boost: float = 1.0) -> float:
    """Elasticsearch's score of a dot product, (1 + cosine) / 2 times the boost -> the cosine."""
    return 2.0 * score / boost - 1.0
