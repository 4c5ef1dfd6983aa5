"""Words that are meant to be others: mistyped ones of the language ("undr fourty dolars"), and twins ("bbq"). Pure.

Only words that the catalogue does not have are looked at, and only those that are one slip of the hand from one word
of a closed list: a letter too many, too few, another one, or two in the other order. Values of the catalogue that are
mistyped are spelling's (spelling.py), which may ask the index.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Final

from app.search.understanding.language.mistyped import (
    ANYWHERE,
    BESIDE_NUMBERS,
    LEAST_ALONE,
    LEAST_LETTERS,
    OTHER_WORDS,
)
from app.search.understanding.language.money import CURRENCIES, CURRENCY_SIGNS
from app.search.understanding.language.numbers import MULTIPLIERS, NUMBER_WORDS
from app.search.understanding.language.text import FUNCTION_WORDS
from app.search.understanding.language.twins import TWINS, TWO_WORDS
from app.search.understanding.lexicon import Lexicon
from app.search.understanding.tokens import Token, folded_word, stem

_PUT_TOGETHER: Final = re.compile(
    r"(two|twen|three|thre|thir|four|for|five|fiv|six|seven|eight|eigh|nine|nin)(teen|ty)"
)
_OF_TWO: Final = frozenset(TWO_WORDS.values())
_FIRST: Final = {
    **dict.fromkeys(("two", "twen"), "twen"), **dict.fromkeys(("three", "thre", "thir"), "thir"),
    **dict.fromkeys(("four", "for"), "four"), **dict.fromkeys(("five", "fiv"), "fif"), "six": "six", "seven": "seven",
    **dict.fromkeys(("eight", "eigh"), "eigh"), **dict.fromkeys(("nine", "nin"), "nine"),
}  # fmt: skip
_SPELLED: Final = {"fourty": "forty"}
_REACH: Final = 2
"""How many tokens away a number may stand."""


def corrected(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """The tokens with the words that were meant; their texts stay as they were typed."""
    done = list(tokens)
    numbers = [_tells_a_number(token.word, token) for token in tokens]
    for i, (first, second) in enumerate(pairwise(token.stem for token in tokens)):
        one = TWO_WORDS.get((first, second), "")
        if one and lexicon.knows(one) and not lexicon.named((first, second)):
            # Both say it, so that each place in the text keeps its token.
            done[i], done[i + 1] = (replace(token, word=one, stem=one) for token in tokens[i : i + 2])
    for i, token in enumerate(tokens):
        word = token.word
        if done[i] is token and token.stem in TWINS and (twin := _twin(token.stem, lexicon)):
            done[i] = replace(token, word=twin, stem=twin)
            continue
        if token.mark or token.number is not None or len(word) < LEAST_LETTERS - 1 or not word.isalpha():
            continue
        if _is_a_word(word) or lexicon.knows(token.stem):
            continue
        if number := _as_it_sounds(word):
            done[i], numbers[i] = replace(token, word=number, stem=number), True
            continue
        around = [k for k in range(i - _REACH, i + _REACH + 1) if k != i and 0 <= k < len(tokens)]
        meant = _meant(word, BESIDE_NUMBERS) if any(numbers[k] for k in around) else ""
        if not meant and len(word) >= LEAST_ALONE - 1 and lexicon.everything:
            meant = _meant(word, ANYWHERE)
        if meant:
            done[i] = replace(token, word=meant, stem=stem(meant))
            numbers[i] = _tells_a_number(meant, token)
    return done


def twin_of(token: Token) -> str:
    """What the catalogue calls the thing that was typed otherwise, of a token that `corrected` made; else empty."""
    typed = stem(folded_word(token.text))
    same = token.word in TWINS.get(typed, ()) or (token.word in _OF_TWO and token.stem != typed)
    return token.word if same else ""


def _twin(stemmed: str, lexicon: Lexicon) -> str:
    """What the catalogue calls the thing that it has no such word for."""
    if lexicon.knows(stemmed) or (stemmed,) in lexicon.variants:
        return ""
    return next((other for other in TWINS[stemmed] if lexicon.knows(other)), "")


def _as_it_sounds(word: str) -> str:
    """The number that a word means which is put together as numbers mostly are: "fiveteen", "eightty", "forteen"."""
    found = _PUT_TOGETHER.fullmatch(word)
    number = _FIRST.get(found[1], "") + found[2] if found else ""
    return _SPELLED.get(number, number) if _SPELLED.get(number, number) in NUMBER_WORDS else ""


def _tells_a_number(word: str, token: Token) -> bool:
    counts = word in NUMBER_WORDS or word in MULTIPLIERS or word in CURRENCIES or word in CURRENCY_SIGNS
    return counts or token.number is not None


def _is_a_word(word: str) -> bool:
    return word in BESIDE_NUMBERS or word in ANYWHERE or word in OTHER_WORDS or word in FUNCTION_WORDS


def _meant(word: str, known: frozenset[str]) -> str:
    """The one word of `known` that is one slip from it; empty where none or several are."""
    near = [other for other in _starting(known).get(word[0], ()) if _one_slip(word, other)]
    return near[0] if len(near) == 1 else ""


@cache
def _starting(known: frozenset[str]) -> dict[str, list[str]]:
    """Words by their first letter, which is the one that is seldom mistyped."""
    listed: dict[str, list[str]] = {}
    for word in sorted(known):
        listed.setdefault(word[0], []).append(word)
    return listed


def _one_slip(one: str, other: str) -> bool:
    """Whether one edit lies between two words: a letter put in, left out or changed, or neighbours exchanged."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    at = 0
    while at < len(one) and one[at] == other[at]:
        at += 1
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    return one[at + 1 :] == other[at + 1 :] or (
        one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    )
