"""Vectors in bodies: what was written for searches of before is let go."""

import tracemalloc

import numpy as np

from app.search.query import SearchQuery
from app.search.retrieval import build_body
from app.search.vector import LOOK, MEANING, Neighbours, Probe, as_numbers

SEARCHES = 1_100
DIMS = 384
MOST_MB = 4.0


def test_bodies_of_searches_that_are_over_take_no_memory() -> None:
    """As numbers of Python a vector has 14 kB; those of the last 2,048 had 29 MB."""
    drawn = np.random.default_rng(5).normal(size=(2 * SEARCHES, DIMS)).astype(np.float32)
    tracemalloc.start()
    try:
        for number in range(SEARCHES):
            meaning, look = drawn[2 * number], drawn[2 * number + 1]
            probes = [Probe(space, vector, Neighbours()) for space, vector in ((MEANING, meaning), (LOOK, look))]
            build_body(SearchQuery(text=f"lamp {number}"), probes)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held / 1e6 < MOST_MB


def test_a_vector_is_written_once_for_all_bodies_of_its_search() -> None:
    vector = np.linspace(-1, 1, DIMS, dtype=np.float32)
    assert as_numbers(vector) is as_numbers(vector.copy())
    assert np.abs(np.asarray(as_numbers(vector)) - vector).max() < 1e-6
