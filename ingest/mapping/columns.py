"""Where a value stands in a row: a column, a place inside of one, or several joined in a template."""

import math
import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any


class Absent(Enum):
    """The mark of a column that the row does not have (an empty one is None)."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT

Getter = Callable[[Mapping[str, Any]], Any]

_STEP = re.compile(r"[^.\[\]]+")
_SLOT = re.compile(r"\{([^{}]+)\}")
_SPACES = re.compile(r"[ \t]{2,}")


def column(path: str) -> Getter:
    """Reads `path`: a column by its exact name, or a place inside of it: `a.b`, `a.0.b` or `a[0].b`, and with
    `*` every item of a list: `variants.*.sku`. Empty texts, NaN and null are None; ABSENT if it is not there."""
    steps = _STEP.findall(path)

    def get(row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever the feed holds
        if path in row:
            return present(row[path])
        return present(_walk(row, steps)) if len(steps) > 1 else ABSENT

    return get


def template(text: str) -> Getter:
    """Reads `{column}` and `{a.b}` into a text. ABSENT where none of its columns is there, None where all that
    are there are empty."""
    slots = [(match.group(0), column(match.group(1))) for match in _SLOT.finditer(text)]

    def get(row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a text, None or ABSENT
        values = [(slot, getter(row)) for slot, getter in slots]
        if all(value is ABSENT for _, value in values):
            return ABSENT
        if all(value is ABSENT or value is None for _, value in values):
            return None
        filled = text
        for slot, value in values:
            filled = filled.replace(slot, "" if value is ABSENT or value is None else as_text(value))
        return _SPACES.sub(" ", filled).strip()

    return get


def first_of(getters: list[Getter]) -> Getter:
    """The first that has a value; None if all there are empty, ABSENT if none is there."""

    def get(row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever the feed holds
        found: Any = ABSENT
        for getter in getters:
            value = getter(row)
            if value is not ABSENT and value is not None:
                return value
            found = None if value is None else found
        return found

    return get


def all_of(getters: list[Getter]) -> Getter:
    """Every value in a list, lists among them opened."""

    def get(row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a list or ABSENT
        values = [value for getter in getters if (value := getter(row)) is not ABSENT]
        if not values:
            return ABSENT
        flat: list[Any] = []
        for value in values:
            flat.extend(value if isinstance(value, list) else [value])
        return [value for value in flat if value is not None]

    return get


def present(value: Any) -> Any:  # noqa: ANN401 - whatever the feed holds
    """The value, or None for what feeds write where there is none."""
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def as_text(value: object) -> str:
    """A value as a person would write it: 12 for 12.0, true for True."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return value if isinstance(value, str) else str(value)


def _walk(value: Any, steps: list[str]) -> Any:  # noqa: ANN401 - whatever the feed holds
    for position, step in enumerate(steps):
        if isinstance(value, Mapping):
            if step not in value:
                return ABSENT
            value = value[step]
        elif isinstance(value, list) and step == "*":
            rest = steps[position + 1 :]
            found = [_walk(item, rest) for item in value]
            return [item for item in found if item is not ABSENT]
        elif isinstance(value, list) and step.lstrip("-").isdigit():
            if not -len(value) <= int(step) < len(value):
                return ABSENT
            value = value[int(step)]
        else:
            return ABSENT if value is not None else None
    return value
