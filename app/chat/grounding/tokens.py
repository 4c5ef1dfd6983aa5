"""Words of a sentence: where they stand, their stems, and whether they are denied. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from app.chat.grounding.words import NEGATORS, NO_DENIAL

_TOKEN: Final = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?|\d+(?:[.,]\d+)*|[^\w\s]")
_JOINED: Final = (
    ("water-proof", "waterproof"),
    ("water proof", "waterproof"),
    ("wi-fi", "wifi"),
    ("non-stick", "nonstick"),
)
_CLAUSE_END: Final = frozenset(',;:.!?()\u2014\u2013|\u201c\u201d"')
_TURN: Final = frozenset(("but", "however", "although", "though", "yet", "while", "because", "so", "which"))
_REACH: Final = 7


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign. `denied`: it stands where a negator reaches."""

    text: str
    stem: str
    start: int
    end: int
    denied: bool = False


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without the endings of plural, -ing and -ed: two forms of one word mostly share it."""
    word = word.lower().replace("\u2019", "'").removesuffix("'s")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith("es") and word[-3] in "sxzh":
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            word = word.removesuffix(ending)
            return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls" else word
    return word.removesuffix("e") if len(word) > 4 else word


def tokens(text: str) -> list[Token]:
    """The words and signs of a text, those that are denied marked."""
    lowered = text.lower().replace("\u2019", "'")
    for spelled, joined in _JOINED:
        if spelled in lowered:
            # The same length, so that places stay.
            text = re.sub(re.escape(spelled), joined.ljust(len(spelled)), text, flags=re.IGNORECASE)
            lowered = text.lower().replace("\u2019", "'")
    harmless = [
        range(found.start(), found.end()) for phrase in NO_DENIAL for found in re.finditer(re.escape(phrase), lowered)
    ] if any(phrase in lowered for phrase in NO_DENIAL) else []  # fmt: skip
    found: list[Token] = []
    left = 0
    for match in _TOKEN.finditer(text):
        word = match.group().lower().replace("\u2019", "'")
        if word in NEGATORS and not any(match.start() in span for span in harmless):
            left = _REACH
            found.append(Token(word, word, match.start(), match.end()))
            continue
        if word in _CLAUSE_END or word in _TURN:
            left = 0
        elif word == "free" and _free_of(text, match.start(), match.end()):
            if text[match.start() - 1 : match.start()] == "-" and found:
                # sugar-free denies the word before it.
                before = found[-2] if found[-1].text == "-" and len(found) > 1 else found[-1]
                place = found.index(before)
                found[place] = Token(before.text, before.stem, before.start, before.end, True)
            else:
                left = _REACH
        found.append(Token(word, stem(word), match.start(), match.end(), left > 0))
        left = max(0, left - 1)
    return found


def _free_of(text: str, start: int, end: int) -> bool:
    return text[max(0, start - 1) : start] == "-" or bool(re.match(r"\s+(?:of|from)\b", text[end:]))


def content(found: Iterable[Token], generic: frozenset[str]) -> list[Token]:
    """Words that may claim something."""
    return [
        token
        for token in found
        if len(token.text) > 2 and token.text[0].isalpha() and token.text not in generic and token.text not in NEGATORS
    ]
