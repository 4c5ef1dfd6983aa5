"""From a search to one request for Elasticsearch, and from its answer to candidates. Pure.

One body does it all: its query is the words or the neighbours, and Elasticsearch forms their union before it
aggregates, so facets and the total count exactly that union. The neighbours' boost puts all of them before everything
else, so the hits are: the k neighbours, then as many of the others, best words first, as are needed. Every hit comes
back with its BM25F score and its exact cosines, by the names of queries; that it is a neighbour is seen from its score.
Neighbours of several places, and those that must say what found them, are `knn` sections beside the query instead.

The neighbours and the best others, `WINDOW` of them, are fused. Behind them the list goes on in the words' own order,
so a place never depends on which page was asked for.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from app.search import facets as facet_counts
from app.search.clauses import Clause, clause
from app.search.cursor import MAX_SHOWN, MAX_SHOWN_GROUPED
from app.search.filters import Filter
from app.search.hits import NEIGHBOURS_FIRST, TOTAL_FAMILIES, WINDOW
from app.search.lexical import content_words, some_words_query, words_query
from app.search.query import FusionMethod, Mode, SearchQuery, Sort
from app.search.steering import weighed
from app.search.understanding.lexicon import Lexicon
from app.search.understanding.naming import NamedIn
from app.search.understanding.things import Thing, things_in
from app.search.vector import Probe, exact_cosine, knn_section, neighbours_query
from es.mappings import products as fields

# The card and nothing else, not even the id: that one is the last sort value.
_FETCHED: Final[dict[str, Any]] = {"stored_fields": "_none_", "docvalue_fields": [fields.CARD]}

_TIEBREAK: Final = {fields.PRODUCT_ID: "asc"}
_BY_SCORE: Final = [{"_score": "desc"}, _TIEBREAK]
_POPULAR: Final = [{fields.IN_STOCK: "desc"}, {fields.REVIEW_COUNT: "desc"}, _TIEBREAK]
_LAST: Final = "_last"
SORTS: Final[dict[Sort, list[dict[str, Any]]]] = {
    Sort.PRICE_ASC: [{fields.PRICE: "asc"}, _TIEBREAK],
    Sort.PRICE_DESC: [{fields.PRICE: "desc"}, _TIEBREAK],
    Sort.RATING: [
        {fields.RATING: {"order": "desc", "missing": _LAST}},
        {fields.REVIEW_COUNT: "desc"},
        _TIEBREAK,
    ],
    Sort.NEWEST: [{fields.CREATED_AT: {"order": "desc", "missing": _LAST}}, _TIEBREAK],
    Sort.POPULARITY: [{fields.REVIEW_COUNT: "desc"}, _TIEBREAK],
}


def build_body(query: SearchQuery, probes: Sequence[Probe], doc_values: Sequence[Any] = ()) -> dict[str, Any]:
    """The `_search` body. `probes` are the query's places in the index's spaces: none where vectors are not asked
    for, or no model can be had. `doc_values`: what hits that are fused come with beside the card."""
    selected = facet_counts.selections(query.facets, query.filters)
    chosen = [clause(f) for f in selected.values()]
    body: dict[str, Any] = {**_FETCHED, "track_total_hits": True, "size": _window(query, probes)}
    body |= base(query, probes)
    if doc_values and continues_by_rank(query, bool(probes)):
        body["docvalue_fields"] = [*_FETCHED["docvalue_fields"], *doc_values]
    scored = _scored(query, probes)
    if chosen or scored:
        body["post_filter"] = {"bool": {"filter": chosen or [{"match_all": {}}], "should": scored}}
    if query.facets:
        body["aggs"] = facet_counts.aggregations(
            query.facets,
            selected,
            query.facet_size,
            dict(query.fitted),
            grouped=query.grouped,
            having=query.auto_facets,
        )
    body |= _order(query, probes)
    return grouped(body, query, probes, chosen) if query.grouped else body


def counting_body(query: SearchQuery, probes: Sequence[Probe]) -> dict[str, Any]:
    """The `_search` body that tells how many there are and nothing more, of a search without facets."""
    return {"size": 0, "track_total_hits": True, **base(query, probes)}


def rated_body(query: SearchQuery, probes: Sequence[Probe]) -> dict[str, Any]:
    """What the `_search` body of a list has its hits come with and be scored by, for bodies of other hits in it."""
    scored = _scored(query, probes)
    return {**_FETCHED, "post_filter": {"bool": {"should": scored}}} if scored else dict(_FETCHED)


def base(query: SearchQuery, probes: Sequence[Probe]) -> dict[str, Any]:
    """What is counted: words and neighbours, under the filters that are no selections."""
    selected = facet_counts.selections(query.facets, query.filters)
    always = [clause(f) for f in query.filters if f.name not in selected or selected[f.name] is not f]
    always += [*_not_the_examples(query), *query.always]
    body: dict[str, Any] = {}
    if not probes or not query.by_vectors_alone:
        body["query"] = _words_or_all(query, always)
    if len(probes) == 1 and not _names_neighbours(query):
        chosen = {name: clause(given) for name, given in selected.items()}
        near = neighbours_query(probes[0], [those for _, those in _under(always, chosen)], NEIGHBOURS_FIRST)
        return {"query": {"bool": {"should": [body["query"], near]}} if body else near}
    if probes:
        body["knn"] = [section for probe in probes for section in _neighbours(probe, always, selected)]
    return body


def _names_neighbours(query: SearchQuery) -> bool:
    """Whether neighbours must say what found them: ranks count in each search by itself, and where the order is not by
    score nothing else tells. With a name a query would be run twice, so that a `knn` section is faster."""
    return query.fusion is FusionMethod.RRF or not query.by_relevance


def grouped(
    body: dict[str, Any], query: SearchQuery, probes: Sequence[Probe], chosen: Sequence[Clause]
) -> dict[str, Any]:
    """The body of a search whose hits are families: they are counted, and where Elasticsearch orders the list, it
    shows the first variant of each. A fused list is grouped after its fusion (grouping.py)."""
    families = facet_counts.by_families({"filter": {"bool": {"filter": list(chosen)}}})
    body = {**body, "track_total_hits": False, "aggs": {**body.get("aggs", {}), TOTAL_FAMILIES: families}}
    if continues_by_rank(query, bool(probes)):
        return {**body, "docvalue_fields": [*body["docvalue_fields"], fields.GROUP_ID]}
    return {**body, "collapse": {"field": fields.GROUP_ID}}


def plain_body(probes: Sequence[Probe], filters: Sequence[Clause]) -> dict[str, Any]:
    """The `_search` body for the neighbours of some places and nothing else; read it with `hits_of`."""
    return {
        **_FETCHED,
        "track_total_hits": False,
        "size": _most_neighbours(probes),
        "knn": [knn_section(probe, filters, NEIGHBOURS_FIRST) for probe in probes],
        "post_filter": {"bool": {"filter": [{"match_all": {}}], "should": [exact_cosine(p) for p in probes]}},
        "sort": _BY_SCORE,
    }


def _not_the_examples(query: SearchQuery) -> list[Clause]:
    """Whoever likes a product wants others like it."""
    if query.example is None or not query.example.liked:
        return []
    ids = [liked.product_id for liked in query.example.liked]
    return [{"bool": {"must_not": [{"terms": {fields.PRODUCT_ID: ids}}]}}]


def _scored(query: SearchQuery, probes: Sequence[Probe]) -> list[Clause]:
    """What every hit is asked besides: its exact cosines, and beside an example how well it fits the words."""
    if not probes or not query.by_relevance:
        return []
    asked = [exact_cosine(probe) for probe in probes]
    convex = query.fusion is FusionMethod.CONVEX and query.mode is Mode.HYBRID
    if convex and query.example is None and query.text and not query.any_word:
        some = some_words_query(query.text)
        asked += [] if some is None else [some]
    if query.example is not None and query.text:
        asked.append(words_query(query.text, query.wordings))
    return asked


def _neighbours(probe: Probe, always: Sequence[Clause], selected: Mapping[str, Filter]) -> list[dict[str, Any]]:
    """The `knn` sections, the second and further ones for the counts of one facet."""
    clauses = {name: clause(given) for name, given in selected.items()}
    return [knn_section(probe, those, NEIGHBOURS_FIRST, but=name) for name, those in _under(always, clauses)]


def _under(always: Sequence[Clause], chosen: Mapping[str, Clause]) -> list[tuple[str, list[Clause]]]:
    """The filters of neighbours: all of them, and for each facet with a selection all but its own, whose finds only
    that facet counts (`post_filter` keeps them from the hits)."""
    under = [("", [*always, *chosen.values()])]
    return under + [(name, [*always, *(c for other, c in chosen.items() if other != name)]) for name in chosen]


def continues_by_rank(query: SearchQuery, with_vectors: bool) -> bool:
    """Whether the page is cut from the fused list, rather than by Elasticsearch's own order."""
    return query.by_relevance and with_vectors


def tail_body(query: SearchQuery, probes: Sequence[Probe]) -> dict[str, Any]:
    """The second body of a deep page by relevance: what the words found after the cursor, best first. As many more
    than the page as there may be neighbours among them, which earlier pages showed, and one to know if it goes on."""
    assert query.cursor is not None
    assert query.cursor.after is not None
    return {
        **words_behind(query, [clause(f) for f in query.filters]),
        "size": query.size + _most_neighbours(probes) + 1,
        "search_after": list(query.cursor.after),
    }


def naming(query: SearchQuery, probes: Sequence[Probe], lexicon: Lexicon) -> NamedIn | None:
    """Whether a product is called what a fused search asks for. None where nothing else is asked for, which its words
    decide, and where they name no thing."""
    fused = continues_by_rank(query, bool(probes)) and query.mode is Mode.HYBRID
    if not fused or query.fusion is not FusionMethod.CONVEX or query.example is not None:
        return None
    things = _things_of_several_words(query.text)
    return NamedIn(things, lexicon) if things else None


@lru_cache(maxsize=1024)
def _things_of_several_words(text: str) -> Sequence[Thing]:
    return things_in(text) if len(content_words(text).split()) > 1 else ()


def words_behind(query: SearchQuery, filters: Sequence[Clause]) -> dict[str, Any]:
    """What the words found, best first: the list behind its fused part."""
    found = {"query": _words_or_all(query, [*filters, *query.always]), "sort": _BY_SCORE}
    return {**_FETCHED, "track_total_hits": False, **found}


def _most_neighbours(probes: Sequence[Probe]) -> int:
    return sum(probe.how.k for probe in probes)


def _window(query: SearchQuery, probes: Sequence[Probe]) -> int:
    if not continues_by_rank(query, bool(probes)):
        # One more than is shown: whether the list goes on.
        return query.size + 1 if query.size else 0
    if query.grouped:
        return most_fused(query, probes)
    if query.by_vectors_alone or query.cursor is not None:
        return _most_neighbours(probes)
    return max(_most_neighbours(probes) + WINDOW, query.offset + query.size + 1)


def most_fused(query: SearchQuery, probes: Sequence[Probe]) -> int:
    """Hits of which a grouped list is fused; where there are fewer, they are the whole result."""
    sections = 1 + len(facet_counts.selections(query.facets, query.filters))
    return _most_neighbours(probes) * sections + (0 if query.by_vectors_alone else WINDOW) + 1


def _words_or_all(query: SearchQuery, filters: Sequence[Clause]) -> dict[str, Any]:
    if not query.text:
        if query.example is not None:
            # An example that cannot be compared finds nothing: anything else would look like an answer.
            return {"match_none": {}}
        return weighed({"bool": {"filter": list(filters)}} if filters else {"match_all": {}}, query.steering)
    if query.named:
        filters = [*filters, {"match": {fields.NAME: query.named}}]
    words = words_query(query.text, query.wordings, any_word=query.any_word, also=query.also)
    found = {"bool": {"must": [words], "filter": list(filters)}}
    return weighed(found, query.steering, scored=True)


def _order(query: SearchQuery, probes: Sequence[Probe]) -> dict[str, Any]:
    """Sort and position of a list that Elasticsearch orders itself."""
    if continues_by_rank(query, bool(probes)):
        return {"sort": _BY_SCORE}
    placed: dict[str, Any] = {"sort": _sort_of(query), "track_scores": bool(query.text)}
    if query.cursor is not None and query.cursor.after is not None:
        placed["search_after"] = list(query.cursor.after)
    elif query.offset:
        placed["from"] = query.offset
    return placed


def _sort_of(query: SearchQuery) -> list[dict[str, Any]]:
    unsorted = _BY_SCORE if query.text else _POPULAR
    return unsorted if query.sort is Sort.RELEVANCE else SORTS[query.sort]


def cursor_fits(query: SearchQuery) -> bool:
    """Whether the cursor, if there is one, holds values of the search's own order."""
    if query.cursor is None:
        return True
    if query.grouped:
        return query.cursor.after is None and query.cursor.shown + query.size < MAX_SHOWN_GROUPED
    if query.cursor.after is None:
        return query.cursor.shown <= MAX_SHOWN
    *values, last = query.cursor.after
    if len(values) + 1 != len(_sort_of(query)) or not isinstance(last, str):
        return False
    # Elasticsearch's own word for the sort value of a missing number.
    return all(isinstance(v, int | float) or v == "-Infinity" for v in values)
