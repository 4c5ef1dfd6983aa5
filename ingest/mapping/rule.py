"""One rule of a mapping file, ready to be applied to rows."""

import re
from collections.abc import Mapping, Sequence
from fnmatch import translate
from typing import Any

from ingest.mapping import values
from ingest.mapping.columns import ABSENT, Getter, all_of, as_text, column, first_of, present, template
from ingest.mapping.file import Rule, Table

_MAX_REMEMBERED = 50_000


class ValueMap:
    """Values by exact text first, then by the patterns in order; case and outer spaces do not matter."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._exact: dict[str, Any] = {}
        self._patterns: list[tuple[re.Pattern[str], Any]] = []
        for table in tables:
            for key, value in table.items():
                word = as_text(key).strip().casefold()
                if "*" in word:
                    self._patterns.append((re.compile(translate(word.replace("[", "[[]").replace("?", "[?]"))), value))
                else:
                    self._exact.setdefault(word, value)
        self._remembered: dict[str, Any] = {}

    def find(self, value: object) -> Any:  # noqa: ANN401 - our value, or ABSENT
        """Our value; ABSENT where the map has none."""
        word = as_text(value).strip().casefold()
        if word in self._exact:
            return self._exact[word]
        if not self._patterns:
            return ABSENT
        if word not in self._remembered:
            if len(self._remembered) >= _MAX_REMEMBERED:
                self._remembered.clear()
            found = (ours for pattern, ours in self._patterns if pattern.match(word))
            self._remembered[word] = next(found, ABSENT)
        return self._remembered[word]


class CompiledRule:
    """A rule applied to a row: `find` (the column), then `prepare` (up to, not including, the field's own type).

    `single`: the field takes one value; of a list, the first that the map knows is taken, or the first.
    """

    def __init__(self, rule: Rule, tables: Mapping[str, Table], *, single: bool) -> None:
        self.rule = rule
        self.seen = not (rule.from_ or rule.collect or rule.template)
        self._constant = rule.value is not None
        self._single = single
        self._get = _getter(rule)
        self._map = _value_map(rule, tables)
        self._split = separators(rule.split) if rule.split else None
        self._plain = not (
            rule.parse_json or rule.html or rule.split or rule.map is not None or rule.format or rule.max_length
        )

    def find(self, row: Mapping[str, Any], *, partial: bool) -> Any:  # noqa: ANN401 - raw value
        """The prepared value: ABSENT if the feed does not speak of it, None if it is empty.

        `partial`: constants and defaults are for whole products, not for changes.
        """
        if self._constant:
            return ABSENT if partial else self.rule.value
        found = self._get(row)
        if found is not ABSENT:
            self.seen = True
            if found is not None and not self._plain:
                found = self._prepare(found)
            if self._single and isinstance(found, list):
                found = found[0] if found else None
        if (found is ABSENT or found is None) and self.rule.default is not None:
            return ABSENT if partial else self.rule.default
        return found

    def _prepare(self, value: Any) -> Any:  # noqa: ANN401 - raw value
        if self.rule.parse_json:
            value = present(values.json_value(value))
        if isinstance(value, dict):
            return value
        items = value if isinstance(value, list) else [value]
        if self.rule.html:
            items = [values.without_html(item) if isinstance(item, str) else item for item in items]
        listed = isinstance(value, list)
        if self._split is not None:
            items = [part for item in items for part in split(item, self._split)]
            listed = True
        if self._map is not None:
            items = self._mapped(self._map, items)
        if self.rule.format:
            items = [self.rule.format.replace("{value}", as_text(item)) for item in items if item is not None]
        if self.rule.max_length:
            items = [i[: self.rule.max_length].rstrip() if isinstance(i, str) else i for i in items]
        if listed:
            return items
        return items[0] if items else None

    def _mapped(self, table: ValueMap, items: list[Any]) -> list[Any]:
        pairs = [(item, table.find(item)) for item in items]
        if self._single and len(pairs) > 1:
            known = [pair for pair in pairs if pair[1] is not ABSENT and pair[1] is not None]
            pairs = known[:1] or pairs[:1]
        otherwise = self.rule.has_else
        found = [(self.rule.else_ if otherwise else item) if ours is ABSENT else ours for item, ours in pairs]
        return [item for item in found if item is not None]


def split(value: Any, separators: re.Pattern[str]) -> list[Any]:  # noqa: ANN401 - raw value
    """A text's parts without outer spaces and empty ones; anything else as a list of itself."""
    if not isinstance(value, str):
        return [value]
    return [part for piece in separators.split(value) if (part := piece.strip())]


def separators(marks: Sequence[str]) -> re.Pattern[str]:
    """A pattern that finds any of the marks."""
    return re.compile("|".join(re.escape(mark) for mark in marks))


def _value_map(rule: Rule, tables: Mapping[str, Table]) -> ValueMap | None:
    if rule.map is None:
        return None
    return ValueMap([rule.map] if isinstance(rule.map, dict) else [tables[name] for name in rule.map])


def _getter(rule: Rule) -> Getter:
    if rule.template:
        return template(rule.template)
    if rule.collect:
        return all_of([column(path) for path in rule.collect])
    return column(rule.from_[0]) if len(rule.from_) == 1 else first_of([column(path) for path in rule.from_])
