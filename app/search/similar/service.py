"""Products like one product: by what their texts say, by their looks, or by both."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.catalogue import Catalogue
from app.problems import BadRequest, NotFound
from app.search.clauses import Clause, clause
from app.search.filter_parsing import parse_filters
from app.search.filters import Filter
from app.search.hit import Hit
from app.search.hits import card_of, hits_of
from app.search.parameters import take_choice, take_fraction, take_whole
from app.search.retrieval import plain_body
from app.search.vector import LOOK, MEANING, Neighbours, Probe, Space
from app.settings import ServiceSettings
from app.waiting import time_left
from embed.similarity import Scale, scale_of
from es.errors import EngineTimeout
from es.mappings import products as fields
from shop.products.reader import CatalogueFacts, Placed, ProductReader

MAX_SIMILAR = 100
_FOUND = 200
_LEAST = 0.05


class By(StrEnum):
    """What is compared."""

    LOOK = "look"
    TEXT = "text"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class SimilarQuery:
    """A checked request; `least` is the lowest similarity, 0 to 1."""

    product_id: str
    by: By
    least: float
    size: int
    filters: tuple[Filter, ...]


def similar_query(
    product_id: str, pairs: Sequence[tuple[str, str]], facts: CatalogueFacts, settings: ServiceSettings
) -> SimilarQuery:
    """The request from query parameters. Raises BadRequest naming every parameter that is wrong."""
    own = {name: value for name, value in pairs if name in ("by", "min_similarity", "size", "limit")}
    raw: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in own and value != "":
            raw.setdefault(name, []).append(value)
    filters, problems = parse_filters(raw, facts)
    size = take_whole(own, "limit" if "limit" in own else "size", 12, 1, MAX_SIMILAR, problems)
    by = take_choice(own, "by", By, By.BOTH, problems)
    least = take_fraction(own, "min_similarity", settings.similarity_threshold, problems)
    if problems:
        raise BadRequest(problems)
    return SimilarQuery(product_id, by, least, size, filters)


@dataclass(frozen=True, slots=True)
class SimilarService:
    """Products that are near one product in the spaces of the index; the product itself and its variants left out.
    Needs no model: the vectors are the index's own."""

    reader: ProductReader
    catalogue: Catalogue
    settings: ServiceSettings

    async def similar(self, product_id: str, pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """`{product_id, by, min_similarity, total, hits, degraded, took_ms}`; a hit is a card with `similarity`.

        Two calls of Elasticsearch. Raises BadRequest, NotFound, and what Elasticsearch's trouble is; EngineTimeout
        when all of it together took longer than the deadline of a search.
        """
        try:
            async with asyncio.timeout(time_left(self.settings.search_deadline_s)):
                return await self._similar(product_id, pairs)
        except TimeoutError as error:
            raise EngineTimeout("The similar products took longer than their deadline; try again.") from error

    async def _similar(self, product_id: str, pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
        started = time.perf_counter()
        facts = await self.catalogue.facts()
        query = similar_query(product_id, pairs, facts, self.settings)
        placed = (await self.reader.places([product_id], deadline_s=self.settings.search_deadline_s)).get(product_id)
        if placed is None:
            raise NotFound(f'There is no product "{product_id[:100]}".')
        scales = {MEANING: scale_of(facts.text_model), LOOK: scale_of(facts.image_model)}
        compared, degraded = _compared(query.by, placed)
        hits: list[tuple[float, Hit]] = []
        if compared:
            probes = [
                Probe(space, vector, Neighbours(_FOUND, 2 * _FOUND, _floor(query, scales[space], len(compared))))
                for space, vector in compared
            ]
            without: Clause = {"bool": {"must_not": [{"term": {fields.GROUP_ID: placed.group_id}}]}}
            body = plain_body(probes, [*(clause(f) for f in query.filters), without])
            answer = await self.reader.search(body, deadline_s=self.settings.search_deadline_s)
            rated = [(_similarity(hit, probes, scales), hit) for hit in hits_of(answer)]
            hits = [(s, hit) for s, hit in rated if s >= query.least]
            hits.sort(key=lambda found: (-found[0], found[1].candidate.product_id))
        return {
            "product_id": product_id,
            "by": query.by.value,
            "min_similarity": query.least,
            "calibrated": all(scales[space].calibrated for space, _ in compared),
            "total": len(hits),
            "hits": [card_of(hit) | _told(s, hit) for s, hit in hits[: query.size]],
            "degraded": degraded,
            "took_ms": round((time.perf_counter() - started) * 1000, 1),
        }


def _compared(by: By, placed: Placed) -> tuple[list[tuple[Space, Any]], list[str]]:
    """The product's places to compare, and what had to be gone without. A look that is not known is made up for by
    the text, and the other way round."""
    given = {By.TEXT: (MEANING, placed.text), By.LOOK: (LOOK, placed.image)}
    asked = [By.TEXT, By.LOOK] if by is By.BOTH else [by]
    found = [given[kind] for kind in asked if given[kind][1] is not None]
    missing = [kind for kind in asked if given[kind][1] is None]
    told = {By.TEXT: "semantic: the product has no vector of its text", By.LOOK: "pictures: the product has no picture"}
    if not found:
        found = [place for place in given.values() if place[1] is not None]
    return found, [told[kind] + ("; it was compared by the other" if found else "") for kind in missing]


def _floor(query: SimilarQuery, scale: Scale, spaces: int) -> float:
    """The lowest cosine that can be in the answer: of two similarities whose mean counts, each may be lower."""
    least = query.least if spaces == 1 else max(_LEAST, 2 * query.least - 1)
    return scale.cosine(least)


def _similarity(hit: Hit, probes: Sequence[Probe], scales: dict[Space, Scale]) -> float:
    """The mean over the spaces in which both products have a place."""
    cosines = {MEANING: hit.candidate.cosine, LOOK: hit.candidate.look}
    rated = [scales[p.space].similarity(c) for p in probes if (c := cosines[p.space]) is not None]
    return sum(rated) / len(rated) if rated else 0.0


def _told(similarity: float, hit: Hit) -> dict[str, Any]:
    meant, look = hit.candidate.cosine, hit.candidate.look
    return {
        "similarity": round(similarity, 4),
        "text_cosine": None if meant is None else round(meant, 4),
        "look_cosine": None if look is None else round(look, 4),
    }
