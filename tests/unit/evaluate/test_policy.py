"""A weight per query is taken only where it is better on queries that had no say."""

from pathlib import Path

import numpy as np
import pytest

from app.search.weights import FEATURES, read_weights
from evaluate.search.learn import GRID, learnt, lines, read_window, write
from evaluate.search.policy import Judged, fit, nested

QUERIES = 40


def judged(best: np.ndarray, features: np.ndarray) -> Judged:
    """Queries whose utility falls with the distance from their own best weight."""
    return Judged(GRID, 2.0 - np.abs(np.asarray(GRID)[None, :] - best[:, None]), features)


def predictable() -> Judged:
    """The first feature says whether the words or the meaning are to be trusted, the second is noise."""
    draw = np.random.default_rng(1)
    trusted = np.arange(QUERIES) % 2
    return judged(np.where(trusted, 0.9, 0.4), np.column_stack([trusted, draw.normal(size=QUERIES)]))


def predictable_with_all_features() -> Judged:
    data = predictable()
    missing = len(FEATURES) - data.features.shape[1]
    return Judged(GRID, data.utilities, np.hstack([data.features, np.zeros((QUERIES, missing))]))


def unpredictable() -> Judged:
    draw = np.random.default_rng(2)
    return judged(draw.choice([0.4, 0.9], QUERIES), draw.normal(size=(QUERIES, 7)))


def test_a_feature_that_tells_is_learned_and_beats_every_fixed_weight() -> None:
    found = nested(predictable(), repeats=2)
    assert found.beats_fixed
    assert found.gain.mean > 0.1
    policy = fit(predictable(), 0.25)
    weights = policy.weights(predictable())
    assert weights[1::2].mean() > weights[::2].mean() + 0.2
    assert abs(policy.coefficients[1]) < abs(policy.coefficients[0])


def test_noise_beats_nothing() -> None:
    assert not nested(unpredictable(), repeats=2).beats_fixed


def test_an_infinite_penalty_is_the_best_fixed_weight() -> None:
    data = predictable()
    policy = fit(data, float("inf"))
    assert policy.weights(data) == pytest.approx(np.full(QUERIES, data.best_fixed()))


def test_a_single_high_point_is_not_the_best_fixed_weight() -> None:
    utilities = np.full((4, len(GRID)), 1.0)
    utilities[:, GRID.index(0.3)] = 1.05
    utilities[:, GRID.index(0.6) : GRID.index(0.8) + 1] = 1.04
    assert Judged(GRID, utilities, np.zeros((4, 1))).best_fixed() == 0.7


def test_utility_between_the_weights_of_the_grid() -> None:
    data = judged(np.array([0.5, 0.5, 0.5]), np.zeros((3, 1)))
    assert data.at(np.array([0.5, 0.525, 0.1])) == pytest.approx([2.0, 1.975, 1.8])


def test_nothing_is_written_that_is_no_better(tmp_path: Path) -> None:
    noise = learnt(unpredictable(), "m", {"queries": QUERIES}, repeats=1)
    assert not write(noise, tmp_path / "weights.json")
    assert not (tmp_path / "weights.json").exists()
    assert "It stays off" in "\n".join(lines(noise))


def test_what_is_better_is_written_as_the_service_reads_it(tmp_path: Path) -> None:
    # The features are made up, and stand in the places of the first two.
    found = learnt(predictable_with_all_features(), "m", {"queries": QUERIES}, repeats=1)
    assert write(found, tmp_path / "weights.json")
    told = read_weights(tmp_path / "weights.json")
    assert told == found.weights
    assert told.features["words"].coefficient > 0.05
    assert told.cross_validated["gain_low"] > 0
    assert "It beats the best fixed weight" in "\n".join(lines(found))


def test_candidates_are_read_from_explained_hits() -> None:
    told = {"lexical_score": 2.0, "some_words_score": 0.0, "thing": True, "cosine": 0.5, "look_cosine": None}
    told["ordered_by"] = "fusion"
    hits = [
        {"product_id": "a", "explanation": told},
        {"product_id": "b", "explanation": {**told, "ordered_by": "lexical_score"}},
    ]
    window, behind = read_window(hits)
    assert [(c.product_id, c.words, c.thing, c.cosine, c.look) for c in window] == [("a", 2.0, True, 0.5, None)]
    assert behind == ["b"]
