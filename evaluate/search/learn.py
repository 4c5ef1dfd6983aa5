"""Learns a weight per query from judged queries, and says whether it is better than one weight for all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from app.search.fusion import Candidate, Convex
from app.search.weights import FEATURES, Learned, QueryWeights, features_of
from app.settings import ServiceSettings
from embed.settings import EmbedSettings
from es.embedded.progress import say
from es.settings import EngineSettings
from evaluate.errors import DataWrong
from evaluate.relevance.catalogue import ensure_loaded
from evaluate.relevance.intervals import SEED
from evaluate.relevance.judgments import read_judgments, scorable
from evaluate.relevance.measure import INDEX_SUFFIX, JudgedData
from evaluate.relevance.metrics import Figures, Ratings, figures
from evaluate.relevance.runs import LIST_LENGTH, Searcher, ids_of, open_searcher
from evaluate.search.policy import FOLDS, REPEATS, Judged, Nested, choose_penalty, fit, nested

GRID: Final = tuple(round(0.3 + 0.05 * step, 2) for step in range(15))
LEAST_QUERIES: Final = 2 * FOLDS


@dataclass(frozen=True, slots=True)
class Learnt:
    """What all queries together teach, and how it did on queries that had no say."""

    weights: QueryWeights
    measured: Nested
    by_weight: Mapping[float, float]
    """Mean utility of each fixed weight over all queries."""


async def learn(data: JudgedData, engine: EngineSettings, url: str, settings: ServiceSettings) -> Learnt:
    """Asks every judged query once, and fuses its candidates again under each weight.

    Raises EvaluateError, and whatever loading raises.
    """
    judged = scorable(read_judgments(data.judgments))
    if len(judged) < LEAST_QUERIES:
        raise DataWrong(f"{data.judgments} has {len(judged)} queries; learning needs {LEAST_QUERIES} or more.")
    embedding = EmbedSettings()
    apart = engine.model_copy(update={"index_prefix": engine.index_prefix + INDEX_SUFFIX})
    if ensure_loaded(data.feed, apart, url, embedding):
        say(f"loaded {data.feed.products.name} as {apart.index_prefix}")
    async with open_searcher(settings, apart, embedding, url) as searcher:
        found = [await _examined(searcher, query, ratings) for query, ratings in judged.items()]
        model = (await searcher.services.catalogue.facts()).text_model or ""
    known = Judged(GRID, np.array([one.utilities for one in found]), np.array([one.features for one in found]))
    told: dict[str, str | int] = {"judgments": data.judgments.name, "products": data.feed.products.name}
    return learnt(known, model, {**told, "queries": len(judged)})


@dataclass(frozen=True, slots=True)
class _Examined:
    utilities: list[float]
    features: list[float]


async def _examined(searcher: Searcher, query: str, ratings: Ratings) -> _Examined:
    answer = await searcher.answer({"q": query, "size": str(LIST_LENGTH), "mode": "hybrid", "explain": "true"})
    ids_of(answer, "hybrid")
    window, behind = read_window(answer["hits"])
    settings = searcher.settings
    utilities = []
    for weight in GRID:
        fused = Convex(weight, settings.look_share, settings.look_floor).fuse(window)
        utilities.append(utility(figures([*(f.candidate.product_id for f in fused), *behind], ratings)))
    features = features_of(query, window)
    return _Examined(utilities, [features[name] for name in FEATURES])


def read_window(hits: Sequence[Mapping[str, Any]]) -> tuple[list[Candidate], list[str]]:
    """The candidates that were fused, from explained hits, and the ids of those behind them."""
    window, behind = [], []
    for hit in hits:
        told = hit["explanation"]
        if told["ordered_by"] == "fusion":
            words, partly, thing = told["lexical_score"], told["some_words_score"], told["thing"]
            found = Candidate(hit["product_id"], words, told["cosine"], look=told["look_cosine"])
            window.append(found._replace(partly=partly, thing=thing))
        else:
            behind.append(hit["product_id"])
    return window, behind


def utility(found: Figures) -> float:
    """What a weight is judged by: the sum of the two nDCGs and recall (0 where there is none, under any weight)."""
    return found.ndcg_condensed + found.ndcg_raw + (0.0 if np.isnan(found.recall) else found.recall)


def learnt(judged: Judged, model: str, data: dict[str, str | int], repeats: int = REPEATS) -> Learnt:
    """The policy of all queries with its figures from nested cross-validation."""
    measured = nested(judged, repeats)
    policy = fit(judged, choose_penalty(judged, np.random.default_rng(SEED)))
    columns = zip(FEATURES, policy.mean, policy.scale, policy.coefficients, strict=True)
    features = {
        name: Learned(mean=round(mean, 6), scale=round(scale, 6), coefficient=round(coefficient, 6))
        for name, mean, scale, coefficient in columns
        if abs(coefficient) > 1e-9
    }
    weights = QueryWeights(
        text_model=model,
        intercept=round(policy.intercept, 6),
        least=judged.grid[0],
        most=judged.grid[-1],
        features=features,
        learned=date.today().isoformat(),
        data=data,
        cross_validated={
            "learned": round(float(measured.policy.mean()), 4),
            "best_fixed": round(float(measured.fixed.mean()), 4),
            "gain": round(measured.gain.mean, 4),
            "gain_low": round(measured.gain.low, 4),
            "gain_high": round(measured.gain.high, 4),
            "beats_best_fixed": measured.beats_fixed,
        },
    )
    by_weight = dict(zip(judged.grid, judged.utilities.mean(axis=0).tolist(), strict=True))
    return Learnt(weights, measured, by_weight)


def write(found: Learnt, path: Path) -> bool:
    """Writes the file that SHOPSCOUT_FUSION_WEIGHTS names, if it is any better than a fixed weight; whether it did."""
    if found.measured.beats_fixed:
        path.write_text(found.weights.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return found.measured.beats_fixed


def lines(found: Learnt) -> Iterator[str]:
    """The outcome for people."""
    told = found.weights.cross_validated
    yield "Sum of nDCG@10 condensed, nDCG@10 raw and recall@100, mean over queries that had no say (nested folds):"
    yield f"  best fixed weight   {told['best_fixed']:.4f}"
    yield f"  weight per query    {told['learned']:.4f}"
    yield f"  gain                {told['gain']:+.4f}  ({told['gain_low']:+.4f} {told['gain_high']:+.4f})"
    yield ""
    yield "Fixed weights over all queries: " + ", ".join(f"{w} {u:.4f}" for w, u in found.by_weight.items())
    yield f"Learned from all queries: intercept {found.weights.intercept:.3f}"
    for name, learned in found.weights.features.items():
        yield f"  {learned.coefficient:+.3f} for each {learned.scale:.3f} that {name} is above {learned.mean:.3f}"
    yield ""
    if found.measured.beats_fixed:
        yield "It beats the best fixed weight: the interval of the gain lies above 0."
    else:
        yield "It stays off: the interval of the gain holds 0, so one weight for all queries is as good."
