"""A text as tokens: words, numbers and the signs that matter. Pure.

A word is known by its letters in lower case without accents (`word`) and by its singular (`stem`); both sides of a
comparison go through the same two functions, so they need to be consistent rather than right.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, TypeVar

from app.search.understanding.language.measures import UNITS
from app.search.understanding.language.money import CURRENCIES, CURRENCY_SIGNS
from app.search.understanding.language.numbers import MULTIPLIERS
from app.search.understanding.language.text import PLURALS, SPELLINGS

T = TypeVar("T")
MAX_TOKENS: Final = 256
_COMPOUND: Final = 4
"""Letters from which on a word may be the end of another one that names the same."""

_PARTS: Final = re.compile(r"\b[wW]/[oO]?(?!\w)|\d+(?:[.,]\d+)*|[^\W\d_]+(?:['\u2019`][^\W\d_]+)*|[^\w\s]")
_HYPHENS: Final = frozenset("-\u2010\u2011\u2013\u2014")
_BREAKS: Final = frozenset(".,;:!?()[]|/")


@dataclass(frozen=True, slots=True)
class Token:
    """`start` and `end`: its place in the text. `number` is None for words and signs; `mark`: neither of the two."""

    text: str
    start: int
    end: int
    word: str
    stem: str
    number: Decimal | None = None
    mark: bool = False
    possessive: bool = False


def tokenise(text: str) -> list[Token]:
    """The tokens of a text, hyphens within words left out; at most MAX_TOKENS."""
    parts = [(m.group(), m.start(), m.end()) for m in _PARTS.finditer(text)]
    merged: list[tuple[str, int, int]] = []
    for part in parts:
        if merged and _one_code(merged[-1], part):
            merged[-1] = (merged[-1][0] + part[0], merged[-1][1], part[2])
        else:
            merged.append(part)
    kept = [part for i, part in enumerate(merged) if not _inner_hyphen(merged, i)]
    return [_token(*part) for part in kept[:MAX_TOKENS]]


def _one_code(before: tuple[str, int, int], part: tuple[str, int, int]) -> bool:
    """Whether letters and digits without a space are one word (iphone15, 3xl, 50th), not a number with its unit."""
    if before[2] != part[1] or not before[0][-1].isalnum() or not part[0][0].isalnum():
        return False
    unit = folded_word(part[0])
    if not before[0].replace(".", "").replace(",", "").isdigit():
        return True
    return not (unit in UNITS or unit in CURRENCIES or unit in MULTIPLIERS or unit in ("ish", "yo"))


def _inner_hyphen(parts: Sequence[tuple[str, int, int]], i: int) -> bool:
    text, start, end = parts[i]
    if text not in _HYPHENS or not 0 < i < len(parts) - 1:
        return False
    before, after = parts[i - 1], parts[i + 1]
    glued = before[2] == start and end == after[1]
    amounts = _amount_like(before[0]) and _amount_like(after[0])
    return glued and not amounts


def _amount_like(part: str) -> bool:
    return part[0].isdigit() or part in CURRENCY_SIGNS


def _token(text: str, start: int, end: int) -> Token:
    if text[0].isdigit() and text.replace(".", "").replace(",", "").isdigit():
        return Token(text, start, end, text, text, number=number_of(text))
    if not text[0].isalnum():
        sign = "-" if text in _HYPHENS else '"' if text in "\u2033\u201d\u201c" else text
        return Token(text, start, end, sign, sign, mark=True)
    word = folded_word(text)
    bare = re.sub(r"'s?$", "", word).replace("'", "")
    return Token(text, start, end, bare, stem(bare), possessive="'" in word)


def is_break(token: Token) -> bool:
    """Whether the token ends a phrase."""
    return token.mark and token.text in _BREAKS


def number_of(text: str) -> Decimal:
    """The number that digits with dots and commas mean: "1,299.99", "1.299,99", "19,99", "1,299", "1.5"."""
    dot, comma = text.rfind("."), text.rfind(",")
    if dot >= 0 and comma >= 0:
        mark = "." if dot > comma else ","
    elif text.count(",") == 1 and len(text) - comma - 1 != 3:
        mark = ","
    elif text.count(".") == 1:
        mark = "."
    else:
        mark = ""
    whole, _, fraction = text.rpartition(mark) if mark else (text, "", "")
    digits = "".join(c for c in whole if c.isdigit())
    return Decimal(_ascii(f"{digits or '0'}.{fraction or '0'}")).normalize()


def _ascii(number: str) -> str:
    return "".join(c if c == "." else str(unicodedata.digit(c, 0)) for c in number)


def says(word: str, head: str) -> bool:
    """Whether a word of a name says the same thing as `head`, both stems, or is a compound that ends with it:
    smartphone of phone, wristwatch of watch."""
    return word == head or (len(head) >= _COMPOUND and word.endswith(head))


@lru_cache(maxsize=100_000)
def folded_word(text: str) -> str:
    """Lower case without accents, typewriter apostrophes, one spelling of words that have two."""
    letters = unicodedata.normalize("NFKD", text.lower())
    word = "".join(c for c in letters if not unicodedata.combining(c)).replace("\u2019", "'").replace("`", "'")
    return SPELLINGS.get(word, word)


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The singular of an English noun, nearly: "dresses" -> "dress", "shoes" -> "shoe", "batteries" -> "battery"."""
    if word in PLURALS:
        return PLURALS[word]
    if len(word) == 3 and word[2] == "s" and word[1] not in "aeiousy":
        return word[:2]  # "tvs"
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=100_000)
def stems_of(text: str) -> tuple[str, ...]:
    """The stems of the words and numbers of a catalogue's value, in their order."""
    return tuple(token.stem for token in tokenise(text) if not token.mark)


def phrase_at(
    tokens: Sequence[Token], i: int, phrases: Mapping[tuple[str, ...], T], longest: int = 6
) -> tuple[T, int] | None:
    """The longest phrase that begins at token `i`, and the token after it."""
    words = tuple(token.word for token in tokens[i : i + longest])
    for length in range(len(words), 0, -1):
        found = phrases.get(words[:length])
        if found is not None:
            return found, i + length
    return None
