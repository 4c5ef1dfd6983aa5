"""Merchandising rules in a search: from a plan to clauses, from a request's body to a steered one. Pure.

What rules do to a list, whoever ordered it:

- words are replaced, and other wordings searched for too, before anything else;
- filters and hides hold for words and neighbours alike, so hits, facets and total agree;
- boost and bury multiply the fused score, or where words alone order the list their score, or in a list without words
  the number of reviews;
- pins are found beside the rest by a request of their own in the same round trip, and put into their places last. In a
  list of families a pinned product stands for its family: which those are has to be known before the list is asked for,
  so there it is a round trip more, for words that have pins.

Pins and factors are for lists by relevance; who asks for the cheapest first gets that. A search by an example has no
pins: what does not look like it is no answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from app.search import facets as facet_counts
from app.search.clauses import Clause, clause
from app.search.filters import WordFilter
from app.search.fusion import Fusion, Lifted, Weighed
from app.search.hit import Hit
from app.search.hits import Retrieved, hits_of
from app.search.lexical import words_query
from app.search.parameters import QUERY_WORDS_USED
from app.search.query import SearchQuery, Sort
from app.search.steering import Steering, steering_of
from es.mappings import products as fields
from shop.products.reader import CatalogueFacts
from shop.rules.document import MAX_PLACE
from shop.rules.matching import Context
from shop.rules.plan import Pinned, Plan, Weighted, factor

Planner = Callable[[Context], Plan | None]

_NAME: Final = "rule "
_BY_SCORE: Final = [{"_score": "desc"}, {fields.PRODUCT_ID: "asc"}]
_CATEGORIES: Final = ("category", "shop_category")
_REVIEWS: Final = f"(1 + doc['{fields.REVIEW_COUNT}'].value) * _score"


def context_of(query: SearchQuery) -> Context:
    """What rules look at: the words, and every filter by values, whether the shopper chose it or the words meant it."""
    values = {given.name: given.values for given in query.filters if isinstance(given, WordFilter)}
    categories = [value for name in _CATEGORIES for value in values.get(name, ())]
    return Context(query.surface, typed(query), values, categories, query.device, query.segment, query.text)


def typed(query: SearchQuery) -> str:
    """The words that rules are written for: all that were typed, with those that were understood."""
    if query.understood is None or query.typed is None or query.text != query.understood.searched:
        return query.text
    return query.typed.text


def steered(query: SearchQuery, planner: Planner, facts: CatalogueFacts | None) -> SearchQuery:
    """The search as the rules want it; itself where none applies."""
    plan = planner(context_of(query))
    if plan is None:
        return query
    unweighed = "" if query.sort is Sort.RELEVANCE else f"the list is sorted by {query.sort}, not by relevance"
    return replace(
        query,
        text=" ".join(plan.text.split()[:QUERY_WORDS_USED]),
        wordings=(*query.wordings, *plan.others),
        steering=steering_of(plan, facts, unweighed=unweighed, unpinned=unweighed or _no_pins(query)),
        asked=query.asked or query,
    )


def rewords(query: SearchQuery) -> bool:
    """Whether a rule has put the words there: they are meant as they are."""
    return query.steering is not None and query.steering.rewords


def _no_pins(query: SearchQuery) -> str:
    """Why a list by relevance has no pins; empty where it has."""
    return "a search by an example has no pins" if query.example is not None else ""


def from_the_top(query: SearchQuery) -> SearchQuery:
    """The search whose answer a page with pins is cut from: everything before the page is needed too, or of a list of
    families behind the last place of a pin the same page without them."""
    if query.steering is None or not query.steering.pins or query.cursor is not None or not query.size:
        return query
    if query.grouped and query.offset >= MAX_PLACE:
        return replace(query, offset=query.offset - len(query.steering.shown))
    return replace(query, offset=0, size=query.offset + query.size)


def bodies(query: SearchQuery, body: dict[str, Any], tail: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The bodies to send for a search: the first, that of a deep page if there is one, that of the pins if there are
    any."""
    steering = query.steering
    if steering is None:
        return [body] if tail is None else [body, tail]
    sent = [_steered_body(query, steering, body)]
    if tail is not None:
        sent.append(_without_pins(steering, tail))
    if steering.pins and not query.grouped:
        sent.append(_pins_body(query, steering, body))
    return sent


def waits_for_pins(query: SearchQuery) -> bool:
    """Whether the pins that may be shown have to be known first."""
    return query.grouped and query.steering is not None and bool(query.steering.pins)


def families_pins_body(query: SearchQuery, body: Mapping[str, Any]) -> dict[str, Any]:
    """The `_search` body of the pins that a list of families may show; `body`: of the list, or what it asks of hits."""
    assert query.steering is not None
    found = _pins_body(query, query.steering, body)
    others = [name for name in found.get("docvalue_fields", ()) if name != fields.GROUP_ID]
    return {**found, "docvalue_fields": [*others, fields.GROUP_ID]}


def knowing_pins(query: SearchQuery, answer: dict[str, Any]) -> SearchQuery:
    """The search with its pins; of two of one family only the first is shown. `answer`: to `families_pins_body`."""
    assert query.steering is not None
    by_family: dict[str, tuple[Pinned, Hit]] = {}
    for pin, hit in _in_order(query.steering, hits_of(answer)):
        by_family.setdefault(hit.family, (pin, hit))
    return replace(query, steering=replace(query.steering, shown=tuple(by_family.values())))


def _steered_body(query: SearchQuery, steering: Steering, body: dict[str, Any]) -> dict[str, Any]:
    body = dict(body)
    if steering.pins:
        pinned = {"bool": {"filter": [*_unselected(query), *steering.always, _pin_clause(steering.pins)]}}
        either = [body["query"], pinned] if "query" in body else [pinned]
        body["query"] = {"bool": {"should": either, "minimum_should_match": 1}}
    if steering.weighted and not query.by_relevance:
        # Browsing: in stock first, then by reviews, which the factors multiply.
        stock, _, last = body["sort"]
        script = {"type": "number", "order": "desc", "script": {"source": _REVIEWS}}
        body["sort"] = [stock, {"_script": script}, last]
        # Without, a list of families is sorted before there are scores.
        body["track_scores"] = True
    named = [
        {"bool": {"filter": [selected], "_name": f"{_NAME}{n}"}} for n, (_, selected) in enumerate(steering.weighted)
    ]
    if named or steering.pins:
        given = body.get("post_filter", {}).get("bool", {})
        body["post_filter"] = {
            "bool": {
                "filter": given.get("filter") or [{"match_all": {}}],
                "should": [*given.get("should", []), *named],
                "must_not": _told_apart(query, steering),
            }
        }
    return body


def _told_apart(query: SearchQuery, steering: Steering) -> list[Clause]:
    """What is no hit of the list, as it is put into it afterwards: the pins, or their families."""
    if query.grouped:
        families = [hit.family for _, hit in steering.shown]
        return [{"terms": {fields.GROUP_ID: families}}] if families else []
    return [_pin_clause(steering.pins)] if steering.pins else []


def _without_pins(steering: Steering, tail: dict[str, Any]) -> dict[str, Any]:
    if not steering.pins:
        return tail
    return {**tail, "query": {"bool": {"must": [tail["query"]], "must_not": [_pin_clause(steering.pins)]}}}


def _unselected(query: SearchQuery) -> list[Clause]:
    selected = facet_counts.selections(query.facets, query.filters)
    return [clause(given) for given in query.filters if selected.get(given.name) is not given]


def _pin_clause(pins: Sequence[Pinned]) -> Clause:
    """The pinned products, those that can be bought: nobody wants to be shown first what is sold out."""
    ids = [pin.product_id for pin in pins]
    return {"bool": {"filter": [{"terms": {fields.PRODUCT_ID: ids}}, {"term": {fields.IN_STOCK: True}}]}}


def _pins_body(query: SearchQuery, steering: Steering, body: Mapping[str, Any]) -> dict[str, Any]:
    """The pins that may be shown, each with its scores."""
    passed = [*(clause(given) for given in query.filters), *steering.always, _pin_clause(steering.pins)]
    scored = body.get("post_filter", {}).get("bool", {}).get("should", [])
    return {
        **{part: body[part] for part in ("stored_fields", "docvalue_fields") if part in body},
        "track_total_hits": False,
        "size": len(steering.pins),
        "query": {
            "bool": {
                "filter": passed,
                "should": [words_query(query.text, query.wordings)] if query.text else [],
                "minimum_should_match": 0,
            }
        },
        "post_filter": {"bool": {"filter": [{"match_all": {}}], "should": scored}},
        "sort": _BY_SCORE,
    }


def with_rules(query: SearchQuery, found: Retrieved, answers: Sequence[dict[str, Any]]) -> Retrieved:
    """What was found, with the pins that may be shown, counted once, and the factors of each hit. `answers`: those
    to `bodies`, in order."""
    steering = query.steering
    if steering is None:
        return found
    weighed = _weighed_hits(steering, answers[0]) if steering.weighted else {}
    if query.grouped:
        # Families are counted with those of the pins.
        return replace(found, pinned=steering.shown, weighed=weighed)
    in_order = _in_order(steering, hits_of(answers[-1])) if steering.pins else ()
    return replace(found, total=found.total + len(in_order), pinned=in_order, weighed=weighed)


def _in_order(steering: Steering, hits: Sequence[Hit]) -> tuple[tuple[Pinned, Hit], ...]:
    pinned = {hit.candidate.product_id: hit for hit in hits}
    return tuple((pin, pinned[pin.product_id]) for pin in steering.pins if pin.product_id in pinned)


def _weighed_hits(steering: Steering, answer: Mapping[str, Any]) -> dict[str, tuple[Weighted, ...]]:
    found: dict[str, tuple[Weighted, ...]] = {}
    for hit in answer["hits"]["hits"]:
        numbers = [int(name.removeprefix(_NAME)) for name in hit.get("matched_queries", ()) if name.startswith(_NAME)]
        if numbers:
            found[hit["sort"][-1]] = tuple(steering.weighted[n][0] for n in sorted(numbers))
    return found


def weighing(fusion: Fusion, found: Retrieved) -> Fusion:
    """The fusion, with the factors of the rules."""
    if not found.weighed or isinstance(fusion, Weighed | Lifted):
        return fusion
    factors = {product_id: factor([given.factor for given in by]) for product_id, by in found.weighed.items()}
    return Weighed(fusion, factors)
