"""The hybrid learns whom to trust, and never from what it is asked to predict."""

from collections.abc import Callable

import numpy as np
import pytest

from shop.recommenders.contract import Recommender, recommend
from shop.recommenders.errors import NothingToLearn
from shop.recommenders.evidence import Evidence
from shop.recommenders.histories import Histories, Scores, Weights
from shop.recommenders.hybrid import Hybrid, Ranker, WeightedSum, preferred, taught
from shop.recommenders.rankers import BoostedTrees, ListwiseLinear
from shop.recommenders.sequential import SequentialCounter

CATALOGUE = 30
RANKERS: dict[str, Callable[[], Ranker]] = {"linear": ListwiseLinear, "boosted": lambda: BoostedTrees(rounds=20)}


class Follows:
    """A model that knows: after product n comes n + `step`. Remembers what it was fitted to."""

    def __init__(self, step: int) -> None:
        self.step = step
        self.fitted: list[Histories] = []

    def fit(self, histories: Histories) -> None:
        self.fitted.append(histories)

    def scores(self, histories: Histories) -> Scores:
        found = np.zeros((len(histories), histories.catalogue), dtype=np.float32)
        last = histories.last()
        rows = np.flatnonzero(last >= 0)
        found[rows, (last[rows] + self.step) % histories.catalogue] = 1
        return found


def by_threes(shoppers: int = 300) -> Histories:
    """Every shopper goes from n to n + 3, again and again."""
    return Histories.of([[(n + 3 * k) % CATALOGUE for k in range(5)] for n in range(shoppers)], CATALOGUE)


def hybrid(ranker: Ranker, **models: Recommender) -> Hybrid:
    return Hybrid(Evidence(models, list(models), per_model=5), ranker)


@pytest.mark.parametrize("name", RANKERS)
def test_the_model_that_was_right_is_trusted(name: str) -> None:
    model = hybrid(RANKERS[name](), wrong=Follows(1), right=Follows(3), wrong_too=Follows(2))
    model.fit(by_threes())
    found = recommend(model, Histories.of([[0, 3]], CATALOGUE), 3)
    assert found.items[0] == 6
    assert set(found.items.tolist()) == {4, 5, 6}
    assert found.scores[0] == pytest.approx(1)


@pytest.mark.parametrize("name", RANKERS)
def test_the_same_histories_give_the_same_model(name: str) -> None:
    asked = Histories.of([[0, 3], [7], []], CATALOGUE)
    found = []
    for _ in range(2):
        model = hybrid(RANKERS[name](), counter=SequentialCounter(), right=Follows(3))
        model.fit(by_threes())
        found.append(model.scores(asked))
    assert (found[0] == found[1]).all()


def test_the_ranker_is_taught_by_models_that_had_not_seen_the_answers() -> None:
    spy = Follows(3)
    histories = by_threes()
    hybrid(ListwiseLinear(), spy=spy).fit(histories)
    *taught_from, served = spy.fitted
    assert (served.items == histories.items).all()
    for earlier in taught_from:
        histories = histories.without_last()
        assert (earlier.items == histories.items).all()


def test_events_further_back_teach_only_where_there_are_few_shoppers(monkeypatch: pytest.MonkeyPatch) -> None:
    few, enough = Follows(3), Follows(3)
    hybrid(ListwiseLinear(), spy=few).fit(by_threes(50))
    assert len(few.fitted) == 1 + 4, "five events each: one has to stay"
    monkeypatch.setattr("shop.recommenders.hybrid.ENOUGH", 50)
    hybrid(ListwiseLinear(), spy=enough).fit(by_threes(50))
    assert len(enough.fitted) == 1 + 1


def test_an_empty_history_and_a_shopper_with_everything_are_answered() -> None:
    model = hybrid(ListwiseLinear(), right=Follows(3))
    model.fit(by_threes(299))
    found = model.scores(Histories.of([[], list(range(CATALOGUE))], CATALOGUE))
    counts = by_threes(299).counts()
    assert found == pytest.approx(np.stack([counts / counts.max()] * 2)), "popularity"


def test_nothing_to_learn_is_said() -> None:
    with pytest.raises(NothingToLearn):
        hybrid(ListwiseLinear(), wrong=Follows(1)).fit(by_threes())
    with pytest.raises(NothingToLearn):
        hybrid(ListwiseLinear(), right=Follows(3)).fit(Histories.of([], CATALOGUE))


def test_lists_that_teach_hold_one_right_candidate_each() -> None:
    evidence = Evidence({"right": Follows(3), "wrong": Follows(1)}, ["right", "wrong"], per_model=5)
    histories = by_threes(50)
    features, hits, sizes = taught(evidence, histories)
    assert sizes.sum() == len(hits) == len(features)
    assert features.shape[1] == len(evidence.names)
    assert np.add.reduceat(hits.astype(int), np.concatenate([[0], np.cumsum(sizes)[:-1]])).tolist() == [1] * len(sizes)


def test_the_ranker_that_ranks_lists_it_was_not_fitted_to_is_preferred() -> None:
    class Backwards(ListwiseLinear):
        def predict(self, features: Weights) -> Weights:
            return -super().predict(features)

    evidence = Evidence({"right": Follows(3), "wrong": Follows(1)}, ["right", "wrong"], per_model=5)
    lists = taught(evidence, by_threes(50))
    assert preferred({"backwards": Backwards(), "linear": ListwiseLinear()}, lists) == "linear"
    assert preferred({"one": Backwards()}, lists) == "one"


def test_features_say_what_they_are_named() -> None:
    evidence = Evidence({"right": Follows(3)}, ["right"], per_model=5, exclude_seen=False)
    evidence.fit(Histories.of([[0, 3], [3], [5, 3, 8]], CATALOGUE))
    table = evidence.table(Histories.of([[3, 0]], CATALOGUE))
    assert table.item.tolist() == [3]
    told = dict(zip(evidence.names, table.features[0].tolist(), strict=True))
    assert told == {
        "right": 1,
        "right: share of best": 1,
        "events": 3,
        "share of events that were the last": pytest.approx(2 / 8),
        "events of the last product": 1,
        "length of history": 2,
        "times in history": 1,
    }


def test_a_weighted_sum_adds_shares_of_the_best() -> None:
    class Fixed:
        def __init__(self, *scores: float) -> None:
            self.row = np.array([scores], dtype=np.float32)

        def fit(self, histories: Histories) -> None:
            del histories

        def scores(self, histories: Histories) -> Scores:
            return np.repeat(self.row, len(histories), axis=0)

    model = WeightedSum({"a": Fixed(10, 5, 0), "b": Fixed(0, 0.1, -3), "c": Fixed(9, 9, 9)}, {"a": 0.4, "b": 0.2})
    assert model.scores(Histories.of([[]], 3))[0].tolist() == pytest.approx([0.4, 0.4, 0])


def test_a_weight_of_no_model_is_refused() -> None:
    with pytest.raises(ValueError, match="no model typo; there are right"):
        WeightedSum({"right": Follows(3)}, {"typo": 1.0})
