"""Filters of a search: which there are, how a caller names them, what is wrong with them. Pure.

A filter is known by one name everywhere: as a query parameter, in a POST body and as a facet. Any attribute of the
catalogue is a filter under its own name, or as `attr.<name>` where that name means something else here (`attr.size`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from app.search.spans import SpanFilter, parse_span
from es.mappings import products as fields
from shop.products.reader import CatalogueFacts
from shop.products.stored import attribute_text
from shop.products.values import AgeGroup, Category, Gender, PriceRange, attribute_name

MAX_FILTER_VALUES: Final = 100
MAX_VALUES_IN_ALL: Final = 500
MAX_VALUE_LENGTH: Final = 512
ATTRIBUTE_PREFIX: Final = "attr."
NOT_PREFIX: Final = "not_"
WORDS: Final = "words"
"""What `not_words` leaves out: words, wherever a product says what it is."""


@dataclass(frozen=True, slots=True)
class WordFilter:
    """One of `values`, upper and lower case being the same."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RangeFilter:
    """At least `gte` and at most `lte`, both included; None leaves that side open. Prices in main units."""

    name: str
    gte: Decimal | None = None
    lte: Decimal | None = None


@dataclass(frozen=True, slots=True)
class FlagFilter:
    """Exactly this truth value."""

    name: str
    value: bool


@dataclass(frozen=True, slots=True)
class NotFilter:
    """None of `values`; products that have no value at all pass. `of`: the filter that it turns round, or `words`:
    then no name, attribute, tag or feature may hold the words. Its own name is no facet's, so it is no selection."""

    of: str
    values: tuple[str, ...]

    @property
    def name(self) -> str:
        return NOT_PREFIX + self.of


Filter = WordFilter | RangeFilter | FlagFilter | SpanFilter | NotFilter


@dataclass(frozen=True, slots=True)
class WordField:
    """A filter by words: its field and, for a closed list, the values there are."""

    field: str
    description: str
    choices: type[StrEnum] | None = None
    any_case: bool = True


WORD_FIELDS: Final[dict[str, WordField]] = {
    "category": WordField(fields.CATEGORY, "Category.", Category, any_case=False),
    "shop_category": WordField(fields.SHOP_CATEGORY, 'The shop\'s own category path or an ancestor of it: "Men/Tops".'),
    "brand": WordField(fields.BRAND_KEY, "Brand; upper and lower case are the same.", any_case=False),
    "gender": WordField(fields.GENDER, "Whom the product is made for.", Gender, any_case=False),
    "age": WordField(fields.AGE, "Age group that the product is made for.", AgeGroup, any_case=False),
    "occasion": WordField(fields.OCCASIONS, "Occasion such as birthday."),
    "tags": WordField(fields.TAGS, "Tag of the product."),
    "price_range": WordField(
        fields.PRICE,
        "Named price range: budget under 25, affordable to 100, moderate to 500, premium to 2000, luxury above.",
        PriceRange,
    ),
    "currency": WordField(fields.CURRENCY, "Currency of the price, such as USD."),
    "group_id": WordField(fields.GROUP_ID, "Family whose variants are wanted."),
}

RANGE_FIELDS: Final[dict[str, str]] = {"price": fields.PRICE, "rating": fields.RATING}
HIGHEST: Final[dict[str, int]] = {"price": 10**12, "rating": 5}
"""Highest bound of each range; the lowest is 0."""
FLAG_FIELDS: Final[dict[str, str]] = {"in_stock": fields.IN_STOCK}
ALIASES: Final = {"colour": "color", "tag": "tags", "occasions": "occasion"}

BUILT_IN: Final = (*WORD_FIELDS, *RANGE_FIELDS, *FLAG_FIELDS)


def canonical(name: str) -> str:
    """The name under which a filter or facet is known: aliases resolved, attributes in their stored form."""
    name = name.strip()
    if name.startswith(ATTRIBUTE_PREFIX):
        stored = attribute_name(name.removeprefix(ATTRIBUTE_PREFIX))
        return ATTRIBUTE_PREFIX + stored if stored in _RESERVED else stored
    name = ALIASES.get(name, name)
    return name if name in BUILT_IN else attribute_name(name)


# Attribute names that mean something else as a parameter; reached as attr.<name>.
_RESERVED: Final = frozenset(BUILT_IN) | {
    "q", "facets", "facet_size", "sort", "page", "size", "cursor", "mode", "fusion", "explain", "correct", "filters",
    "session_id", "group", "device", "segment",
    "understand", "relax", "keep_words", WORDS,
}  # fmt: skip


def attribute_of(name: str) -> str:
    """The stored attribute that a canonical filter name stands for."""
    return name.removeprefix(ATTRIBUTE_PREFIX)


def filter_names(facts: CatalogueFacts | None) -> list[str]:
    """Every filter there is, built-in ones first, then attributes by how many products have them."""
    ranges = [f"{side}_{name}" for name in RANGE_FIELDS for side in ("min", "max")]
    return [*WORD_FIELDS, *ranges, *FLAG_FIELDS, *attribute_filters(facts)]


def attribute_filters(facts: CatalogueFacts | None) -> list[str]:
    """The names by which the catalogue's attributes are asked for, those of most products first."""
    return [attribute_parameter(attribute) for attribute in (facts.attributes if facts else {})]


def attribute_parameter(attribute: str) -> str:
    """The name by which an attribute is asked for: its own, or attr.<name> where that means something else."""
    return ATTRIBUTE_PREFIX + attribute if _means_else(attribute) else attribute


def _means_else(attribute: str) -> bool:
    """Whether the plain name, as a parameter, is not the attribute."""
    return attribute in _RESERVED or attribute in ALIASES or attribute.startswith(("min_", "max_", NOT_PREFIX))


def parse_filters(
    raw: Mapping[str, Sequence[object] | object], facts: CatalogueFacts | None
) -> tuple[tuple[Filter, ...], list[tuple[str, str]]]:
    """Filters from names and raw values, with every problem found as (parameter, message).

    A value may be a list, a single value, or for ranges an object with `min` and `max`; `min_<name>` and
    `max_<name>` are the same in query parameters. Without `facts` any attribute name is taken.
    """
    errors: list[tuple[str, str]] = []
    bounds: dict[str, dict[str, Decimal]] = {}
    parsed: list[Filter] = []
    for key, value in raw.items():
        values = list(value) if isinstance(value, list | tuple) else [value]
        side, name = _side(key)
        if side:
            _add_bound(bounds, key, name, side, values, facts, errors)
        elif len(values) == 1 and isinstance(values[0], Mapping):
            parsed += _object_filter(bounds, key, values[0], facts, errors)
        elif key.startswith(NOT_PREFIX):
            parsed += _not_filter(key, canonical(key.removeprefix(NOT_PREFIX)), values, facts, errors)
        elif (found := _value_filter(key, canonical(key), values, facts, errors)) is not None:
            parsed.append(found)
    parsed = _one_a_name(parsed)
    if (count := sum(_values_of(f) for f in parsed)) > MAX_VALUES_IN_ALL:
        errors.append(
            ("filters", f"All filters have {count} values together; at most {MAX_VALUES_IN_ALL} are allowed.")
        )
    for name, sides in bounds.items():
        low, high = sides.get("min"), sides.get("max")
        if low is not None and high is not None and low > high:
            errors.append((f"min_{name}", f"min_{name} ({low}) is above max_{name} ({high}); swap them."))
        parsed.append(RangeFilter(name, low, high))
    return tuple(parsed), errors


def _object_filter(
    bounds: dict[str, dict[str, Decimal]],
    key: str,
    parts: Mapping[str, object],
    facts: CatalogueFacts | None,
    errors: list[tuple[str, str]],
) -> list[Filter]:
    """`{"min": .., "max": ..}` adds to `bounds`; `{"not": [..]}` is a filter."""
    found: list[Filter] = []
    for part, value in parts.items():
        if part in ("min", "max"):
            _add_bound(bounds, f"{key}.{part}", canonical(key), part, [value], facts, errors)
        elif part == "not":
            found += _not_filter(key, canonical(key), value, facts, errors)
        else:
            errors.append((key, f'{key}: a range has "min" and "max", not "{part}"; "not" leaves values out.'))
    return found


def _not_filter(
    key: str, name: str, raw: object, facts: CatalogueFacts | None, errors: list[tuple[str, str]]
) -> list[Filter]:
    values = list(raw) if isinstance(raw, list | tuple) else [raw]
    if name in FLAG_FIELDS:
        errors.append((key, f"{key}: use {name}=true or {name}=false."))
        return []
    if name == WORDS:
        words = [word for value in values if (word := _word(value))]
        if problem := _words_problem(key, name, values, words):
            errors.append((key, problem))
            return []
        return [NotFilter(name, tuple(dict.fromkeys(words)))]
    found = _value_filter(key, name, values, facts, errors)
    if isinstance(found, WordFilter):
        return [NotFilter(name, found.values)]
    if found is not None:
        errors.append((key, f"{key}: ranges cannot be left out; use min_{name} and max_{name}."))
    return []


def _one_a_name(parsed: Sequence[Filter]) -> list[Filter]:
    """Two spellings of a name (color, colour) are one filter: any of all their values."""
    words: dict[str, WordFilter] = {}
    spans: dict[str, SpanFilter] = {}
    for given in parsed:
        if isinstance(given, SpanFilter):
            known = spans[given.name].spans if given.name in spans else ()
            spans[given.name] = SpanFilter(given.name, tuple(dict.fromkeys([*known, *given.spans])))
        if isinstance(given, WordFilter):
            before = words[given.name].values if given.name in words else ()
            words[given.name] = WordFilter(given.name, tuple(dict.fromkeys([*before, *given.values])))
    return [*words.values(), *spans.values(), *(given for given in parsed if isinstance(given, FlagFilter | NotFilter))]


def _values_of(given: Filter) -> int:
    return len(given.values) if isinstance(given, WordFilter | NotFilter) else len(getattr(given, "spans", ()))


def _side(key: str) -> tuple[str, str]:
    for side in ("min", "max"):
        if key.startswith(side + "_"):
            return side, canonical(key.removeprefix(side + "_"))
    return "", ""


def _add_bound(
    bounds: dict[str, dict[str, Decimal]],
    key: str,
    name: str,
    side: str,
    values: list[object],
    facts: CatalogueFacts | None,
    errors: list[tuple[str, str]],
) -> None:
    if name not in RANGE_FIELDS and (problem := _no_number_attribute(name, facts)):
        errors.append((key, f"{key}: {problem}"))
        return
    number = _number(values[0]) if len(values) == 1 else None
    if number is None:
        errors.append((key, f"{key} must be one plain number such as 25 or 19.99."))
    elif name in HIGHEST and not 0 <= number <= HIGHEST[name]:
        errors.append((key, f"{key} must not be negative, nor above {HIGHEST[name]}."))
    elif side in bounds.setdefault(name, {}):
        errors.append((key, f"{key} is given twice."))
    else:
        bounds[name][side] = number


def _no_number_attribute(name: str, facts: CatalogueFacts | None) -> str:
    if facts is None or attribute_of(name) in facts.number_attributes:
        return ""
    if attribute_of(name) in facts.attributes:
        return "this attribute is not a number, so it has no least or most."
    return f"there is no such attribute. {_which_exist(facts)}"


def _value_filter(
    key: str, name: str, values: list[object], facts: CatalogueFacts | None, errors: list[tuple[str, str]]
) -> Filter | None:
    if name in RANGE_FIELDS or (facts is not None and attribute_of(name) in facts.number_attributes):
        spans = [parse_span(value) for value in values]
        if spans and all(spans):
            return SpanFilter(name, tuple(dict.fromkeys(span for span in spans if span is not None)))
        if name in RANGE_FIELDS or any(spans):
            errors.append((key, f"{key} takes ranges such as {key}=10..50; or use min_{name} and max_{name}."))
            return None
    if name in FLAG_FIELDS:
        flag = _flag(values[0]) if len(values) == 1 else None
        if flag is None:
            errors.append((key, f"{key} must be true or false."))
            return None
        return FlagFilter(name, flag)
    if name not in WORD_FIELDS and facts is not None and attribute_of(name) not in facts.attributes:
        errors.append((key, f'There is no filter or parameter "{key[:80]}". {_which_exist(facts)}'))
        return None
    words = [word for value in values if (word := _word(value))]
    if problem := _words_problem(key, name, values, words):
        errors.append((key, problem))
        return None
    return WordFilter(name, tuple(dict.fromkeys(words)))


def _words_problem(key: str, name: str, values: list[object], words: list[str]) -> str:
    if len(words) != len(values) or not words:
        return f"{key} needs a value that is a text, a number or true/false."
    if len(words) > MAX_FILTER_VALUES:
        return f"{key} has {len(words)} values; at most {MAX_FILTER_VALUES} are allowed."
    if any(len(word) > MAX_VALUE_LENGTH for word in words):
        return f"{key} has a value of more than {MAX_VALUE_LENGTH} characters."
    choices = WORD_FIELDS[name].choices if name in WORD_FIELDS else None
    wrong = [word for word in words if choices is not None and word.lower() not in set(choices)]
    if choices is not None and wrong:
        return f'{key} has no value "{wrong[0][:80]}"; there are: {", ".join(choices)}.'
    return ""


def _which_exist(facts: CatalogueFacts) -> str:
    names = filter_names(facts)
    shown = ", ".join(names[:40])
    return f"There are: {shown}{' and more (see GET /api/search/filters)' if len(names) > 40 else ''}."


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return attribute_text(value) if math.isfinite(value) else ""
    if isinstance(value, str) and "\x00" not in value:
        return value.strip()
    return ""


def _flag(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(
        str(value).strip().lower()
    )


def _number(value: object) -> Decimal | None:
    """A finite number below 10^15; None for anything else (a bool, NaN, a text with a unit)."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 40:
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 15 else None
