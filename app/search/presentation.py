"""From candidates to the answer: the page, its hits, why each is where it is, and where the list goes on. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.search import facets as facet_counts
from app.search.continuing import following
from app.search.cursor import Cursor
from app.search.fusion import Convex, Fused, Fusion
from app.search.hit import Hit
from app.search.hits import WINDOW, Retrieved, apart, card_of
from app.search.query import SearchQuery
from app.search.worth import Worth


@dataclass(frozen=True, slots=True)
class Page:
    """The hits to show with their fused places (None where Elasticsearch ordered them), and the next cursor.
    `variants`: of a grouped list, the products in the result by family; `total`: the number of families, where all of
    them are at hand."""

    hits: list[Hit]
    places: list[Fused] | None
    next_cursor: Cursor | None
    variants: dict[str, int] | None = None
    total: int | None = None


def _told(query: SearchQuery) -> dict[str, Any]:
    """What was understood; its text is the corrected one, where it was corrected."""
    if query.understood is None:
        return {"text": query.text, "constraints": []}
    told = query.understood.as_json()
    return told if query.text == query.understood.searched else {**told, "text": query.text}


def ranked_page(query: SearchQuery, found: Retrieved, tail: Retrieved | None, fusion: Fusion) -> Page:
    """The page of a list that is fused as far as its window reaches. `tail`: the second answer of a deep page."""
    near, others = apart(found.hits)
    if tail is not None:
        return _tail_page(query, near, tail)
    window = [*near, *others[:WINDOW]]
    hits = {hit.candidate.product_id: hit for hit in window}
    places = fusion.fuse(hit.candidate for hit in window)
    places += [behind(hit) for hit in others[WINDOW:]]
    hits |= {hit.candidate.product_id: hit for hit in others[WINDOW:]}
    end = query.offset + query.size
    page = places[query.offset : end]
    shown = [hits[place.candidate.product_id] for place in page]
    if query.size == 0 or len(places) <= end:
        return Page(shown, page, None)
    if end < len(window):
        return Page(shown, page, following(query, ranked=True, shown=end))
    last = others[end - len(near) - 1]
    return Page(shown, page, following(query, ranked=True, after=last.sort))


def _tail_page(query: SearchQuery, near: Sequence[Hit], tail: Retrieved) -> Page:
    """A page behind the window, in the words' own order; neighbours among it were shown before."""
    gone = {hit.candidate.product_id for hit in near}
    left = [hit for hit in tail.hits if hit.candidate.product_id not in gone]
    shown = left[: query.size]
    more = query.size > 0 and len(left) > len(shown)
    cursor = following(query, ranked=True, after=shown[-1].sort) if more else None
    return Page(shown, [behind(hit) for hit in shown], cursor)


def behind(hit: Hit) -> Fused:
    """The place of a hit behind the window: no fused score."""
    return Fused(hit.candidate, 0.0, 0.0, 0.0)


def ordered_page(query: SearchQuery, found: Retrieved) -> Page:
    """The page of a list that Elasticsearch ordered."""
    shown = found.hits[: query.size]
    more = len(found.hits) > len(shown)
    cursor = following(query, ranked=False, after=shown[-1].sort) if more else None
    return Page(shown, None, cursor)


def present(
    query: SearchQuery,
    found: Retrieved,
    page: Page,
    *,
    search_id: str,
    degraded: Sequence[str],
    fusion: Fusion,
    worth: Worth | None = None,
) -> dict[str, Any]:
    """The answer's body, but for `took_ms`."""
    selected = facet_counts.selections(query.facets, query.filters)
    return {
        "search_id": search_id,
        "total": found.total if page.total is None else page.total,
        "hits": [_shown(query, page, i, fusion, worth) for i in range(len(page.hits))],
        "facets": facet_counts.read(query.facets, selected, found.facets, dict(query.fitted), query.facet_size),
        "understood": _told(query),
        "degraded": list(degraded),
        "next_cursor": page.next_cursor.encode() if page.next_cursor else None,
    }


def _shown(query: SearchQuery, page: Page, position: int, fusion: Fusion, worth: Worth | None) -> dict[str, Any]:
    hit = page.hits[position]
    shown = card_of(hit)
    place = page.places[position] if page.places is not None else None
    if place is not None:
        shown["score"] = round(place.score, 6)
    elif query.by_relevance:
        shown["score"] = round(hit.candidate.words, 6)
    else:
        shown["score"] = None
    if page.variants is not None:
        # At least the one that is shown: another generation may have gone live between the two requests.
        shown["variants"] = max(1, page.variants.get(hit.family, 1))
    if query.explain:
        shown["explanation"] = explanation(query, hit, place, fusion)
        if worth is not None and shown["explanation"]["ordered_by"] == "fusion":
            shown["explanation"] |= worth.told(hit)
    return shown


def explanation(query: SearchQuery, hit: Hit, place: Fused | None, fusion: Fusion) -> dict[str, Any]:
    """How a hit got its place: what each retriever said, what of it went into the score, or the sort values."""
    fused = place is not None and place.score > 0
    told: dict[str, Any] = {
        "lexical_score": round(hit.candidate.words, 6),
        "some_words_score": round(hit.candidate.partly, 6),
        "thing": hit.candidate.thing,
        "cosine": None if hit.candidate.cosine is None else round(hit.candidate.cosine, 6),
        "look_cosine": None if hit.candidate.look is None else round(hit.candidate.look, 6),
        "ordered_by": "fusion" if fused else ("lexical_score" if query.by_relevance else query.sort.value),
    }
    if place is not None and fused:
        told["lexical_part"] = round(place.lexical, 6)
        told["semantic_part"] = round(place.semantic, 6)
        told["look_part"] = round(place.look, 6)
        told["fusion"] = query.fusion.value
        if isinstance(fusion, Convex):
            told["lexical_weight"] = round(fusion.weight, 6)
            told["weight_per_query"] = fusion.per_query
            told["look_share"] = fusion.look_share
    return told
