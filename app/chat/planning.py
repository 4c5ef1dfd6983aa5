"""From a reading to what is done: which tools, with which arguments. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.chat.aspects import aspects_of
from app.chat.calls import Call, Plan
from app.chat.context import Context, ShownProduct
from app.chat.planning_offers import ASKED_OF_ONE, one_plan, ticket_plan
from app.chat.planning_orders import order_plan, unclear_plan
from app.chat.planning_searches import (
    FOR_ANY_THING,
    easier_calls,
    filters_of,
    names_things,
    search_call,
    search_text,
    sorted_call,
)
from app.chat.reading import language
from app.chat.reading.at_the_desk import at_desk
from app.chat.reading.intents import ABOUT_PRODUCTS, SHOPPING, Intent, intent_of
from app.chat.reading.message import Reading
from app.chat.reading.quantities import quantity
from app.chat.reading.references import focus_of
from app.chat.reading.together import LEFT, one_of_each, sum_named
from app.search.understanding.service import stems_of

MAX_ASKED: Final = 4
_HELP: Final = (
    "I am a program of this shop. I can find products and gifts within a budget, compare them, answer from the shop's "
    "documents, and see to your orders. A person takes over whenever you ask for one."
)
# Said by code, so that no check takes them for claims.
MANNERS: Final[Mapping[Intent, Sequence[str]]] = {
    Intent.CONFIRM: (
        "Good. What would you like to do next: see more, compare, or look for something else?",
        "Fine. Tell me what you would like to know or see next.",
    ),
    Intent.DENY: ("All right. Tell me if there is anything else.", "No problem. I am here if you need anything else."),
    Intent.THANKS: (
        "You are welcome. Anything else?",
        "Glad to help. Just write if you need anything else.",
        "My pleasure. Come back any time.",
    ),
}
_MORE_OF_IT: Final = (
    "Gladly. What kind of thing should it be, or what should it be good for?",
    "Sure. Tell me a little more: what sort of thing, or what for?",
)
_NO_CART: Final = "I cannot put things into your cart or order them; the product's own page does."
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
    if reading.guarded:
        return Plan(say=reading.guarded)
    if image is not None:
        return Plan((search_call(context, image=image),))
    ordered = reading.understood.sort is not None or reading.told.cheapest
    if reading.intent in SHOPPING and ordered and not reading.pointed.products:
        return Plan(
            (sorted_call(search_call(context, skip=skip), context, reading),), easier=tuple(easier_calls(context))
        )
    if reading.intent is Intent.SEARCH and _says_nothing(context):
        return Plan(say=one_of(_MORE_OF_IT, message))
    if reading.intent in SHOPPING or (reading.intent is Intent.RESUME and context.intent in SHOPPING):
        return Plan((search_call(context, skip=skip),), easier=tuple(easier_calls(context)))
    if reading.intent is Intent.CONFIRM and context.ticket and at_desk(context):
        return Plan(say=f"Ticket {context.ticket} is with the shop's team. Tell me if there is anything else.")
    if reading.intent in MANNERS:
        return Plan(say=one_of(MANNERS[reading.intent], message))
    if reading.intent is Intent.HELP:
        return Plan(say=_HELP)
    if reading.intent in ABOUT_PRODUCTS:
        return _about_products(reading, context, message)
    return _of_the_shop(reading, context, message, visitor=visitor)


def _of_the_shop(reading: Reading, context: Context, message: str, *, visitor: bool) -> Plan:
    """What is done about orders, tickets and the shop itself, and about what was not understood while they were talked
    of."""
    if reading.intent is Intent.TICKET:
        return ticket_plan(context, message)
    if reading.desk and reading.intent is Intent.UNCLEAR:
        return unclear_plan(context, message, visitor=visitor)
    back = intent_of(context.intent) if reading.intent is Intent.RESUME else None
    return order_plan(back or reading.intent, context, message, visitor=visitor) or Plan()


def _says_nothing(context: Context) -> bool:
    """Whether nothing is known of what is wanted, but for whom or in which price."""
    narrow = any(wish.field not in FOR_ANY_THING for wish in context.wishes)
    return not (search_text(context) or narrow or context.gift or context.shown)


def one_of(ways: Sequence[str], message: str) -> str:
    """One of several ways to say it, the same for the same message."""
    return ways[sum(message.encode()) % len(ways)]


_ASPECT: Final = re.compile(r"\b(?:about|of|mention(?:s|ing)?) (?:the |its |their )?(?P<what>[\w -]{2,40}?)\s*[?.!]*$")
# Words by which a product is pointed at, and none of its aspects is.
_NO_ASPECT: Final = frozenset({"it", "this", "that", "them", "these", "those"})


def aspect_of(message: str) -> str:
    """What of a product reviews are asked about: "what do people say about the battery" is battery."""
    found = _ASPECT.search(message)
    what = found["what"].strip() if found else ""
    return "" if what.lower() in _NO_ASPECT or re.search(r"\b(?:one|product|item)\b", what) else what


_SHIPPING: Final = re.compile(r"shipping|deliver|postage", re.IGNORECASE)
_POSTAGE: Final = Call("knowledge", {"question": "What does shipping cost?", "beside": True})
# What a record leaves open of these, the shop's documents may tell of all products.
_DOCUMENTED: Final = frozenset({"care", "validity", "warranty"})


def _asked_of(reading: Reading, context: Context, focus: ShownProduct, message: str) -> list[str]:
    """Ids of the products that a question is about: those pointed at, the one that the talk is about, else the first of
    those shown, several where an aspect is asked that tells them apart."""
    pointed = [product.product_id for product in reading.pointed.products]
    if reading.intent is Intent.DETAILS and len(pointed) > 1:
        return pointed[:MAX_ASKED]
    if pointed or context.focus is not None or reading.intent not in (Intent.DETAILS, Intent.PRICE):
        return [focus.product_id]
    if reading.intent is Intent.DETAILS and not aspects_of(message):
        return [focus.product_id]
    if context.compared:
        return list(context.compared[:MAX_ASKED])
    # What a search puts after the things that were looked for is not asked about.
    sought = set(stems_of(context.about))
    meant = [product for product in context.shown if sought & set(stems_of(product.name))] or list(context.shown)
    return [product.product_id for product in meant[:MAX_ASKED]]


_ONLY_ONE: Final = "It is the only one that I have shown you."


def _compare(reading: Reading, context: Context, message: str) -> Plan:
    pointed = list(reading.pointed.products)
    all_shown = language.CHOOSE.search(message) or (
        language.WHICH.search(message) and not language.COMPARE.search(message)
    )
    if len(pointed) == 1 and (focus := focus_of(context)) is not None and focus != pointed[0]:
        pointed = [focus, *pointed]  # "is it better than the first?"
    before = [product for product in context.shown if product.product_id in context.compared]
    chosen = pointed if len(pointed) > 1 else before or list(context.shown[: MAX_ASKED if all_shown else 2])
    if reading.told.about and " and " in reading.told.about and len(pointed) < 2:
        names = reading.told.about.split(" and ")
        return Plan(tuple(Call("search", {"text": name, "limit": 1}) for name in names[:2]), then="compare")
    if len(chosen) < 2 and names_things(reading.told.about):
        return Plan((search_call(context),))
    if len(chosen) == 1 and language.CHOOSE.search(message):
        return Plan((Call("product_details", {"product_ids": [chosen[0].product_id]}),), say=_ONLY_ONE)
    if len(chosen) < 2:
        return Plan(say="Tell me which two products you would like to compare.")
    return Plan((Call("compare", {"product_ids": [product.product_id for product in chosen[:MAX_ASKED]]}),))


def _about_products(reading: Reading, context: Context, message: str) -> Plan:
    if reading.pointed.problem:
        return Plan(say=reading.pointed.problem)
    pointed = list(reading.pointed.products)
    if reading.intent is Intent.COMPARE:
        return _compare(reading, context, message)
    if reading.intent in ASKED_OF_ONE:
        return one_plan(reading.intent, context, message, pointed)
    focus = pointed[0] if pointed else focus_of(context)
    if focus is None:
        return Plan((search_call(context),)) if reading.told.about else Plan(say="Which product do you mean?")
    if reading.intent is Intent.SIMILAR:
        price = context.wish("price")
        filters = filters_of([price] if price else [])
        return Plan((Call("similar", {"product_id": focus.product_id, "filters": filters}),))
    return _details(reading, context, focus, message)


def _details(reading: Reading, context: Context, focus: ShownProduct, message: str) -> Plan:
    """What is told of products from their records, and what beside them."""
    pointed = reading.pointed.products
    amounts = reading.told.amounts
    many = quantity(message) if reading.intent in (Intent.PRICE, Intent.CART) else 1
    many = amounts[0] if len(amounts) == 1 else many
    summed = bool(language.TOTAL.search(message) or (context.together is not None and LEFT.search(message)))
    summed = summed or len(amounts) > 1
    if reading.intent is Intent.PRICE and len(pointed) > 1 and summed:
        ids = [product.product_id for product in pointed[:MAX_ASKED]]
        sums: dict[str, Any] = {"product_ids": ids, "together": True}
        if len(context.amounts) == len(ids) and ids == [one.product_id for one in one_of_each(context)]:
            sums["amounts"] = list(context.amounts)
        if (most := sum_named(message)) is not None:
            sums["most"] = most[0]
        elif context.together is not None and LEFT.search(message):
            sums |= {"most": context.together, "left": True}
        postage = [_POSTAGE] if _SHIPPING.search(message) else []
        return Plan((Call("product_details", sums), *postage))
    own: dict[str, Any] = {"product_ids": _asked_of(reading, context, focus, message)}
    details = Call("product_details", own | ({"quantity": many} if many > 1 else {}))
    if reading.intent is Intent.DETAILS and _DOCUMENTED & {aspect.name for aspect in aspects_of(message)}:
        asked = Call("knowledge", {"question": f"{focus.name} {message}"[:1000], "beside": True})
        return Plan((details, asked))
    if reading.intent is Intent.PRICE and _SHIPPING.search(message):
        return Plan((details, _POSTAGE))
    if reading.intent is Intent.CART:
        return Plan((details,), say=_NO_CART)
    if reading.intent is Intent.REVIEWS:
        return Plan((details, Call("reviews", {"product_id": focus.product_id, "about": aspect_of(message)})))
    return Plan((details,))
