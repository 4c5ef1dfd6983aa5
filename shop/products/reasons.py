"""What pydantic says of a product, as sentences for the person who sent it."""

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

_MAX_REASONS = 5


def shown(value: object) -> str:
    """A value for a message, in quotes and not too long."""
    text = str(value)
    return f'"{text}"' if len(text) <= 60 else f'"{text[:57]}..."'


def sentences(error: ValidationError) -> list[str]:
    """One sentence a problem, each starting with the field's name; the first few of many."""
    found = list(dict.fromkeys(_sentence(problem) for problem in error.errors(include_url=False)))
    if len(found) > _MAX_REASONS:
        found = [*found[:_MAX_REASONS], f"and {len(found) - _MAX_REASONS} more problems"]
    return found


def _sentence(problem: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails
    name = str(problem["loc"][0]) if problem["loc"] else "the product"
    value, limits = problem["input"], problem.get("ctx", {})
    if problem["type"] == "missing":
        return f"{name} is missing"
    if value is None or value == "":
        return f"{name} is empty"
    describe = _DESCRIPTIONS.get(problem["type"])
    if describe is not None:
        return f"{name} {describe(value, limits)}"
    message = str(problem["msg"]).removeprefix("Value error, ")
    return f"{name} {shown(value)} is not valid: {message[:1].lower()}{message[1:]}"


def _one_of(value: Any, limits: dict[str, Any]) -> str:  # noqa: ANN401 - raw value
    return f"{shown(value)} is not one of {str(limits['expected']).replace(chr(39), '')}"


def _at_least(value: Any, limits: dict[str, Any]) -> str:  # noqa: ANN401 - raw value
    return f"{value} is negative" if limits["ge"] == 0 else f"{value} is below {limits['ge']}"


def _below(value: Any, limits: dict[str, Any]) -> str:  # noqa: ANN401 - raw value
    return f"{value} is too large (the limit is {limits.get('le', limits.get('lt'))})"


def _too_long(value: Any, limits: dict[str, Any]) -> str:  # noqa: ANN401 - raw value
    return f"is too long ({len(value)} characters, at most {limits['max_length']})"


def _too_many(value: Any, limits: dict[str, Any]) -> str:  # noqa: ANN401 - raw value
    if isinstance(value, str):
        return _too_long(value, limits)
    return f"has too many entries ({limits['actual_length']}, at most {limits['max_length']})"


def _pattern(value: Any, limits: dict[str, Any]) -> str:  # noqa: ANN401 - raw value
    if "A-Z" in limits["pattern"]:
        return f"{shown(value)} is not an ISO 4217 code such as USD or EUR"
    return f"{shown(value)} holds spaces or control characters"


_DESCRIPTIONS: dict[str, Callable[[Any, dict[str, Any]], str]] = {
    "enum": _one_of,
    "greater_than_equal": _at_least,
    "less_than_equal": _below,
    "less_than": _below,
    "string_too_long": _too_long,
    "string_too_short": lambda _value, _limits: "is empty",
    "too_long": _too_many,
    "string_pattern_mismatch": _pattern,
    "string_unicode": lambda _value, _limits: "holds characters that are no text",
    "decimal_parsing": lambda value, _limits: f"{shown(value)} is not a number",
}
