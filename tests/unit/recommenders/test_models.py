"""Recommenders on cases worked out by hand, and laws that hold for all of them."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.recommenders import sequential
from shop.recommenders.content import SharedFeatures, VectorNeighbours, centred, features_of, nearest
from shop.recommenders.contract import Recommender, recommend, top
from shop.recommenders.ease import Ease
from shop.recommenders.factorization import AlsFactorization
from shop.recommenders.histories import Histories
from shop.recommenders.item_knn import Bm25ItemKnn, CosineItemKnn, strongest
from shop.recommenders.popularity import Popularity
from shop.recommenders.sequential import FIRST_ORDER, CounterSettings, SequentialCounter, ordered_pairs
from shop.recommenders.session_knn import SessionKnn
from shop.recommenders.smoothed import SmoothedCounter

CATALOGUE = 12
VECTORS = np.eye(CATALOGUE, dtype=np.float32)
ALL: dict[str, Callable[[], Recommender]] = {
    "popularity": Popularity,
    "cosine": CosineItemKnn,
    "bm25": Bm25ItemKnn,
    "counter": SequentialCounter,
    "session-kNN": SessionKnn,
    "EASE": lambda: Ease(l2=1.0),
    "ALS": lambda: AlsFactorization(factors=4, iterations=3),
    "vectors": lambda: VectorNeighbours(VECTORS),
    "features": lambda: SharedFeatures(features_of([{n % 3, "all"} for n in range(CATALOGUE)])),
    "smoothed": lambda: SmoothedCounter(nearest(VECTORS, 3), side="target"),
}
sequences = st.lists(st.lists(st.integers(0, CATALOGUE - 1), max_size=8), min_size=1, max_size=10)


def asked(*items: int, catalogue: int = CATALOGUE) -> Histories:
    return Histories.of([list(items)], catalogue)


def test_a_counter_by_hand() -> None:
    """0 1 2 and 0 2: forward 0>1 1, 1>2 1, 0>2 2^-.5 + 1; backwards .3 of each."""
    counted = ordered_pairs(Histories.of([[0, 1, 2], [0, 2]], 3), window=20, power=0.5, reverse=0.3).toarray()
    far = 2**-0.5 + 1
    assert counted == pytest.approx(np.array([[0, 1, far], [0.3, 0, 1], [0.3 * far, 0.3, 0]]))


def test_a_counter_is_damped_by_the_popularity_of_both() -> None:
    model = SequentialCounter(CounterSettings(target_power=0.15, source_power=0.25))
    model.fit(Histories.of([[0, 1, 2], [0, 2]], 3))
    damped = (2**-0.5 + 1) * 2**-0.25 * 2**-0.15  # both have two events
    assert model.scores(asked(0, catalogue=3))[0, 2] == pytest.approx(damped)


def test_recent_events_count_more() -> None:
    model = SequentialCounter(CounterSettings(reverse=0.0, target_power=0.0, source_power=0.0, decay=0.6))
    model.fit(Histories.of([[0, 2], [1, 3]], 4))
    assert model.scores(asked(0, 1, catalogue=4))[0].tolist() == pytest.approx([0, 0, 0.6, 1])


def test_pairs_farther_apart_than_the_window_do_not_count() -> None:
    counted = ordered_pairs(Histories.of([[0, 1, 2]], 3), window=1, power=0.5, reverse=0.0)
    assert counted.toarray().tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 0]]


def test_a_product_does_not_follow_itself() -> None:
    assert ordered_pairs(Histories.of([[0, 0, 0]], 2), 20, 0.5, 0.3).nnz == 0


def test_pairs_counted_in_blocks_are_those_counted_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(5)
    listed = [draw.integers(0, 9, draw.integers(0, 12)).tolist() for _ in range(40)]
    by_hand = np.zeros((9, 9))
    for sequence in listed:
        for place, item in enumerate(sequence):
            for distance, later in enumerate(sequence[place + 1 : place + 6], start=1):
                by_hand[item, later] += (item != later) * distance**-0.5
    for block in (1, 7, 1_000):
        monkeypatch.setattr(sequential, "BLOCK", block)
        found = ordered_pairs(Histories.of(listed, 9), window=5, power=0.5, reverse=0.0).toarray()
        np.testing.assert_allclose(found, by_hand, rtol=1e-5)


def test_first_order_is_the_share_of_successors_of_the_last_product() -> None:
    model = SequentialCounter(FIRST_ORDER)
    model.fit(Histories.of([[0, 1], [0, 1], [0, 2], [3, 2]], 4))
    assert model.scores(asked(3, 0, catalogue=4))[0].tolist() == pytest.approx([0, 2 / 3, 1 / 3, 0])


def test_cosine_by_hand() -> None:
    model = CosineItemKnn()
    model.fit(Histories.of([[0, 1], [1, 0, 2], [1]], 3))
    found = model.scores(asked(0, catalogue=3))[0]
    assert found.tolist() == pytest.approx([0, 2 / np.sqrt(2 * 3), 1 / np.sqrt(2 * 1)])


def test_bm25_counts_a_shopper_of_few_products_more() -> None:
    """0 and 1 share a shopper of two products, 0 and 2 one of five."""
    model = Bm25ItemKnn()
    model.fit(Histories.of([[0, 1], [0, 2, 3, 4, 5], [6], [7]], 8))
    found = model.scores(asked(0, catalogue=8))[0]
    assert found[1] > found[2] > 0


def test_only_the_strongest_neighbours_stay() -> None:
    kept = strongest(np.array([[0.1, 0.3, 0.2], [0, 0, 0.5], [0, 0, 0]]), 2).toarray()
    assert kept == pytest.approx(np.array([[0, 0.3, 0.2], [0, 0, 0.5], [0, 0, 0]]))


def test_session_knn_finds_what_the_nearest_session_had() -> None:
    model = SessionKnn(neighbours=1, decay=1.0)
    model.fit(Histories.of([[0, 1, 2], [0, 3], [4, 5]], 6))
    found = model.scores(asked(0, 1, catalogue=6))[0]
    assert found[2] > 0
    assert found[[3, 4, 5]].tolist() == [0, 0, 0]


def test_ease_is_the_ridge_regression_of_each_product_on_the_others() -> None:
    histories = Histories.of([[0, 1], [0, 1, 2], [2, 3], [1, 3], [0, 3]], 4)
    model = Ease(l2=2.0)
    model.fit(histories)
    taken = histories.presence().toarray().astype(float)
    for target in range(4):
        others = [item for item in range(4) if item != target]
        x = taken[:, others]
        expected = np.linalg.solve(x.T @ x + 2.0 * np.eye(3), x.T @ taken[:, target])
        assert model.weights[others, target] == pytest.approx(expected, abs=1e-5)


def test_a_shopper_of_als_is_what_its_equations_say() -> None:
    histories = Histories.of([[0, 1, 2], [1, 2], [3], [], [0, 3, 1, 2]], 5)
    model = AlsFactorization(factors=3, alpha=5.0, l2=0.5, iterations=5)
    model.fit(histories)
    y = model.products.astype(float)
    for shopper, found in enumerate(model.shoppers(histories)):
        mine = y[histories.of_shopper(shopper)]
        left = y.T @ y + 0.5 * np.eye(3) + 5.0 * mine.T @ mine
        assert found == pytest.approx(np.linalg.solve(left, 6.0 * mine.sum(axis=0)), abs=1e-4)


def test_texts_alike_are_neighbours_without_any_event() -> None:
    vectors = np.array([[1, 0], [0.9, 0.1], [0, 1]], dtype=np.float32)
    found = VectorNeighbours(vectors).scores(asked(0, catalogue=3))[0]
    assert found[1] > 0 > found[2]


def test_rare_features_count_more() -> None:
    model = SharedFeatures(features_of([{"all", "rare"}, {"all", "rare"}, {"all", "often"}, {"often"}, {"often"}]))
    found = model.scores(asked(0, catalogue=5))[0]
    assert found[1] > found[2] > found[3] == 0


def test_a_new_product_is_found_by_its_likeness_to_a_successor() -> None:
    vectors = centred(np.array([[1, 0, 0], [0, 1, 0], [0, 0.9, 0.1], [0, 0, 1]], dtype=np.float32))
    model = SmoothedCounter(nearest(vectors, 2), side="target")
    model.fit(Histories.of([[0, 1], [0, 1]], 4))
    found = model.scores(asked(0, catalogue=4))[0]
    assert found[2] > 0
    assert found[3] == 0


def test_a_new_product_lends_the_successors_of_what_is_like_it() -> None:
    vectors = centred(np.array([[0, 1, 0], [1, 0, 0], [0, 0.9, 0.1], [0, 0, 1]], dtype=np.float32))
    model = SmoothedCounter(nearest(vectors, 2), side="source")
    model.fit(Histories.of([[0, 1], [0, 1]], 4))
    assert model.scores(asked(2, catalogue=4))[0, 1] > 0


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=15, deadline=None)
@given(learned=sequences, told=sequences)
def test_any_model_answers_any_history(name: str, learned: list[list[int]], told: list[list[int]]) -> None:
    model = ALL[name]()
    model.fit(Histories.of(learned, CATALOGUE))
    histories = Histories.of(told, CATALOGUE)
    found = model.scores(histories)
    assert found.shape == (len(told), CATALOGUE)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    alone = np.concatenate([model.scores(histories.part(n, n + 1)) for n in range(len(told))])
    assert found == pytest.approx(alone, abs=1e-4), "whoever else is asked about makes no difference"


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=10, deadline=None)
@given(learned=sequences, history=st.lists(st.integers(0, CATALOGUE - 1), max_size=6), k=st.integers(1, 20))
def test_lists_are_in_order_and_without_what_was_seen(
    name: str, learned: list[list[int]], history: list[int], k: int
) -> None:
    model = ALL[name]()
    model.fit(Histories.of(learned, CATALOGUE))
    found = recommend(model, asked(*history), k)
    assert len(found.items) == len(found.scores) <= k
    assert not set(found.items.tolist()) & set(history)
    assert len(set(found.items.tolist())) == len(found.items)
    assert all(a >= b for a, b in pairwise(found.scores.tolist()))
    assert (found.scores > 0).all()


def test_top_takes_the_best_and_leaves_the_scores_alone() -> None:
    scores = np.array([[0.1, 0.5, 0.0, 0.5, 0.9]], dtype=np.float32)
    before = scores.copy()
    (found,) = top(scores, asked(4, catalogue=5), 3)
    assert found.items.tolist() == [1, 3, 0]
    (with_seen,) = top(scores, asked(4, catalogue=5), 3, exclude_seen=False)
    assert with_seen.items.tolist() == [4, 1, 3]
    assert (scores == before).all()


def test_recommend_is_for_one_shopper() -> None:
    with pytest.raises(ValueError, match="One shopper"):
        recommend(Popularity(), Histories.of([[0], [1]], 2), 5)
