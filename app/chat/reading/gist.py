"""What of a message is a wish, where the rest only tells how things are: "my girlfriend broke up with me, I want to
cook better at least haha" wants to cook. Pure."""

import re
from typing import Final

from app.search.understanding.service import Lexicon, is_kind, stems_of, things_in

_CLAUSES: Final = re.compile(
    r"\s*(?:[.;!?]+(?=\s|$)|,|\s[-\u2013\u2014]+\s|\b(?:but|because|cause|since|so that|though|although)\b)\s*",
    re.IGNORECASE,
)
_LONG: Final = 5
"""Words from which on a message may hold more than a wish."""
# Somebody tells something.
_TELLS: Final = re.compile(
    r"^\W*(?:(?:and|so|well|oh|omg|ugh|man|hi|hello|hey|ok(?:ay)?|yeah|lol|because|that|actually)[\s,]+)*"
    r"(?:(?:i|we|he|she|they|it|there|this|that|everyone|everybody|someone|nobody)\b(?:'?(?:m|s|re|ve|d|ll)\b)?"
    r"|its|ive|im"
    r"|(?:my|our|his|her|their|the)\s+(?:\w+\s+){1,3}?(?:is|are|was|were|has|had|have|just|keeps?|hurts?|aches?"
    r"|broke|died"
    r"|left|got|can'?t|cannot|won'?t|doesn'?t|don'?t|didn'?t|never|always|told|says?|said|needs?|wants?|loves?"
    r"|likes?))\b",
    re.IGNORECASE,
)
# Somebody wants something, or says what it must be.
_WANTS: Final = re.compile(
    r"\b(?:need|needs|want|wants|looking|search|searching|show|find|recommend|suggest|buy|get (?:me|him|her"
    r"|them|us|a|an"
    r"|some)|give|gift|present|something|anything|any|have you|do you|can you|could you|would like|would love"
    r"|i'd like"
    r"|prefer|how about|what about|which|what|how|where|when|who|under|below|over|budget|around|max|dollars"
    r"|bucks|for (?:my"
    r"|me|him|her|a|an|the|our)|without|not|no|size|loves?|likes?|enjoys?|hates?|into|fan of|cheap\w*|instead|rather"
    r"|years? old|turns?|turning)\b|[$€£\d?]",
    re.IGNORECASE,
)
_ENOUGH: Final = re.compile(r"^\W*(?:(?:l+o+l+|(?:ha|he)+h?|omg|ugh|wow|thx|thanks|please|pls)\W*)+$", re.IGNORECASE)


def gist(message: str, lexicon: Lexicon) -> str:
    """The message without clauses that tell something and name nothing that the shop has; the whole of it where nothing
    else would be left."""
    if len(message.split()) < _LONG:
        return message
    parts = [part for part in _CLAUSES.split(message) if part and re.search(r"\w", part)]
    if len(parts) < 2:
        return message
    kept = [part for part in parts if not _idle(part, lexicon)]
    if not kept or len(kept) == len(parts):
        return message
    if not any(_says_what(part, lexicon) for part in kept):
        return message  # what is wanted is told by how things are: "it's so cold here, need something"
    mark = "?" if message.rstrip().endswith("?") else ""
    return ", ".join(kept) + mark


# Something is told of oneself, or of what was talked of.
_TELLS_MORE: Final = re.compile(
    r"^\W*(?:(?:but|and|well|so|because|oh|ugh|sorry)[\s,]+)*"
    r"(?:\w+ (?:has|have|sells?|offers?) (?:it|them|that|this)\b"
    r"|(?:didn'?t|haven'?t|hasn'?t|couldn'?t|never|nobody|nothing) \w+"
    r"|(?:my|our|his|her|their|the) (?:\w+ )?(?:\w{2,}ed|ate|bit|lost|stole|ran|went|took|left"
    r")\b)",
    re.IGNORECASE,
)
_ASKS: Final = re.compile(
    r"\?|\b(?:need|want|looking|show|find|recommend|suggest|something|new one|another|how|what|which|where|when"
    r"|please|can"
    r"|order|parcel|package|refund|return|money)\b|\d",
    re.IGNORECASE,
)


def only_tells(message: str, lexicon: Lexicon) -> bool:
    """Whether a message tells something, wants nothing and names nothing that the shop has: "my dog ate my airpods"."""
    if not _TELLS_MORE.match(message) or _ASKS.search(message):
        return False
    return not any(is_kind(thing, lexicon) or lexicon.named(thing.stems) for thing in things_in(message))


def _idle(clause: str, lexicon: Lexicon) -> bool:
    """Whether a clause is talk: a laugh, or a statement that wants nothing and names nothing of the shop."""
    if _ENOUGH.match(clause):
        return True
    if not _TELLS.match(clause) or _WANTS.search(clause):
        return False
    return not _says_what(clause, lexicon)


def _says_what(clause: str, lexicon: Lexicon) -> bool:
    """Whether a clause names a kind of thing that the shop has, or asks with words that may be one."""
    if any(is_kind(thing, lexicon) for thing in things_in(clause)):
        return True
    return any(lexicon.names_kind(stem) or lexicon.knows(stem) for stem in stems_of(clause)[-3:])
