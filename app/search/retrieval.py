"""From a search to one request for Elasticsearch, and from its answer to candidates. Pure.

One body does it all: the words are the query, the neighbours are the `knn` section, and Elasticsearch forms their
union before it aggregates, so facets and the total count exactly that union. The neighbours' boost puts all of them
before everything else, so the hits are: the k neighbours, then as many of the others, best words first, as are
needed. Every hit comes back with its BM25F score and its exact cosines, all by the names of queries.

The neighbours and the best others, `WINDOW` of them, are fused. Behind them the list goes on in the words' own order,
so a place never depends on which page was asked for.
"""

from binascii import a2b_base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import orjson

from app.search import facets as facet_counts
from app.search.clauses import Clause, clause
from app.search.cursor import MAX_SHOWN, MAX_SHOWN_GROUPED
from app.search.filters import Filter
from app.search.fusion import Candidate
from app.search.lexical import WORDS, words_query
from app.search.query import SearchQuery, Sort
from app.search.steering import weighed
from app.search.vector import LOOK, MEANING, Probe, cosine, exact_cosine, knn_section
from es.mappings import products as fields
from shop.rules.plan import Pinned, Weighted

# Above any sum of BM25F scores, so that neighbours come first; their own order is made by fusion.
NEIGHBOURS_FIRST: Final = 1e6

# The card and nothing else, not even the id: that one is the last sort value.
_FETCHED: Final[dict[str, Any]] = {"stored_fields": "_none_", "docvalue_fields": [fields.CARD]}

TOTAL_FAMILIES: Final = "families of all"
"""Aggregation of a grouped search; no facet's name has spaces."""

WINDOW: Final = 40
"""How many of the hits that only the words found are fused with the neighbours."""

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


_NEAR, _MEANT = MEANING.name, MEANING.exact
_ALIKE, _LOOK = LOOK.name, LOOK.exact
_NO_SCORES: Final[Mapping[str, float]] = MappingProxyType({})


class Hit(NamedTuple):
    """One hit of the answer: what fusion needs, and what a result list shows (`card`, JSON in base64). `family`: its
    group, where the search is grouped. `fields`: the doc values that came with it."""

    candidate: Candidate
    card: str
    sort: tuple[Any, ...]
    family: str = ""
    fields: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What Elasticsearch answered: hits in its order, the exact size of the result, the raw facet counts, and the
    index that answered (empty where nothing was hit)."""

    hits: list[Hit]
    total: int
    facets: dict[str, Any]
    index: str = ""
    asked: SearchQuery | None = None
    """The search as it was sent, with the facets that were counted."""
    pinned: tuple[tuple[Pinned, Hit], ...] = ()
    """Pins of merchandising rules that may be shown, by place."""
    weighed: Mapping[str, tuple[Weighted, ...]] = field(default_factory=dict)
    """By product, the rules that raise or lower it."""


def build_body(query: SearchQuery, probes: Sequence[Probe], doc_values: Sequence[Any] = ()) -> dict[str, Any]:
    """The `_search` body. `probes` are the query's places in the index's spaces: none where vectors are not asked
    for, or no model can be had. `doc_values`: what hits that are fused come with beside the card."""
    selected = facet_counts.selections(query.facets, query.filters)
    chosen = [clause(f) for f in selected.values()]
    body: dict[str, Any] = {**_FETCHED, "track_total_hits": True, "size": _window(query, probes)}
    body |= base(query, probes)
    if doc_values and continues_by_rank(query, bool(probes)):
        body["docvalue_fields"] = [*_FETCHED["docvalue_fields"], *doc_values]
    scored = _scores(query, probes) if probes and query.by_relevance else []
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


def base(query: SearchQuery, probes: Sequence[Probe]) -> dict[str, Any]:
    """What is counted: the words' `query` and the neighbours' `knn`, under the filters that are no selections."""
    selected = facet_counts.selections(query.facets, query.filters)
    always = [clause(f) for f in query.filters if f.name not in selected or selected[f.name] is not f]
    always += [*_not_the_examples(query), *query.always]
    body: dict[str, Any] = {}
    if not probes or not query.by_vectors_alone:
        body["query"] = _words_or_all(query, always)
    if probes:
        body["knn"] = [section for probe in probes for section in _neighbours(probe, always, selected)]
    return body


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


def _scores(query: SearchQuery, probes: Sequence[Probe]) -> list[Clause]:
    """What every hit is asked besides: its exact cosines, and beside an example how well it fits the words."""
    asked = [exact_cosine(probe) for probe in probes]
    if query.example is not None and query.text:
        asked.append(words_query(query.text, query.wordings))
    return asked


def _neighbours(probe: Probe, always: Sequence[Clause], selected: Mapping[str, Filter]) -> list[dict[str, Any]]:
    """The `knn` sections: the nearest under all filters, and for each facet with a selection those under all but
    its own, which only that facet counts (`post_filter` keeps them from the hits)."""
    clauses = {name: clause(given) for name, given in selected.items()}
    sections = [knn_section(probe, [*always, *clauses.values()], NEIGHBOURS_FIRST)]
    for name in clauses:
        others = [made for other, made in clauses.items() if other != name]
        sections.append(knn_section(probe, [*always, *others], NEIGHBOURS_FIRST, but=name))
    return sections


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


def read_answer(answer: dict[str, Any]) -> Retrieved:
    """Hits, total and facet counts of one answer."""
    hits = answer["hits"]
    return Retrieved(
        hits=hits_of(answer),
        total=_total(answer),
        facets=answer.get("aggregations", {}),
        index=hits["hits"][0].get("_index", "") if hits["hits"] else "",
    )


def _total(answer: dict[str, Any]) -> int:
    families = answer.get("aggregations", {}).get(TOTAL_FAMILIES)
    if families is not None:
        return int(families[facet_counts.FAMILIES]["value"])
    return int(answer["hits"].get("total", {}).get("value", 0))


def hits_of(answer: dict[str, Any]) -> list[Hit]:
    """The hits of one answer."""
    return [_read_hit(hit) for hit in answer["hits"]["hits"]]


def _read_hit(hit: dict[str, Any]) -> Hit:
    # Some hundred of these are read a search: each score is looked up once, and what is rare is seen by their number.
    scores = hit.get("matched_queries") or _NO_SCORES
    score = scores.get
    words, near, meant, alike, look = score(WORDS), score(_NEAR), score(_MEANT), score(_ALIKE), score(_LOOK)
    plain = (words is not None) + (near is not None) + (meant is not None) + (alike is not None) + (look is not None)
    if len(scores) > plain:
        near = _but(scores, _NEAR) if near is None else near
        alike = _but(scores, _ALIKE) if alike is None else alike
    order = tuple(hit["sort"])
    found_fields = hit["fields"]
    group = found_fields.get(fields.GROUP_ID)
    found = Candidate(
        order[-1], words or 0.0, _cosine(near, meant), near is not None, _cosine(alike, look), alike is not None
    )
    return Hit(found, found_fields[fields.CARD][0], order, group[0] if group else "", found_fields)


def _but(scores: Mapping[str, float], name: str) -> float | None:
    """The score of a neighbour that was found only without the selection of a facet, although it passes that too: the
    search is approximate."""
    return next((score for section, score in scores.items() if section.startswith(f"{name} but ")), None)


def _cosine(near: float | None, exact: float | None) -> float | None:
    """The cosine of a hit: the exact one, or else the one that a neighbour was found by."""
    if exact:
        return exact - 1.0
    return None if near is None else cosine(near, NEIGHBOURS_FIRST)


def apart(hits: Sequence[Hit]) -> tuple[list[Hit], list[Hit]]:
    """The neighbours among the hits, and those that only the words found."""
    near: list[Hit] = []
    others: list[Hit] = []
    for hit in hits:
        found = hit.candidate
        (near if found.near or found.alike else others).append(hit)
    return near, others


def window_of(hits: Sequence[Hit]) -> list[Hit]:
    """Those of an answer's hits that are fused: the neighbours, and the best of those that only the words found."""
    near, others = apart(hits)
    return [*near, *others[:WINDOW]]


def card_of(hit: Hit) -> dict[str, Any]:
    """What a result list shows of the hit."""
    shown: dict[str, Any] = orjson.loads(a2b_base64(hit.card))
    return shown
