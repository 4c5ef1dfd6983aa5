"""Recommenders must not fall below what was measured (docs/explain/recommenders.md), on a sample of the shoppers and
with the cheapest of the models: no sentence model, no matrix factorisation, no trees."""

import numpy as np
import pytest

from evaluate.errors import DataMissing
from evaluate.recommenders import metrics
from evaluate.recommenders.command import DEFAULT
from evaluate.recommenders.contenders import PROPOSING, evidence_models
from evaluate.recommenders.data import read_task
from evaluate.recommenders.metrics import Values
from evaluate.recommenders.resampling import intervals
from evaluate.recommenders.scoring import outcome
from evaluate.recommenders.task import SEED
from evaluate.settings import EvaluateSettings
from shop.recommenders.content import SharedFeatures, features_of
from shop.recommenders.contract import Recommender
from shop.recommenders.evidence import Evidence
from shop.recommenders.hybrid import Hybrid
from shop.recommenders.item_knn import Bm25ItemKnn
from shop.recommenders.popularity import Popularity
from shop.recommenders.rankers import ListwiseLinear
from shop.recommenders.sequential import CounterSettings, SequentialCounter

SAMPLE, LISTS = 4_000, 1_200
FLOORS = {"popularity": 0.004, "BM25": 0.036, "counter": 0.058, "hybrid": 0.068}
GAIN = 0.06


def test_the_hybrid_is_above_the_counter_and_the_counter_above_the_rest() -> None:
    try:
        task = read_task(EvaluateSettings().data / DEFAULT)
    except DataMissing as missing:
        pytest.skip(str(missing))
    tuned: dict[str, Recommender] = {
        "sequential counter": SequentialCounter(),
        "titles, words": SharedFeatures(features_of([title.lower().split() for title in task.contents.titles])),
        "attributes": SharedFeatures(features_of(task.contents.attributes)),
    }
    models = evidence_models(tuned, CounterSettings(), None, task.train.catalogue)
    evidence = Evidence(models, [name for name in PROPOSING if name in models])
    measured: dict[str, Recommender] = {
        "popularity": Popularity(),
        "BM25": Bm25ItemKnn(),
        "counter": SequentialCounter(),
        "hybrid": Hybrid(evidence, ListwiseLinear(), learned_from=LISTS),
    }
    shoppers = np.random.default_rng(SEED).choice(len(task.asked), SAMPLE, replace=False)
    asked, targets = task.asked.taken(shoppers), task.targets.taken(shoppers)
    found: dict[str, Values] = {}
    for name, model in measured.items():
        model.fit(task.train)
        ranks = np.concatenate(outcome(model.scores, asked, targets, exclude_seen=True).ranks)
        found[name] = metrics.ndcg(ranks, targets)
    means = {name: float(values.mean()) for name, values in found.items()}
    assert {name: means[name] for name, floor in FLOORS.items() if means[name] < floor} == {}, means
    assert means["popularity"] < means["BM25"] < means["counter"], means
    gain = intervals({"gain": found["hybrid"] - found["counter"]})["gain"]
    assert gain.low > 0
    assert gain.mean / means["counter"] > GAIN, means
