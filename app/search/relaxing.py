"""No dead ends: what is searched for instead where constraints leave nothing, and what every further step would give.

Constraints that the words were understood as are given up in a stated order, and the budget never:

1. wishes ("cheap", an occasion), which are given up already where they leave fewer than three;
2. attributes, brand and for whom, the last one said first, one after another;
3. words: any of them will do;
4. what kind of thing it is: its category becomes the one above it, step by step, then any;
5. all other words, where nothing that holds any of them is left: what was given up comes back, or its kind alone.

The words of what was given up still rank.

What the caller chose by a filter stays, and so does what must not be. Where a budget lies below everything that the
words name, the real bounds are told. Where nothing is left, what is popular in the nearest category is shown apart.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from app.money import money
from app.search.filters import Filter, NotFilter, RangeFilter, WordFilter
from app.search.hits import Retrieved, card_of, hits_of
from app.search.lexical import content_words
from app.search.query import Mode, SearchQuery, Sort
from app.search.retrieval import build_body, counting_body
from app.search.understanding.applying import applied
from app.search.understanding.found import KINDS, Applied, Constraint, Op, Value
from app.search.vector import Probe
from shop.products.reader import ProductReader

POPULAR: Final = 8
_NEAREST: Final = 10
_KEPT: Final = frozenset({"price", "in_stock", "words"})
_SOME_WORDS: Final = "some of the words"
_LEFT_OUT: Final = "Nothing holds all of it, so it was left out."
_PEOPLE: Final = frozenset({"gender", "age"})


@dataclass(frozen=True, slots=True)
class Step:
    """One search with less: `without` is what it gives up beside the steps before it, `source` the words of that,
    `back` the words of what it takes back."""

    without: str
    query: SearchQuery
    source: str = ""
    back: tuple[str, ...] = ()


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
            # Of what was given up step by step, the last step.
            dropped = {step.source or step.without: step.without for step in steps[: first + 1]}
            back = steps[first].back
            told["dropped"] = [without for source, without in dropped.items() if source not in back]
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


def ladder(asked: SearchQuery) -> list[Step]:
    """Every further step, each without what those before it gave up."""
    steps: list[Step] = []
    # Who wants mistyped words left as they are wants them all.
    several = len(content_words(asked.text).split()) > 1 and asked.mode is not Mode.SEMANTIC and asked.correct
    if asked.understood is None or asked.typed is None:
        return [Step(_SOME_WORDS, replace(asked, any_word=True))] if several else []
    left = list(asked.understood.constraints)
    given_up = [c for c in reversed(left) if _may_go(c)]
    kinds = [c for c in given_up if c.field in KINDS]
    for one in [c for c in given_up if c.field not in KINDS]:
        told = replace(one, applied=Applied.NO, why=_LEFT_OUT, ranked=bool(one.words) and one.field not in _PEOPLE)
        left[left.index(one)] = told
        steps.append(Step(one.source, _with_only(asked, left, any_word=False), one.source))
    # "long battery life" says less of a laptop than that it is one; where no kind was named, words are all there is.
    several = several and (not kinds or bool(asked.understood.text))
    if several:
        steps.append(Step(_SOME_WORDS, _with_only(asked, left, any_word=True)))
    for one in kinds:
        place = left.index(one)
        for without, less in _kinds_above(one):
            left[place] = less
            steps.append(Step(without, _with_only(asked, left, any_word=several), one.source))
    if kinds and asked.understood.text:
        steps.append(_without_words(asked, asked.understood.constraints, given_up))
        steps.append(_without_words(asked, left, kinds))
    return steps


def _without_words(asked: SearchQuery, left: Sequence[Constraint], back: Sequence[Constraint]) -> Step:
    """What was understood of the request, and none of the words beside it. `back`: what was given up and comes back."""
    assert asked.understood is not None
    named = {one.source: one for one in back}
    kept = [named.get(one.source, replace(one, ranked=False)) for one in left]
    plain = replace(asked, understood=replace(asked.understood, text=""))
    return Step(asked.understood.text, _with_only(plain, kept, any_word=False), back=(*named, _SOME_WORDS))


def _with_only(asked: SearchQuery, left: Sequence[Constraint], *, any_word: bool) -> SearchQuery:
    """The search under these constraints. Words of what was given up rank beside those that are left; where none are,
    any of them will do."""
    assert asked.understood is not None
    assert asked.typed is not None
    understood = replace(asked.understood, constraints=tuple(left))
    ranked = " ".join(one.words for one in left if one.ranked)
    query = applied(asked.typed, understood)
    if understood.text:
        return replace(query, any_word=any_word, also=ranked)
    return replace(query, any_word=any_word or bool(ranked))


def _kinds_above(one: Constraint) -> Iterator[tuple[str, Constraint]]:
    """What is asked for instead of a kind of thing, and how that is told; at the end nothing is."""
    ranked = replace(one, ranked=True, words=one.words or one.source)
    paths = one.matches
    while paths := tuple(dict.fromkeys(above for path in paths if (above := path.rpartition("/")[0]))):
        name = paths[0].rpartition("/")[2]
        why = f"Nothing holds all of it, so everything in {name} was searched."
        op: Op
        value: Value
        op, value = (Op.EQ, paths[0]) if len(paths) == 1 else (Op.IN, paths)
        yield f"{one.source} (all of {name})", replace(ranked, op=op, value=value, matches=paths, why=why)
    yield one.source, replace(ranked, applied=Applied.NO, why=_LEFT_OUT)


def _may_go(one: Constraint) -> bool:
    if one.applied is Applied.NO or one.field in _KEPT:
        return False
    # "for mom" is kept by leaving out what is made for others; that is no exclusion that somebody asked for.
    return not one.without or one.field in _PEOPLE


def _is_kept(given: Filter) -> bool:
    return isinstance(given, NotFilter) or given.name in _KEPT


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
