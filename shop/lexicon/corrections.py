"""What a mistyped text was meant to be, by the words of the catalogue. Pure.

A noisy channel (Kernighan, Church and Gale 1990): of all readings of the text, the one most products speak for, against
how unlikely its mistakes are. Only words that the catalogue does not have are read otherwise; what has a digit is a
model, a size or a code and stays, but for a missing space ("iphone15").
"""

import math
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Final, NamedTuple

from shop.lexicon.gather import WEAK, Lexicon
from shop.lexicon.tokens import Token, edits_allowed, singular, tokens

# In natural logarithms: one mistake makes a reading less likely by as much as e^5 = 150 times fewer products would.
A_MISTAKE: Final = 5.0
A_SPACE: Final = 3.0
# Letters swapped, doubled or put in twice are the likelier mistakes.
A_LIKELY_MISTAKE: Final = 3.5
# A word that the catalogue does not have is itself as if half a product had it, and this many times e less likely.
UNKNOWN: Final = 8.0
# Share of a word's likelihood that comes from the word before it; the rest from its own number of products.
FROM_BEFORE: Final = 0.5
READINGS_A_WORD: Final = 8
BEAM: Final = 12
LONGEST_TEXT: Final = 20
"""Words; longer texts are no search for something with a name, and are left as they are."""
LEAST_PART: Final = 3
LEAST_BEGUN: Final = 5
"""Letters from which on a word may be one that broke off."""

_DOUBLED: Final = re.compile(r"(.)\1+")
_GLUED: Final = re.compile(r"([^\W\d_]{4,})(\d{1,4})")


class Change(NamedTuple):
    """Words as they stood in the text, and what was made of them."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Correction:
    """The text as it was probably meant. `unknown`: folded words of it that the catalogue does not have; where there
    are none, only spaces were changed ("back pack")."""

    text: str
    changes: tuple[Change, ...]
    unknown: tuple[str, ...]


class _Reading(NamedTuple):
    """Words that one or two words of the text may be. `cost`: of the mistakes; `taken`: how many of the text's words
    they stand for."""

    words: tuple[str, ...]
    cost: float
    taken: int = 1


class _Path(NamedTuple):
    score: float
    words: tuple[str, ...]
    readings: tuple[_Reading, ...]


def correction(text: str, lexicon: Lexicon, common: Set[str] = frozenset()) -> Correction | None:
    """What the text was meant to be; None where every word is known, or nothing is like those that are not.

    `common`: words that people mean when they write them, whether the shop has such things or not.
    """
    found = tokens(text)
    if not found or len(found) > LONGEST_TEXT:
        return None
    readings = [_readings(found, place, lexicon, common) for place in range(len(found))]
    best = _best(readings, lexicon)
    changes: list[Change] = []
    unknown: list[str] = []
    made, at, place = "", 0, 0
    for reading in best.readings:
        span = found[place : place + reading.taken]
        if tuple(token.word for token in span) != reading.words:
            before, after = text[span[0].start : span[-1].end], " ".join(reading.words)
            changes.append(Change(before, after))
            unknown += [token.word for token in span if not lexicon.words.known(token.word)]
            made += text[at : span[0].start] + after
            at = span[-1].end
        place += reading.taken
    return Correction(made + text[at:], tuple(changes), tuple(unknown)) if changes else None


def _readings(found: Sequence[Token], place: int, lexicon: Lexicon, common: Set[str]) -> list[_Reading]:
    """What the word at `place` may be, alone or joined with the next one."""
    word = found[place].word
    # The form of some plurals is no word ("sho"): without its s it may be one.
    meant = lexicon.words.known(word) or not common.isdisjoint((word, singular(word), word.removesuffix("s")))
    listed = [_Reading((word,), 0.0)] if meant else _otherwise(word, lexicon)
    if place + 1 < len(found):
        listed += _joined(word, found[place + 1].word, lexicon)
    return listed


def _otherwise(word: str, lexicon: Lexicon) -> list[_Reading]:
    """What a word may be that the catalogue does not have: itself, another, or two without their space."""
    listed = [_Reading((word,), UNKNOWN)]
    if glued := _GLUED.fullmatch(word):
        head, digits = glued[1], glued[2]
        heads = [(head, 0.0)] if lexicon.words.known(head) else _near(head, lexicon)
        return listed + [
            _Reading((near, digits), cost + A_SPACE) for near, cost in heads if f"{near} {digits}" in lexicon.pairs
        ]
    if not word.isalpha() or not edits_allowed(word):
        return listed
    listed += [_Reading((near,), cost) for near, cost in _near(word, lexicon)]
    for cut in range(LEAST_PART, len(word) - LEAST_PART + 1):
        if f"{word[:cut]} {word[cut:]}" in lexicon.pairs:
            listed.append(_Reading((word[:cut], word[cut:]), A_SPACE))
    return listed


def _near(word: str, lexicon: Lexicon) -> list[tuple[str, float]]:
    """Words of the catalogue that are like this one, with what the mistakes cost."""
    found = [
        (near.word, (A_LIKELY_MISTAKE if _is_likely(word, near.word) else A_MISTAKE) + A_MISTAKE * (near.distance - 1))
        for near in lexicon.words.near(word, limit=READINGS_A_WORD)
        if near.word not in WEAK
    ]
    # The rest of the word may not have been typed: "headph".
    begun = lexicon.words.begun(word, READINGS_A_WORD // 2) if len(word) >= LEAST_BEGUN else []
    return found + [(whole, A_MISTAKE) for whole in begun if whole not in dict(found)]


def _is_likely(typed: str, meant: str) -> bool:
    """Whether letters were swapped, or one was doubled that should not be or the other way round."""
    return sorted(typed) == sorted(meant) or _DOUBLED.sub(r"\1", typed) == _DOUBLED.sub(r"\1", meant)


def _joined(first: str, second: str, lexicon: Lexicon) -> list[_Reading]:
    """Two words that are one in this catalogue and are never said apart: "back pack"."""
    whole = first + second
    apart = f"{first} {second}" in lexicon.pairs or f"{singular(first)} {singular(second)}" in lexicon.pairs
    if apart or not whole.isalpha() or min(len(first), len(second)) < 2 or not lexicon.words.known(whole):
        return []
    return [_Reading((whole,), A_SPACE, taken=2)]


def _best(readings: Sequence[Sequence[_Reading]], lexicon: Lexicon) -> _Path:
    """The likeliest way through the readings; a beam of twelve."""
    beams: list[list[_Path]] = [[] for _ in range(len(readings) + 1)]
    beams[0] = [_Path(0.0, (), ())]
    for place, options in enumerate(readings):
        for path in sorted(beams[place], key=lambda path: -path.score)[:BEAM]:
            for option in options:
                score = path.score + _likelihood(path.words, option.words, lexicon) - option.cost
                beams[place + option.taken].append(_Path(score, option.words, (*path.readings, option)))
    return max(beams[-1], key=lambda path: path.score)


def _likelihood(before: Sequence[str], words: Sequence[str], lexicon: Lexicon) -> float:
    """Logarithm of how likely the words follow those before: a mixture of how often they do and of how many
    products have them."""
    total = 0.0
    last = before[-1] if before else None
    for word in words:
        likely = max(lexicon.words.count(word), 0.5) / max(1, lexicon.products)
        if last is not None and (both := lexicon.pairs.get(f"{last} {word}", 0)):
            follows = min(1.0, both / max(1, lexicon.words.count(last)))
            likely = FROM_BEFORE * follows + (1 - FROM_BEFORE) * likely
        total += math.log(likely)
        last = word
    return total
