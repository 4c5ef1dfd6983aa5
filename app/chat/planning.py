"""From a reading to what is done: which tools, with which arguments. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from app.chat.aspects import aspects_of
from app.chat.calls import Call, Plan
from app.chat.context import ABOUT_PEOPLE, RELATIVE, Context, ShownProduct, Wish, soft_price
from app.chat.planning_offers import ASKED_OF_ONE, one_plan, ticket_call
from app.chat.planning_orders import order_plan
from app.chat.reading import language
from app.chat.reading.intents import ABOUT_PRODUCTS, SHOPPING, Intent
from app.chat.reading.message import Reading
from app.chat.reading.quantities import quantity
from app.chat.reading.references import focus_of
from app.chat.reading.together import sum_named
from app.search.understanding.service import KINDS, stems_of
from shop.products.values import AgeGroup, Gender

SHOWN: Final = 5
_CENT: Final = 0.01
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
_FOR_ANY_THING: Final = frozenset({"in_stock", *ABOUT_PEOPLE})
_MORE_OF_IT: Final = (
    "Gladly. What kind of thing should it be, or what should it be good for?",
    "Sure. Tell me a little more: what sort of thing, or what for?",
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
    if reading.guarded:
        return Plan(say=reading.guarded)
    if image is not None:
        return Plan((search_call(context, image=image),))
    if reading.intent in SHOPPING and reading.understood.sort is not None and not reading.pointed.products:
        return Plan((_sorted(search_call(context, skip=skip), context, reading),), easier=tuple(easier_calls(context)))
    if reading.intent is Intent.SEARCH and _says_nothing(context):
        return Plan(say=one_of(_MORE_OF_IT, message))
    if reading.intent in SHOPPING or (reading.intent is Intent.RESUME and context.intent in SHOPPING):
        return Plan((search_call(context, skip=skip),), easier=tuple(easier_calls(context)))
    if reading.intent in MANNERS:
        return Plan(say=one_of(MANNERS[reading.intent], message))
    if reading.intent is Intent.HELP:
        return Plan(say=_HELP)
    if reading.intent in ABOUT_PRODUCTS:
        return _about_products(reading, context, message)
    if reading.intent is Intent.TICKET:
        return Plan((ticket_call(context, message),))
    return order_plan(reading.intent, context, message, visitor=visitor) or Plan()


def _says_nothing(context: Context) -> bool:
    """Whether nothing is known of what is wanted, but for whom or in which price."""
    narrow = any(wish.field not in _FOR_ANY_THING for wish in context.wishes)
    return not (search_text(context) or narrow or context.gift or context.shown)


def one_of(ways: Sequence[str], message: str) -> str:
    """One of several ways to say it, the same for the same message."""
    return ways[sum(message.encode()) % len(ways)]


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
        # What somebody likes is no thing.
        **({"together": context.together} if context.together is not None else {}),
        **({"leave_out": list(context.passed)} if context.passed else {}),
        "thing": "" if context.gift or context.about == " ".join(context.interests) else context.about,
    }
    if image is not None:
        # The picture says what; only words about it move it.
        arguments |= {"image": image, "text": context.about}
    return Call("search", arguments)


def _sorted(call: Call, context: Context, reading: Reading) -> Call:
    """The search in the order that the words ask for; of words that no filter holds the best matches stay first."""
    sort = reading.understood.sort
    kept = any(wish.field in KINDS and not wish.without for wish in context.wishes)
    if sort is None or not (kept or not call.arguments["text"]):
        return call
    return Call(call.tool, {**call.arguments, "sort": sort.value})


def without_soft_price(context: Context) -> Context | None:
    """The context without a price that no amount was named for ("a cheap kettle"); None where there is no such."""
    price = context.wish("price")
    if price is None or not soft_price(price):
        return None
    return replace(context, wishes=tuple(wish for wish in context.wishes if wish is not price))


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
            low = round(wish.low + _CENT, 2) if wish.op == "gt" and wish.low is not None else wish.low
            high = round(wish.high - _CENT, 2) if wish.op == "lt" and wish.high is not None else wish.high
            bounds = {"min": low, "max": high}
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
    """Searches with one wish less each, for whom it is before what it is, but for what is next to it; the budget
    and exclusions stay."""
    price = context.wish("price")
    if price is not None and price.op in RELATIVE:
        return _near(context)
    calls = []
    left = list(context.wishes)
    soft = [w for w in reversed(context.wishes) if w.field not in _KEPT and not w.without]
    # Kept by leaving out what is made for others, which is no exclusion that somebody asked for.
    for_whom = [w for w in reversed(context.wishes) if w.field in ABOUT_PEOPLE and w.without and w.op != "not"]
    # Where a kind of thing is ruled out, another one than was asked for is no help.
    ruled_out = any(wish.field in KINDS and wish.without and wish.op == "not" for wish in context.wishes)
    soft = [wish for wish in soft if not (ruled_out and wish.field in KINDS)]
    kinds = [wish for wish in soft if wish.field in KINDS]  # what kind of thing it is goes last
    # What is made for women is of less use to a man than a cologne instead of a perfume.
    close = [wish for wish in kinds if all("/" in parent for parent in _parents(wish)) and _parents(wish)]
    ages = [wish for wish in for_whom if wish.field == "age"]
    order = [*ages, *close, *(wish for wish in for_whom if wish not in ages), *(w for w in kinds if w not in close)]
    for wish in [*(wish for wish in soft if wish not in kinds), *order]:
        place = left.index(wish)
        # Not a frying pan: something of the kitchen, and no dumb-bells.
        left[place : place + 1] = [replace(wish, matches=up)] if wish.field in KINDS and (up := _parents(wish)) else []
        calls.append(search_call(context, wishes=tuple(left)))
    if context.gift and any(wish.field in KINDS for wish in left):  # whoever likes yoga may like something else
        calls.append(search_call(context, wishes=[wish for wish in left if wish.field not in KINDS or wish.without]))
    anything = {**calls[-1].arguments} if calls else {**search_call(context).arguments}
    anything["filters"] = {name: value for name, value in anything["filters"].items() if name != "in_stock"}
    return [*calls, Call("search", anything)]


def _near(context: Context) -> list[Call]:
    """Of "something cheaper": the next wider categories, as anything at all at a lower price is no answer."""
    wider = [replace(w, matches=parents) for w in context.wishes if w.field in KINDS and (parents := _parents(w))]
    if not wider:
        return []
    others = [wish for wish in context.wishes if wish.field not in KINDS or wish.without]
    return [search_call(context, wishes=(*others, *wider))]


def _parents(wish: Wish) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path.rsplit("/", 1)[0] for path in wish.matches if "/" in path))


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
    if len(chosen) < 2 and _names_things(reading.told.about):
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
    many = quantity(message) if reading.intent is Intent.PRICE else 1
    if reading.intent is Intent.PRICE and len(pointed) > 1 and language.TOTAL.search(message):
        ids = [product.product_id for product in pointed[:MAX_ASKED]]
        sums: dict[str, Any] = {"product_ids": ids, "together": True}
        if (most := sum_named(message)) is not None:
            sums["most"] = most[0]
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
