"""A question asked again of another product: "and the other one?", "what about the second?". Pure."""

import re
from collections.abc import Iterable
from typing import Final

from app.chat.context import Context
from app.chat.reading.intents import Intent, intent_of

_WHICH: Final = (
    r"(?:the|that|this) (?:[\w-]+ )?ones?|the (?:first|second|third|fourth|fifth|last|other)(?: (?:one|two))?"
    r"|the others|(?:number|no\.?|#) ?\d"
)
_ONLY: Final = re.compile(
    rf"^\W*(?:(?:and|ok(?:ay)?|so|hm+|but|then|now|also|what|how|about|for|with"
    rf"|of)\b\W*)+(?P<which>{_WHICH})(?: too| then| though)?\W*$",
    re.IGNORECASE,
)
_SUBJECT: Final = re.compile(rf"\b(?:{_WHICH}|it|this|that|they|them|these|those)\b(?!'s\b)", re.IGNORECASE)
_ASKED_OF_ONE: Final = frozenset(
    {Intent.DETAILS, Intent.PRICE, Intent.AVAILABILITY, Intent.REVIEWS, Intent.COMPATIBILITY}
)
_THE_MOST: Final = re.compile(
    r"^\W*(?:(?:and|ok(?:ay)?|so|then|just|i(?:'ll| will)? (?:take|want)|hm+)\b\W*)*"
    r"(?P<which>the (?!cheap|dear|least exp|most exp|pric|best\b|latest|rest\b)(?:[a-z]{3,}est|(?:most"
    r"|least) [a-z]+))"
    r"(?: one| of (?:them|these|those|all))?(?: please| then)?\W*$",
    re.IGNORECASE,
)
_LONGEST: Final = 14
"""Words of the longest question that is asked again."""


_FITS_WHOM: Final = re.compile(
    r"\b(?:which|what) (?:[a-z]+ )?sizes? (?:do|should|would|will|does|is|fits?) (?:i|we|he|she|they|me|him|her"
    r"|my \w+|right|best)\b"
    r"|\b(?:which|what) (?:[a-z]+ )?size (?:for|at|with) (?:\d|me\b|someone)"
    r"|\b(?:do|does) (?:they|these|it|those|this) (?:run|fit|come|turn) (?:out )?(?:small|large|big|true|tight"
    r"|wide|narrow)",
    re.IGNORECASE,
)
WHICH_SIZE: Final = "Which size fits whom, the shop's data does not tell."


def sizes_asked(message: str, context: Context) -> str:
    """The sizes that there are, asked for by who wants to know which fits; empty where a message asks for none."""
    return "what sizes does it come in?" if context.shown and _FITS_WHOM.search(message) else ""


def which_of(message: str, context: Context) -> str:
    """ "The darkest", said of what was shown, as a question; empty where a message is something else."""
    found = _THE_MOST.match(message)
    return f"which is {found['which'].lower()}?" if found is not None and context.shown else ""


def asked_again(message: str, context: Context, said: Iterable[str]) -> str:
    """The last question, asked of the product that the message points at and says nothing else of; empty where it is
    none. `said`: the shopper's earlier messages, the latest first."""
    found = _ONLY.match(message)
    if found is None or not context.shown or intent_of(context.intent) not in _ASKED_OF_ONE:
        return ""
    question = next((line for line in said if not _ONLY.match(line)), "")
    if not question or len(question.split()) > _LONGEST:
        return ""
    which = found["which"].lower()
    if _SUBJECT.search(question):
        return _SUBJECT.sub(which, question, count=1)
    return f"{question.rstrip(' ?!.')} for {which}?"
