"""What was made of a search, so that its next page is a page of the same list, whoever answers it. Pure.

What words mean depends on the words of the catalogue as one process last read them, and a correction on its lexicon.
Another process, or the same one a minute later, may make something else of them. So the cursor takes along what the
first page was searched for. It is read as anything from outside is: whoever changes it gets no further than with
parameters of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from app.search.understanding.found import Applied, Constraint, Op, SortWish, Understanding, Value

MAX_CONSTRAINTS: Final = 100
MAX_TEXT: Final = 10_000
_HIGHEST: Final = Decimal(10) ** 15

Bound = Decimal | None


class NotKept(ValueError):
    """No value that `packed` made."""


@dataclass(frozen=True, slots=True)
class Kept:
    """`understood`: what the words were taken for in the end, None where nothing was to be made of them. `text`: the
    words that were typed, corrected, or empty; `mistyped`: the fingerprint of the search with the mistake. `any_word`,
    `also`: how constraints that left nothing were given up. `words_alone`: there was no vector to compare with."""

    understood: Understanding | None = None
    text: str = ""
    mistyped: str = ""
    any_word: bool = False
    also: str = ""
    words_alone: bool = False

    def packed(self) -> dict[str, Any]:
        """As JSON has it; what is as usual is left out."""
        found: dict[str, Any] = {
            "w": self.text,
            "m": self.mistyped,
            "o": self.any_word,
            "b": self.also,
            "l": self.words_alone,
        }
        if self.understood is not None:
            sort = self.understood.sort
            found |= {
                "t": self.understood.text,
                "c": [_constraint(one) for one in self.understood.constraints],
                "s": [sort.value, sort.source, sort.named] if sort else None,
                "n": list(self.understood.notes),
                "d": self.understood.otherwise,
            }
        return {name: value for name, value in found.items() if value or name == "t"}


def unpacked(raw: object) -> Kept:
    """What `packed` made. Raises NotKept for anything else."""
    took = _Taking(raw)
    kept = Kept(
        text=took.text("w"),
        mistyped=took.text("m"),
        any_word=took.flag("o"),
        also=took.text("b"),
        words_alone=took.flag("l"),
    )
    if "t" not in took.raw:
        return kept
    constraints = took.listed("c")
    if len(constraints) > MAX_CONSTRAINTS:
        raise NotKept
    sort = [_text(one) for one in took.listed("s")]
    if len(sort) not in (0, 2, 3):
        raise NotKept
    understood = Understanding(
        took.text("t"),
        tuple(_read_constraint(one) for one in constraints),
        SortWish(*sort) if sort else None,
        tuple(_text(one) for one in took.listed("n")),
        took.text("d"),
    )
    return replace(kept, understood=understood)


def _constraint(one: Constraint) -> dict[str, Any]:
    packed: dict[str, Any] = {
        "f": one.field,
        "o": one.op.value,
        "v": _plain(one.value),
        "s": one.source,
        "c": one.currency,
        "m": list(one.matches),
        "x": one.without,
        "i": [_plain(bound) for bound in one.within] if one.within else None,
        "a": "" if one.applied is Applied.FILTER else one.applied.value,
        "y": one.why,
        "w": one.words,
        "r": one.ranked,
        "e": one.exact_currency,
        "j": list(one.also_in),
        "b": list(one.but),
    }
    return {name: value for name, value in packed.items() if value or name == "v"}


def _read_constraint(raw: object) -> Constraint:
    took = _Taking(raw)
    within = took.listed("i")
    if len(within) not in (0, 2) or not took.text("f"):
        raise NotKept
    try:
        op, applied = Op(took.text("o")), Applied(took.text("a") or Applied.FILTER)
    except ValueError as error:
        raise NotKept from error
    return Constraint(
        field=took.text("f"),
        op=op,
        value=_value(took.raw.get("v")),
        source=took.text("s"),
        currency=took.text("c") or None,
        matches=tuple(_text(one) for one in took.listed("m")),
        without=took.flag("x"),
        within=(_bound(within[0]), _bound(within[1])) if within else None,
        applied=applied,
        why=took.text("y"),
        words=took.text("w"),
        ranked=took.flag("r"),
        exact_currency=took.flag("e"),
        also_in=tuple(_text(one) for one in took.listed("j")),
        but=tuple(_text(one) for one in took.listed("b")),
    )


def _plain(value: Value | None) -> Any:  # noqa: ANN401 - JSON
    """Numbers as objects, so that a text of digits stays a text."""
    if isinstance(value, Decimal):
        return {"n": str(value)}
    return list(value) if isinstance(value, tuple) else value


def _value(raw: object) -> Value:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, list):
        return tuple(_text(one) for one in raw)
    return _number(raw) if isinstance(raw, dict) else _text(raw)


def _bound(raw: object) -> Bound:
    return None if raw is None else _number(raw)


def _number(raw: object) -> Decimal:
    text = raw.get("n") if isinstance(raw, dict) and len(raw) == 1 else None
    try:
        number = Decimal(text) if isinstance(text, str) and len(text) <= 40 else Decimal("NaN")
    except InvalidOperation as error:
        raise NotKept from error
    if not number.is_finite() or abs(number) >= _HIGHEST:
        raise NotKept
    return number


def _text(raw: object) -> str:
    if not isinstance(raw, str) or len(raw) > MAX_TEXT or "\x00" in raw:
        raise NotKept
    return raw


class _Taking:
    """Takes members of an object by their kinds; absent ones are empty."""

    def __init__(self, raw: object) -> None:
        if not isinstance(raw, dict):
            raise NotKept
        self.raw: Mapping[str, Any] = raw

    def text(self, name: str) -> str:
        return _text(self.raw.get(name, ""))

    def flag(self, name: str) -> bool:
        value = self.raw.get(name, False)
        if not isinstance(value, bool):
            raise NotKept
        return value

    def listed(self, name: str) -> list[Any]:
        value = self.raw.get(name, [])
        if not isinstance(value, list):
            raise NotKept
        return value
