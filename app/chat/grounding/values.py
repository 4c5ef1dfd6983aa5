"""What records are known to say, by the stems of their words. Pure."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from app.chat.grounding.evidence import Evidence
from app.chat.grounding.finding import Known
from app.chat.grounding.tokens import stem
from app.chat.grounding.words import COLOURS, GENERIC

GENERIC_STEMS: Final = frozenset(stem(w) for w in GENERIC)
_SAME: Final = {
    "grey": "gray",
    "gray": "grey",
    "aluminium": "aluminum",
    "aluminum": "aluminium",
    "colour": "color",
    "wood": "wooden",
    "wooden": "wood",
    "gold": "golden",
    "golden": "gold",
    "wifi": "wireless",
    "handmad": "hand",
}


def known_to(own: list[Evidence], word: str, every: object) -> bool:
    """Whether `every` (any, all or a rule of its own) of the records say a word, or one that means the same."""
    fits = [word in e.said or _SAME.get(word, word) in e.said or _part_of(word, e) for e in own]
    return bool(every(fits)) if callable(every) else any(fits)


def _part_of(word: str, evidence: Evidence) -> bool:
    """rain, where the record says raincoat; wooden, where it says wood."""
    if len(word) < 4 or word in COLOURS:
        return False
    return any(
        len(other) >= 4 and (other.startswith(word) or (word.startswith(other) and len(word) - len(other) <= 3))
        for other in evidence.said
    )


def values_at_hand(known: Known) -> frozenset[str]:
    """Short values of attributes of any product at hand: said of another one, they are wrong."""
    return values_of(tuple(_texts(known)))


def _texts(known: Known) -> Iterable[str]:
    for record in known.products:
        specifications = record.fields.get("specifications") or {}
        for value in specifications.values():
            yield from _plain_values(value)


def _plain_values(value: object) -> Iterable[str]:
    if isinstance(value, str) and len(value) < 40:
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _plain_values(item)


@lru_cache(maxsize=256)
def values_of(texts: tuple[str, ...]) -> frozenset[str]:
    """Stems of the words of texts that say something by themselves."""
    words = (w.lower() for text in texts for w in re.findall(r"[^\W\d_]+", text))
    return frozenset(stem(w) for w in words if len(w) > 2 and w not in GENERIC) - GENERIC_STEMS
