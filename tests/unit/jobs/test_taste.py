"""Clusters of customers by their vectors, and changes of what they look at."""

import numpy as np
import pytest

from jobs.behaviour import change
from jobs.clusters import PER_CLUSTER, clustered


def test_two_tastes_are_told_apart_named_and_belonged_to() -> None:
    draw = np.random.default_rng(2)
    centres = np.asarray([[1, 0.2, 0, 0], [0.2, 1, 0, 0]], dtype=np.float32)
    kinds = np.arange(80) % 2
    vectors = (centres[kinds] + draw.normal(0, 0.08, (80, 4))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    likes = [{"books": 0.9, "toys": 0.1} if kind else {"electronics": 0.8, "toys": 0.2} for kind in kinds]
    found = clustered(vectors, likes)
    assert len(found.names) == len(set(found.names)) == len(vectors) // PER_CLUSTER
    for vector, kind in zip(vectors, kinds, strict=True):
        listed = found.of(vector)
        assert listed[0][0].startswith("books" if kind else "electronics")
        assert 0.2 <= listed[0][1] <= 1
        assert sum(confidence for _, confidence in listed) <= 1.001
    assert clustered(vectors, likes).names == found.names


def test_a_few_customers_are_no_clusters() -> None:
    found = clustered(np.eye(4, dtype=np.float32), [{}] * 4)
    assert found.of(np.ones(4, dtype=np.float32)) == []
    assert clustered(np.zeros((0, 0), dtype=np.float32), []).names == ()


def test_customers_who_are_all_alike_are_named_apart() -> None:
    found = clustered(np.ones((60, 3), dtype=np.float32), [{"books": 1.0}] * 60)
    assert len(set(found.names)) == 2


def test_change_is_how_far_the_shares_moved() -> None:
    same = change({"books": 10}, {"books": 30})
    assert same is not None
    assert (same["divergence"], same["activity"], same["more"], same["less"]) == (0, 1, [], [])
    other = change({"toys": 10}, {"books": 10})
    assert other is not None
    assert (other["divergence"], other["activity"]) == (1, 3)
    assert other["more"] == [{"value": "toys", "change": 1}]
    assert other["less"] == [{"value": "books", "change": -1}]
    half = change({"toys": 5, "books": 5}, {"books": 10})
    assert half is not None
    assert half["divergence"] == pytest.approx(0.3113, abs=1e-4)  # 1.5 - 0.75 * log2(3), by hand


@pytest.mark.parametrize(("recent", "before"), [({}, {}), ({"books": 4}, {"books": 50}), ({"books": 50}, {"books": 4})])
def test_of_few_events_nothing_is_said(recent: dict[str, float], before: dict[str, float]) -> None:
    assert change(recent, before) is None
