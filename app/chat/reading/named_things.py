"""Whether a message names things, beside the one that is talked of or as a list of them. Pure."""

import re
from typing import Final

from app.chat.aspects import aspects_of
from app.search.understanding.service import things_in

_EARLY: Final = 12
_PLURAL: Final = re.compile(
    r"\W*(?:(?:and|also|then|ok(?:ay)?|plus|now|next|some|maybe)[\s,]+)*(?:[\w'-]+ ){0,2}?[\w'-]*[a-rt-z]s(?= for\b)",
    re.IGNORECASE,
)
_BESIDE: Final = re.compile(
    r"\b(?:to go with|that goes? with|to match|matching|to wear with) (?:it|this|that|them|these|those)\b"
    r"|\b(?:do you have|have you got|is there|are there|any)\b.{3,40}\b(?:for|with) (?:it|this|that|them)\W*$",
    re.IGNORECASE,
)


def beside(message: str) -> bool:
    """Whether a message asks for another thing beside the one that is talked of: "a tie to go with it"."""
    return bool(_BESIDE.search(message) and things_in(message) and not aspects_of(message))


def lists(message: str) -> bool:
    """Whether a message is the name of things and nothing that points at one: "sleeping bags for the kids"."""
    things = things_in(message)
    return (
        bool(things) and _PLURAL.match(message) is not None and message.lower().find(things[0].words.lower()) < _EARLY
    )
