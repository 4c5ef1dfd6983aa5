"""No dead ends: what is searched for instead where constraints leave nothing, and what every further step would give.

What is given up, and in which order, is the ladder's (ladder.py).

What the caller chose by a filter stays, and so does what must not be. Where a budget lies below everything that the
words name, the real bounds are told. Where nothing is left, what is popular in the nearest category is shown apart.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from app.money import money
from app.search.filters import Filter, NotFilter, RangeFilter, WordFilter
from app.search.hits import Retrieved, card_of, hits_of
from app.search.ladder import KEPT, ladder
from app.search.query import Mode, SearchQuery, Sort
from app.search.retrieval import build_body, counting_body
from app.search.vector import Probe
from shop.products.reader import ProductReader

POPULAR: Final = 8
_NEAREST: Final = 10


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What was found out. `query`: the search to show instead, None where there is none."""

    query: SearchQuery | None
    told: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Relaxer:
    """Looks for a way on; costs one round trip, and only where something is missing."""

    reader: ProductReader

    async def look(
        self,
        asked: SearchQuery,
        found: Retrieved,
        probes: Sequence[Probe],
        steer: Callable[[SearchQuery], SearchQuery],
        *,
        deadline_s: float,
    ) -> Relaxed | None:
        """None where enough was found. `steer` makes a search what merchandising rules want it to be. Raises what
        Elasticsearch's trouble is."""
        if asked.continued:
            return None
        over = _beyond_budget(asked, found)
        if not asked.relax or not asked.text or asked.example is not None or (found.total and not over):
            return None
        steps = ladder(asked) if not found.total else []
        cheapest = steer(_any_price(asked)) if over else None
        bodies = [counting_body(_counting(steer(step.query)), probes) for step in steps]
        if cheapest is not None:
            bodies += [build_body(cheapest, ()), build_body(replace(cheapest, sort=Sort.PRICE_DESC), ())]
        if not bodies:
            return await self._nothing(steer(asked), probes, {}, deadline_s) if not found.total else None
        answers = await self.reader.searches(bodies, deadline_s=deadline_s)
        totals = [answer["hits"]["total"]["value"] for answer in answers[: len(steps)]]
        told: dict[str, Any] = {
            "dropped": [],
            "steps": [{"without": s.without, "total": n} for s, n in zip(steps, totals, strict=True)],
        }
        if cheapest is not None and (bounds := _bounds(answers[len(steps) :])) is not None:
            told["price"] = bounds
        first = next((place for place, total in enumerate(totals) if total), None)
        if first is not None:
            told["dropped"] = list(steps[first].dropped)
            return Relaxed(steps[first].query, told)
        return Relaxed(None, told) if found.total else await self._nothing(steer(asked), probes, told, deadline_s)

    async def _nothing(
        self, asked: SearchQuery, probes: Sequence[Probe], told: dict[str, Any], deadline_s: float
    ) -> Relaxed:
        """What is popular in the category of the nearest products, within the budget."""
        kept = tuple(given for given in asked.filters if _is_kept(given))
        category = None
        if probes:
            wide = [replace(p, how=replace(p.how, k=_NEAREST, candidates=10 * _NEAREST, floor=-1.0)) for p in probes]
            near = replace(asked, filters=(), facets=(), mode=Mode.SEMANTIC, size=_NEAREST, offset=0, cursor=None)
            hits = hits_of(await self.reader.search(build_body(near, wide), deadline_s=deadline_s))
            named = Counter(c for hit in hits if (c := card_of(hit).get("category")))
            category = named.most_common(1)[0][0] if named else None
        chosen = (*kept, WordFilter("category", (category,))) if category else kept
        popular = SearchQuery(filters=chosen, size=POPULAR, sort=Sort.POPULARITY, steering=asked.steering)
        hits = hits_of(await self.reader.search(build_body(popular, ()), deadline_s=deadline_s))
        cards = [card_of(hit) for hit in hits[:POPULAR]]
        none: dict[str, Any] = {"dropped": [], "steps": []}
        return Relaxed(None, {**none, **told, "popular": {"category": category, "hits": cards}})


def _is_kept(given: Filter) -> bool:
    return isinstance(given, NotFilter) or given.name in KEPT


def _is_price(given: Filter) -> bool:
    return isinstance(given, RangeFilter) and given.name == "price"


def _beyond_budget(asked: SearchQuery, found: Retrieved) -> bool:
    """Whether there is a budget, and nothing within it that the words name."""
    first_page = asked.size > 0 and asked.cursor is None and not asked.offset
    if not first_page or asked.mode is Mode.SEMANTIC or not any(_is_price(given) for given in asked.filters):
        return False
    return not any(hit.candidate.words > 0 for hit in found.hits)


def _any_price(asked: SearchQuery) -> SearchQuery:
    """What the words name at any price, the cheapest first."""
    filters = tuple(given for given in asked.filters if not _is_price(given))
    plain = replace(asked, filters=filters, mode=Mode.LEXICAL, sort=Sort.PRICE_ASC, group=None)
    return replace(_counting(plain), size=1)


def _counting(query: SearchQuery) -> SearchQuery:
    return replace(query, size=0, offset=0, cursor=None, facets=(), auto_facets=False, fitted=(), group=None)


def _bounds(answers: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Lowest and highest price of what the words name; None where they name nothing."""
    ends = [hits_of(answer) for answer in answers]
    if not all(ends):
        return None
    low, high = (card_of(hits[0]) for hits in ends)
    return {"lowest": low["price"], "highest": high["price"], "currency": low["currency"]}


def relaxation(asked: SearchQuery, told: dict[str, Any]) -> dict[str, Any]:
    """What the answer says of it, with a sentence for the shopper."""
    return {"message": _sentence(asked, told), "price": None, "popular": None, **told}


def _sentence(asked: SearchQuery, told: dict[str, Any]) -> str | None:
    if bounds := told.get("price"):
        return f"“{asked.text}” starts at {money(bounds['lowest'], bounds['currency'])}."
    if told["dropped"]:
        return f"Nothing holds all of it; left out: {', '.join(told['dropped'])}."
    if popular := told.get("popular"):
        where = (popular["category"] or "the shop").replace("_", " ")
        return f"Nothing like that was found; these are popular in {where}."
    return None
