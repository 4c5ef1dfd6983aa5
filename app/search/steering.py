"""A plan of merchandising rules in the terms of a search: clauses instead of filters by name. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.search.clauses import Clause, clause
from app.search.filter_parsing import parse_filters
from app.search.hit import Hit
from es.mappings import products as fields
from shop.products.reader import CatalogueFacts
from shop.rules.document import MAX_FACTOR, Selection
from shop.rules.plan import Filtered, Hidden, Overruled, Pinned, Plan, Weighted


@dataclass(frozen=True, slots=True)
class Steering:
    """A plan in the terms of a search. `always`: what every product must pass; `weighted`: products by their clause;
    `overruled`: what of the plan is not done. `shown`: of a list of families the pins that may be shown, which have to
    be known before it is asked for."""

    plan: Plan
    always: tuple[Clause, ...] = ()
    weighted: tuple[tuple[Weighted, Clause], ...] = ()
    pins: tuple[Pinned, ...] = ()
    overruled: tuple[Overruled, ...] = ()
    shown: tuple[tuple[Pinned, Hit], ...] = ()

    @property
    def rewords(self) -> bool:
        """Whether words were replaced, or other wordings are searched for too."""
        return any(given.action in ("replace", "synonyms") for given in self.plan.applied)


def steering_of(plan: Plan, facts: CatalogueFacts | None, *, unweighed: str = "", unpinned: str = "") -> Steering:
    """`unweighed` and `unpinned`: why factors or pins have no place in this list; empty where they have."""
    overruled = list(plan.overruled)
    always = _filters(plan.filters, facts, overruled)
    if hidden := _hidden(plan.hidden, facts, overruled):
        always.append({"bool": {"must_not": hidden}})
    if unweighed:
        overruled += [Overruled(given.rule_id, given.action, "", unweighed) for given in plan.weighted]
    if unpinned:
        overruled += [Overruled(pin.rule_id, "pin", "", unpinned) for pin in plan.pins]
    weighted = [] if unweighed else _weighted(plan.weighted, facts, overruled)
    return Steering(plan, tuple(always), tuple(weighted), () if unpinned else plan.pins, tuple(overruled))


def weighed(found: Clause, steering: Steering | None, *, scored: bool = False) -> Clause:
    """What was found with its scores multiplied by the factors; where it has none, each product has 1."""
    if steering is None or not steering.weighted:
        return found
    functions = [{"filter": selected, "weight": given.factor} for given, selected in steering.weighted]
    return {
        "function_score": {
            "query": found if scored else {"constant_score": {"filter": found}},
            "functions": functions,
            "score_mode": "multiply",
            "boost_mode": "multiply",
            # There is no lower limit; several rules that bury one product may take it below theirs, to the same end.
            "max_boost": MAX_FACTOR,
        }
    }


def _filters(given: Iterable[Filtered], facts: CatalogueFacts | None, overruled: list[Overruled]) -> list[Clause]:
    made: list[Clause] = []
    for one in given:
        clauses = _parsed({one.name: one.value}, facts)
        if isinstance(clauses, str):
            overruled.append(Overruled(one.rule_id, "filter", "", clauses))
        else:
            made += clauses
    return made


def _hidden(given: Iterable[Hidden], facts: CatalogueFacts | None, overruled: list[Overruled]) -> list[Clause]:
    made = []
    for one in given:
        selected = _selected(one.products, facts)
        if isinstance(selected, str):
            overruled.append(Overruled(one.rule_id, "hide", "", selected))
        else:
            made.append(selected)
    return made


def _weighted(
    given: Iterable[Weighted], facts: CatalogueFacts | None, overruled: list[Overruled]
) -> list[tuple[Weighted, Clause]]:
    made = []
    for one in given:
        selected = _selected(one.products, facts)
        if isinstance(selected, str):
            overruled.append(Overruled(one.rule_id, one.action, "", selected))
        else:
            made.append((one, selected))
    return made


def _selected(products: Selection, facts: CatalogueFacts | None) -> Clause | str:
    """The clause of a selection, or why there is none."""
    either: list[Clause] = []
    if products.product_ids:
        either.append({"terms": {fields.PRODUCT_ID: products.product_ids}})
    if products.filters:
        clauses = _parsed(products.filters, facts)
        if isinstance(clauses, str):
            return clauses
        either.append({"bool": {"filter": clauses}})
    return either[0] if len(either) == 1 else {"bool": {"should": either, "minimum_should_match": 1}}


def _parsed(raw: Mapping[str, Any], facts: CatalogueFacts | None) -> list[Clause] | str:
    # The catalogue may have changed since the rule was written: an attribute that is gone must not empty the list.
    parsed, wrong = parse_filters(raw, facts)
    return wrong[0][1] if wrong else [clause(given) for given in parsed]
