"""Labelled queries read from their file, and what was understood written the same way."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.search.understanding.found import Applied, Constraint, Op, Understanding, plain
from app.search.understanding.language.text import FUNCTION_WORDS

QUERIES = Path(__file__).with_name("queries.txt")
_SIGNS = {Op.EQ: "=", Op.IN: "=", Op.NOT: "!=", Op.LTE: "<=", Op.GTE: ">=", Op.NEAR: "~"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A query of a shop: the words that should be left, and every slot that should be found, written as in the file."""

    shop: str
    query: str
    text: str
    slots: frozenset[str]


def read_labels(path: Path = QUERIES) -> Iterator[Labelled]:
    shop = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            shop = line.strip("[]")
        elif line and not line.startswith("#"):
            query, text, slots = (part.strip() for part in (line + " ").split(" |"))
            said = {slot.strip().lower() for slot in slots.split(";") if slot.strip()}
            yield Labelled(shop, query, words_of(text), frozenset(_sorted(slot) for slot in said))


def slots_of(found: Understanding) -> frozenset[str]:
    """Everything that was understood, as the file writes it."""
    slots = {_slot(one) for one in found.constraints}
    return frozenset(slots | {f"sort={found.sort.value}"} if found.sort else slots)


def words_of(text: str) -> str:
    """The words that are compared: in lower case, without function words and signs at their ends."""
    words = (word.strip(".,;:!?()[]\"'") for word in text.lower().split())
    return " ".join(word for word in words if word and word not in FUNCTION_WORDS)


def _slot(one: Constraint) -> str:
    if one.field == "price" and one.applied is not Applied.FILTER and one.op is not Op.NEAR and not _said(one):
        return "cheap" if one.op is Op.LTE else "dear"
    field = "category" if one.field == "shop_category" else one.field
    return _sorted(f"{field}{_SIGNS[one.op]}{_value(one)}{' ' + one.currency if one.currency else ''}".lower())


def _said(one: Constraint) -> bool:
    """Whether the source names a number: a wish does not."""
    return bool(re.search(r"\d|hundred|thousand|twenty|fifty|two|five|\ba\b", one.source))


def _value(one: Constraint) -> str:
    if isinstance(one.value, tuple):
        return "/".join(sorted({_last_step(one.field, value) for value in one.value}))
    return _last_step(one.field, str(plain(one.value)))


def _last_step(field: str, value: str) -> str:
    return value.rsplit("/", 1)[-1] if field == "shop_category" else value


def _sorted(slot: str) -> str:
    """Alternatives in one order."""
    field, sign, values = _parts(slot)
    return f"{field}{sign}{'/'.join(sorted(values.split('/')))}"


def _parts(slot: str) -> tuple[str, str, str]:
    found = re.match(r"(\w+)(!=|<=|>=|=|~)(.*)$", slot)
    return (found[1], found[2], found[3]) if found else (slot, "", "")


def budgets(slots: Iterable[str]) -> set[str]:
    return {slot for slot in slots if slot.startswith("price")}
