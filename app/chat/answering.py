"""From what the tools found to what a writer is given, what the user is asked and what they may do next. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from app.chat.aspects import aspects_of
from app.chat.composing.asked import content_words
from app.chat.composing.choosing import advised
from app.chat.composing.comparing import winner
from app.chat.composing.composer import Brief, Line
from app.chat.composing.naming import person
from app.chat.context import ABOUT_PEOPLE, Context, ShownProduct, Wish
from app.chat.matching import Match, alternatives, matched, mentions
from app.chat.reading import language
from app.chat.reading.intents import ABOUT_ORDERS, SHOPPING, Intent
from app.chat.reading.message import Reading
from app.chat.records import Record, RecordKind
from app.chat.wording import listed, money
from app.search.understanding.service import KINDS, Near

HISTORY: Final = 8
MANY: Final = 12
FAR, NEVER_NEAR = 0.42, 0.2
"""Cosines below which what has at most half of the words of a wish, or more of them, is told to be a guess."""
FAR_OFF: Final = "I am not sure that I have something for that."
FAR_OFF_ALL: Final = f"{FAR_OFF} Tell me what kind of thing it should be, or what it is for, and I look again."
_TINY: Final = 2
_SHORT, _TRAITS = 20, 100
"""Letters of an attribute by which something is pointed at, and of all of them."""
NEAR_ENOUGH: Final = 0.38
"""Cosine of the meanings from which on something may be shown instead of what the shop does not have: smartphones for
"iphones", and no laptop with two fans for a fan."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a turn has found: records, named values, sentences that must be told, and what waits for a yes."""

    records: tuple[Record, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()
    proposal: Mapping[str, Any] | None = None
    closing: tuple[str, ...] = ()
    """What has to be told at the end."""

    @property
    def beside_the_point(self) -> bool:
        """Whether none of it is the thing that was asked for."""
        return self.facts.get("near") == Near.NOT.value

    @property
    def products(self) -> list[Record]:
        return [record for record in self.records if record.kind is RecordKind.PRODUCT]


def nearest(found: Found, told: str, most: int) -> Found:
    """What was found where it is not what was asked for: the first few, and that it is not."""
    cosines: Mapping[str, float] = found.facts.get("cosines", {})
    of_kind = found.facts.get("near") == Near.KIND.value
    near = {product_id for product_id, cosine in cosines.items() if cosine >= NEAR_ENOUGH or of_kind}
    kept = [record for record in found.products if record.fields["product_id"] in near]
    kept = sorted(kept, key=lambda record: -cosines[record.fields["product_id"]])[:most]
    records = (*kept, *(record for record in found.records if record.kind is not RecordKind.PRODUCT))
    hits = [
        hit for hit in found.facts.get("hits", ()) if hit["product_id"] in {r.fields.get("product_id") for r in kept}
    ]
    facts = {**found.facts, "hits": hits, "nearest": True, "total": len(hits)}
    return replace(found, records=records, facts=facts, notes=(*found.notes, told))


def far_off(found: Found, context: Context) -> bool:
    """Whether what was found is far in meaning from what was asked for, and has hardly a word of it: nobody would call
    it an answer."""
    cosines: Mapping[str, float] = found.facts.get("cosines", {})
    words = [word for word in content_words(context.about) if len(word) > _TINY]
    if not words or not cosines or context.gift or context.helps or any(wish.field in KINDS for wish in context.wishes):
        return False
    if found.facts.get("near") in (Near.CALLED.value, Near.KIND.value):
        return False
    best = max((cosines.get(record.fields["product_id"], 0.0) for record in found.products), default=1.0)
    told = max((sum(mentions(record, word) for word in words) for record in found.products), default=0)
    return best < (FAR if told * 2 <= len(words) else NEVER_NEAR)


def recommendations(found: Found, context: Context) -> list[dict[str, Any]]:
    """The products found, each with its score, reason, factors, confidence and alternatives."""
    hits = {hit["product_id"]: hit for hit in found.facts.get("hits", ())}
    others = alternatives(list(hits.values()), found.products)
    made = []
    for record in found.products:
        product_id = record.fields["product_id"]
        hit = hits.get(product_id, {})
        score = hit.get("similarity", hit.get("score"))
        match: Match = matched(record, score, context)
        made.append(
            {
                "product": card(record),
                "relevance_score": match.factors["relevance"],
                "recommendation_reason": found.facts.get("because", {}).get(product_id) or match.reason,
                "match_factors": dict(match.factors),
                "confidence": match.confidence,
                "alternative_products": others[product_id],
            }
        )
    return made


def card(record: Record) -> dict[str, Any]:
    """A product as every list shows it, from its record."""
    kept = ("product_id", "price", "currency", "brand", "category", "rating", "review_count", "in_stock", "image")
    return {"name": record.title, "parent_id": None, **{name: record.fields.get(name) for name in kept}} | {
        "brand": record.fields.get("brand", ""),
        "review_count": record.fields.get("review_count", 0),
    }


def shown(found: Found) -> list[ShownProduct]:
    """The products of an answer as the next message may point at them."""
    return [_as_shown(record) for record in found.products]


def _as_shown(record: Record) -> ShownProduct:
    told = record.fields
    return ShownProduct(
        told["product_id"], record.title, told["price"], told["currency"], told.get("rating") or 0.0, traits(record)
    )


def traits(record: Record) -> str:
    """The short values of a product's specifications, by which it may be pointed at: "the blue one"."""
    values = [value for value in record.fields.get("specifications", {}).values() if isinstance(value, str)]
    short = [value for value in values if len(value) <= _SHORT]
    return " ".join(dict.fromkeys(short))[:_TRAITS]


def advised_id(found: Found, context: Context, message: str) -> str | None:
    """Which of the products compared is advised, or has the most of what was asked, so that "it" means that one; None
    where neither was asked for."""
    best = winner(message, found.products, found.facts.get("table") or ())
    if best is not None and language.WHICH.search(message):
        return str(best.fields["product_id"])
    if not language.CHOOSE.search(message) or aspects_of(message):
        return None
    told = described(context)
    wanted = f"{told.get('about', '')} {told.get('recipient', '')}"
    return str(advised(message, wanted, found.products).fields["product_id"])


def unsaid(found: Found, words: str) -> str:
    """That no record speaks of what was wished besides; empty where one does, and where nothing was found."""
    if not words or not found.products or any(mentions(record, words) for record in found.products):
        return ""
    each = "it" if len(found.products) == 1 else "any of these"
    return f"Whether {each} is what you call “{words}”, the shop's data does not say."


_PICTURED: Final = "the customer sent a picture; the products are those that are most like it"


def brief(
    reading: Reading, context: Context, found: Found, reasons: Mapping[str, str], message: str, history: Sequence[Line]
) -> Brief:
    """What a writer is given. `reasons`: why each product, by record id."""
    return Brief(
        intent=reading.intent.value,
        message=message,
        context=described(context) | ({"picture": _PICTURED} if found.facts.get("pictured") else {}),
        records=found.records,
        facts={**found.facts, "reasons": dict(reasons)},
        notes=found.notes,
        closing=found.closing,
        questions=tuple(questions(reading, context, found)),
        history=tuple(history[-HISTORY:]),
    )


def described(context: Context) -> dict[str, str]:
    """The context in plain words; what is unknown is left out."""
    interests = listed([interest for interest in context.interests if interest not in context.about])
    if context.about == " ".join(context.interests):
        about = listed(context.interests)
    else:
        about = f"{context.about} {interests}".strip()
    told = {
        "about": about,
        "gift": "yes" if context.gift else "",
        "recipient": context.recipient.relation if context.recipient else "",
        "occasion": (context.occasion or "").replace("_", " "),
        "budget": budget_words(context),
        "taste": context.taste.said,
        "without": listed([w.source for w in context.wishes if w.without and w.field not in ABOUT_PEOPLE]),
    }
    return {name: value for name, value in told.items() if value}


def budget_words(context: Context) -> str:
    """under $100; from $20 to $40; from $50; empty without a budget."""
    wish = context.wish("price")
    if wish is None:
        return ""
    currency = wish.currency or (context.shown[0].currency if context.shown else "USD")
    if wish.low is not None and wish.high is not None:
        return f"from {_short(wish.low, currency)} to {_short(wish.high, currency)}"
    if wish.high is not None:
        return f"under {_short(wish.high, currency)}"
    if wish.low is None:
        return ""
    return f"{'over' if wish.op == 'gt' else 'from'} {_short(wish.low, currency)}"


def _short(amount: float, currency: str) -> str:
    return money(amount, currency).removesuffix(".00")


def questions(reading: Reading, context: Context, found: Found) -> list[str]:
    """What would help most to know, at most two things, and nothing that is known."""
    if reading.intent not in SHOPPING:
        return []
    asked = []
    if context.gift and context.recipient is None:
        asked.append("Who is it for?")
    if context.gift and not context.interests and not context.about:
        asked.append("What do they like to do?")
    if context.budget is None:
        asked.append("What is your budget?")
    if context.gift and context.occasion is None:
        asked.append("Is it for an occasion, such as a birthday?")
    if not context.gift and found.facts.get("total", 0) > MANY:
        asked.append("Is there a brand, colour or feature that matters to you?")
    return asked[:2]


def left_out(context: Context, kept: Mapping[str, Any]) -> str:
    """What the products shown do not hold. `kept`: the filters that they were found with."""
    gone = [_source(w) for w in context.wishes if not w.without and _goes_without(w, kept)]
    gone = list(dict.fromkeys([*gone, *(_source(w) for w in context.wishes if _made_for_others(w, kept))]))
    told = f"Nothing fits all of it, so I left out {listed([f'“{source}”' for source in gone])}." if gone else ""
    if "in_stock" not in kept:
        told = f"{told} What there is, is out of stock at the moment.".strip()
    return told


def _source(wish: Wish) -> str:
    """A wish as the shopper put it; "he is 8" as whom it is for."""
    told = person(wish.source) if wish.field == "age" and re.match(r"(?:s?he|they)\b", wish.source, re.I) else ""
    return f"for {told}" if told else wish.source


def for_anybody(context: Context, kept: Mapping[str, Any]) -> bool:
    """Whether the filters leave out whom it is for."""
    return any(_made_for_others(wish, kept) for wish in context.wishes)


def _made_for_others(wish: Wish, kept: Mapping[str, Any]) -> bool:
    """Whether the filters let in what is made for other people than the wish says."""
    if wish.field not in ABOUT_PEOPLE or wish.op == "not":
        return False
    return f"not_{wish.field}" not in kept if wish.without else wish.field not in kept


def _goes_without(wish: Wish, kept: Mapping[str, Any]) -> bool:
    """Whether the filters leave the wish out, or hold a wider one."""
    value = kept.get(wish.field)
    return wish.field not in kept or (
        isinstance(value, list) and bool(wish.matches) and not set(wish.matches) & set(value)
    )


def actions(reading: Reading, context: Context, found: Found) -> list[dict[str, str]]:
    """What the user may do next: a type, a label, and the message that does it."""
    if found.proposal is not None:
        return [
            {"type": "confirm", "label": "Yes, do it", "say": "yes"},
            {"type": "deny", "label": "No", "say": "no"},
        ]
    made: list[dict[str, str]] = []
    products = found.products
    if len(products) > 1 and reading.intent is not Intent.COMPARE:
        made.append({"type": "compare_products", "label": "Compare the first two", "say": "Compare the first two"})
    if products:
        first = products[0].title
        made.append({"type": "view_details", "label": f"More about {first}", "say": "Tell me more about the first one"})
    if reading.intent in SHOPPING and found.facts.get("total", 0) > len(products):
        made.append({"type": "show_more", "label": "Show more", "say": "Show me more"})
    if reading.intent in SHOPPING and context.budget is None:
        made.append({"type": "set_budget", "label": "Name a budget", "say": "Something under "})
    if not products and reading.intent in SHOPPING:
        made.append({"type": "search_products", "label": "Look for something else", "say": "Start over"})
    if reading.intent in ABOUT_ORDERS:
        made.append({"type": "hand_over", "label": "Talk to a person", "say": "I would like to talk to a person"})
    if context.suspended:
        before = context.suspended[-1]
        made.append(
            {"type": "resume", "label": f"Back to {before.about or before.intent}", "say": "Back to what we had"}
        )
    return made
