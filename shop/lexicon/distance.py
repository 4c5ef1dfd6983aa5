"""Edit distances of one word to many, all at once. Pure.

Optimal string alignment (Damerau-Levenshtein without edits inside a swap): inserting, leaving out, replacing a letter
and swapping two neighbours cost 1 each. Computed along the diagonal band that can hold distances up to `most`.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

LONGEST: Final = 24
"""Longest word that is compared."""

_FAR: Final = 100


def letters(words: list[str]) -> NDArray[np.uint32]:
    """Words as a matrix of code points, shape (LONGEST, number of words), 0 behind each end. None may be longer."""
    if not words:
        return np.zeros((LONGEST, 0), np.uint32)
    table = np.array(words, dtype=f"U{LONGEST}").view(np.uint32).reshape(len(words), LONGEST)
    return np.ascontiguousarray(table.T)


def distances(
    word: str, table: NDArray[np.uint32], lengths: NDArray[np.intp], most: int, *, prefix: bool = False
) -> NDArray[np.uint8]:
    """Distance of `word` to each word of the table, shape (number of words,); above `most` any larger number.

    `prefix`: to the nearest beginning of each instead, as the word is still being typed.
    """
    count = table.shape[1]
    if len(word) > LONGEST:
        return np.full(count, _FAR, np.uint8)
    rows = _rows(word, table, most)
    last = np.stack([rows.get(column, _far(count)) for column in range(len(word) - most, len(word) + most + 1)])
    if prefix:
        nearest: NDArray[np.uint8] = last.min(axis=0)
        return nearest
    place = lengths - len(word) + most
    inside = (place >= 0) & (place <= 2 * most)
    found = last[np.where(inside, place, 0), np.arange(count)]
    return np.where(inside, found, _FAR).astype(np.uint8)


def _far(count: int) -> NDArray[np.uint8]:
    return np.full(count, _FAR, np.uint8)


def _rows(word: str, table: NDArray[np.uint32], most: int) -> dict[int, NDArray[np.uint8]]:
    """The last row of the band: distances of the whole word to the first `column` letters, by column."""
    count = table.shape[1]
    before: dict[int, NDArray[np.uint8]] = {}
    row = {column: np.full(count, column, np.uint8) for column in range(most + 1)}
    codes = [ord(c) for c in word]
    for i, code in enumerate(codes, 1):
        new: dict[int, NDArray[np.uint8]] = {}
        if i <= most:
            new[0] = np.full(count, i, np.uint8)
        for j in range(max(1, i - most), min(LONGEST, i + most) + 1):
            best = row[j - 1] + (table[j - 1] != code)
            if j in row:
                best = np.minimum(best, row[j] + 1)
            if j - 1 in new:
                best = np.minimum(best, new[j - 1] + 1)
            if i > 1 and j > 1 and j - 2 in before:
                swapped = (table[j - 1] == codes[i - 2]) & (table[j - 2] == code)
                best = np.where(swapped, np.minimum(best, before[j - 2] + 1), best)
            new[j] = best.astype(np.uint8)
        before, row = row, new
    return row
