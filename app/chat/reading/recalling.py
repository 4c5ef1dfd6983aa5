"""Lists that were shown before the last one: "the tent from earlier", "the one before that" bring theirs back. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.chat.context import OF_A_LIST, Context, Earlier, ShownProduct, left
from app.chat.grounding.words import word_set
from app.search.understanding.service import is_called, stems_of, things_in

_BACK: Final = re.compile(
    r"\b(?:from|of) (?:earlier|before|the (?:first|previous|other) (?:list|search|time))\b|\b(?:earlier"
    r"|previous) (?:ones?|list|options?|results?)\b"
    r"|\b(?:ones?|list|options?|results?|thing) before(?: that| this| it| these| those)?\b"
    r"|\b(?:go|going|went|come|coming|get|let'?s go|take me) back to (?:the|those|that|your)\b"
    r"|^\W*(?:ok(?:ay)?,? )?back to (?:the|those|that)\b"
    r"|\bearlier\b|\bpreviously\b",
    re.IGNORECASE,
)
# As often said of the list that is shown.
_SEEN: Final = re.compile(
    r"\b(?:you|u) (?:showed|listed|mentioned|suggested|told me about|found)\b|\b(?:i|we) (?:saw|liked|looked at)\b"
    r"|\bagain\b",
    re.IGNORECASE,
)
_PLURAL: Final = re.compile(r"\b(?:ones|those|these|list|options|results)\b", re.IGNORECASE)
_DEFINITE: Final = re.compile(r"\b(?:the|those|these|that|this)\s+(?P<what>[\w'-]+(?: [\w'-]+){0,2})", re.IGNORECASE)
_ONE: Final = re.compile(r"\b(?:the|that|this|those) (?P<what>(?:[\w-]+ ){1,3})ones?\b", re.IGNORECASE)
_SEARCHES: Final = re.compile(
    r"\b(?:show|find|need|want|looking|search|recommend|suggest|instead|forget|never ?mind|skip|do you have"
    r"|have you got|any)\b",
    re.IGNORECASE,
)
_COMPARES: Final = re.compile(r"(?:er|est|right|wrong|whole|only|main|middle|next|more|most|less|least|nice|good)$")
_SEVERAL: Final = 2
_ORDINAL: Final = re.compile(r"\b(?:first|second|third|fourth|fifth|last|cheapest|dearest|best)\b", re.IGNORECASE)


def recalled(message: str, context: Context) -> Context:
    """The context with the earlier list that a message speaks of as the one shown last, and the product of it that it
    means as the one that is talked of; as it is where it speaks of none."""
    if not context.earlier:
        return context
    back, seen = (way.search(message) is not None for way in (_BACK, _SEEN))
    if not back and not seen and (_SEARCHES.search(message) or _of_shown(message, context.shown)):
        return context
    called = _called(message)
    # "the first chair again": of the list that is shown, where that has chairs.
    here = (back or seen) and called and not re.search(r"\bbefore\b|\bearlier\b|\bprevious", message, re.I)
    if here and any(_fits(called, one) for one in context.shown):
        return context
    for earlier in context.earlier:
        meant = called_so(called, earlier.products) if called else []
        if meant:
            one = None if _PLURAL.search(message) or _ORDINAL.search(message) else _focused(earlier, meant)
            return _brought_back(context, earlier, one)
    if back and not called:
        earlier = context.earlier[0]
        one = None if _PLURAL.search(message) or _ORDINAL.search(message) else _focused(earlier, earlier.products)
        return _brought_back(context, earlier, one)
    return context


def of_the_shown(message: str, context: Context) -> bool:
    """Whether a message speaks of something shown by what it is: "the tent", "those sleeping bags"."""
    return not _SEARCHES.search(message) and _of_shown(message, context.shown)


def said_of(message: str, shown: Sequence[ShownProduct]) -> tuple[ShownProduct, ...]:
    """Those of the products shown that "the blue one" may be: all of its words are in their names or attributes."""
    for found in _ONE.finditer(message):
        words = [word for word in found["what"].lower().split() if word not in _EMPTY]
        kept = tuple(one for one in shown if words and all(_has(word, one) for word in words))
        if kept and len(kept) < len(shown):
            return kept
    return ()


_EMPTY: Final = word_set("the that this other last first second third one same new previous earlier very two three few")
_NO_NAME: Final = word_set("one ones list same new previous earlier two three few")


def unlike(message: str, shown: Sequence[ShownProduct]) -> str:
    """What "the red one" is said to be where none of several shown is so; empty where one may be, and of words that
    compare."""
    found = _ONE.search(message)
    words = [word for word in found["what"].lower().split() if word not in _EMPTY] if found else []
    asks = re.search(r"\?\W*$|\bhow\b|^\W*(?:is|does|can|has|are)\b", message, re.IGNORECASE)
    if len(words) != 1 or len(shown) < _SEVERAL or not asks or _ORDINAL.match(words[0]) or _COMPARES.search(words[0]):
        return ""
    return "" if any(_has(words[0], one) for one in shown) else words[0]


def _called(message: str) -> list[str]:
    """Stems of the words by which the message calls what it means, that of a thing first; none where it does not."""
    for found in _ONE.finditer(message):
        words = [word for word in found["what"].lower().split() if word not in _EMPTY]
        if words and not all(_ORDINAL.match(word) for word in words):
            return words
    for found in _DEFINITE.finditer(message):
        words = found["what"].lower().split()
        for end in range(len(words), 0, -1):
            things = things_in(" ".join(words[:end]))
            if things and not _ORDINAL.fullmatch(things[0].head) and words[0] not in _NO_NAME:
                return [f"={things[0].words}"]
    return []


def called_so(called: Sequence[str], products: Sequence[ShownProduct]) -> list[ShownProduct]:
    """Those of the products that are called so; of "the green tents" those of the tents that are green, where some
    are."""
    meant = [one for one in products if _fits(called, one)]
    words = called[0].removeprefix("=").split()
    closer = [one for one in meant if all(_has(word, one) for word in words)]
    return closer or meant


def _fits(called: Sequence[str], product: ShownProduct) -> bool:
    """Whether a product is called so: "=tent" is a thing, others are words of its name or attributes."""
    if called[0].startswith("="):
        words = called[0][1:].split()
        return any(
            is_called(thing, product.name)
            for end in range(len(words), 0, -1)
            for thing in things_in(" ".join(words[:end]))
        )
    return all(_has(word, product) for word in called)


def _has(word: str, product: ShownProduct) -> bool:
    stems = stems_of(word)
    return bool(stems) and set(stems) <= {*stems_of(product.name), *stems_of(product.traits)}


def _of_shown(message: str, shown: Sequence[ShownProduct]) -> bool:
    for found in _DEFINITE.finditer(message):
        words = found["what"].split()
        for end in range(len(words), 0, -1):
            for thing in things_in(" ".join(words[:end])):
                if any(is_called(thing, one.name) for one in shown):
                    return True
    return False


def _focused(earlier: Earlier, meant: Sequence[ShownProduct]) -> str:
    return next((one.product_id for one in meant if one.product_id == earlier.focus), meant[0].product_id)


def _brought_back(context: Context, earlier: Earlier, focus: str | None) -> Context:
    rest = tuple(one for one in context.earlier if one is not earlier)
    # What was wished of the later list was not wished of this one.
    context = replace(context, **{name: getattr(earlier, name) for name in OF_A_LIST}, earlier=(left(context), *rest))
    return replace(context, shown=earlier.products, focus=focus, compared=(), passed=())
