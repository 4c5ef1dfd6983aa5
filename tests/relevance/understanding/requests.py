"""Requests to whole catalogues, read from their files, and whether what was understood is right.

A line: `request | what must be found | what may be found`. Each piece is `field=value{its words}`; `!=`, `<=`, `>=` and
`~` (around) stand for `=`, `a/b` for several values, ` or ` between pieces for either of them, `-{words}` for words
that say nothing. The words that are left are those of no piece, with or without the words of what may be found.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from app.search.understanding.found import Understanding
from tests.relevance.understanding.held_out import slots_right, wrong_budgets
from tests.relevance.understanding.labels import words_of

SETS = Path(__file__).with_name("sets")
_OPS = {"=": "eq", "!=": "not", "<=": "lte", ">=": "gte", "~": "near"}
_TWINS = {"retail-demo-store": "style", "eshop": "type"}
"""The attribute of a shop that says the same as its categories."""
_MANY = 10
"""Optional pieces of a request at most: every choice of them is tried."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request to a shop. `row`: its slots, as held-out queries have them; `sorts`: orders that are right."""

    shop: str
    query: str
    row: dict[str, Any]
    sorts: frozenset[str | None]
    pieces: tuple[tuple[str, ...], tuple[str, ...]]
    """The words of what must and of what may be found."""


def read_requests(name: str) -> Iterator[Request]:
    """The requests of a set."""
    shop = ""
    for line in (SETS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            shop = line.strip("[] ")
        elif line and not line.startswith("#"):
            yield _request(shop, *(part.strip() for part in (line + " ").split(" |")))


def right(request: Request, found: Understanding) -> bool:
    """Whether every slot and the order are right, none missing and none too many."""
    sort = found.sort.value if found.sort else None
    return slots_right(request.row, found) and sort in request.sorts


def budget_right(request: Request, found: Understanding) -> bool:
    """Whether every price is found and none invented."""
    return not wrong_budgets(request.row, found)


def text_right(request: Request, found: Understanding) -> bool:
    """Whether the words that are left are right as well."""
    must, may = request.pieces
    told = (*must, found.sort.source.lower()) if found.sort else must
    return words_of(found.text) in set(_texts(request.query, told, may))


def _request(shop: str, query: str, required: str, optional: str) -> Request:
    must, may = _pieces(required), _pieces(optional)
    sorts = {found[1] for piece in may if (found := re.match(r"sort=(\w+)", piece))}
    constraints, any_of = [], []
    for piece in must:
        slots = [_slot(part) for part in _bare(piece).split(" or ")]
        (constraints if len(slots) == 1 else any_of).append(slots if len(slots) > 1 else slots[0])
    known = [part for piece in may if piece[0] != "-" and "sort=" not in piece for part in _bare(piece).split(" or ")]
    optional = [_slot(part) for part in known]
    if twin := _TWINS.get(shop):
        optional += [{**slot, "field": twin} for slot in optional if slot["field"] == "category"]
    row = {"constraints": constraints, "any_of": any_of, "optional": optional, "sort": None}
    return Request(shop, query, row, frozenset(sorts or {None}), (_told(must), _told(may)))


def _pieces(text: str) -> list[str]:
    return [piece.strip() for piece in text.split(";") if piece.strip()]


def _bare(piece: str) -> str:
    return piece.partition("{")[0].strip()


def _told(pieces: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words for piece in pieces if (words := piece.partition("{")[2].rstrip("}"))))


def _slot(text: str) -> dict[str, Any]:
    found = re.fullmatch(r"(\w+)(!=|<=|>=|=|~)(.+?)(?: ([A-Z]{3}))?", text)
    assert found, text
    field, sign, said, currency = found.groups()
    values: list[Any] = [_value(value) for value in (said.split("/") if field not in ("category", "type") else [said])]
    if field == "price_words":
        return {"field": field, "op": "eq", "value": said}
    slot = {"field": field, "op": _OPS[sign], "value": values if len(values) > 1 else values[0]}
    return slot | ({"currency": currency} if currency else {})


def _value(text: str) -> object:
    return {"true": True, "false": False}.get(text, float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else text)


def _texts(query: str, must: tuple[str, ...], may: tuple[str, ...]) -> Iterator[str]:
    assert len(may) <= _MANY, query
    for count in range(len(may) + 1):
        for chosen in combinations(may, count):
            left = query.lower()
            for words in sorted({*must, *chosen}, key=len, reverse=True):
                left = re.sub(rf"(?<!\w){re.escape(words)}(?!\w)", " ", left, count=1)
            yield words_of(left)
