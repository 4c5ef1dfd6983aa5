"""Filters from the names and raw values of a caller, and what is wrong with them. Pure."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from app.search.filters import (
    FLAG_FIELDS,
    HIGHEST,
    MAX_FILTER_VALUES,
    MAX_VALUE_LENGTH,
    MAX_VALUES_IN_ALL,
    NOT_PREFIX,
    RANGE_FIELDS,
    WORD_FIELDS,
    WORDS,
    Filter,
    FlagFilter,
    NotFilter,
    RangeFilter,
    WordFilter,
    attribute_of,
    canonical,
    filter_names,
)
from app.search.spans import SpanFilter, parse_span
from shop.products.reader import CatalogueFacts
from shop.products.stored import attribute_text


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
