"""From a reading to what is done: which tools, with which arguments. Pure."""

import re
from collections.abc import Sequence
from typing import Any, Final

from app.chat.calls import Call, Plan
from app.chat.context import ABOUT_PEOPLE, Context, Wish
from app.chat.planning_offers import ASKED_OF_ONE, one_plan, ticket_call
from app.chat.planning_orders import order_plan
from app.chat.reading import language
from app.chat.reading.intents import ABOUT_PRODUCTS, SHOPPING, Intent
from app.chat.reading.message import Reading
from app.chat.reading.references import focus_of
from shop.products.values import AgeGroup, Gender

SHOWN: Final = 5
_HELP: Final = (
    "I am a program of this shop. I can find products and gifts within a budget, compare them, answer from the shop's "
    "documents, and see to your orders. A person takes over whenever you ask for one."
)
_NO_CART: Final = "I cannot put things into your cart or order them; the product's own page does."
_PRONOUNS: Final = re.compile(r"\b(?:them|these|those|it|both|one|two|ones)\b", re.IGNORECASE)
NOT_CONNECTED: Final = "I cannot look into that here; please ask the shop's customer service."


def planned(
    reading: Reading,
    context: Context,
    *,
    image: str | None = None,
    skip: int = 0,
    message: str = "",
    visitor: bool = False,
) -> Plan:
    """`context` is the one after the message. `skip`: products of the same search that were shown before. `visitor`:
    nobody is signed in."""
    if image is not None:
        return Plan((search_call(context, image=image),))
    if reading.guarded:
        return Plan(say=reading.guarded)
    if reading.intent in SHOPPING or (reading.intent is Intent.RESUME and context.intent in SHOPPING):
        return Plan((search_call(context, skip=skip),), easier=tuple(easier_calls(context)))
    if reading.intent is Intent.HELP:
        return Plan(say=_HELP)
    if reading.intent in ABOUT_PRODUCTS:
        return _about_products(reading, context, message)
    if reading.intent is Intent.TICKET:
        return Plan((ticket_call(context, message),))
    return order_plan(reading.intent, context, message, visitor=visitor) or Plan()


def _names_things(about: str | None) -> bool:
    """Whether "compare ..." goes on with things, and not with "them"."""
    return bool(_PRONOUNS.sub("", language.COMPARE.sub("", about or "")).strip())


def search_call(
    context: Context, *, wishes: Sequence[Wish] | None = None, image: str | None = None, skip: int = 0
) -> Call:
    """The search that a context asks for."""
    arguments: dict[str, Any] = {
        "text": search_text(context),
        # What cannot be bought is no suggestion; the last of the easier searches does without this.
        "filters": {"in_stock": True, **filters_of(context.wishes if wishes is None else wishes)},
        "limit": SHOWN,
        "skip": skip,
    }
    if image is not None:
        arguments["image"] = image
    return Call("search", arguments)


def search_text(context: Context) -> str:
    """What is looked for, in words: the thing, and what the recipient likes where no thing is named."""
    words = [context.about] if context.about else []
    words += [interest for interest in context.interests if interest.lower() not in context.about.lower()]
    if not words and context.occasion:
        words.append(f"{context.occasion} gift")
    if not words and context.gift:
        words.append("gift")
    return " ".join(words)


def filters_of(wishes: Sequence[Wish]) -> dict[str, Any]:
    """Wishes as the filters of a search."""
    filters: dict[str, Any] = {}
    for wish in wishes:
        if wish.field == "price" or (not wish.matches and (wish.low is not None or wish.high is not None)):
            bounds = {"min": wish.low, "max": wish.high}
            filters[wish.field] = {side: bound for side, bound in bounds.items() if bound is not None}
        elif wish.field == "in_stock":
            filters[wish.field] = bool(wish.value)
        elif wish.without:
            filters[f"not_{wish.field}"] = list(wish.matches)
        elif wish.matches:
            filters[wish.field] = list(wish.matches)
    if AgeGroup.ADULTS in filters.get("not_age", ()):
        # It is for a child: what is made for children of either sex is not for others.
        filters["not_gender"] = [other for other in filters.get("not_gender", ()) if other != Gender.KIDS]
    return {name: value for name, value in filters.items() if value not in ({}, [])}


_ASPECT: Final = re.compile(r"\b(?:about|of|mention(?:s|ing)?) (?:the |its |their )?(?P<what>[\w -]{2,40}?)\s*[?.!]*$")
# Words by which a product is pointed at, and none of its aspects is.
_NO_ASPECT: Final = frozenset({"it", "this", "that", "them", "these", "those"})

# What is given up first where nothing is found. Budgets and what must not be are never given up.
_KEPT: Final = ("price", "in_stock")


def easier_calls(context: Context) -> list[Call]:
    """Searches with one wish less each, for whom it is last; the budget and exclusions stay."""
    calls = []
    left = list(context.wishes)
    soft = [w for w in reversed(context.wishes) if w.field not in _KEPT and not w.without]
    # Kept by leaving out what is made for others, which is no exclusion that somebody asked for.
    for_whom = [w for w in reversed(context.wishes) if w.field in ABOUT_PEOPLE and w.without and w.op != "not"]
    for wish in [*soft, *for_whom]:
        left.remove(wish)
        calls.append(search_call(context, wishes=tuple(left)))
    anything = {**calls[-1].arguments} if calls else {**search_call(context).arguments}
    anything["filters"] = {name: value for name, value in anything["filters"].items() if name != "in_stock"}
    return [*calls, Call("search", anything)]


def aspect_of(message: str) -> str:
    """What of a product reviews are asked about: "what do people say about the battery" is battery."""
    found = _ASPECT.search(message)
    what = found["what"].strip() if found else ""
    return "" if what.lower() in _NO_ASPECT or re.search(r"\b(?:one|product|item)\b", what) else what


def _about_products(reading: Reading, context: Context, message: str) -> Plan:
    if reading.pointed.problem:
        return Plan(say=reading.pointed.problem)
    pointed = list(reading.pointed.products)
    if reading.intent is Intent.COMPARE:
        all_shown = language.WHICH.search(message) and not language.COMPARE.search(message)
        chosen = pointed if len(pointed) > 1 else list(context.shown[: 4 if all_shown else 2])
        if len(chosen) < 2 and _names_things(reading.told.about):
            return Plan((search_call(context),))
        if len(chosen) < 2:
            return Plan(say="Tell me which two products you would like to compare.")
        return Plan((Call("compare", {"product_ids": [product.product_id for product in chosen[:4]]}),))
    if reading.intent in ASKED_OF_ONE:
        return one_plan(reading.intent, context, message, pointed)
    focus = pointed[0] if pointed else focus_of(context)
    if focus is None:
        return Plan((search_call(context),)) if reading.told.about else Plan(say="Which product do you mean?")
    if reading.intent is Intent.SIMILAR:
        price = context.wish("price")
        filters = filters_of([price] if price else [])
        return Plan((Call("similar", {"product_id": focus.product_id, "filters": filters}),))
    details = Call("product_details", {"product_ids": [focus.product_id]})
    if reading.intent is Intent.CART:
        return Plan((details,), say=_NO_CART)
    if reading.intent is Intent.REVIEWS:
        return Plan((details, Call("reviews", {"product_id": focus.product_id, "about": aspect_of(message)})))
    return Plan((details,))
