"""Queries as they are counted: one form for all spellings that mean the same typing. Pure."""

import unicodedata
from typing import Final

MAX_LENGTH: Final = 500
_MARKS: Final = frozenset(".,;:!?\"'()[]{}")
_QUOTES: Final = frozenset({"Pi", "Pf"})


def normalised(raw: str) -> str:
    """Lower case, one form of each character (NFKC), single spaces, no punctuation at the ends of words.

    Accents stay: "café" is what people should be shown again.
    """
    words = unicodedata.normalize("NFKC", raw).casefold().split()
    kept = [bare for word in words if (bare := _bare(word))]
    return " ".join(kept)[:MAX_LENGTH]


def _bare(word: str) -> str:
    first, last = 0, len(word)
    while first < last and _is_mark(word[first]):
        first += 1
    while last > first and _is_mark(word[last - 1]):
        last -= 1
    return word[first:last]


def _is_mark(letter: str) -> bool:
    return letter in _MARKS or unicodedata.category(letter) in _QUOTES


def reformulates(before: str, after: str) -> bool:
    """Whether the second of two normalised queries says the first one again in other words: they share a word, or
    differ by few letters (at most a quarter of the longer one).

    The same query is none, and neither is one that goes on typing its last word ("hik" -> "hiking").
    """
    if not before or not after or before == after or is_typing(before, after):
        return False
    if set(before.split()) & set(after.split()):
        return True
    longest = max(len(before), len(after))
    return distance(before, after, longest // 4) <= longest // 4


def is_typing(before: str, after: str) -> bool:
    """Whether the second begins with the first, cut within a word."""
    return len(after) > len(before) and after.startswith(before) and after[len(before)] != " "


def distance(one: str, other: str, most: int) -> int:
    """Edits between two texts: letters added, left out, replaced, or two neighbours swapped (optimal string
    alignment); `most + 1` where there are more than `most`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        above, row, oldest = row, [i], before
        for j, b in enumerate(other, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, oldest[j - 2] + 1)
            row.append(cost)
        before = above
        if min(row) > most:
            return most + 1
    return row[-1]
