"""Words of a query as rules compare them. Pure.

Upper and lower case, accents and regular plurals are the same, as they nearly are to the index.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from shop.products.values import folded

# Letters and digits, with what stands inside a word: men's, 3.5, t-shirt is two.
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019.][^\W_]+)*")

# Lucene's English stop words.
STOP_WORDS: Final = frozenset(
    {"a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it", "no", "not", "of"}
    | {"on", "or", "such", "that", "the", "their", "then", "there", "these", "they", "this", "to", "was", "will"}
    | {"with"}
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: the form that is compared, and where it stands in the text."""

    form: str
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """The words of a text, in order."""
    return [Word(_form(found.group()), found.start(), found.end()) for found in _WORD.finditer(text)]


def forms(text: str) -> tuple[str, ...]:
    """The compared forms of a text's words, in order."""
    return tuple(_form(found) for found in _WORD.findall(text))


def exact_form(text: str) -> str:
    """A whole query as it is compared exactly: case, accents, punctuation and spaces are the same, plurals are not."""
    # Nearly every query is ASCII, which folds at a fraction of the cost.
    return " ".join(_WORD.findall(text.lower() if text.isascii() else folded(text)))


def only_stop_words(text: str) -> bool:
    """Whether every word of the text is one that says nothing."""
    return all(word.lower() in STOP_WORDS for word in _WORD.findall(text))


def places(phrase: Sequence[str], among: Sequence[str]) -> Iterator[int]:
    """Where the words of a phrase stand next to one another in this order, by index; places do not overlap."""
    if not phrase or phrase[0] not in among:
        return
    length, at = len(phrase), 0
    while at + length <= len(among):
        if among[at] == phrase[0] and tuple(among[at : at + length]) == tuple(phrase):
            yield at
            at += length
        else:
            at += 1


@lru_cache(maxsize=20_000)
def _form(word: str) -> str:
    plain = folded(word).replace("\u2019", "'")
    return _singular(plain.removesuffix("'s"))


def _singular(word: str) -> str:
    """One form for a word and its regular plural, after the S-stemmer (Harman, How effective is suffixing?, JASIS
    1991), with what it leaves alone and shops sell: shoes, boxes, dresses, watches. Forms are compared, never shown.
    """
    if word.endswith("oe") and len(word) > 3:
        return word[:-1]
    if len(word) < 3 or not word.endswith("s") or word[-2] in "us":
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "zes", "ches", "shes")) or (word.endswith("oes") and len(word) > 4):
        return word[:-2]
    return word[:-1]
