"""What a language model is told of a shopper and the candidates, and what is taken from its answer. Pure.

Nothing of the answer is believed: ids that are no candidates are dropped, reasons are kept only where they say nothing
that would have to be true.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from app.llm.service import AnswerUnusable, plain
from app.recommend.contract import Did, Interaction

PICKS: Final = 8
MAX_CANDIDATES: Final = 50
OWN_WEIGHTS: Final[Mapping[Did, float]] = {Did.LOOKED: 3.0, Did.CART: 5.0, Did.BOUGHT: 8.0}
EVERYONES_WEIGHTS: Final[Mapping[Did, float]] = {Did.LOOKED: 2.0, Did.CART: 3.0, Did.BOUGHT: 5.0}
"""Weights of S4.2: a look counts less than a cart, a cart less than a purchase; the shopper's own count more."""
_FORGOTTEN: Final = 0.97
_NAME: Final = 120
_REASON: Final = 200
_ANSWER: Final = 20_000
SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "picks": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "score": {"type": "integer"},
                    "reason": {"type": "string"},
                    "because": {"type": "array", "items": {"type": "string"}},
                },
                "required": ["id", "score", "reason", "because"],
            },
        }
    },
    "required": ["picks"],
}
# What a reason may not say: figures, links, marks of structure, what others did, promises.
_UNFIT: Final = re.compile(
    r"\d|https?:|www\.|@|[<>{}\[\]|\\$€£%]|\b(?:discount|free|sale|cheap(?:er|est)?|best.?sell|guarantee|stock|deliver\w*"
    r"|shipping|star|rated|rating|review\w*|customers?|shoppers|people|everyone|others|percent)\b",
    re.IGNORECASE,
)
_CLAIMS: Final = {
    Did.BOUGHT: re.compile(
        r"\byou(?:'ve| have)?(?: \w+)? (?:bought|purchased|ordered|own)\b|\byour (?:purchase|order)", re.I
    ),
    Did.CART: re.compile(r"\b(?:your|the) (?:cart|basket)\b", re.I),
    Did.LOOKED: re.compile(r"\byou(?:'ve| have)?(?: \w+)? (?:viewed|looked|seen|browsed|visited)\b", re.I),
}


@dataclass(frozen=True, slots=True)
class Item:
    """A product as the model is told of it. `price`: in main units."""

    product_id: str
    name: str
    category: str = ""
    brand: str = ""
    price: float | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """A candidate that was chosen. `score`: 0 to 100. `reason`: fit to be shown, or empty. `because`: a product of the
    shopper's own history, or empty."""

    product_id: str
    score: float
    reason: str = ""
    because: str = ""


def weighed(history: Sequence[Interaction], weights: Mapping[Did, float]) -> dict[str, tuple[float, dict[Did, int]]]:
    """Weight and counts by product, the heaviest first. `history`: oldest first; each later event makes those before
    it count 3 % less."""
    found: dict[str, tuple[float, dict[Did, int]]] = {}
    for age, done in enumerate(reversed(history)):
        weight, counts = found.get(done.product_id, (0.0, {}))
        counts[done.did] = counts.get(done.did, 0) + 1
        found[done.product_id] = (weight + weights[done.did] * _FORGOTTEN**age, counts)
    return dict(sorted(found.items(), key=lambda one: (-one[1][0], one[0])))


def material(
    own: Sequence[Interaction],
    everyone: Sequence[Interaction],
    candidates: Iterable[Item],
    known: Mapping[str, Item],
) -> str:
    """The JSON that the model is given. `known`: the products of the histories; those that are gone are left out."""
    listed = {
        "own": _told(weighed(own, OWN_WEIGHTS), known),
        "everyone": _told(weighed(everyone, EVERYONES_WEIGHTS), known),
        "candidates": [_item(item) for item in candidates],
    }
    return orjson.dumps(listed).decode()


def _told(found: Mapping[str, tuple[float, Mapping[Did, int]]], known: Mapping[str, Item]) -> list[dict[str, Any]]:
    return [
        {**_item(known[product_id]), **{did.value: n for did, n in counts.items()}, "weight": round(weight, 1)}
        for product_id, (weight, counts) in found.items()
        if product_id in known
    ]


def _item(item: Item) -> dict[str, Any]:
    told = {"id": item.product_id, "name": _short(item.name), "category": _short(item.category)}
    if item.brand:
        told["brand"] = _short(item.brand)
    return told | ({"price": item.price, "currency": item.currency} if item.price is not None else {})


def _short(text: str) -> str:
    return plain(text)[:_NAME].strip()


def read_picks(answer: str, candidates: Mapping[str, Item], own: Sequence[Interaction]) -> list[Pick]:
    """At most PICKS, best first, each a candidate, none twice. Raises AnswerUnusable where there is none."""
    done: dict[str, set[Did]] = {}
    for one in own:
        done.setdefault(one.product_id, set()).add(one.did)
    names = [item.name for item in candidates.values()]
    found: dict[str, Pick] = {}
    for place, raw in enumerate(_picks(answer)):
        product_id = raw.get("id")
        product_id = str(product_id) if isinstance(product_id, str | int) else ""
        if product_id not in candidates or product_id in found:
            continue
        because = raw.get("because")
        named = (
            [each for each in because if isinstance(each, str) and each in done] if isinstance(because, list) else []
        )
        score = _score(raw.get("score"), place)
        reason = _reason(raw.get("reason"), done, names, candidates[product_id].name)
        found[product_id] = Pick(product_id, score, reason, named[0] if named else "")
    if not found:
        raise AnswerUnusable("the model named none of the candidates")
    return sorted(found.values(), key=lambda pick: -pick.score)[:PICKS]


def _picks(answer: str) -> list[dict[str, Any]]:
    """The objects of the answer: of its list where it is JSON, else every whole one that can be found in it."""
    text = answer[:_ANSWER]
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return _salvaged(text)
    if isinstance(parsed, dict):
        parsed = parsed.get("picks")
    return [one for one in parsed if isinstance(one, dict)] if isinstance(parsed, list) else []


def _salvaged(text: str) -> list[dict[str, Any]]:
    """Of an answer that was cut, or has words around it."""
    decoder, found = json.JSONDecoder(), []
    for start in (match.start() for match in re.finditer(r"\{\s*\"", text)):
        try:
            one, _ = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(one, dict) and "id" in one:
            found.append(one)
        elif isinstance(one, dict) and isinstance(one.get("picks"), list):
            return [each for each in one["picks"] if isinstance(each, dict)]
    return found


def _score(value: object, place: int) -> float:
    """Between 0 and 100; by its place where the model gave none."""
    if isinstance(value, str):
        try:
            value = float(value.strip().removesuffix("%"))
        except ValueError:
            value = None
    if isinstance(value, int) and not isinstance(value, bool):
        return float(min(100, max(0, value)))  # a whole number may be too large for a float
    if not isinstance(value, float) or not math.isfinite(value):
        return max(1.0, 80.0 - 5 * place)
    return min(100.0, max(0.0, value))


def _reason(value: object, done: Mapping[str, set[Did]], names: Iterable[str], own_name: str) -> str:
    """The model's sentence, if it says nothing that nobody could check; else nothing."""
    if not isinstance(value, str):
        return ""
    text = " ".join(plain(value).split())
    if not 8 <= len(text) <= _REASON or _UNFIT.search(text.replace(own_name, "")):
        return ""
    if any(
        claim.search(text) and not any(did in all_done for all_done in done.values()) for did, claim in _CLAIMS.items()
    ):
        return ""
    # The name of another candidate: nobody knows what is said of it.
    if any(name in text for name in names if name and name != own_name and name not in own_name):
        return ""
    return text if text[-1] in ".!" else f"{text}."
