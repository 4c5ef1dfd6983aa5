"""A search before and after a change of the rules, side by side. Pure, but for asking the two searches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.search.service import Answered, SearchService
from shop.products.reader import ProductReader
from shop.rules.document import Rule
from shop.rules.matching import RuleSet
from shop.rules.plan import Overruled, plan


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: the rules (None: without any) at a moment."""

    rules: RuleSet | None
    at: datetime


async def previewed(
    search: SearchService,
    reader: ProductReader,
    asked: tuple[Mapping[str, Any], Mapping[str, Any]],
    before: Side,
    after: Side,
    *,
    deadline_s: float,
) -> dict[str, Any]:
    """Both answers to a search (`asked`: its parameters and filters), what moved, and what was not done as it stands.

    Raises BadRequest and EngineError as a search does.
    """
    first, second = await _ask(search, asked, before), await _ask(search, asked, after)
    missing = second.pins_not_shown
    known = await reader.many([pin.product_id for pin in missing], deadline_s=deadline_s)
    skipped = list(second.query.steering.overruled) if second.query.steering else []
    for pin, product in zip(missing, known, strict=True):
        why = "does not pass the filters, or is hidden"
        if product is None:
            why = "does not exist"
        elif not product.in_stock:
            why = "is out of stock"
        skipped.append(Overruled(pin.rule_id, "pin", "", f"product {pin.product_id} {why}"))
    return {
        "before": _shown(first, before),
        "after": _shown(second, after),
        "moves": _moves(_ids(first), _ids(second)),
        "skipped": [{"rule": s.rule_id, "action": s.action, "by": s.by, "why": s.why} for s in skipped],
        "degraded": second.body["degraded"],
    }


def sides(live: Sequence[Rule], tried: Sequence[Rule], at: datetime | None, compare_with: str) -> tuple[Side, Side]:
    """Before and after: what is live now or nothing, and `tried` at that time."""
    now = datetime.now(UTC)
    moment = now if at is None else at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    before = Side(None if compare_with == "no_rules" else RuleSet(live), now)
    return before, Side(RuleSet(tried), moment)


async def _ask(search: SearchService, asked: tuple[Mapping[str, Any], Mapping[str, Any]], side: Side) -> Answered:
    own, filters = asked
    return await search.preview(
        own, filters, lambda context: None if side.rules is None else plan(side.rules, side.at, context)
    )


def _shown(answered: Answered, side: Side) -> dict[str, Any]:
    return {
        "at": side.at.isoformat(),
        "text": answered.query.text,
        "other_wordings": list(answered.query.wordings),
        "total": answered.body["total"],
        "redirect": answered.body["redirect"],
        "rules": answered.body["rules"],
        "hits": [
            {
                "place": place,
                "product_id": hit["product_id"],
                "name": hit["name"],
                "rules": hit["explanation"].get("rules", []),
            }
            for place, hit in enumerate(answered.body["hits"], start=1)
        ],
    }


def _ids(answered: Answered) -> list[str]:
    return [hit["product_id"] for hit in answered.body["hits"]]


def _moves(before: Sequence[str], after: Sequence[str]) -> list[dict[str, Any]]:
    was = {product_id: place for place, product_id in enumerate(before, start=1)}
    now = {product_id: place for place, product_id in enumerate(after, start=1)}
    both = dict.fromkeys([*after, *before])
    return [
        {"product_id": product_id, "before": was.get(product_id), "after": now.get(product_id)}
        for product_id in both
        if was.get(product_id) != now.get(product_id)
    ]
