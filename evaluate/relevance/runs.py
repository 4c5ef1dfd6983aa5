"""Judged queries run through the search service of the API, in this process."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from app.deps import AppServices
from app.opening import Configuration, open_services
from app.search.query import from_parameters
from app.settings import ServiceSettings
from embed.settings import EmbedSettings
from es.settings import EngineSettings
from evaluate.errors import MeasurementFailed
from evaluate.relevance.metrics import Figures, Ratings, figures
from shop.settings import QueryLogSettings

LIST_LENGTH = 200
MODES: Mapping[str, Mapping[str, str]] = {
    "lexical": {"mode": "lexical"},
    "semantic": {"mode": "semantic"},
    "hybrid": {"mode": "hybrid"},
    "hybrid_rrf": {"mode": "hybrid", "fusion": "rrf"},
}


@dataclass(frozen=True, slots=True)
class Searcher:
    """Asks one open service; `settings` are those that it ranks by."""

    services: AppServices
    settings: ServiceSettings

    def with_weight(self, lexical_weight: float) -> "Searcher":
        """The same shop with another weight of the words."""
        return self.with_settings({"lexical_weight": lexical_weight})

    def with_settings(self, changes: Mapping[str, Any]) -> "Searcher":
        """The same shop with other settings of the service. Raises pydantic's ValidationError for wrong values."""
        settings = ServiceSettings(**{**self.settings.model_dump(), **changes})
        changed = replace(self.services.search, settings=settings)
        return Searcher(replace(self.services, search=changed), settings)

    async def answer(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """The answer to query parameters, as GET /api/search gives it."""
        return await self.services.search.search(lambda facts: from_parameters(asked.items(), facts))

    async def ranked(self, query: str, mode: str) -> list[str]:
        """Product ids, best first. Raises MeasurementFailed where the answer is not the one asked for."""
        answer = await self.answer({"q": query, "size": str(LIST_LENGTH), **MODES[mode]})
        return ids_of(answer, mode)

    async def scored(self, judged: Mapping[str, Ratings], mode: str) -> list[Figures]:
        """The figures of every query, in the order of `judged`."""
        return [figures(await self.ranked(query, mode), ratings) for query, ratings in judged.items()]

    async def known(self, product_ids: Iterable[str]) -> set[str]:
        """Those of the products that are in the catalogue."""
        ids = list(product_ids)
        found: set[str] = set()
        for start in range(0, len(ids), 500):
            answer = await self.services.products.batch(ids[start : start + 500])
            found |= {product["product_id"] for product in answer["products"]}
        return found


def ids_of(answer: Mapping[str, Any], name: str) -> list[str]:
    """Product ids of an answer, best first. Raises MeasurementFailed where the search had to go without something."""
    if answer["degraded"]:
        raise MeasurementFailed(f"{name} search was degraded: {'; '.join(answer['degraded'])}")
    return [hit["product_id"] for hit in answer["hits"]]


@asynccontextmanager
async def open_searcher(
    settings: ServiceSettings, engine: EngineSettings, embedding: EmbedSettings, url: str
) -> AsyncIterator[Searcher]:
    """A service over the catalogue of `engine`'s prefix."""
    # Measuring is no place to give up early on a busy machine.
    patient = settings.model_copy(update={"search_deadline_s": 30.0})
    unlogged = QueryLogSettings(query_log=False)
    asked = Configuration(service=patient, engine=engine, embedding=embedding, query_log=unlogged, es_url=url)
    async with open_services(asked) as services:
        # Otherwise the first queries would be searched for without corrections.
        await services.suggest.lexicon.gather()
        await services.understanding.ready()
        yield Searcher(services, patient)
