"""From a context to searches for products: the words, the filters, and what is tried where they find nothing. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from app.chat.calls import Call
from app.chat.context import ABOUT_PEOPLE, RELATIVE, Context, Wish, soft_price
from app.chat.reading import language
from app.chat.reading.message import Reading
from app.search.understanding.service import KINDS
from shop.products.values import AgeGroup, Gender

_CENT: Final = 0.01
_PRONOUNS: Final = re.compile(r"\b(?:them|these|those|it|both|one|two|ones)\b", re.IGNORECASE)
FOR_ANY_THING: Final = frozenset({"in_stock", *ABOUT_PEOPLE})
SHOWN: Final = 5


def names_things(about: str | None) -> bool:
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
        **({"amounts": list(context.amounts)} if context.amounts else {}),
        **({"leave_out": list(context.passed)} if context.passed else {}),
        **({"toward": list(context.taste.toward), "away": list(context.taste.away)} if context.taste else {}),
        **({"taste": context.taste.said} if context.taste.said else {}),
        **({} if _of_children(context) else {"grown": True}),
        "thing": "" if context.gift or context.about == " ".join(context.interests) else context.about,
    }
    if image is not None:
        # The picture says what; only words about it move it.
        arguments |= {"image": image, "text": context.about}
    return Call("search", arguments)


_CHILDREN: Final = re.compile(
    r"\b(?:kid|child|toddler|bab(?:y|ie)|teen|boy|girl|son|daughter|nephew|niece|grand(?:son|daughter|child|kid)|pupil|toy|school)\w*",
    re.IGNORECASE,
)


def _of_children(context: Context) -> bool:
    """Whether the talk is of children, or of how old somebody is."""
    if (
        context.helps
        or context.recipient is not None
        or context.wish("age") is not None
        or context.wish("gender") is not None
    ):
        return True
    return _CHILDREN.search(context.about) is not None


def sorted_call(call: Call, context: Context, reading: Reading) -> Call:
    """The search in the order that the words ask for; of words that no filter holds the best matches stay first."""
    if reading.told.cheapest:
        return Call(call.tool, {**call.arguments, "cheapest": True})
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


# What is given up first where nothing is found. Budgets and what must not be are never given up.
_KEPT: Final = ("price", "in_stock")


def easier_calls(context: Context) -> list[Call]:
    """Searches with one wish less each, for whom it is before what it is, but for what is next to it; the budget
    and exclusions stay."""
    price = context.wish("price")
    if price is not None and price.op in RELATIVE:
        return _near(context)
    if context.wishes and more_or_less(context.wishes[-1]):
        return []  # that nothing is lighter says more than what is heavier
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


def more_or_less(wish: Wish) -> bool:
    """Whether it is a wish for more or less of something, other than money, than what was shown has."""
    return wish.op in RELATIVE and wish.field != "price"


def _near(context: Context) -> list[Call]:
    """Of "something cheaper": the next wider categories, as anything at all at a lower price is no answer."""
    wider = [replace(w, matches=parents) for w in context.wishes if w.field in KINDS and (parents := _parents(w))]
    if not wider:
        return []
    others = [wish for wish in context.wishes if wish.field not in KINDS or wish.without]
    return [search_call(context, wishes=(*others, *wider))]


def _parents(wish: Wish) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path.rsplit("/", 1)[0] for path in wish.matches if "/" in path))
