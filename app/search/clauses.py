"""The query clause of each filter. Pure."""

import math
from typing import Any, Final

from app.search.filters import (
    FLAG_FIELDS,
    RANGE_FIELDS,
    WORD_FIELDS,
    WORDS,
    Filter,
    FlagFilter,
    NotFilter,
    RangeFilter,
    WordFilter,
    attribute_of,
)
from app.search.spans import Span, SpanFilter
from es.mappings import products as fields
from shop.products.values import HIGHEST_SORTABLE, LOWEST_SORTABLE, PriceRange, sortable

Clause = dict[str, Any]

# Where a product says what it is and has; descriptions also say what it is not, and what it goes with.
_SAYING: Final = (fields.NAME, fields.DETAILS)


def clause(given: Filter) -> Clause:
    """The query clause of a filter; always used where nothing is scored."""
    if isinstance(given, FlagFilter):
        return {"term": {FLAG_FIELDS[given.name]: given.value}}
    if isinstance(given, RangeFilter):
        return _range_clause(given)
    if isinstance(given, SpanFilter):
        return _any_of([span_clause(given.name, span) for span in given.spans])
    if isinstance(given, NotFilter):
        without = [_says(words) for words in given.values] if given.of == WORDS else [_unturned(given)]
        return {"bool": {"must_not": without}}
    if given.also_in:
        return _any_of([clause(WordFilter(name, given.values)) for name in (given.name, *given.also_in)])
    if given.name == "price_range":
        return _any_of([price_range_clause(PriceRange(value.lower())) for value in given.values])
    known = WORD_FIELDS.get(given.name)
    field = known.field if known else f"{fields.ATTRIBUTES}.{attribute_of(given.name)}"
    if known is not None and not known.any_case:
        values = [value.lower() for value in given.values] if known.choices else list(given.values)
        return {"terms": {field: values}}
    return _any_of([{"term": {field: {"value": value, "case_insensitive": True}}} for value in given.values])


def _unturned(given: NotFilter) -> Clause:
    return clause(WordFilter(given.of, given.values, given.also_in))


def _says(words: str) -> Clause:
    """Products that say of themselves that they have it: "sugar" in "brown sugar", but not in "sugar-free"."""
    said: Clause = {
        "multi_match": {"query": words, "fields": list(_SAYING), "type": "cross_fields", "operator": "and"},
    }
    denied = [f"{words} free", f"free of {words}", f"free from {words}", f"{words} less"]
    denied += [f"{negator} {words}" for negator in ("no", "without", "zero", "non", "not")]
    return {
        "bool": {
            "must": [said],
            "must_not": [
                {"multi_match": {"query": phrase, "fields": list(_SAYING), "type": "phrase"}} for phrase in denied
            ],
        }
    }


def price_range_clause(named: PriceRange) -> Clause:
    low, high = named.bounds_milli
    return {"range": {fields.PRICE: {"gte": low} if high is None else {"gte": low, "lt": high}}}


def span_clause(name: str, span: Span) -> Clause:
    """Products with a number from `low` to below `high`; `name`: price, rating, or an attribute that is a number."""
    if name in RANGE_FIELDS:
        bounds = {
            side: math.ceil(bound * 1000) if name == "price" else float(bound)
            for side, bound in (("gte", span.low), ("lt", span.high))
            if bound is not None
        }
        return {"range": {RANGE_FIELDS[name]: bounds}}
    low = LOWEST_SORTABLE if span.low is None else sortable(float(span.low))
    high = {"lte": HIGHEST_SORTABLE} if span.high is None else {"lt": sortable(float(span.high))}
    return {"range": {f"{fields.ATTRIBUTE_NUMBERS}.{attribute_of(name)}": {"gte": low, **high}}}


def _range_clause(given: RangeFilter) -> Clause:
    bounds: dict[str, Any]
    if given.name == "price":
        bounds = _price_bounds(given)
    elif given.name in RANGE_FIELDS:
        bounds = {side: float(v) for side, v in (("gte", given.gte), ("lte", given.lte)) if v is not None}
    else:
        # Ranges over flattened fields need both ends.
        low = LOWEST_SORTABLE if given.gte is None else sortable(float(given.gte))
        high = HIGHEST_SORTABLE if given.lte is None else sortable(float(given.lte))
        return {"range": {f"{fields.ATTRIBUTE_NUMBERS}.{attribute_of(given.name)}": {"gte": low, "lte": high}}}
    return {"range": {RANGE_FIELDS[given.name]: bounds}}


def _price_bounds(given: RangeFilter) -> dict[str, int]:
    """Thousandths, rounded into the range: 19.9999 as a highest price leaves out 20."""
    bounds: dict[str, int] = {}
    if given.gte is not None:
        bounds["gte"] = math.ceil(given.gte * 1000)
    if given.lte is not None:
        bounds["lte"] = math.floor(given.lte * 1000)
    return bounds


def _any_of(clauses: list[Clause]) -> Clause:
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": clauses, "minimum_should_match": 1}}
