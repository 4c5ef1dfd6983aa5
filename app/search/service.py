"""A search from request to answer: understand, build, execute, fuse, present. Only `execute` does I/O."""

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import structlog

from app.catalogue import Catalogue
from app.problems import BadRequest, Overloaded
from app.search import presentation
from app.search.fusion import Convex, Fusion, ReciprocalRank
from app.search.query import FusionMethod, Mode, SearchQuery
from app.search.retrieval import Retrieved, build_body, continues_by_rank, cursor_fits, read_answer, tail_body
from app.search.vector import Neighbours
from app.settings import ServiceSettings
from embed.base import Vector
from es.errors import EngineRejected, EngineTimeout
from shop.products.reader import CatalogueFacts, ProductReader

log = structlog.get_logger(__name__)


SEMANTIC_K = 200


@dataclass(slots=True)
class SearchService:
    """Searches of one shop."""

    reader: ProductReader
    catalogue: Catalogue
    settings: ServiceSettings
    in_flight: int = 0

    async def search(self, ask: Callable[[CatalogueFacts], SearchQuery]) -> dict[str, Any]:
        """Answers one search. `ask` makes the query once it is known what the catalogue has.

        Raises BadRequest, Overloaded, or what Elasticsearch's trouble is (es.errors); EngineTimeout when all of
        it together took longer than the deadline.
        """
        if self.in_flight >= self.settings.max_concurrent_searches:
            raise Overloaded
        self.in_flight += 1
        try:
            async with asyncio.timeout(self.settings.search_deadline_s):
                return await self._answer(ask)
        except TimeoutError as error:
            raise EngineTimeout("The search took longer than its deadline; try again.") from error
        finally:
            self.in_flight -= 1

    async def _answer(self, ask: Callable[[CatalogueFacts], SearchQuery]) -> dict[str, Any]:
        started = time.perf_counter()
        query = await self._understand(ask)
        vector, degraded, found, tail = await self._find(query)
        fusion = self._fusion(query)
        if continues_by_rank(query, vector is not None):
            page = presentation.ranked_page(query, found, tail, fusion)
        else:
            page = presentation.ordered_page(query, found)
        answer = presentation.present(query, found, page, search_id=uuid.uuid4().hex, degraded=degraded, fusion=fusion)
        answer["took_ms"] = round((time.perf_counter() - started) * 1000, 1)
        log.debug("search", search_id=answer["search_id"], total=found.total, took_ms=answer["took_ms"])
        return answer

    async def _understand(self, ask: Callable[[CatalogueFacts], SearchQuery]) -> SearchQuery:
        facts = await self.catalogue.facts()
        try:
            query = ask(facts)
        except BadRequest:
            # The attribute may be newer than what we know of the index.
            newer = await self.catalogue.facts(at_most_s=1.0)
            if newer is facts:
                raise
            query = ask(newer)
        own = query.cursor is None or query.cursor.query == presentation.fingerprint(query)
        if not own or not cursor_fits(query):
            raise BadRequest([("cursor", "This cursor belongs to another search; leave it out to begin anew.")])
        if query.cursor is not None and query.cursor.after is None:
            return replace(query, offset=query.cursor.shown, cursor=None)
        return query

    async def _find(self, query: SearchQuery) -> tuple[Vector | None, list[str], Retrieved, Retrieved | None]:
        """The query's vector, what was missing, and the answers. Asked once more where another generation, perhaps
        with another model, went live since we looked."""
        known = await self.catalogue.facts()
        vector, degraded = await self._vector(query)
        try:
            found, tail = await self._execute(query, vector)
            if not query.uses_meaning or found.index in ("", known.index):
                return vector, degraded, found, tail
            newer = await self.catalogue.facts(at_most_s=0.0)
            if newer.text_model == known.text_model:
                return vector, degraded, found, tail
        except EngineRejected:
            if vector is None or (await self.catalogue.facts(at_most_s=0.0)).index == known.index:
                raise
        vector, degraded = await self._vector(query)
        return vector, degraded, *await self._execute(query, vector)

    async def _vector(self, query: SearchQuery) -> tuple[Vector | None, list[str]]:
        if not query.uses_meaning:
            return None, []
        vector, why_not = await self.catalogue.query_vector(query.text)
        return vector, [f"semantic: {why_not}"] if why_not else []

    def _fusion(self, query: SearchQuery) -> Fusion:
        if query.fusion is FusionMethod.RRF:
            return ReciprocalRank()
        if query.mode is Mode.SEMANTIC:
            return Convex(0.0)
        return Convex(self.settings.lexical_weight)

    def _neighbours(self, query: SearchQuery) -> Neighbours:
        """How many neighbours to look for; more where they are the whole result, to have pages of it."""
        k, candidates = self.settings.knn_k, self.settings.knn_candidates
        if query.mode is Mode.SEMANTIC:
            k, candidates = max(k, SEMANTIC_K), max(candidates, 2 * SEMANTIC_K)
        return Neighbours(k, candidates, self.settings.semantic_floor)

    async def _execute(self, query: SearchQuery, vector: Vector | None) -> tuple[Retrieved, Retrieved | None]:
        deadline_s = self.settings.search_deadline_s
        how = self._neighbours(query)
        body = build_body(query, vector, how)
        deep = query.cursor is not None and continues_by_rank(query, vector is not None)
        if not deep or query.mode is Mode.SEMANTIC:
            return read_answer(await self.reader.search(body, deadline_s=deadline_s)), None
        first, tail = await self.reader.searches([body, tail_body(query, how)], deadline_s=deadline_s)
        return read_answer(first), read_answer(tail)
