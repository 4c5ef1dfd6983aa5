"""What pydantic says of a request, as sentences for the person who wrote it: what is wrong, and what would be right."""

from collections.abc import Mapping, Sequence
from inspect import isclass
from typing import Any, Final

from fastapi import Request
from pydantic import BaseModel

_PARTS: Final = frozenset({"body", "query", "path", "header"})
_MOST_NAMES: Final = 30

_RIGHT: Final[Mapping[str, str]] = {
    "missing": "is missing",
    "string_type": "must be a text",
    "string_unicode": "must be whole characters",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must have {min_length} characters or more",
    "string_too_long": "must have {max_length} characters at most",
    "too_short": "must have {min_length} entries or more",
    "too_long": "must have {max_length} entries at most",
    "string_pattern_mismatch": "must be of the form {pattern}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "union_tag_invalid": "must have as {discriminator} one of {expected_tags}",
    "union_tag_not_found": "must have {discriminator}",
}
"""What is right, by pydantic's type of error; its limits in braces."""


def mistakes(request: Request, errors: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """(parameter, sentence) of each error, in their order. The sentence names the parameter."""
    return [(name := _name(error["loc"]), _sentence(request, name, error)) for error in errors]


def _name(loc: Sequence[str | int]) -> str:
    parts = loc[1:] if loc and loc[0] in _PARTS else loc
    return ".".join(str(part) for part in parts) or "body"


def _sentence(request: Request, name: str, error: Mapping[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        kind = "field" if error["loc"][0] == "body" else "parameter"
        return f"there is no {kind} {name}{_there_are(request, error['loc'])}"
    right = _RIGHT.get(error["type"])
    if right is None:
        return f"{name}: {error['msg'].removeprefix('Value error, ')}"
    return f"{name} {right.format_map(error.get('ctx') or {})}"


def _there_are(request: Request, loc: Sequence[str | int]) -> str:
    """The names of the body's own fields, where one of these is unknown."""
    field = getattr(request.scope.get("route"), "body_field", None)
    model = getattr(getattr(field, "field_info", None), "annotation", None)
    if len(loc) != 2 or loc[0] != "body" or not (isclass(model) and issubclass(model, BaseModel)):
        return ""
    return f"; there are {', '.join(list(model.model_fields)[:_MOST_NAMES])}"
