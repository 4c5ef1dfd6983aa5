"""Texts of strangers as data for a model. Pure."""

import re
from typing import Final

_MARKS: Final = re.compile(
    r"<\|[^<>|]{0,60}\|>|</?(?:message|documents?|system|user|assistant|results?)>", re.IGNORECASE
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def plain(text: str) -> str:
    """A stranger's text as data: without control characters, and without marks that models take for structure."""
    text = _CONTROL.sub(" ", text)
    while _MARKS.search(text):  # what is left may make another one
        text = _MARKS.sub(" ", text)
    return text
