"""How well a product fits what is wanted, and why: from its record alone. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.chat.aspects import label, with_unit
from app.chat.context import RELATIVE, Context
from app.chat.records import Record
from app.chat.wording import listed, money, said

UNSAID: Final = 0.5
"""A factor of which nothing was said."""
_WEIGHTS: Final = {"relevance": 0.4, "price": 0.2, "occasion": 0.15, "interest": 0.25}
_WELL_RATED, _FEW_REVIEWS = 4.3, 10


@dataclass(frozen=True, slots=True)
class Match:
    """`factors`: relevance, price, occasion and interest, each from 0 to 1 (0.5: nothing was said of it).
    `confidence`: their weighted mean. `reason`: a sentence, all of it true of the record."""

    factors: Mapping[str, float]
    confidence: float
    reason: str


def matched(record: Record, score: float | None, context: Context) -> Match:
    """`score`: the search's, comparable within one answer, 0 to 1; None where it was not ranked by relevance."""
    factors = {
        "relevance": UNSAID if score is None else min(1.0, max(0.0, score)),
        "price": _price(record, context),
        "occasion": _occasion(record, context),
        "interest": _interest(record, context),
    }
    confidence = sum(_WEIGHTS[name] * value for name, value in factors.items())
    return Match(
        {name: round(value, 3) for name, value in factors.items()}, round(confidence, 3), reason(record, context)
    )


def _price(record: Record, context: Context) -> float:
    if context.budget is None:
        return UNSAID
    low, high = context.budget
    price = record.fields["price"]
    return 1.0 if (low is None or price >= low) and (high is None or price <= high) else 0.0


def _occasion(record: Record, context: Context) -> float:
    if not context.occasion:
        return UNSAID
    return 1.0 if context.occasion.lower() in [o.lower() for o in record.fields.get("occasions", ())] else 0.0


def _interest(record: Record, context: Context) -> float:
    if not context.interests:
        return UNSAID
    named = [interest for interest in context.interests if mentions(record, interest)]
    return len(named) / len(context.interests)


def mentions(record: Record, interest: str) -> bool:
    """Whether the record's own words speak of it: each word of it, by its stem."""
    said = " ".join(_said(record)).lower()
    return all(re.search(rf"\b{re.escape(_stem(word))}", said) for word in interest.lower().split())


def _said(record: Record) -> list[str]:
    fields = record.fields
    words = [
        record.title,
        record.text,
        *fields.get("tags", ()),
        *fields.get("features", ()),
        *fields.get("categories", ()),
    ]
    return [*words, str(fields.get("category", "")).replace("_", " ")]


def _stem(word: str) -> str:
    for ending in ("ing", "ers", "er", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word.removesuffix(ending)
            return stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] else stem
    return word


def reason(record: Record, context: Context) -> str:
    """Why this one, from what is true of it and was asked for; its rating or a feature where nothing was asked."""
    fields, parts = record.fields, []
    liked = [interest for interest in context.interests if mentions(record, interest)]
    if liked:
        parts.append(f"goes with {listed(liked)}")
    if context.occasion and _occasion(record, context) == 1.0:
        parts.append(f"suits {context.occasion.replace('_', ' ')}")
    if measured := _measured(fields, context):
        parts.append(f"is listed with {listed(measured)}")
    if (who := _made_for(fields, context)) is not None:
        parts.append(who)
    price = context.wish("price")
    relative = price is not None and price.op == "gt"  # dearer than something, and no budget
    if context.budget is not None and not relative and _price(record, context) == 1.0:
        _, high = context.budget
        parts.append("is within your budget" if high is None else f"stays within {money(high, fields['currency'])}")
    if fields.get("rating", 0) >= _WELL_RATED and fields.get("review_count", 0) >= _FEW_REVIEWS:
        parts.append(f"is rated {fields['rating']:g} of 5 by {fields['review_count']} customers")
    if not parts and fields.get("features"):
        parts.append(f"is listed with “{fields['features'][0]}”")
    if not parts:
        parts.append(f"costs {money(fields['price'], fields['currency'])}")
    return f"It {listed(parts[:3])}."


def _measured(fields: Mapping[str, Any], context: Context) -> list[str]:
    """What the record tells in numbers of which more, or less, was wished for."""
    specifications = fields.get("specifications", {})
    names = [wish.field for wish in context.wishes if wish.op in RELATIVE and wish.field in specifications]
    return [f"{label(name)} {with_unit(name, specifications[name], said(specifications[name]))}" for name in names]


def _made_for(fields: Mapping[str, Any], context: Context) -> str | None:
    wanted = context.recipient.gender if context.recipient else None
    people = {"female": "women", "male": "men", "kids": "children"}
    made = fields.get("target_gender")
    return f"is made for {people[made]}" if wanted and made == wanted and made in people else None


def alternatives(hits: Sequence[Mapping[str, Any]], shown: Sequence[Record]) -> dict[str, list[str]]:
    """For each shown product up to two others of its category, in the order of the search, that are not shown."""
    seen = {record.fields["product_id"] for record in shown}
    spare = [hit for hit in hits if hit["product_id"] not in seen]
    return {
        record.fields["product_id"]: [
            hit["product_id"] for hit in spare if hit.get("category") == record.fields.get("category")
        ][:2]
        for record in shown
    }
