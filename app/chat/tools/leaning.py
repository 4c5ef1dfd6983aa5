"""Products in the order in which their records speak of what they should be like: bold ones first. Pure."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from app.chat.reading.tastes import Taste, pattern
from app.chat.wording import listed

_WORDS: Final = 3


def leaning(
    products: Sequence[Mapping[str, Any]], taste: Taste, seen: Collection[str], limit: int
) -> tuple[list[Mapping[str, Any]], str]:
    """One product a family, those first whose records have most of the words that the taste leans toward and least of
    those it leans away from, and what is told of that. What has words to lean away from alone is left out where
    something else is there. `seen`: ids of other variants of what was shown, of use where they are nearer to the taste;
    `limit`: how many are shown, of which alone something is told."""
    wanted, unwanted = pattern(taste.toward), pattern(taste.away)
    judged = []
    for product in products:
        text = _text(product)
        found, left = ({word.lower() for word in one.findall(text)} for one in (wanted, unwanted))
        if product["product_id"] not in seen or len(found) > len(left):
            judged.append((product, found, left))
    kept = [one for one in judged if one[1] or not one[2]] or judged
    kept = _one_each(sorted(kept, key=lambda one: (not one[1] or len(one[2]) > len(one[1]), len(one[2]) - len(one[1]))))
    words = list(dict.fromkeys(word for _, found, _ in kept[:limit] for word in sorted(found)))[:_WORDS]
    gone = sorted({word for _, found, left in judged if not found for word in left})[:_WORDS]
    if words:
        told = f"“{taste.said.capitalize()}”: first come those whose descriptions say {_quoted(words)}."
    elif gone and all(not left for _, _, left in kept):
        less = f"I left out those whose descriptions say {_quoted(gone)}"
        told = f"{less}; whether the rest is “{taste.said}”, the shop's data does not say."
    else:
        told = f"Whether any of these is “{taste.said}”, the shop's data does not say."
    return [product for product, _, _ in kept], told if kept and taste.said else ""


_Judged = tuple[Mapping[str, Any], set[str], set[str]]


def _one_each(judged: Sequence[_Judged]) -> list[_Judged]:
    """The first of each family."""
    kept: dict[str, _Judged] = {}
    for one in judged:
        kept.setdefault(one[0].get("parent_id") or one[0]["product_id"], one)
    return list(kept.values())


def _quoted(words: Sequence[str]) -> str:
    return listed([f"“{word}”" for word in words], "or")


def _text(product: Mapping[str, Any]) -> str:
    """All that a record says in words. Not for whom it is: words of ours for that are none of its own, and a thing for
    women is not "girly" by that."""
    specifications = dict(product.get("specifications") or {})
    values = [*specifications.values(), *(product.get("features") or ()), *(product.get("tags") or ())]
    said = [value for value in values if isinstance(value, str)]
    told = [str(product.get(name) or "") for name in ("name", "description")]
    return " . ".join([*told, *said])
