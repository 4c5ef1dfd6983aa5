"""A mapping applied to rows: the values of our fields, or what is wrong with them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from ingest.mapping import amounts, values
from ingest.mapping.attributes import CompiledAttributes
from ingest.mapping.columns import ABSENT, Getter, as_text, column
from ingest.mapping.file import FIELDS, SPECIFICATIONS, Condition, Expansion, MappingFile, Rule
from ingest.mapping.mistakes import ValueMistake
from ingest.mapping.names import USUAL
from ingest.mapping.rule import CompiledRule, separators, split

LISTS = frozenset({"images", "tags", "occasions", "features", "categories", "identifiers"})
_ENUMERATIONS = frozenset({"category", "target_gender", "target_age"})


@dataclass(slots=True)
class Mapped:
    """What a row says of our fields. `problems`: sentences, one for each value that is not what it should be."""

    fields: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


class Mapper:
    """A mapping file, ready to be applied to many rows. Not for several threads at once.

    `currency`: of prices for which neither the mapping nor the price itself names one. `optional`: columns that
    never come are nothing to warn of.
    """

    def __init__(self, mapping: MappingFile, currency: str = "USD", *, optional: bool = False) -> None:
        self._currency = currency
        self._optional = optional
        self._opened = mapping.parse_json
        self._expansions = mapping.expand
        self._skip = [(column(test.column), condition(test)) for test in mapping.skip]
        self._deleted = column(mapping.deleted)
        self._rules = {
            name: CompiledRule(rule, mapping.tables, single=name not in LISTS) for name, rule in mapping.fields.items()
        }
        self._attributes = [CompiledAttributes(rule, mapping.tables) for rule in mapping.specifications]
        self._converters = {name: self._converter(name, rule.rule) for name, rule in self._rules.items()}

    def open(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows that one row of the feed stands for: JSON columns opened, lists expanded.

        Raises ValueMistake for a JSON column that is none.
        """
        if self._opened:
            row = dict(row)
            for name in self._opened:
                if row.get(name) not in (None, ""):
                    try:
                        row[name] = values.json_value(row[name])
                    except ValueMistake as mistake:
                        raise ValueMistake(f"column {name}: {mistake}") from mistake
        rows = [row]
        for expansion in self._expansions:
            rows = [part for whole in rows for part in expanded(whole, expansion)]
        return rows

    def skips(self, row: Mapping[str, Any], *, partial: bool = False) -> bool:
        """Whether the mapping leaves this row out. A `partial` row says nothing of columns that it lacks."""
        return any(test(row) and not (partial and get(row) is ABSENT) for get, test in self._skip)

    def deletes(self, row: Mapping[str, Any]) -> bool:
        """Whether the row says that its product is gone."""
        mark = self._deleted(row)
        return mark is not ABSENT and mark is not None and values.boolean(mark)

    def product_id(self, row: Mapping[str, Any]) -> str:
        """The row's product id as far as it can be told, for messages."""
        try:
            found = self._rules["product_id"].find(row, partial=False) if "product_id" in self._rules else ""
        except ValueMistake:
            return ""
        return "" if found is ABSENT or found is None else as_text(found)[:200]

    def apply(self, row: Mapping[str, Any], *, partial: bool = False) -> Mapped:
        """The row's values by our field names. In a `partial` row, fields of which the feed says nothing are not
        there, and those that it gives as null are None."""
        result = Mapped()
        for name, rule in self._rules.items():
            try:
                found = rule.find(row, partial=partial)
                if found is ABSENT:
                    continue
                if found is not None:
                    result.fields[name] = self._converters[name](found)
                elif partial and _is_null(rule, row):
                    result.fields[name] = None
            except ValueMistake as mistake:
                result.problems.append(f"{name} {mistake}")
        self._money(result.fields, partial)
        if self._attributes:
            self._specify(row, result, partial)
        return result

    def unseen(self) -> list[str]:
        """Fields whose columns no row has had so far: most likely misspelt in the mapping file."""
        if self._optional:
            return []
        return [n for n, rule in self._rules.items() if not rule.seen and rule.rule.default is None]

    def _money(self, fields: dict[str, Any], partial: bool) -> None:
        price = fields.get("price")
        named = ""
        if isinstance(price, amounts.Money):
            fields["price"], named = price
        # A change of the price alone leaves the currency as it is.
        if fields.get("currency") is None and (named or not partial):
            fields["currency"] = named or self._currency

    def _specify(self, row: Mapping[str, Any], result: Mapped, partial: bool) -> None:
        found: dict[str, Any] = {}
        for rule in self._attributes:
            try:
                for name, value in rule.find(row, partial=partial):
                    found[name] = _joined(found[name], value) if name in found else value
            except ValueMistake as mistake:
                result.problems.append(str(mistake))
        if found:
            result.fields[SPECIFICATIONS] = found

    def _converter(self, name: str, rule: Rule) -> Callable[[Any], Any]:
        decimal, scale = rule.decimal, rule.scale
        if name == "price":

            def price(value: Any) -> amounts.Money:  # noqa: ANN401 - raw value
                amount, currency = amounts.money(value, decimal, self._currency)
                return amounts.Money(amount * scale, currency)

            return price
        if name == "currency":
            return lambda value: amounts.currency(values.text(value), self._currency)
        if name in ("rating", "margin"):
            return lambda value: float(amounts.number(value, decimal) * scale)
        if name in ("review_count", "stock_quantity"):
            return lambda value: values.integer(amounts.number(value, decimal) * scale)
        if name == "in_stock":
            return values.boolean
        if name in ("created_at", "updated_at"):
            return lambda value: values.moment(value, rule.date)
        if name in LISTS:
            return values.paths if name == "categories" else values.texts
        if name in _ENUMERATIONS:
            return lambda value: values.named(values.text(value), USUAL.get(name, {}))
        return lambda value: values.text(value).strip()


def _is_null(rule: CompiledRule, row: Mapping[str, Any]) -> bool:
    """Whether the feed says null; an empty text only says nothing."""
    return any(path in row and row[path] is None for path in (*rule.rule.from_, *rule.rule.collect))


def _joined(first: Any, second: Any) -> Any:  # noqa: ANN401 - attribute values
    """Two columns of one name: both values, each once."""
    if first is None or second is None:
        return second if first is None else first
    both = [*(first if isinstance(first, list) else [first]), *(second if isinstance(second, list) else [second])]
    kept: list[Any] = []
    for value in both:
        # 1 == True in Python, but not in a catalogue.
        if not any(value == other and type(value) is type(other) for other in kept):
            kept.append(value)
    return kept[0] if len(kept) == 1 else kept


def expanded(row: dict[str, Any], expansion: Expansion) -> Iterator[dict[str, Any]]:
    found = column(expansion.column)(row)
    if found is ABSENT or found is None:
        yield row
        return
    if expansion.parse_json:
        found = values.json_value(found)
    if isinstance(found, dict):
        found = list(found)
    items = found if isinstance(found, list) else [found]
    if expansion.split:
        marks = separators(expansion.split)
        items = [part for item in items for part in split(item, marks)]
    if not items:
        yield row
    for item in items:
        yield {**row, expansion.into: item}


def condition(test: Condition) -> Callable[[Mapping[str, Any]], bool]:
    get: Getter = column(test.column)
    wanted = {word.strip().casefold() for word in test.is_ or ()}
    unwanted = {word.strip().casefold() for word in test.is_not or ()}

    def holds(row: Mapping[str, Any]) -> bool:
        value = get(row)
        blank = value is ABSENT or value is None
        word = "" if blank else as_text(value).strip().casefold()
        return (
            (test.is_ is None or word in wanted)
            and (test.is_not is None or word not in unwanted)
            and (test.matches is None or fnmatchcase(word, test.matches.casefold()))
            and (test.empty is None or blank == test.empty)
        )

    return holds


def identity(*, split_texts: bool) -> MappingFile:
    """The mapping of a feed whose columns have the names of our fields.

    `split_texts`: the format knows no lists (CSV), so that "a;b" and "a|b" are lists, and JSON text is opened.
    """
    marks = [";", "|"] if split_texts else []
    rules: dict[str, Any] = {
        name: {"from": name, "split": marks} if name in LISTS else {"from": name}
        for name in FIELDS
        if name != SPECIFICATIONS
    }
    specifications = [{"object": SPECIFICATIONS, "as": "auto" if split_texts else "as_is"}]
    return MappingFile.model_validate({"fields": rules, "specifications": specifications})
