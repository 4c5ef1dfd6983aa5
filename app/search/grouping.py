"""Variants of a family as one hit. A grouped list is the same list as without grouping, but that of each family only
its best variant is left; where that is sold out, one that is nearly as good and in stock.

Where Elasticsearch orders the list, it collapses it. A fused list is grouped here: the window's families first, then
those that have no variant in it, in the words' own order. How many variants of a family are in the result is counted
in a second request, for the families on the page alone, unless all hits are at hand.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from app.search.clauses import Clause, clause
from app.search.continuing import following
from app.search.cursor import MAX_SHOWN_GROUPED
from app.search.facets import selections
from app.search.fusion import Fused, Fusion, best_first
from app.search.hit import Hit
from app.search.hits import WINDOW, Retrieved, card_of, hits_of
from app.search.pinning import families_with_pins
from app.search.presentation import Page, behind
from app.search.query import MAX_SIZE, SearchQuery
from app.search.retrieval import base, continues_by_rank, most_fused, rated_body, words_behind
from app.search.steered import families_pins_body, from_the_top, knowing_pins
from app.search.vector import Probe
from es.mappings import products as fields
from shop.products.reader import ProductReader

VARIANTS: Final = "variants"

_NEARLY: Final = 0.9
"""Part of the best variant's score from which on another one says as much of the family. Variants that differ in what
was asked for, as in their colour, are further apart."""


@dataclass(frozen=True, slots=True)
class Lead:
    """The best variant of a family, and its place in the fused list."""

    hit: Hit
    place: Fused


def fused_families(hits: Sequence[Hit], fusion: Fusion) -> list[Lead]:
    """The families of the window, by the variants that stand for them, best first."""
    near = [hit for hit in hits if hit.candidate.neighbour]
    others = [hit for hit in hits if not hit.candidate.neighbour]
    by_id = {hit.candidate.product_id: hit for hit in [*near, *others[:WINDOW]]}
    families: dict[str, list[Lead]] = {}
    for place in fusion.fuse(hit.candidate for hit in by_id.values()):
        hit = by_id[place.candidate.product_id]
        families.setdefault(hit.family, []).append(Lead(hit, place))
    return sorted(map(_standing_for_it, families.values()), key=lambda lead: best_first(lead.place))


def _standing_for_it(variants: Sequence[Lead]) -> Lead:
    """The best of the variants (best first) that is in stock and nearly as good as the first; else the first."""
    best = variants[0]
    enough = best.place.score * _NEARLY
    nearly = [lead for lead in variants if lead.place.score >= enough]
    if len(nearly) < 2:
        return best
    return next((lead for lead in nearly if card_of(lead.hit)["in_stock"]), best)


def tail_families_body(query: SearchQuery, gone: Sequence[str], start: int, size: int) -> dict[str, Any]:
    """The `_search` body of the families that have no variant among those `gone`, best words first."""
    others: Clause = {"bool": {"must_not": [{"terms": {fields.GROUP_ID: list(gone)}}]}}
    return {
        **words_behind(query, [*(clause(given) for given in query.filters), others]),
        "collapse": {"field": fields.GROUP_ID},
        "from": start,
        "size": size,
    }


def variants_body(query: SearchQuery, probes: Sequence[Probe], families: Sequence[str]) -> dict[str, Any]:
    """The `_search` body that counts the variants of these families in the result."""
    chosen = [clause(given) for given in selections(query.facets, query.filters).values()]
    those: Clause = {"terms": {fields.GROUP_ID: list(families)}}
    counted = {"terms": {"field": fields.GROUP_ID, "size": len(families)}}
    return {
        "size": 0,
        "track_total_hits": False,
        **base(query, probes),
        "aggs": {VARIANTS: {"filter": {"bool": {"filter": [*chosen, those]}}, "aggs": {VARIANTS: counted}}},
    }


def page_of(query: SearchQuery, hits: Sequence[Hit], places: Sequence[Fused] | None, *, more: bool) -> Page:
    """A page of families; `more`: the list goes on behind it. It ends where Elasticsearch counts no further."""
    end = query.offset + query.size
    goes_on = more and query.size > 0 and end + MAX_SIZE < MAX_SHOWN_GROUPED
    cursor = following(query, ranked=places is not None, shown=end) if goes_on else None
    return Page(list(hits), None if places is None else list(places), cursor)


@dataclass(frozen=True, slots=True)
class Grouper:
    """Makes pages of families."""

    reader: ProductReader

    async def page(
        self, query: SearchQuery, probes: Sequence[Probe], found: Retrieved, fusion: Fusion, deadline_s: float
    ) -> Page:
        """The page that `query` asks for, out of the answer to its body. Raises as a search does."""
        whole, listed = False, from_the_top(query)
        if continues_by_rank(query, bool(probes)):
            whole = len(found.hits) < most_fused(query, probes)
            page = await self._fused(listed, found, fusion, deadline_s, whole=whole)
        else:
            shown = found.hits[: listed.size]
            page = page_of(listed, shown, None, more=len(found.hits) > len(shown))
        page = families_with_pins(query, found, page)
        if whole:
            variants = Counter(hit.family for hit in found.hits)
            page = replace(page, variants=dict(variants), total=len(variants) + len(found.pinned))
            if not found.pinned:
                return page
        families = [hit.family for hit in page.hits]
        if not families:
            return replace(page, variants={})
        answer = await self.reader.search(variants_body(query, probes, families), deadline_s=deadline_s)
        buckets = answer["aggregations"][VARIANTS][VARIANTS]["buckets"]
        counts = {hit.family: 1 for _, hit in found.pinned} | {one["key"]: one["doc_count"] for one in buckets}
        return replace(page, variants=counts)

    async def knowing_pins(self, query: SearchQuery, probes: Sequence[Probe], deadline_s: float) -> SearchQuery:
        """The search with those of its pins that may be shown. One round trip."""
        body = families_pins_body(query, rated_body(query, probes))
        return knowing_pins(query, await self.reader.search(body, deadline_s=deadline_s))

    async def _fused(
        self, query: SearchQuery, found: Retrieved, fusion: Fusion, deadline_s: float, *, whole: bool
    ) -> Page:
        leads = fused_families(found.hits, fusion)
        end = query.offset + query.size
        shown = leads[query.offset : end]
        hits, places = [lead.hit for lead in shown], [lead.place for lead in shown]
        if end < len(leads) or whole or query.size == 0:
            return page_of(query, hits, places, more=end < len(leads))
        start = max(0, query.offset - len(leads))
        wanted = query.size - len(shown)
        gone = [lead.hit.family for lead in leads] + [hit.family for _, hit in found.pinned]
        body = tail_families_body(query, gone, start, wanted + 1)
        tail = hits_of(await self.reader.search(body, deadline_s=deadline_s))
        hits += tail[:wanted]
        places += [behind(hit) for hit in tail[:wanted]]
        return page_of(query, hits, places, more=len(tail) > wanted)
