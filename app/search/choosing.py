"""Facets that help: which of a catalogue's facets tell the products of a result apart, and ranges fitted to them.

Before the search itself, a look at its result (one request): how many products have which attribute, and the
quantiles of the numbers. The search then counts the candidates, and those that help most are shown.

How much a facet helps is coverage * shown * (1 - 2 ** -H): the share of the products that have a value, the share of
values that are among those shown, and how well these tell products apart; H is their entropy in bits, so 1 - 2 ** -H is
0 for a single value, 1/2 for two that are equally frequent, 7/8 for eight.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from app.search.clauses import clause
from app.search.facets import HAVING, count_of, in_order, selections
from app.search.filters import attribute_filters, attribute_of
from app.search.hits import Retrieved
from app.search.query import MAX_FACETS, SearchQuery
from app.search.retrieval import base
from app.search.spans import Span, fitted, quantiles_of
from app.search.vector import Probe
from es.mappings import products as fields
from shop.products.reader import CatalogueFacts, ProductReader
from shop.products.values import number_of

BUILT_IN: Final = (
    "category", "shop_category", "price", "brand", "gender", "age", "occasion", "tags", "rating", "in_stock",
)  # fmt: skip
COVERAGE_AT_LEAST: Final = 0.5
LISTED_AT_MOST: Final = 12
"""A number with more values than this is shown as ranges."""

NUMBERS_LOOKED_AT: Final = 12
_VALUES_READ: Final = 1_000
_PERCENTS: Final = [0, 20, 40, 60, 80, 100]
_NAMES: Final = "names of all"


def looks(query: SearchQuery, facts: CatalogueFacts) -> bool:
    """Whether the search's facets depend on what is in its result."""
    return query.auto_facets or any(name == "price" or _is_number(name, facts) for name in query.facets)


def _is_number(name: str, facts: CatalogueFacts) -> bool:
    return attribute_of(name) in facts.number_attributes and name not in BUILT_IN


def with_selected(query: SearchQuery, facts: CatalogueFacts) -> SearchQuery:
    """With `facets=auto` a facet in which something is selected stays, so that it can be taken back."""
    possible = {*BUILT_IN, *attribute_filters(facts)}
    bounds = {"price"} if not any(hasattr(f, "spans") for f in query.filters if f.name == "price") else set()
    chosen = [f.name for f in query.filters if f.name in possible - bounds]
    return replace(query, facets=tuple(dict.fromkeys([*query.facets, *chosen]))[:MAX_FACETS])


def look_body(query: SearchQuery, probes: Sequence[Probe], facts: CatalogueFacts) -> dict[str, Any]:
    """The `_search` body of the look: each number under the selections of the other facets, as its facet counts."""
    selected = selections(query.facets, query.filters)
    numbers = [name for name in query.facets if name == "price" or _is_number(name, facts)]
    if query.auto_facets:
        common = [name for name in attribute_filters(facts) if _is_number(name, facts)]
        numbers = list(dict.fromkeys([*numbers, "price", *common[:NUMBERS_LOOKED_AT]]))
    aggs = {name: {"filter": _but(selected, name), "aggs": {"numbers": _numbers_of(name)}} for name in numbers}
    if query.auto_facets:
        names = {"terms": {"field": fields.ATTRIBUTE_NAMES, "size": MAX_FACETS}}
        aggs[_NAMES] = {"filter": _but(selected, ""), "aggs": {"numbers": names}}
    return {"size": 0, "track_total_hits": False, **base(query, probes), "aggs": aggs}


def _but(selected: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {"bool": {"filter": [clause(given) for other, given in selected.items() if other != name]}}


def _numbers_of(name: str) -> dict[str, Any]:
    if name == "price":
        return {"percentiles": {"field": fields.PRICE, "percents": _PERCENTS, "keyed": False}}
    return {"terms": {"field": f"{fields.ATTRIBUTE_NUMBERS}.{attribute_of(name)}", "size": _VALUES_READ}}


def looked_at(query: SearchQuery, facts: CatalogueFacts, answer: Mapping[str, Any]) -> SearchQuery:
    """The search with its candidates as facets, and the ranges of those that are numbers."""
    found = answer["aggregations"]
    names = list(query.facets)
    if query.auto_facets:
        common = {bucket["key"] for bucket in found[_NAMES]["numbers"]["buckets"]}
        names += BUILT_IN
        # In the order of the names, which are those of filters: `attr.size` for an attribute called size.
        names += [name for name in attribute_filters(facts) if attribute_of(name) in common]
    facets = tuple(dict.fromkeys(names))[:MAX_FACETS]
    ranges = {name: _ranges(name, found[name]["numbers"]) for name in facets if name in found}
    return replace(query, facets=facets, fitted=tuple((n, spans) for n, spans in ranges.items() if spans is not None))


def _ranges(name: str, numbers: Mapping[str, Any]) -> tuple[Span, ...] | None:
    """None where the values themselves are few enough to be listed."""
    if name == "price":
        milli = [point["value"] for point in numbers["values"]]
        return () if None in milli else fitted([value / 1000 for value in milli])
    counted = [(number_of(bucket["key"]), bucket["doc_count"]) for bucket in numbers["buckets"]]
    if len(counted) <= LISTED_AT_MOST:
        return None
    return fitted(quantiles_of(counted)) or None


def helps(found: Mapping[str, Any], size: int) -> float:
    """How much a facet helps with `size` values shown, from the raw answer to its aggregation; 0 where it covers too
    little."""
    base_count, having = found["doc_count"], found[HAVING]["doc_count"]
    if not base_count or having < COVERAGE_AT_LEAST * base_count:
        return 0.0
    buckets = found["values"]["buckets"]
    listed, hidden = (list(buckets.values()), 0) if isinstance(buckets, dict) else in_order(buckets, size)
    counts = [count_of(bucket) for bucket in listed]
    shown = sum(counts) / max(1, sum(counts) + hidden + found["values"].get("sum_other_doc_count", 0))
    of_all = count_of(found[HAVING])
    # A value that all have tells nothing apart, such as "1 star and up", or the root of a tree of categories.
    telling = [count for count in counts if 0 < count < of_all]
    telling.append(max(0, of_all - sum(telling)))
    total = sum(telling)
    entropy = -sum(c / total * math.log2(c / total) for c in telling if c) if total else 0.0
    return float(having / base_count * shown * (1 - 2**-entropy))


def chosen(query: SearchQuery, asked: Sequence[str], answer: Mapping[str, Any], most: int) -> tuple[str, ...]:
    """The facets to show: those asked for, then those that help most, and every one with a selection."""
    selected = selections(query.facets, query.filters)
    rest = [name for name in query.facets if name not in asked]
    score = {name: helps(answer[name], query.facet_size) for name in rest}
    rest.sort(key=lambda name: (name not in selected, -score[name]))
    kept = [name for name in rest[: max(most, len(selected))] if score[name] > 0 or name in selected]
    kept.sort(key=lambda name: -score[name])
    return (*asked, *kept)


@dataclass(frozen=True, slots=True)
class FacetChooser:
    """Looks at results, and chooses."""

    reader: ProductReader
    most: int

    async def look(
        self, query: SearchQuery, probes: Sequence[Probe], facts: CatalogueFacts, deadline_s: float
    ) -> SearchQuery:
        """The search with the facets to count; itself where no look is needed. Raises as a search does."""
        if not looks(query, facts):
            return query
        if query.auto_facets:
            query = with_selected(query, facts)
        body = look_body(query, probes, facts)
        return looked_at(query, facts, await self.reader.search(body, deadline_s=deadline_s))

    def choose(self, asked: SearchQuery, found: Retrieved) -> Retrieved:
        """The answer with the facets to show; `asked`: the search before the look."""
        if found.asked is None or not found.asked.auto_facets:
            return found
        names = chosen(found.asked, asked.facets, found.facets, self.most)
        return replace(found, asked=replace(found.asked, facets=names))
