"""From candidates to the answer: the page, its hits, why each is where it is, and where the list goes on. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.search import facets as facet_counts
from app.search.cursor import Cursor
from app.search.fusion import Convex, Fused, Fusion
from app.search.query import MAX_OFFSET, FusionMethod, SearchQuery
from app.search.retrieval import Hit, Retrieved, card_of


@dataclass(frozen=True, slots=True)
class Page:
    """The hits to show with their fused places (None where Elasticsearch ordered them), and the next cursor."""

    hits: list[Hit]
    places: list[Fused] | None
    next_cursor: Cursor | None


def fingerprint(query: SearchQuery) -> str:
    """Names a search up to its page, so that a cursor is not used on another one."""
    same = replace(query, cursor=None, offset=0, size=1, facets=(), facet_size=1, explain=False)
    return hashlib.sha256(repr(same).encode()).hexdigest()[:12]


def ranked_page(query: SearchQuery, found: Retrieved, tail: Retrieved | None, fusion: Fusion) -> Page:
    """The page of a fused list. `tail`: the second answer of a deep page, None for the first pages."""
    listed = found.hits
    if tail is not None:
        # Of the first answer only the neighbours count; what the words found comes from the tail.
        listed = [*tail.hits, *(hit for hit in found.hits if hit.candidate.cosine is not None)]
    hits = {hit.candidate.product_id: hit for hit in listed}
    fused = fusion.fuse(hit.candidate for hit in hits.values())
    cursor = query.cursor
    if cursor is not None:
        fused = _after(fused, cursor)
    page = fused[query.offset : query.offset + query.size]
    shown = [hits[f.candidate.product_id] for f in page]
    gone_by = fused[: query.offset + query.size]
    before = cursor or Cursor(fingerprint(query), top=_top(fused))
    if query.size == 0 or len(fused) <= len(gone_by):
        return Page(shown, page, None)
    if query.fusion is FusionMethod.RRF:
        return Page(shown, page, _by_offset(query))
    return Page(shown, page, _advance(before, gone_by, hits))


def _by_offset(query: SearchQuery) -> Cursor | None:
    """A list of ranks has no scores to go on from: its cursor counts, and ends where pages end."""
    following = query.offset + query.size
    return Cursor(fingerprint(query), near=following) if following + query.size <= MAX_OFFSET else None


def _after(fused: Sequence[Fused], cursor: Cursor) -> list[Fused]:
    """The fused list without the neighbours that earlier pages showed: the first `near` of them, in its order."""
    left, seen = [], 0
    for place in fused:
        if place.candidate.cosine is not None and seen < cursor.near:
            seen += 1
        else:
            left.append(place)
    return left


def _advance(cursor: Cursor, shown: Sequence[Fused], hits: Mapping[str, Hit]) -> Cursor:
    near, after = cursor.near, cursor.after
    for place in shown:
        if place.candidate.cosine is None:
            after = hits[place.candidate.product_id].sort
        else:
            near += 1
    return Cursor(cursor.query, after, near, cursor.top)


def _top(fused: Sequence[Fused]) -> float:
    return max((place.candidate.words for place in fused), default=0.0)


def ordered_page(query: SearchQuery, found: Retrieved) -> Page:
    """The page of a list that Elasticsearch ordered."""
    full = query.size > 0 and len(found.hits) == query.size
    more = full and (query.cursor is not None or query.offset + query.size < found.total)
    cursor = Cursor(fingerprint(query), found.hits[-1].sort) if more else None
    return Page(found.hits, None, cursor)


def present(
    query: SearchQuery,
    found: Retrieved,
    page: Page,
    *,
    search_id: str,
    degraded: Sequence[str],
    fusion: Fusion,
) -> dict[str, Any]:
    """The answer's body, but for `took_ms`."""
    selected = facet_counts.selections(query.facets, query.filters)
    return {
        "search_id": search_id,
        "total": found.total,
        "hits": [_shown(query, page, i, fusion) for i in range(len(page.hits))],
        "facets": facet_counts.read(query.facets, selected, found.facets),
        "understood": {"text": query.text, "constraints": []},
        "degraded": list(degraded),
        "next_cursor": page.next_cursor.encode() if page.next_cursor else None,
    }


def _shown(query: SearchQuery, page: Page, position: int, fusion: Fusion) -> dict[str, Any]:
    hit = page.hits[position]
    shown = card_of(hit)
    place = page.places[position] if page.places is not None else None
    if place is not None:
        shown["score"] = round(place.score, 6)
    elif query.by_relevance:
        shown["score"] = round(hit.candidate.words, 6)
    else:
        shown["score"] = None
    if query.explain:
        shown["explanation"] = explanation(query, hit, place, fusion)
    return shown


def explanation(query: SearchQuery, hit: Hit, place: Fused | None, fusion: Fusion) -> dict[str, Any]:
    """How a hit got its place: what each retriever said, what of it went into the score, or the sort values."""
    told: dict[str, Any] = {
        "lexical_score": round(hit.candidate.words, 6),
        "cosine": None if hit.candidate.cosine is None else round(hit.candidate.cosine, 6),
        "ordered_by": "fusion" if place is not None else ("lexical_score" if query.by_relevance else query.sort.value),
    }
    if place is not None:
        told["lexical_part"] = round(place.lexical, 6)
        told["semantic_part"] = round(place.semantic, 6)
        told["fusion"] = query.fusion.value
        if isinstance(fusion, Convex):
            told["lexical_weight"] = fusion.weight
    return told
