"""Search by meaning: nearest neighbours of the query's vector, under all filters. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from es.mappings import products as fields

MEANING: Final = "meaning"
"""Name of the query in each hit's scores."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """How vector search is done: `k` nearest out of `candidates` looked at, none below cosine `floor`."""

    k: int = 50
    candidates: int = 200
    floor: float = 0.28


def meaning_clause(
    vector: NDArray[np.float32],
    how: Neighbours,
    filters: Sequence[dict[str, Any]],
    boost: float = 1.0,
    *,
    but: str = "",
) -> dict[str, Any]:
    """A top-level `knn` section; `but` names the facet whose own filter it leaves out.

    `vector`: shape (dims,), unit length. Filters are applied before the search, so that k products are found among
    those that pass.
    """
    return {
        "field": fields.TEXT_VECTOR,
        "query_vector": as_numbers(vector),
        "k": how.k,
        "num_candidates": max(how.candidates, how.k),
        "similarity": how.floor,
        "filter": list(filters),
        "boost": boost,
        "_name": f"{MEANING} but {but}" if but else MEANING,
    }


def as_numbers(vector: NDArray[np.float32]) -> list[float]:
    """The vector with six decimals: half the bytes to write, send and parse, and cosines as exact as before.

    The same list is given for the same vector, as a body holds it twice and queries come again: do not change it.
    """
    return _numbers(vector.astype(np.float32, copy=False).tobytes())


@lru_cache(maxsize=2048)
def _numbers(raw: bytes) -> list[float]:
    numbers: list[float] = np.round(np.frombuffer(raw, np.float32).astype(np.float64), 6).tolist()
    return numbers


def cosine(score: float, boost: float = 1.0) -> float:
    """Elasticsearch's score of a dot product, (1 + cosine) / 2 times the boost -> the cosine."""
    return 2.0 * score / boost - 1.0
