"""What a thing is to be used with, which is not what is looked for: "an adapter to charge my laptop". Pure."""

import re
from typing import Final

from app.search.understanding.service import things_in

_VERBS: Final = (
    r"(?:fits?|holds?|carry|carries|transports?|stores?|charges?|protects?|covers?|cleans?|mounts?"
    r"|connects?(?: to)?|plugs? into|attach(?:es)?(?: to)?"
    r"|works? with|goes? (?:with|on|into?)|pairs? with|mends?|repairs?|cuts?|opens?|sharpens?)"
)
_OBJECT: Final = re.compile(
    rf"\b(?:(?:(?:that|which|it|they|one|something|anything|and|so it)\s+)*"
    rf"(?:should|must|can|could|has to|have to|needs? to|will|would|to|that"
    rf"|which)\s+(?:also )?(?:easily )?{_VERBS})\s+(?:in |on |into )?"
    r"(?P<whose>an?|my|our|the|his|her|their|your)\s+(?:\d+(?:[.,]\d+)?[ -]?(?:inch(?:es)?|in|cm|mm|l|lit(?:er"
    r"|re)s?|\")?\s+)?"
    r"(?P<what>[a-z][\w-]*(?: (?!and\b|or\b|but\b|in\b|on\b|for\b|with\b|when\b|while\b|at\b)[a-z][\w-]*)?)",
    re.IGNORECASE,
)
_ASKS: Final = re.compile(
    r"^\W*(?:(?:and|ok(?:ay)?|so|but)\W+)*(?:does|do|will|would|can|could|is|are|which|how|what)\b", re.I
)


def used_with(message: str) -> str:
    """The message with what a thing is to be used with told by "for": "a bag that should fit a 15 inch laptop" is a bag
    for a laptop. A question whether it fits stays."""
    return message if _ASKS.match(message) else _OBJECT.sub(lambda found: _told(found, message), message)


def _told(found: re.Match[str], message: str) -> str:
    """By "for", where a thing stands before it. "To clean my car" is else what somebody wants to do, and "something to
    open a bottle" no bottle."""
    does = re.match(r"(?:(?:something|anything|one)\s+)?to\b", found.group(), re.IGNORECASE) is not None
    return found.group() if does and not things_in(message[: found.start()]) else f"for {found['what']}"
