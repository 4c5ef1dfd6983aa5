"""Facets of a search: which a caller may ask for, their aggregations, and the counts read back. Pure.

What a facet counts. The base of a facet is the set of products that match the words or are among the nearest by
meaning, under every filter except the facet's own selection, so that a shopper can see what adding a value would
bring (a multi-select facet). The nearest by meaning are those of two searches: under all filters, which are in the
result, and under all but the facet's own. Counts are exact on an index of one shard, which is how we build them.

Grouped, a facet counts the families that have a product in that base with the value.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from app.search.clauses import Clause, clause, price_range_clause, span_clause
from app.search.filters import (
    FLAG_FIELDS,
    RANGE_FIELDS,
    WORD_FIELDS,
    Filter,
    FlagFilter,
    RangeFilter,
    WordFilter,
    attribute_filters,
    attribute_of,
    canonical,
)
from app.search.spans import Span, SpanFilter, parse_span
from es.mappings import products as fields
from shop.products.reader import CatalogueFacts
from shop.products.values import PriceRange, folded, same_word

AUTO: Final = "auto"
"""Stands for the facets that help most."""

MAX_NAMES_SHOWN: Final = 40
RATING_STEPS: Final = (4, 3, 2, 1)
NOT_FACETS: Final = frozenset({"group_id"})
HAVING: Final = "having"
FAMILIES: Final = "families"
# Counted by hashes: exact for hundreds of families, off by some n / 8,000 for n up to the threshold, then by a
# thousandth or, where many values share the memory, by a hundredth (docs/decisions/0009-families-counted-by-hashes.md).
_MOST_EXACT: Final = 40_000
_MEMORY: Final = 32 * 1024 * 1024
"""Bytes that the hashes of one search's facets may take on the server."""
_LISTED: Final = 2
_LISTED_LEAST: Final = 50

_STEPS: Final = {"price_range": [str(step) for step in PriceRange], "rating": [str(step) for step in RATING_STEPS]}
_FACET_FIELDS: Final = {
    **{name: f.field for name, f in WORD_FIELDS.items()},
    "brand": fields.BRAND,
    **FLAG_FIELDS,
}


def parse_facets(
    raw: Sequence[str], facts: CatalogueFacts | None, most: int
) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    """Canonical facet names in the order asked for, and what is wrong as (parameter, message)."""
    names = tuple(dict.fromkeys(canonical(name) for name in raw if name.strip()))
    if len(names) > most:
        return (), [("facets", f"{len(names)} facets are too many; ask for at most {most}.")]
    errors = []
    for name in names:
        attribute = name not in WORD_FIELDS and name not in FLAG_FIELDS and name not in RANGE_FIELDS
        unknown = attribute and facts is not None and attribute_of(name) not in facts.attributes
        if name in NOT_FACETS or not name or unknown:
            there_are = ", ".join(facet_names(facts)[:MAX_NAMES_SHOWN])
            errors.append(("facets", f'There is no facet "{name[:80]}". There are: {there_are}, and so on.'))
    return names, errors


def selections(facets: Sequence[str], filters: Sequence[Filter]) -> dict[str, Filter]:
    """The filters that are selections in a facet of this search, by the facet's name."""
    chosen = [f for f in filters if f.name in facets and not _is_price_bound(f)]
    # Bounds and ranges of one number: the ranges are what the facet shows, the bounds are around them.
    chosen.sort(key=lambda f: isinstance(f, SpanFilter))
    return {f.name: f for f in chosen}


def _is_price_bound(given: Filter) -> bool:
    return isinstance(given, RangeFilter) and given.name == "price"


def aggregations(
    facets: Sequence[str],
    selected: Mapping[str, Filter],
    size: int,
    fitted: Mapping[str, Sequence[Span]],
    *,
    grouped: bool = False,
    having: bool = False,
) -> dict[str, Any]:
    """One aggregation a facet, under the selections made in the other facets. `fitted`: the ranges of facets of
    numbers. `having`: count the products that have any value, too.

    Selected values are counted on their own as well: they are shown even where they are not among the top.
    """
    built: dict[str, Any] = {}
    exact = _exact(len(facets) * _listed(size))
    for name in facets:
        others = [clause(given) for other, given in selected.items() if other != name]
        inner = {"values": _values(name, size, fitted)}
        if having:
            inner[HAVING] = {"filter": _has(name)}
        if grouped:
            inner = {part: by_families(made, exact) for part, made in inner.items()}
        own = selected.get(name)
        each: dict[str, Clause] = {}
        if isinstance(own, WordFilter) and name != "price_range":
            each = {value: clause(WordFilter(name, (value,))) for value in own.values}
        elif isinstance(own, SpanFilter):
            each = {span.text: span_clause(name, span) for span in own.spans}
        if each:
            counted = {"filters": {"filters": each}}
            inner["selected"] = by_families(counted, exact) if grouped else counted
        if others:
            built[name] = {"filter": {"bool": {"filter": others}}, "aggs": inner}
        elif len(inner) > 1:
            built[name] = {"filter": {"match_all": {}}, "aggs": inner}
        else:
            # One level is counted faster than two; `_read_one` takes either.
            built[name] = inner["values"]
    return built


def by_families(aggregation: Mapping[str, Any], exact: int = _MOST_EXACT) -> dict[str, Any]:
    """The same aggregation with the number of families in each bucket, exact up to some `exact` of them. Of values more
    are listed than are shown, as they come in the order of products; only those take memory for their families."""
    counted = {"cardinality": {"field": fields.GROUP_ID, "precision_threshold": exact}}
    made = {**aggregation, "aggs": {FAMILIES: counted}}
    if "terms" in aggregation:
        terms = aggregation["terms"]
        made["terms"] = {**terms, "size": _listed(terms["size"]), "collect_mode": "breadth_first"}
    return made


def _listed(size: int) -> int:
    return max(_LISTED * size, _LISTED_LEAST)


def _exact(buckets: int) -> int:
    """The threshold with which so many counts take _MEMORY at most. A count takes 2**p bytes, where p is the number of
    bits of 4 * threshold / 0.75 (HyperLogLogPlusPlus.precisionFromThreshold of Elasticsearch)."""
    precision = (_MEMORY // max(1, buckets)).bit_length() - 1
    return min(_MOST_EXACT, int((2**precision / 4 - 1) * 0.75))


def in_order(buckets: Sequence[Mapping[str, Any]], size: int) -> tuple[list[Mapping[str, Any]], int]:
    """The values to show of those that were counted, most families first, and what is counted in the others."""
    if not buckets or FAMILIES not in buckets[0]:
        return list(buckets), 0
    ordered = sorted(buckets, key=lambda bucket: (-count_of(bucket), bucket["key"]))
    return ordered[:size], sum(map(count_of, ordered[size:]))


def count_of(bucket: Mapping[str, Any]) -> int:
    families = bucket.get(FAMILIES)
    return int(bucket["doc_count"] if families is None else families["value"])


def _has(name: str) -> Clause:
    """Products that have any value in this facet."""
    if field := _FACET_FIELDS.get(name) or RANGE_FIELDS.get(name):
        return {"exists": {"field": field}}
    return {"term": {fields.ATTRIBUTE_NAMES: attribute_of(name)}}


def _values(name: str, size: int, fitted: Mapping[str, Sequence[Span]]) -> dict[str, Any]:
    if name in fitted:
        spans = {span.text: span_clause(name, span) for span in fitted[name]}
        return {"filters": {"filters": spans or {"": {"match_none": {}}}}}
    if name == "price_range":
        return {"filters": {"filters": {step.value: price_range_clause(step) for step in PriceRange}}}
    if name == "rating":
        steps: dict[str, Clause] = {str(s): {"range": {fields.RATING: {"gte": s}}} for s in RATING_STEPS}
        return {"filters": {"filters": steps}}
    field = _FACET_FIELDS.get(name) or f"{fields.ATTRIBUTES}.{attribute_of(name)}"
    return {"terms": {"field": field, "size": size}}


def read(
    facets: Sequence[str],
    selected: Mapping[str, Filter],
    answer: Mapping[str, Any],
    fitted: Mapping[str, Sequence[Span]],
    size: int,
) -> dict[str, list[dict[str, Any]]]:
    """Counts as `{facet: [{value, count, selected}]}`: by count, then value; ranges in their own order, with the
    numbers that they lie between as `min` and `below`. `size`: values of each."""
    counted = {name: _read_one(name, selected.get(name), answer[name], fitted.get(name, ()), size) for name in facets}
    for name, values in counted.items():
        if name in fitted:
            for value in values:
                value |= _ends(value["value"])
    return counted


def _ends(text: object) -> dict[str, float | None]:
    span = parse_span(text)
    if span is None:
        return {}
    low, high = (None if bound is None else float(bound) for bound in (span.low, span.high))
    return {"min": low, "below": high}


def _read_one(
    name: str, own: Filter | None, found: Mapping[str, Any], spans: Sequence[Span], size: int
) -> list[dict[str, Any]]:
    same = folded if name == "brand" else same_word
    chosen = _chosen(own, same)
    buckets = found.get("values", found)["buckets"]
    if isinstance(buckets, dict):
        # The server answers named buckets by the alphabet.
        steps = _STEPS[name] if name in _STEPS and not spans else [span.text for span in spans]
        values = [(key, count_of(buckets[key])) for key in steps]
        kept = [(value, count) for value, count in values if count or same(value) in chosen]
    else:
        shown_first, _ = in_order(buckets, size)
        kept = [(bucket.get("key_as_string", bucket["key"]), count_of(bucket)) for bucket in shown_first]
    if not chosen:
        # Most facets: comparing words costs more than all the rest.
        return [{"value": value, "count": count, "selected": False} for value, count in kept]
    shown = {same(str(value)) for value, _ in kept}
    for value, bucket in found.get("selected", {}).get("buckets", {}).items():
        if same(value) not in shown:
            shown.add(same(value))
            kept.append((value, count_of(bucket)))
    return [{"value": value, "count": count, "selected": same(str(value)) in chosen} for value, count in kept]


def _chosen(own: Filter | None, same: Callable[[str], str]) -> frozenset[str]:
    if isinstance(own, WordFilter):
        return frozenset(same(value) for value in own.values)
    if isinstance(own, SpanFilter):
        return frozenset(span.text for span in own.spans)
    if isinstance(own, FlagFilter):
        return frozenset({"true" if own.value else "false"})
    if isinstance(own, RangeFilter) and own.name == "rating" and own.gte is not None:
        return frozenset({str(int(own.gte))}) if own.gte == int(own.gte) else frozenset()
    return frozenset()


def facet_names(facts: CatalogueFacts | None) -> list[str]:
    """Every facet there is, built-in ones first."""
    built_in = [name for name in (*WORD_FIELDS, *RANGE_FIELDS, *FLAG_FIELDS) if name not in NOT_FACETS]
    return [*built_in, *attribute_filters(facts)]
