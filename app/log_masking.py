"""Keeps secrets and personal data out of the logs, whoever writes the line and whatever an exception quotes."""

import re
from collections.abc import Mapping
from typing import Any, Final

import structlog

from shop.conversations.masking import masked as without_personal_data
from shop.keys.key import PATTERN

_MASKS: Final = (
    (PATTERN, r"ss\1_\2_***"),
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*"), "<token>"),
    (re.compile(r"(?i)\b(bearer|apikey|basic)\s+[\w.~+/=-]{8,}"), r"\1 ***"),
    # The password of an address, such as redis://user:secret@host.
    (re.compile(r"(\w://[^\s:/@]*:)[^\s@/]+@"), r"\1***@"),
)
_TELLTALE: Final = re.compile(r"ss[kp]_|eyJ|@|\d{4}|\d[ .-]\d|\+\d|\d [A-Z]|(?i:bearer|apikey|basic) ")
"""Most lines have none of it; one look is cheaper than eight."""


def masked(_logger: object, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """A structlog processor: the same line, with what must not be in it masked. Comes last before the rendering."""
    for name, value in event.items():
        if name != "timestamp":
            event[name] = _clean(value)
    return event


def mask(text: str) -> str:
    """A text without keys, tokens and passwords, and without what shop/conversations/masking.py knows as personal."""
    if _TELLTALE.search(text) is None:
        return text
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return without_personal_data(text)


def _clean(value: Any) -> Any:  # noqa: ANN401 - whatever is logged
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {name: _clean(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(part) for part in value]
    return value
