"""How many of a thing somebody wants the price of. Pure."""

import re
from collections.abc import Sequence
from typing import Final

_NUMBERS: Final = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_MANY: Final = re.compile(
    rf"\b(?P<many>\d{{1,2}}|{'|'.join(_NUMBERS)})(?: of (?:them|those|these|it)|x| pieces?| times)?\b", re.IGNORECASE
)
# What no count goes past: another thing, a size ("15 inch laptops"), or people ("4 person tents").
_NO_PART: Final = (
    r"(?:and|or|plus|with|for|in|on|at|to|from|under|over|than|of|persons?|people|man|adults?|years?|months?|weeks?"
    r"|days?|hours?|minutes?|inch(?:es)?|cm|mm|m|ft|foot|feet|kg|g|lbs?|oz|ounces?|l|ml|lit(?:er|re)s?|gallons?"
    r"|quarts?"
    r"|w|watts?|v|volts?|gb|tb|mp|hz|seasons?|pieces?|packs?|percent|dollars?|euros?|bucks)(?![\w'-])"
)
_SIZED: Final = r"\d+(?:[.,]\d+)?[ -]?[a-z]+\s+"
# Numbers of sizes, prices and people stand after these.
_NO_COUNT: Final = "".join(
    rf"(?<!\b{word} )"
    for word in ("for", "my", "our", "size", "number", "no", "under", "over", "below", "than", "around")
)
_EACH: Final = (
    rf"(?<![\w.,$€£-]){_NO_COUNT}(?P<many>\d{{{{1,2}}}}|{'|'.join(_NUMBERS)}|a couple of)(?: ?x)?\s+"
    rf"(?:{_SIZED}|of (?:the|those|these|your)\s+|(?!{_NO_PART})[a-z][\w'-]*\s+){{{{0,3}}}}{{thing}}\b"
)
_COUNTED: Final = re.compile(
    rf"\b(?:\d{{1,2}}|{'|'.join(_NUMBERS)}|a (?:pair|couple) of)(?: x|x)?\s+(?=(?:[a-z'-]+ ){{0,2}}[a-z'-]+s\b)",
    re.IGNORECASE,
)
_PLURAL: Final = re.compile(r"(?:[^s]s|men|mice|geese|feet|teeth)$", re.IGNORECASE)
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
    of each is. Only what is named in the plural is counted: the number of "a 4 person tent" is the tent's."""
    amounts = tuple(_amount(message, thing) for thing in things)
    return amounts if any(one > 1 for one in amounts) else ()


def _amount(message: str, thing: str) -> int:
    if not _PLURAL.search(thing):
        return 1
    found = re.search(_EACH.format(thing=re.escape(thing)), message, re.IGNORECASE)
    if found is None:
        return 1
    word = found["many"].lower()
    return 2 if word.startswith("a ") else _NUMBERS.get(word) or int(word)
