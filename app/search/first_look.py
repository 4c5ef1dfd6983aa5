"""What is asked first where a search finds nothing: counts of what could be given up, and what it costs. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from app.search.dearer import LOOKED_AT, Dear, priced_bodies
from app.search.filters import Filter, NotFilter, RangeFilter
from app.search.ladder import KEPT, Step, kind_alone, ladder
from app.search.query import Mode, SearchQuery, Sort
from app.search.retrieval import build_body, counting_body


@dataclass(frozen=True, slots=True)
class FirstLook:
    """`bodies`: a count for each step by its words, `plain` of them; then for each of `dearer` its cheapest and its
    dearest products at any price; then, where a kind of thing is `called` by name, those of that kind."""

    steps: list[Step]
    plain: int
    dearer: list[SearchQuery]
    called: bool
    bodies: list[dict[str, Any]]


def first_look(
    asked: SearchQuery,
    steer: Callable[[SearchQuery], SearchQuery],
    dear: Dear | None,
    *,
    nothing: bool,
    over: bool,
) -> FirstLook:
    """`nothing`: nothing was found at all; `over`: nothing within a budget by words; `dear`: the kind of thing that
    nothing found is."""
    steps = ladder(asked) if nothing else []
    plain = [] if asked.mode is Mode.SEMANTIC else [counting(steer(step.query)) for step in steps]
    dearer = [asked, *([alone] if (alone := kind_alone(asked)) is not None else [])] if over else []
    bodies = [counting_body(query, ()) for query in plain]
    for query in (steer(any_price(one)) for one in dearer):
        bodies += [build_body(query, ()), build_body(replace(query, sort=Sort.PRICE_DESC), ())]
    bodies += priced_bodies(dear, steer(any_price(_under_kept(asked)))) if dear else []
    return FirstLook(steps, len(plain), dearer, dear is not None, bodies)


def may_relax(asked: SearchQuery) -> bool:
    """Whether anything is given up for the search, where it finds nothing."""
    return not asked.continued and asked.relax and bool(asked.text) and asked.example is None


def has_budget(asked: SearchQuery) -> bool:
    """Whether there is a budget, and it is the first page."""
    first_page = asked.size > 0 and asked.cursor is None and not asked.offset
    return first_page and asked.mode is not Mode.SEMANTIC and any(is_price(given) for given in asked.filters)


def is_kept(given: Filter) -> bool:
    """Whether a filter is never given up."""
    return isinstance(given, NotFilter) or given.name in KEPT


def is_price(given: Filter) -> bool:
    return isinstance(given, RangeFilter) and given.name == "price"


def any_price(asked: SearchQuery) -> SearchQuery:
    """What the words name at any price, the cheapest first."""
    filters = tuple(given for given in asked.filters if not is_price(given))
    plain = replace(asked, filters=filters, mode=Mode.LEXICAL, sort=Sort.PRICE_ASC, group=None)
    return replace(counting(plain), size=LOOKED_AT)


def counting(query: SearchQuery) -> SearchQuery:
    """The search without its list."""
    return replace(query, size=0, offset=0, cursor=None, facets=(), auto_facets=False, fitted=(), group=None)


def _under_kept(asked: SearchQuery) -> SearchQuery:
    """The search under the caller's own filters and those that are never given up."""
    own = asked.typed.filters if asked.typed is not None else asked.filters
    return replace(asked, filters=tuple(given for given in asked.filters if given in own or is_kept(given)))
