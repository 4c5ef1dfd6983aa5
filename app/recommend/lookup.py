"""Candidates looked up in the catalogue: which may be shown, their cards, and what rules say of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from app.recommend.choosing import Option
from app.recommend.contract import Candidate, RecommendationRequest
from app.recommend.listings import asked_for
from app.recommend.places import Place
from app.recommend.reads import SHOWN, columns
from es.mappings import products as fields
from shop.rules.plan import Pinned, Weighted, factor

_RULE: Final = "rule "


@dataclass(frozen=True, slots=True)
class Steered:
    """What merchandising rules make of a list: clauses that everything passes, factors by clause, pins."""

    always: Sequence[dict[str, Any]] = ()
    weighted: Sequence[tuple[Weighted, dict[str, Any]]] = ()
    pins: Sequence[Pinned] = ()


class Shown(NamedTuple):
    """What is known of a product that may be shown. `card`: base64 of JSON, read where it is shown."""

    card: str
    group_id: str
    brand: str
    category: str
    factor: float


def allowed_body(
    product_ids: Sequence[str], request: RecommendationRequest, steered: Steered, family: str
) -> dict[str, Any]:
    """The search for those of `product_ids` that may be shown: in stock, within the budget, of the category, by the
    rules, not excluded, and no variants of the page's product (`family`: its group)."""
    filters: list[dict[str, Any]] = [
        {"terms": {fields.PRODUCT_ID: list(product_ids)}},
        {"term": {fields.IN_STOCK: True}},
        *steered.always,
        *asked_for(request),
    ]
    without: list[dict[str, Any]] = [{"terms": {fields.PRODUCT_ID: sorted(request.exclude)}}]
    if family:
        without.append({"term": {fields.GROUP_ID: family}})
    named = [
        {"constant_score": {"filter": clause, "_name": f"{_RULE}{n}"}} for n, (_, clause) in enumerate(steered.weighted)
    ]
    return {
        "query": {"bool": {"filter": filters, "must_not": without, "should": named, "minimum_should_match": 0}},
        "size": len(product_ids),
        **columns(*SHOWN),
    }


def read_allowed(hits: Sequence[Mapping[str, Any]], steered: Steered) -> dict[str, Shown]:
    """Products by id, from the hits of `allowed_body`."""
    found = {}
    for hit in hits:
        numbers = [int(n.removeprefix(_RULE)) for n in hit.get("matched_queries", ()) if n.startswith(_RULE)]
        product_id, shown = read_shown(hit["fields"], factor([steered.weighted[n][0].factor for n in numbers]))
        found[product_id] = shown
    return found


def read_shown(values: Mapping[str, Any], by_rules: float = 1.0) -> tuple[str, Shown]:
    """A product's id and what is known of it, from its doc values."""
    product_id = values[fields.PRODUCT_ID][0]
    return product_id, Shown(
        values[fields.CARD][0],
        values.get(fields.GROUP_ID, [product_id])[0],
        values.get(fields.BRAND, [""])[0],
        values.get(fields.CATEGORY, [""])[0],
        by_rules,
    )


def options_of(
    ranked: Sequence[tuple[Candidate, str]], allowed: Mapping[str, Shown], places: Mapping[str, Place]
) -> list[Option]:
    """The candidates that may be shown, scores as shares of the best, times the rules' factors."""
    best = max((candidate.score for candidate, _ in ranked), default=1.0) or 1.0
    found = []
    for candidate, algorithm in ranked:
        shown = allowed.get(candidate.product_id)
        if shown is not None:
            score = candidate.score / best * shown.factor
            found.append(option(candidate, score, algorithm, shown, places))
    return found


def option(candidate: Candidate, score: float, algorithm: str, shown: Shown, places: Mapping[str, Place]) -> Option:
    """One option."""
    place = places.get(candidate.product_id)
    return Option(
        candidate.product_id,
        score,
        algorithm,
        candidate.reason_data,
        shown.card,
        shown.group_id,
        shown.brand,
        shown.category,
        place.text if place is not None else None,
    )
