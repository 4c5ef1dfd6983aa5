"""From what was understood to a search: filters, the order, the words to rank by. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from app.search.filters import (
    WORD_FIELDS,
    Filter,
    FlagFilter,
    NotFilter,
    RangeFilter,
    WordFilter,
    attribute_parameter,
)
from app.search.query import Mode, SearchQuery, Sort
from app.search.understanding.contradictions import price_bounds
from app.search.understanding.found import Applied, Constraint, Understanding
from shop.lexicon.corrections import Correction

BUILT_IN: Final = frozenset({*WORD_FIELDS, "rating", "words"})
_PRICES: Final = frozenset({"price", "price_range"})


def applied(query: SearchQuery, understood: Understanding) -> SearchQuery:
    """The search under what was understood. The caller's own filters and order win over words of the same field."""
    constraints = tuple(_unless_chosen(one, query.filters) for one in understood.constraints)
    understood = replace(understood, constraints=constraints)
    used = [one for one in constraints if one.applied is not Applied.NO]
    sort, mode, named = query.sort, query.mode, ""
    if understood.sort is not None and sort is Sort.RELEVANCE:
        sort, named = Sort(understood.sort.value), understood.sort.named
        # By price or age the farthest neighbours would come first: an order is one of what the words found.
        mode = Mode.LEXICAL if mode is Mode.HYBRID else mode
    return replace(
        query,
        text=understood.searched,
        wordings=(understood.otherwise,) if understood.text and understood.otherwise else (),
        filters=(*query.filters, *filters_of(used)),
        sort=sort,
        mode=mode,
        named=named,
        understood=understood,
        typed=query.typed or query,
    )


def as_typed(query: SearchQuery) -> SearchQuery:
    """The search with the caller's own words and filters, at the same place."""
    typed = query.typed
    return query if typed is None else replace(query, text=typed.text, filters=typed.filters, sort=typed.sort)


def respelled(text: str, correction: Correction) -> str:
    """What was typed with the changes of a correction of some of its words."""
    for before, after in correction.changes:
        pattern = rf"(?<!\w){re.escape(before)}(?!\w)"
        text = re.sub(pattern, after.replace("\\", r"\\"), text, flags=re.IGNORECASE)
    return text


def _unless_chosen(one: Constraint, filters: Sequence[Filter]) -> Constraint:
    names = {given.name.removeprefix("not_") for given in filters}
    chosen = bool(names & _PRICES) if one.field == "price" else parameter(one.field) in names
    if not chosen or one.applied is Applied.NO:
        return one
    return replace(one, applied=Applied.NO, why="Another choice was made by a filter of this field.")


def parameter(name: str) -> str:
    """The name by which a constraint's field is filtered."""
    return name if name in BUILT_IN or name in ("price", "in_stock") else attribute_parameter(name)


def filters_of(constraints: Iterable[Constraint]) -> list[Filter]:
    """A filter for each constraint, all bounds of the price in one."""
    listed = list(constraints)
    found: list[Filter] = []
    prices = [one for one in listed if one.field == "price"]
    if prices:
        bounds = [price_bounds(one) for one in prices]
        found.append(_range("price", [low for low, _ in bounds], [high for _, high in bounds]))
        found += [WordFilter("currency", (one.currency,)) for one in prices if one.currency and one.exact_currency]
    for one in listed:
        if one.field != "price":
            found += _filter_of(one)
    return list(dict.fromkeys(found))


def _range(name: str, lows: Sequence[Decimal | None], highs: Sequence[Decimal | None]) -> RangeFilter:
    low = max([bound for bound in lows if bound is not None], default=None)
    high = min([bound for bound in highs if bound is not None], default=None)
    return RangeFilter(name, low, high)


def _filter_of(one: Constraint) -> list[Filter]:
    name = parameter(one.field)
    if one.field == "in_stock":
        return [FlagFilter(name, one.value is True)]
    if one.field == "rating":
        low, high = price_bounds(one)
        return [RangeFilter(name, low, high)]
    if one.within is not None:
        return [RangeFilter(name, *one.within)]
    also_in = tuple(parameter(other) for other in one.also_in)
    if one.without:
        return [NotFilter(name, one.matches, also_in)]
    left_out = [NotFilter(name, one.but)] if one.but else []
    return [WordFilter(name, one.matches, also_in), *left_out]


LEAST_HITS: Final = 3
"""Fewer than these, and wishes are given up."""


def easier(query: SearchQuery, total: int) -> Iterator[SearchQuery]:
    """What to search for instead where too little was found: without the wishes. Nothing where that changes nothing."""
    if query.understood is None or query.typed is None or total >= LEAST_HITS:
        return
    given_up = tuple(
        replace(one, applied=Applied.NO, why=f'With "{one.source}" hardly anything is left, so it was not used.')
        if one.applied is Applied.WISH
        else one
        for one in query.understood.constraints
    )
    if given_up != query.understood.constraints:
        yield applied(query.typed, replace(query.understood, constraints=given_up))
