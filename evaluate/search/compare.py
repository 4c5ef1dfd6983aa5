"""The comparison: every judged query under every configuration, scored, and sorted into classes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from app.settings import ServiceSettings
from embed.settings import EmbedSettings
from es.embedded.progress import say
from es.settings import EngineSettings
from evaluate.errors import DataWrong
from evaluate.relevance.catalogue import ensure_loaded
from evaluate.relevance.judgments import read_frequencies, read_judgments, scorable
from evaluate.relevance.measure import INDEX_SUFFIX, JudgedData
from evaluate.relevance.metrics import Figures, Ratings, figures
from evaluate.relevance.runs import LIST_LENGTH, ids_of, open_searcher
from evaluate.search.classes import classes_of
from evaluate.search.configs import SearchConfig
from evaluate.search.shops import OwnShop, RunningShop, Shop, brands_of, matches_of

LEAST_QUERIES: Final = 10
"""Queries from which a class is judged by itself; the mean of fewer says little."""
RANKING: Final = ("ndcg_condensed", "ndcg_raw", "recall", "mrr")
WATCHED: Final = RANKING[:3]
"""Figures that may be below the base in no class. MRR is told and not watched: it hangs on one product a query."""


@dataclass(frozen=True, slots=True)
class Compared:
    """`scored`: the figures of each query, in the order of `queries`, by the name of the configuration.
    `classes`: positions of queries by class. The first configuration is the base of every difference."""

    queries: Sequence[str]
    configs: Sequence[SearchConfig]
    scored: Mapping[str, Sequence[Figures]]
    classes: Mapping[str, Sequence[int]]
    data: Mapping[str, int | str]

    @property
    def base(self) -> str:
        return self.configs[0].name

    @property
    def others(self) -> list[str]:
        return [config.name for config in self.configs[1:]]


@dataclass(frozen=True, slots=True)
class Below:
    """A class on which a configuration is worse than the base, by the mean of one figure."""

    query_class: str
    figure: str
    base: float
    found: float


async def compare_in_own_index(
    data: JudgedData, configs: Sequence[SearchConfig], engine: EngineSettings, url: str, settings: ServiceSettings
) -> Compared:
    """Loads the judged products into an index of their own, unless they are there, and compares on it.

    Raises EvaluateError, and whatever loading raises.
    """
    embedding = EmbedSettings()
    apart = engine.model_copy(update={"index_prefix": engine.index_prefix + INDEX_SUFFIX})
    if ensure_loaded(data.feed, apart, url, embedding):
        say(f"loaded {data.feed.products.name} as {apart.index_prefix}")
    async with open_searcher(settings, apart, embedding, url) as searcher:
        return await compare(data.judgments, configs, OwnShop(searcher))


async def compare_at(url: str, judgments: Path, configs: Sequence[SearchConfig]) -> Compared:
    """Compares on the shop that runs at the URL. Raises EvaluateError."""
    shop = RunningShop(url)
    shop.open()
    try:
        return await compare(judgments, configs, shop)
    finally:
        shop.close()


async def compare(judgments: Path, configs: Sequence[SearchConfig], shop: Shop) -> Compared:
    """Puts every judged query to the shop under each configuration, for a list of 200. Raises EvaluateError."""
    judged = scorable(read_judgments(judgments))
    if not judged:
        raise DataWrong(f"No query in {judgments} has a product rated above 0.")
    rated = {product for ratings in judged.values() for product in ratings}
    missing = rated - await shop.known(sorted(rated))
    if missing == rated:
        raise DataWrong(f"None of the products in {judgments} is in the shop.")
    queries = list(judged)
    classes = classes_of(
        queries,
        brands=await brands_of(shop),
        matches={query: await matches_of(shop, query) for query in queries},
        frequencies=read_frequencies(judgments),
    )
    scored = {config.name: await _scored(shop, config, judged) for config in configs}
    data = {
        "queries": len(judged),
        "judgments": sum(map(len, judged.values())),
        "judged_but_not_there": len(missing),
    }
    return Compared(queries, configs, scored, classes, data)


async def _scored(shop: Shop, config: SearchConfig, judged: Mapping[str, Ratings]) -> list[Figures]:
    found = []
    for query, ratings in judged.items():
        answer = await shop.answer(config, {"q": query, "size": str(LIST_LENGTH)})
        found.append(figures(ids_of(answer, config.name), ratings))
    return found


def below(compared: Compared, name: str, least: int = LEAST_QUERIES) -> list[Below]:
    """Where `name` is worse than the base: over all queries, and in every class of at least so many. Pure."""
    every = {"all": range(len(compared.queries)), **compared.classes}
    found = []
    for query_class, positions in every.items():
        if len(positions) < least:
            continue
        for figure in WATCHED:
            base = mean(compared.scored[compared.base], figure, positions)
            other = mean(compared.scored[name], figure, positions)
            if other < base:
                found.append(Below(query_class, figure, base, other))
    return found


def mean(scored: Sequence[Figures], figure: str, positions: Sequence[int]) -> float:
    """Mean of one figure over these queries; NaN ones (queries without the figure) are left out."""
    known = [value for value in values_of(scored, figure, positions) if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def values_of(scored: Sequence[Figures], figure: str, positions: Sequence[int]) -> Iterator[float]:
    """One figure of these queries."""
    return (getattr(scored[position], figure) for position in positions)
