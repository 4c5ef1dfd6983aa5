"""What a message looks like to the model: a sentence vector beside weighted pieces of words."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float64]

_SHORTEST, _LONGEST = 2, 5
MAX_CHARACTERS: Final = 1_000
_LONG_NUMBER: Final = re.compile(r"\b[A-Za-z]{0,3}\d{4,}\b")
_NO_WORD: Final = re.compile(r"[^\w ]+")


def plain(text: str) -> str:
    """Lower case, one space between words, long numbers (of orders, of phones) as one word."""
    return " ".join(_LONG_NUMBER.sub("number", text[:MAX_CHARACTERS]).lower().split())


def pieces(text: str) -> list[str]:
    """Words, pairs of words, and runs of 2 to 5 characters within words, which outlive misspellings."""
    words = _NO_WORD.sub(" ", plain(text)).split()
    found = [f"w:{word}" for word in words]
    found += [f"b:{one} {next_one}" for one, next_one in pairwise(words)]
    for word in words:
        padded = f" {word} "
        for length in range(_SHORTEST, _LONGEST + 1):
            found += [padded[start : start + length] for start in range(len(padded) - length + 1)]
    return found


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces that a model knows, each with its row and its inverse document frequency."""

    rows: Mapping[str, int]
    weights: Floats

    def of(self, text: str) -> tuple[npt.NDArray[np.intp], Floats]:
        """Rows and weights of a text's known pieces: (1 + log count) * idf, of length 1 (L2) together."""
        counts = [(self.rows[piece], n) for piece, n in Counter(pieces(text)).items() if piece in self.rows]
        rows = np.array([row for row, _ in counts], np.intp)
        weights = np.array([1 + math.log(n) for _, n in counts]) * self.weights[rows]
        length = float(np.sqrt((weights * weights).sum()))
        return rows, weights / length if length else weights

    def matrix(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Shape (len(texts), len(rows)); a text's row is what `of` gives for it."""
        found = [self.of(text) for text in texts]
        starts = np.cumsum([0, *(len(rows) for rows, _ in found)])
        columns = np.concatenate([rows for rows, _ in found]) if found else np.empty(0, np.intp)
        values = np.concatenate([weights for _, weights in found]) if found else np.empty(0)
        return sparse.csr_matrix((values, columns, starts), shape=(len(texts), len(self.rows)))


def gathered(texts: Sequence[str], least: int = 2) -> Pieces:
    """The pieces that stand in `least` texts or more; idf smoothed: log((1 + n) / (1 + df)) + 1."""
    frequency = Counter(piece for text in texts for piece in set(pieces(text)))
    kept = sorted(piece for piece, count in frequency.items() if count >= least)
    weights = np.array([math.log((1 + len(texts)) / (1 + frequency[piece])) + 1 for piece in kept])
    return Pieces({piece: row for row, piece in enumerate(kept)}, weights)
