"""Rows of a file as events, as they would be sent: by the names of our fields, or through a mapping file."""

from collections.abc import Callable, Mapping
from typing import Any

from ingest.mapping import amounts, values
from ingest.mapping.columns import ABSENT, present
from ingest.mapping.file import MappingFile, Rule
from ingest.mapping.mapper import condition, expanded
from ingest.mapping.mistakes import ValueMistake
from ingest.mapping.rule import CompiledRule
from shop.events.document import CLASSES, TYPES
from shop.events.parts import Line

FIELDS_OF: Mapping[str, frozenset[str]] = {
    # An order of one line may be flat.
    name: frozenset(kind.model_fields) | (frozenset(Line.model_fields) if name == "order_placed" else frozenset())
    for name, kind in zip(TYPES, CLASSES, strict=True)
}
FIELDS = tuple(dict.fromkeys(name for kind in CLASSES for name in ("type", *kind.model_fields)))
_AS_THEY_ARE = frozenset({"items", "extra"})
_WHOLE_NUMBERS = frozenset({"quantity", "position", "results"})
_NUMBERS = frozenset({"price", "total", "seconds", "depth", "rating"})


class EventMappingFile(MappingFile):
    """A mapping file whose fields are those of events."""

    @classmethod
    def field_names(cls) -> tuple[str, ...]:
        return FIELDS


class EventRows:
    """Rows into events as they would be sent. Without a mapping, columns have the names of our fields.

    `texts`: the format knows only texts (CSV), so that lists and objects are JSON in a column.
    """

    def __init__(self, mapping: EventMappingFile | None, *, texts: bool = False) -> None:
        self._mapping = mapping
        self._texts = texts
        self._skip = [condition(test) for test in mapping.skip] if mapping else []
        self._rules: dict[str, tuple[CompiledRule, Callable[[Any], Any]]] = {}
        for name, rule in (mapping.fields if mapping else {}).items():
            single = name not in _AS_THEY_ARE
            self._rules[name] = (CompiledRule(rule, mapping.tables if mapping else {}, single=single), _as(name, rule))

    def events(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        """The events of one row: none where the mapping leaves it out. Raises ValueMistake."""
        if self._mapping is None:
            return [self._plain(row)]
        row = dict(row)
        for name in self._mapping.parse_json:
            if row.get(name) not in (None, ""):
                row[name] = values.json_value(row[name])
        rows = [row]
        for expansion in self._mapping.expand:
            rows = [part for whole in rows for part in expanded(whole, expansion)]
        return [self._mapped(part) for part in rows if not any(skips(part) for skips in self._skip)]

    def unseen(self) -> list[str]:
        """Fields whose columns no row has had: most likely misspelt in the mapping file."""
        return [name for name, (rule, _) in self._rules.items() if not rule.seen and rule.rule.default is None]

    def _plain(self, row: dict[str, Any]) -> dict[str, Any]:
        found = {name: value for name, raw in row.items() if (value := present(raw)) is not None}
        if self._texts:
            for name in _AS_THEY_ARE & found.keys():
                found[name] = values.json_value(found[name])
        return found

    def _mapped(self, row: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, (rule, convert) in self._rules.items():
            try:
                value = rule.find(row, partial=False)
                if value is not ABSENT and value is not None:
                    found[name] = convert(value)
            except ValueMistake as mistake:
                raise ValueMistake(f"{name} {mistake}") from mistake
        # One mapping serves rows of several types: what a type has no field for is not of it.
        fields = FIELDS_OF.get(found.get("type", ""))
        return found if fields is None else {name: value for name, value in found.items() if name in fields}


def _as(name: str, rule: Rule) -> Callable[[Any], Any]:
    if name in _AS_THEY_ARE:
        return lambda value: value
    if name == "timestamp":
        return lambda value: values.moment(value, rule.date)
    if name == "consent":
        return values.boolean
    if name in _NUMBERS:
        return lambda value: amounts.number(value, rule.decimal) * rule.scale
    if name in _WHOLE_NUMBERS:
        return lambda value: values.integer(amounts.number(value, rule.decimal) * rule.scale)
    return lambda value: values.text(value).strip()
