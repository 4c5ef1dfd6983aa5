"""No dead ends: what is searched for instead where constraints leave nothing, and what every further step would give.

What is given up, and in which order, is the ladder's (ladder.py).

What the caller chose by a filter stays, and so does what must not be. Where a budget lies below everything that the
words name, the real bounds are told. Where nothing is left, what is popular in the nearest category is shown apart.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any, Final

from app.money import money
from app.search.ahead import Ahead
from app.search.dearer import bounds_of, its_bounds, kind_not_shown, may_be
from app.search.filters import RangeFilter, WordFilter
from app.search.first_look import any_price, counting, first_look, has_budget, is_kept, is_price, may_relax
from app.search.hits import Retrieved, card_of, hits_of
from app.search.ladder import Step
from app.search.query import Mode, SearchQuery, Sort
from app.search.retrieval import build_body, counting_body
from app.search.understanding.found import KINDS, Applied
from app.search.understanding.lexicon import Lexicon
from app.search.vector import Probe
from es.mappings import products as fields
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

    reader: ProductReader | Ahead

    async def look(
        self,
        asked: SearchQuery,
        found: Retrieved,
        probes: Sequence[Probe],
        steer: Callable[[SearchQuery], SearchQuery],
        lexicon: Lexicon,
        *,
        deadline_s: float,
    ) -> Relaxed | None:
        """None where enough was found. `steer` makes a search what merchandising rules want it to be. Raises what
        Elasticsearch's trouble is."""
        if not may_relax(asked):
            return None
        over = _beyond_budget(asked, found)
        dear = kind_not_shown(asked, found, lexicon) if has_budget(asked) else None
        if found.total and not over and dear is None:
            return None
        look = first_look(asked, steer, dear, nothing=not found.total, over=over)
        steps, dearer = look.steps, look.dearer
        answers = await self.reader.searches(look.bodies, deadline_s=deadline_s) if look.bodies else []
        answers, called = (answers[:-2], answers[-2:]) if look.called else (answers, [])
        totals, ends = _totals(answers[: look.plain]) or [0] * len(steps), answers[look.plain :]
        first = _first(steps, totals)
        kept_kind = first is not None and not steps[first].gives_up_kind and not steps[first].query.any_word
        is_it = partial(may_be, dear=dear, found=found, lexicon=lexicon)
        bounds = _first_bounds(dearer, ends, is_it, only_asked=bool(found.total) or kept_kind)
        if dear is not None and (costs := _unless_affordable(asked, its_bounds(dear, called))):
            bounds = bounds or costs
            first = None  # Whatever else is given up, no such thing is within the budget: what has the words is none.
        elif found.total and bounds is None:
            return None
        words = first is not None and steps[first].query.any_word and not steps[first].gives_up_kind
        if words and bounds is not None:
            first = None  # There are such things, for more: what has some word of it is none of them.
        if first is None and probes and steps:
            # What no words hold may be alike all the same; where there are such things, for more, what is akin to them.
            near = [counting_body(counting(steer(step.query)), probes) for step in steps]
            alike = _totals(await self.reader.searches(near, deadline_s=deadline_s))
            first = _first(steps, alike, only_akin=bounds is not None)
            totals = alike if first is not None else totals
        told: dict[str, Any] = {
            "dropped": [] if first is None else list(steps[first].dropped),
            "steps": [{"without": s.without, "total": n} for s, n in zip(steps, totals, strict=True)],
        }
        told |= (bounds or {}) | {"nearest": bool(found.total)}
        if first is not None:
            return Relaxed(steps[first].query, told)
        return Relaxed(None, told) if found.total else await self.nothing(steer(asked), probes, told, deadline_s)

    async def nothing(
        self, asked: SearchQuery, probes: Sequence[Probe], told: dict[str, Any], deadline_s: float
    ) -> Relaxed:
        """What is popular in the category of the nearest products, within the budget; where the budget is below
        everything there is, the real bounds."""
        kept = tuple(given for given in asked.filters if is_kept(given))
        category = told.get("kind")
        if probes and category is None:
            wide = [replace(p, how=replace(p.how, k=_NEAREST, candidates=10 * _NEAREST, floor=-1.0)) for p in probes]
            near = replace(asked, filters=(), facets=(), mode=Mode.SEMANTIC, size=_NEAREST, offset=0, cursor=None)
            (answer,) = await self.reader.searches([build_body(near, wide)], deadline_s=deadline_s)
            hits = hits_of(answer)
            named = Counter(c for hit in hits if (c := card_of(hit).get("category")))
            category = named.most_common(1)[0][0] if named else None
        for chosen in [category, None] if category else [None]:
            filters = (*kept, WordFilter("category", (chosen,))) if chosen else kept
            # Without words: what is in stock first, then by reviews; of each family one.
            popular = SearchQuery(filters=filters, size=POPULAR, steering=asked.steering)
            body = {**build_body(popular, ()), "collapse": {"field": fields.GROUP_ID}}
            (answer,) = await self.reader.searches([body], deadline_s=deadline_s)
            hits = hits_of(answer)
            category = chosen
            if hits:
                break
        if not hits and "price" not in told and any(is_price(given) for given in kept):
            everything = any_price(replace(popular, text=""))
            bodies = [build_body(everything, ()), build_body(replace(everything, sort=Sort.PRICE_DESC), ())]
            if bounds := _bounds(await self.reader.searches(bodies, deadline_s=deadline_s)):
                told = {**told, "price": bounds, "priced": ""}
        cards = [card_of(hit) for hit in hits[:POPULAR]]
        none: dict[str, Any] = {"dropped": [], "steps": []}
        return Relaxed(None, {**none, **told, "popular": {"category": category, "hits": cards}})


def _first(steps: Sequence[Step], totals: Sequence[int], *, only_akin: bool = False) -> int | None:
    """The first step that finds something and still knows what is wanted: anything at all is no answer. `only_akin`:
    of those that search the category above."""
    known = [i for i, step in enumerate(steps) if not step.gives_up_all and (step.gives_up_kind or not only_akin)]
    return next((i for i in known if totals[i]), None)


def _totals(answers: Sequence[dict[str, Any]]) -> list[int]:
    return [answer["hits"]["total"]["value"] for answer in answers]


def _first_bounds(
    queries: Sequence[SearchQuery],
    ends: Sequence[dict[str, Any]],
    may_be: Callable[[SearchQuery], Callable[[str], bool]],
    *,
    only_asked: bool,
) -> dict[str, Any] | None:
    """The bounds of what was asked for or, where no price makes it hold all, of the kind of thing; what has them; and
    the category of the cheapest."""
    for place, query in enumerate(queries):
        answers = [] if place and only_asked else ends[2 * place : 2 * place + 2]
        told = bounds_of(answers, _called(query), may_be(query))
        if told is not None and not (place and _affordable(query, told["price"])):
            return told
    return None


def _called(query: SearchQuery) -> str:
    """What the shopper calls what is asked for: the words that are left, with the kind of thing beside them."""
    understood = query.understood
    if understood is None or query.typed is None or not understood.text or query.text != understood.text:
        return query.text
    kinds = [
        c.source for c in understood.constraints if c.field in KINDS and not c.without and c.applied is not Applied.NO
    ]
    typed = query.typed.text.lower()
    return " ".join(sorted((understood.text, *kinds), key=lambda said: typed.find(said.lower())))


def _unless_affordable(asked: SearchQuery, told: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if told is None or _affordable(asked, told["price"]) else told


def _affordable(query: SearchQuery, bounds: dict[str, Any]) -> bool:
    """Whether the budget, a filter of the query, reaches into the bounds."""
    prices = [given for given in query.filters if isinstance(given, RangeFilter) and is_price(given)]
    too_low = any(given.lte is not None and given.lte < Decimal(str(bounds["lowest"])) for given in prices)
    return not too_low and all(given.gte is None or given.gte <= Decimal(str(bounds["highest"])) for given in prices)


def _beyond_budget(asked: SearchQuery, found: Retrieved) -> bool:
    """Whether there is a budget, and nothing within it that the words name."""
    return has_budget(asked) and not any(hit.candidate.words > 0 for hit in found.hits)


def _bounds(answers: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Lowest and highest price of what the words name; None where they name nothing."""
    ends = [hits_of(answer) for answer in answers]
    if not all(ends):
        return None
    low, high = (card_of(hits[0]) for hits in ends)
    return {"lowest": low["price"], "highest": high["price"], "currency": low["currency"]}


def relaxation(told: dict[str, Any] | None, missing: str | None) -> dict[str, Any] | None:
    """What the answer says of it, with a sentence for the shopper; None where nothing is to be said. `told`: what was
    found out, None where enough was found; `missing`: the thing that is asked for, where nothing here is called so.
    Then no price is told either: what has its words is something else."""
    if missing is not None:
        told = {"dropped": [], "steps": [], **(told or {})}
        told = {name: value for name, value in told.items() if not (name == "price" and told.get("priced"))}
    if told is None:
        return None
    shown = {name: value for name, value in told.items() if name not in ("priced", "kind", "nearest")}
    message = _sentence(told)
    if missing is not None:
        lead = f"Nothing here is called “{missing}”"
        message = f"{lead}. {message}" if message else f"{lead}; this comes nearest."
    return {"message": message, "price": None, "popular": None, "missing": missing, **shown}


def _sentence(told: dict[str, Any]) -> str | None:
    said = []
    if bounds := told.get("price"):
        lowest = money(bounds["lowest"], bounds["currency"])
        nearest = "; this comes nearest within the budget" if told.get("nearest") and not told["dropped"] else ""
        starts = f"“{told['priced']}” starts at {lowest}{nearest}."
        said.append(starts if told["priced"] else f"Prices here start at {lowest}.")
    if told["dropped"]:
        said.append(f"Nothing holds all of it; left out: {', '.join(told['dropped'])}.")
    popular = told.get("popular")
    if popular and popular["hits"] and not said:
        where = (popular["category"] or "the shop").replace("_", " ")
        said.append(f"Nothing like that was found; these are popular in {where}.")
    return " ".join(said) or ("Nothing like that was found." if popular else None)
