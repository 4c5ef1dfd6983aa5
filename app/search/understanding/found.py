"""What was understood of a text. Pure values."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

KINDS: Final = frozenset({"category", "shop_category"})
"""Fields that say what kind of thing it is."""


class Op(StrEnum):
    EQ = "eq"
    IN = "in"
    NOT = "not"
    LTE = "lte"
    GTE = "gte"
    NEAR = "near"


class Applied(StrEnum):
    """What a search makes of a constraint: every hit holds it; every hit holds it unless that leaves too few; or
    nothing, and `why` says why not."""

    FILTER = "filter"
    WISH = "wish"
    NO = "no"


Value = str | bool | Decimal | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Constraint:
    """One thing that the words ask for. `source`: the words. `matches`: the stored spellings that hold it, where it
    is about words, or with `without` those that must not be there. `within`: the least and the highest number that
    holds it, where it is about numbers. Prices are in main units."""

    field: str
    op: Op
    value: Value
    source: str
    currency: str | None = None
    matches: tuple[str, ...] = ()
    without: bool = False
    within: tuple[Decimal | None, Decimal | None] | None = None
    applied: Applied = Applied.FILTER
    why: str = ""
    words: str = ""
    """The words of a value that is asked for; products are ranked by them where no others are left."""
    ranked: bool = False
    """Whether products are ranked by its words, as not all of them hold it any more."""
    also_in: tuple[str, ...] = ()
    """Other attributes that say the same of other products: any of them may have it, or with `without` none."""
    but: tuple[str, ...] = ()
    """Categories below `matches` that only go with the thing: accessories of phones are no phones."""
    exact_currency: bool = False
    """Whether only prices in this currency hold it: where the catalogue has several, or nobody knows."""

    def as_json(self) -> dict[str, Any]:
        """`{field, op, value, source, applied}` with `currency` where one was said, `also_in` where other attributes
        say the same, `but` where categories below are left out, and `why` where there is one."""
        told: dict[str, Any] = {
            "field": self.field,
            "op": self.op.value,
            "value": plain(self.value),
            "source": self.source,
            "applied": self.applied.value,
        }
        if self.currency:
            told["currency"] = self.currency
        if self.also_in:
            told["also_in"] = list(self.also_in)
        if self.but:
            told["but"] = list(self.but)
        if self.why:
            told["why"] = self.why
        return told


@dataclass(frozen=True, slots=True)
class SortWish:
    """An order that the words ask for, by the name of the `sort` parameter. `named`: the word for the thing, where
    names tell what is one and no category does; empty else."""

    value: str
    source: str
    named: str = ""

    def as_json(self) -> dict[str, str]:
        return {"value": self.value, "source": self.source}


@dataclass(frozen=True, slots=True)
class Understanding:
    """`text`: the words that are left."""

    text: str
    constraints: tuple[Constraint, ...] = ()
    sort: SortWish | None = None
    notes: tuple[str, ...] = field(default=())
    """What could not be done as it was said: contradictions, another currency."""
    otherwise: str = ""
    """`text` with the names that this shop has for what it calls otherwise ("rucksack" where all are backpacks); empty
    where there is no such word."""

    @property
    def searched(self) -> str:
        """The words to rank by: those that are left, or where there are none, those of the values asked for."""
        asked_for = (c.words for c in self.constraints if c.words and (c.ranked or c.applied is not Applied.NO))
        return self.text or " ".join(asked_for)

    @property
    def holds_to_a_kind(self) -> bool:
        """Whether only things of a certain kind are searched, or those first of all: a category was named."""
        return any(c.field in KINDS and not c.without and c.applied is not Applied.NO for c in self.constraints)

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"text": self.text, "constraints": [c.as_json() for c in self.constraints]}
        if self.sort is not None:
            told["sort"] = self.sort.as_json()
        if self.notes:
            told["notes"] = list(self.notes)
        return told


def plain(value: Value) -> Any:  # noqa: ANN401 - JSON
    """The value as JSON has it: whole numbers as integers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return list(value) if isinstance(value, tuple) else value


def distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
