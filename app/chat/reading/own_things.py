"""What is told of a thing that somebody has ordered, before any order was talked of: it does not fit, it broke, it is
not wanted. Pure."""

import re
from typing import Final

from app.chat.reading.intents import Guess, Intent

_SURE: Final = 0.8
_SIZES: Final = r"(?:xxs|xs|s|m|l|xl|xxl|small|medium|large|size \w+|\d{2}(?:[.,]5)?)"
_IT: Final = r"(?:it|that|this|them|these|those|one|(?:the|my|this|that|these|those) (?:[\w-]+ ){0,3}?[\w-]+)"
FITS_NOT: Final = re.compile(
    r"\btoo (?:small|big|large|tight|loose|wide|narrow|long|short|baggy)\b|\bpinch(?:es|ing)?\b"
    r"|\b(?:one|a|two|the next|half a) sizes? (?:up|down|bigger|smaller|larger)\b|\b(?:bigger|smaller"
    r"|larger) (?:one|size)s?\b"
    r"|\b(?:doesn'?t|don'?t|didn'?t|does not|do not|did not|won'?t) fit\b|\bwrong (?:size|colou?r)\b"
    rf"|\b(?:should|was (?:supposed|meant)|were (?:supposed|meant)|shuld)(?: to)?(?: have been| be| of been)?"
    rf" (?:an? |in |in an? )?{_SIZES}\b"
    rf"|\b(?:need|needed|want|wanted|like|get|have) {_IT} in (?:an? )?(?:size )?(?:{_SIZES}|(?:a )?(?:different"
    rf"|another|other|bigger"
    r"|smaller|larger) (?:size|colou?r))\b"
    r"|\bordered (?:it |them |the \w+ )?in (?:the )?wrong\b",
    re.IGNORECASE,
)
BROKEN: Final = re.compile(
    r"\b(?:snapped|broken?|cracked|chipped|shattered|smashed|dented|ripped|torn|leak(?:s|ing|ed)?|scratched"
    r"|stained|damaged"
    r"|faulty|defective|dead|crushed|bent|came (?:off|apart|loose)|f[ea]ll(?:s|en)? (?:off|apart))\b"
    r"|\b(?:won'?t|will not|doesn'?t|does not|don'?t|do not) (?:turn on|switch on|charge|start|open|close|work"
    r"|heat|light up)\b"
    r"|\bstopped (?:\w+ing)\b|\b(?:is|are|was|were) missing\b|\bmissing (?:a|the|one|some|its?|two) \w+"
    r"|\bwrong (?:item|one|thing|product|model)\b",
    re.IGNORECASE,
)
UNWANTED: Final = re.compile(
    rf"\b(?:don'?t|do not|no longer|doesn'?t|didn'?t) (?:really )?(?:want|need|like) {_IT}"
    rf"|\b(?:take|leave) {_IT} (?:off|out)\b|\bremove {_IT}|\bget rid of {_IT}|\bnot (?:want|need)(?:ing)? {_IT}",
    re.IGNORECASE,
)
_BOUGHT: Final = re.compile(
    r"\b(?:i|we)(?:'ve| have|'d| had)?(?: \w+){0,2}? (?:ordered|bought|purchased|received|got)\b"
    r"|\b(?:arrived|came|was delivered|were delivered|turned up|you sent|my order)\b",
    re.IGNORECASE,
)


def tells_trouble(message: str) -> bool:
    """Whether something is told that may be a trouble with a thing that was ordered."""
    return any(words.search(message) for words in (FITS_NOT, BROKEN, UNWANTED))


def tells_purchase(message: str) -> bool:
    """Whether somebody says that they bought, or got, something."""
    return _BOUGHT.search(message) is not None


def of_own_thing(message: str, *, on_its_way: bool) -> Guess | None:
    """What is wanted of one's own thing that a message names. `on_its_way`: it has not arrived, so that what is not
    wanted is cancelled rather than sent back. None where nothing is told to be wrong."""
    if FITS_NOT.search(message):
        return Guess(Intent.EXCHANGE, _SURE)
    if BROKEN.search(message):
        return Guess(Intent.RETURN, _SURE)
    if UNWANTED.search(message):
        return Guess(Intent.CANCEL if on_its_way else Intent.RETURN, _SURE)
    return None
