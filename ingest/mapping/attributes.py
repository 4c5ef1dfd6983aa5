"""Specifications of a row, by the attribute rules of a mapping file."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ingest.mapping import values
from ingest.mapping.amounts import number
from ingest.mapping.columns import ABSENT, as_text, column, present
from ingest.mapping.file import AttributeRule, Table
from ingest.mapping.mistakes import ValueMistake
from ingest.mapping.rule import CompiledRule, separators, split
from shop.products.values import attribute_name

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_BETWEEN_PAIRS = ("|", ";", "\n")
_MOST_NUMBERED = 100
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}


class CompiledAttributes:
    """One attribute rule; `find` yields names and values, unnamed and empty ones left out."""

    def __init__(self, rule: AttributeRule, tables: Mapping[str, Table]) -> None:
        self._rule = rule
        self._inner = CompiledRule(rule.rule, tables, single=False) if rule.rule is not None else None
        self._object = column(rule.object or rule.list or rule.pairs)
        self._numbered = [
            (rule.numbered.replace("{n}", str(n)), rule.values.replace("{n}", str(n)))
            for n in range(1, _MOST_NUMBERED + 1)
        ]
        self._rename = {attribute_name(old): attribute_name(new) for old, new in rule.rename.items()}
        self._except = {attribute_name(name) for name in rule.except_}
        self._pairs_apart = separators(rule.split or _BETWEEN_PAIRS)
        self._split = separators(rule.split) if rule.split and not rule.pairs else None
        self._names: dict[str, str] = {}
        self._convert = self._conversion()

    def find(self, row: Mapping[str, Any], *, partial: bool) -> Iterator[tuple[str, Any]]:
        """(name, value) of each specification; in a change a value of None takes it away."""
        for raw_name, raw in self._pairs(row, partial):
            name = self._name(raw_name)
            if not name:
                continue
            value = present(raw)
            if value is None:
                if partial:
                    yield name, None
                continue
            try:
                yield name, self._value(value)
            except ValueMistake as mistake:
                raise ValueMistake(f"specification {name} {mistake}") from mistake

    def _pairs(self, row: Mapping[str, Any], partial: bool) -> Iterator[tuple[str, Any]]:
        rule = self._rule
        if self._inner is not None:
            found = self._inner.find(row, partial=partial)
            if found is not ABSENT:
                yield rule.name, found
        elif rule.prefix:
            start = len(rule.prefix)
            for key, value in row.items():
                if key.startswith(rule.prefix) and key not in rule.except_:
                    yield key[start:], value
        elif rule.numbered:
            for name, value in self._numbered:
                if present(row.get(name)) is not None:
                    yield as_text(row[name]), row.get(value)
        elif rule.pairs:
            yield from self._of_text(row)
        else:
            yield from self._of_object(row)

    def _of_object(self, row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        found = self._object(row)
        if found is ABSENT or found is None:
            return
        found = values.json_value(found)
        if self._rule.object and isinstance(found, dict):
            yield from ((str(key), value) for key, value in found.items())
        elif self._rule.list and isinstance(found, list):
            for item in found:
                if isinstance(item, dict) and self._rule.key in item:
                    yield as_text(item[self._rule.key]), item.get(self._rule.value_key)
        else:
            wanted = "an object" if self._rule.object else "a list of objects"
            raise ValueMistake(f"column {self._rule.object or self._rule.list} is not {wanted}")

    def _of_text(self, row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Names and values of a text; a name that comes again has all its values, a piece without a name is none."""
        text = self._object(row)
        if text is ABSENT or present(text) is None:
            return
        found: dict[str, list[str]] = {}
        for piece in split(as_text(text), self._pairs_apart):
            name, mark, value = piece.partition(self._rule.between)
            if mark and name.strip() and value.strip():
                found.setdefault(name.strip(), []).append(value.strip())
        for name, said in found.items():
            kept = list(dict.fromkeys(said))
            yield name, kept[0] if len(kept) == 1 else kept

    def _name(self, raw: str) -> str:
        """The stored name; empty for one that is left out. Remembered: feeds repeat their names."""
        name = self._names.get(raw)
        if name is None:
            stored = attribute_name(raw)
            name = "" if stored in self._except else self._rename.get(stored, stored)
            if len(self._names) < 100_000:
                self._names[raw] = name
        return name

    def _value(self, value: Any) -> Any:  # noqa: ANN401 - raw value
        if isinstance(value, dict):
            return value
        if not isinstance(value, list) and not (isinstance(value, str) and (self._rule.html or self._split)):
            return self._convert(value)
        items = value if isinstance(value, list) else [value]
        if self._rule.html:
            items = [values.without_html(item) if isinstance(item, str) else item for item in items]
        if self._split is not None:
            items = [part for item in items for part in split(item, self._split)]
        kept = [self._convert(item) for item in items if present(item) is not None]
        return kept[0] if len(kept) == 1 else kept

    def _conversion(self) -> Callable[[Any], Any]:
        decimal = self._rule.decimal or (self._rule.rule.decimal if self._rule.rule else "")
        match self._rule.as_:
            case "text":
                return as_text
            case "number":
                return lambda value: float(number(value, decimal))
            case "boolean":
                return values.boolean
            case "auto":
                return lambda value: _told(value, decimal)
            case _:
                return lambda value: value


def _told(value: Any, decimal: str) -> Any:  # noqa: ANN401 - raw value
    if not isinstance(value, str):
        return value
    word = value.strip()
    if word.lower() in _YES_NO:
        return _YES_NO[word.lower()]
    # "007" and "1,5" without a declared comma are codes or lists, not numbers.
    if _NUMBER.fullmatch(word) and not re.match(r"[+-]?0\d", word) and ("," not in word or decimal == ","):
        return float(number(word, decimal))
    return word
