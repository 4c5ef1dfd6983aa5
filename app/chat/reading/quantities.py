"""How many of a thing somebody wants the price of. Pure."""

import re
from collections.abc import Sequence
from typing import Final

_NUMBERS: Final = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_MANY: Final = re.compile(
    rf"\b(?P<many>\d{{1,2}}|{'|'.join(_NUMBERS)})(?: of (?:them|those|these|it)|x| pieces?| times)?\b", re.IGNORECASE
)
_EACH: Final = re.compile(
    rf"\b(?:(?P<many>\d{{1,2}}|{'|'.join(_NUMBERS)}|a pair of|a couple of|both)(?: x"
    rf"|x)?)\s+(?P<what>(?:[\w'-]+\s*){{1,4}})",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(
    rf"\b(?:\d{{1,2}}|{'|'.join(_NUMBERS)}|a (?:pair|couple) of)(?: x|x)?\s+(?=(?:[a-z'-]+ ){{0,2}}[a-z'-]+s\b)",
    re.IGNORECASE,
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


def uncounted(message: str) -> str:
    """The message without how many of a thing are wanted: "a tent and two sleeping bags" wants sleeping bags."""
    return _COUNTED.sub("", message)


def amounts_of(message: str, things: Sequence[str]) -> tuple[int, ...]:
    """How many of each of several things a message asks for: 1 and 2 of "a tent and two sleeping bags". Empty where one
    of each is."""
    told = {}
    for found in _EACH.finditer(message):
        word, what = found["many"].lower(), found["what"].lower()
        for thing in things:
            if what.startswith(thing.lower()) or f" {thing.lower()}" in f" {what}":
                told[thing] = 2 if word.startswith("a ") or word == "both" else _NUMBERS.get(word) or int(word)
    found_amounts = tuple(told.get(thing, 1) for thing in things)
    return found_amounts if any(one > 1 for one in found_amounts) else ()
