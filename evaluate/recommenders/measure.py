"""One run over every recommender: settings chosen on the validation event, fitted, asked, measured."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from embed.base import Vectors
from evaluate.recommenders import contenders as lineup
from evaluate.recommenders.contenders import Contender
from evaluate.recommenders.costs import Cost, measured, request_ms, size_mb
from evaluate.recommenders.metrics import K, Unlikeness
from evaluate.recommenders.scoring import Figures, Outcome, blocks, figures, mean_ndcg, outcome
from evaluate.recommenders.task import SEED, Task
from shop.recommenders.content import centred
from shop.recommenders.contract import Recommender
from shop.recommenders.errors import RecommenderUnavailable
from shop.recommenders.evidence import Evidence
from shop.recommenders.histories import Histories, Items
from shop.recommenders.hybrid import Hybrid, Ranker, WeightedSum, preferred, ranked, taught
from shop.recommenders.item_knn import scaled
from shop.recommenders.neighbour_tables import KEPT, READ, NeighbourTables, tabled_hybrid
from shop.recommenders.rankers import BoostedTrees, ListwiseLinear

log = logging.getLogger(__name__)

SEEN_AGAIN = 0.01
"""Share of validation events that are repeats, from which on products in the history are recommended again."""


ASKED_TO_CHOOSE = 12_000


@dataclass(frozen=True, slots=True)
class Row:
    """A recommender's figures and costs. `settings`: what was chosen on the validation event."""

    name: str
    figures: Figures
    settings: Mapping[str, Any]
    training: Cost
    size_mb: float
    request_ms: float


@dataclass(slots=True)
class Validation:
    """The last training event of each shopper, and what came before."""

    earlier: Histories
    asked: Histories
    targets: Histories
    exclude_seen: bool = True

    @classmethod
    def of(cls, train: Histories) -> "Validation":
        """All who have two events or more; of many, as many as tell settings apart."""
        some = train.lengths > 1
        if some.sum() > ASKED_TO_CHOOSE:
            drawn = np.random.default_rng(SEED).choice(np.flatnonzero(some), ASKED_TO_CHOOSE, replace=False)
            some = np.isin(np.arange(len(some)), drawn)
        earlier, last = train.without_last(), train.last()[some]
        asked = earlier.chosen(some)
        targets = Histories(last, np.arange(len(last) + 1), train.catalogue)
        return cls(earlier, asked, targets, repeats(asked, targets) < SEEN_AGAIN)


def repeats(asked: Histories, targets: Histories) -> float:
    """Share of targets that are in their shopper's history already."""
    again = np.asarray(asked.presence()[targets.shoppers, targets.items]).ravel()
    return float(again.mean()) if len(again) else 0.0


@dataclass(slots=True)
class Run:
    """What a run knows on its way."""

    task: Task
    threads: int
    vectors: Vectors | None
    validation: Validation
    popular: Items
    unlike: Unlikeness
    fitted: dict[str, Recommender] = field(default_factory=dict)
    chosen: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    preferred: str = ""
    """The hybrid that did best on events that may be learned from."""

    @property
    def exclude_seen(self) -> bool:
        return self.validation.exclude_seen


def start(task: Task, threads: int) -> Run:
    """Everything that the recommenders share."""
    vectors = lineup.title_vectors(task.contents)
    popular = np.argsort(-task.train.counts(), kind="stable")[:K].astype(np.int32)
    return Run(task, threads, vectors, Validation.of(task.train), popular, _unlikeness(task, vectors))


def measure(run: Run) -> Iterator[Row]:
    """A row a recommender, the hybrids last. One that needs a package which is not installed is left out, and stands
    in `run.left_out`."""
    for contender in lineup.contenders(run.task.contents, run.task.train.catalogue, run.vectors, run.threads):
        try:
            yield _row(run, contender)
        except RecommenderUnavailable as error:
            run.left_out.append(f"{contender.name}: {error}")
    yield _starting_weights(run)
    yield _as_served(run)
    yield from _hybrids(run)


def _row(run: Run, contender: Contender) -> Row:
    settings = choose(contender, run.validation)
    model = contender.make(**settings)
    with measured() as cost:
        model.fit(run.task.train)
    run.fitted[contender.name], run.chosen[contender.name] = model, settings
    return _told(run, contender.name, model, settings, cost)


def choose(contender: Contender, validation: Validation) -> Mapping[str, Any]:
    """The settings with the best nDCG on the validation events; the first of equals."""

    def quality(settings: Mapping[str, Any], model: Recommender | None = None) -> float:
        if model is None:
            model = contender.make(**settings)
            model.fit(validation.earlier)
        found = mean_ndcg(model.scores, validation.asked, validation.targets, exclude_seen=validation.exclude_seen)
        log.info("%s %s: %.4f", contender.name, dict(settings), found)
        return found

    if contender.steps:
        return _stepwise(contender.steps, quality)
    if len(contender.grid) == 1 and not contender.decays:
        return contender.grid[0]
    reached: list[tuple[float, Mapping[str, Any]]] = []
    for settings in contender.grid:
        model = contender.make(**settings)
        model.fit(validation.earlier)
        for decay in contender.decays:
            cast(Any, model).decay = decay
            read = {**settings, "decay": decay}
            reached.append((quality(read, model), read))
        if not contender.decays:
            reached.append((quality(settings, model), settings))
    return max(reached, key=lambda one: one[0])[1]


def _stepwise(steps: Mapping[str, Any], quality: Callable[[Mapping[str, Any]], float]) -> Mapping[str, Any]:
    best: dict[str, Any] = {}
    highest = quality(best)
    for name, values in steps.items():
        start_from = dict(best)
        for value in values:
            tried = {**start_from, name: value}
            if (reached := quality(tried)) > highest:
                best, highest = tried, reached
    return best


def _told(run: Run, name: str, model: Recommender, settings: Mapping[str, Any], cost: Cost) -> Row:
    found = outcome(model.scores, run.task.asked, run.task.targets, exclude_seen=run.exclude_seen)
    per_request = request_ms(model, run.task.asked, exclude_seen=run.exclude_seen)
    told = figures(found, run.task, run.popular, run.unlike)
    log.info("%s: ndcg %.4f", name, told.values[f"ndcg@{K}"].mean())
    return Row(name, told, settings, cost, size_mb(model), per_request)


def _starting_weights(run: Run) -> Row:
    """Collaborative 0.4, content 0.4, sequential 0.2: the weights before anything is learned. Without content the
    others share its weight."""
    weights = {"item-kNN, BM25": 0.4, "titles, vectors": 0.4, "sequential counter": 0.2}
    models = {name: run.fitted[name] for name in weights if name in run.fitted}
    model = WeightedSum(models, {name: weights[name] for name in models})
    return _told(run, "hybrid, starting weights", model, {name: weights[name] for name in models}, Cost())


def _as_served(run: Run) -> Row:
    """The linear hybrid over tables of neighbours: what the job `neighbours` learns and the service answers with."""
    tables = NeighbourTables(run.vectors)
    model = tabled_hybrid(tables)
    with measured() as cost:
        model.fit(run.task.train)
    settings = {"neighbours": KEPT, "events read": READ, "tables": sorted(tables.tables)}
    return _told(run, "hybrid, as served", model, settings, cost)


def _hybrids(run: Run) -> Iterator[Row]:
    """The hybrids of both rankers over one table of evidence, which is as long to make as all else together."""
    settings = lineup.counter_settings(run.chosen["sequential counter"])
    models = lineup.evidence_models(run.fitted, settings, run.vectors, run.task.train.catalogue)
    proposing = [name for name in lineup.PROPOSING if name in models]
    evidence = Evidence(models, proposing, exclude_seen=run.exclude_seen)
    rankers: dict[str, Ranker] = {
        "hybrid, linear": ListwiseLinear(),
        "hybrid, boosted": BoostedTrees(threads=run.threads),
    }
    costs = {}
    with measured() as shared:
        lists = taught(evidence, run.task.train)
    for name, ranker in list(rankers.items()):
        try:
            ranker.fit(lists.features[: lists.sizes[0]], lists.hits[: lists.sizes[0]], lists.sizes[:1])
        except RecommenderUnavailable as error:
            run.left_out.append(f"{name}: {error}")
            del rankers[name]
    run.preferred = preferred(rankers, lists)
    for name, ranker in rankers.items():
        with measured() as costs[name]:
            ranker.fit(*lists)
    with measured() as again:
        evidence.fit(run.task.train)
    outcomes = {name: Outcome() for name in rankers}
    for part, wanted in blocks(run.task.asked, run.task.targets):
        table = evidence.table(part)
        for name, ranker in rankers.items():
            outcomes[name].add(
                ranked(ranker, table, part, evidence.popularity), part, wanted, exclude_seen=run.exclude_seen
            )
    for name, ranker in rankers.items():
        model = Hybrid(evidence, ranker)
        own = costs[name]
        cost = Cost(
            shared.wall_s + own.wall_s + again.wall_s,
            shared.cpu_s + own.cpu_s + again.cpu_s,
            max(shared.peak_mb, own.peak_mb, again.peak_mb),
        )
        told = figures(outcomes[name], run.task, run.popular, run.unlike)
        per_request = request_ms(model, run.task.asked, exclude_seen=run.exclude_seen)
        yield Row(name, told, {"evidence": sorted(models)}, cost, size_mb(model), per_request)


def _unlikeness(task: Task, vectors: Vectors | None) -> Unlikeness:
    """By titles where there are any, else by who took what."""
    if vectors is not None:
        return Unlikeness(centred(vectors))
    taken = task.train.presence().T.tocsr()
    length = np.sqrt(np.maximum(np.diff(taken.indptr), 1)).astype(np.float32)
    return Unlikeness(scaled(1 / length, taken, np.ones(taken.shape[1], dtype=np.float32)))
