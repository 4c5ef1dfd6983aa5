"""A stored sequential model continues a history as the model itself does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.recommenders.contract import recommend
from shop.recommenders.histories import Histories
from shop.recommenders.sequential import CounterSettings, SequentialCounter
from shop.recommenders.successors import Successors, continued, learned, read_for

PRODUCTS = st.sampled_from("abcdefgh")
SEQUENCES = st.lists(st.lists(PRODUCTS, max_size=6), max_size=8)


def test_by_hand() -> None:
    successors = {"a": Successors(["x", "y"], [1.0, 0.5]), "b": Successors(["y", "b"], [0.4, 0.2])}
    found = continued(["a", "b", "unknown"], successors, 5, decay=0.5, exclude=["b"])
    assert [(one.product_id, one.because) for one in found] == [("y", "b"), ("x", "a")]
    assert [one.score for one in found] == pytest.approx([0.5 * 0.4 + 0.25 * 0.5, 0.25])
    assert [one.share for one in found] == pytest.approx([0.2 / 0.325, 1])


def test_a_product_that_came_twice_counts_twice() -> None:
    found = continued(["a", "b", "a"], {"a": Successors(["x"], [1.0])}, 5, decay=0.5)
    assert found[0].score == pytest.approx(1.25)


@given(SEQUENCES, st.lists(PRODUCTS, max_size=6), st.integers(0, 10))
def test_the_stored_model_answers_as_the_model(sequences: list[list[str]], history: list[str], k: int) -> None:
    settings = CounterSettings()
    stored = dict(learned(sequences, settings, kept=1_000))
    found = continued(history, stored, k, decay=settings.decay, exclude=history)
    numbers = {product: number for number, product in enumerate("abcdefgh")}
    model = SequentialCounter(settings)
    model.fit(Histories.of([[numbers[p] for p in sequence] for sequence in sequences], 8))
    wanted = recommend(model, Histories.of([[numbers[p] for p in history]], 8), 8)
    scores = dict(zip(wanted.items.tolist(), wanted.scores.tolist(), strict=True))
    assert len(found) == min(k, len(scores))
    for one in found:
        assert one.score == pytest.approx(scores[numbers[one.product_id]], rel=1e-4)
        assert one.because in history
        assert 0 < one.share <= 1 + 1e-9
    assert [one.score for one in found] == pytest.approx(sorted(scores.values(), reverse=True)[: len(found)], rel=1e-4)


@given(SEQUENCES, st.integers(1, 3))
def test_only_the_strongest_are_kept_best_first(sequences: list[list[str]], kept: int) -> None:
    every, few = dict(learned(sequences, kept=1_000)), dict(learned(sequences, kept=kept))
    assert every.keys() == few.keys()
    for product, found in few.items():
        assert list(found.weights) == sorted(every[product].weights, reverse=True)[:kept]
        assert product not in found.product_ids
        assert (np.array(found.weights) > 0).all()


def test_old_events_of_a_long_history_are_not_read() -> None:
    history = [f"p{n}" for n in range(100_000)]
    assert read_for(history, 0.6)[:2] == ["p99999", "p99998"]
    assert len(read_for(history, 0.6)) < 40
    assert read_for(["a", "b"], 0.0) == ["b"]
