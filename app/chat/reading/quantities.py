"""How many of a thing somebody wants the price of. Pure."""

import re
from typing import Final

_NUMBERS: Final = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_MANY: Final = re.compile(
    rf"\b(?P<many>\d{{1,2}}|{'|'.join(_NUMBERS)})(?: of (?:them|those|these|it)|x| pieces?| times)?\b", re.IGNORECASE
)
TOTAL: Final = re.compile(
    r"\b(?:total|altogether|in all|all together|sum)\b|\bhow much (?:for|are|is|do|would|will) (?:\w+"
    r" ){0,3}?(?:\d{1,2}|two|three|four|five|six)\b"
    r"|\b(?:\d{1,2}|two|three|four|five|six) of (?:them|those|these)\b|^\W*(?:and )?(?:for )?(?:\d{1,2}|two|three"
    r"|four|five|six)(?: of (?:them|those|these))?\W*\?$",
    re.IGNORECASE,
)


def quantity(message: str) -> int:
    """How many are asked about; 1 where the message asks for no total."""
    found = _MANY.search(message) if TOTAL.search(message) else None
    if found is None:
        return 1
    word = found["many"].lower()
    return _NUMBERS.get(word) or int(word)
