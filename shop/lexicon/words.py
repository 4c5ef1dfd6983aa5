"""Every word of a catalogue with the number of products that have it; which are like another one. Pure."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shop.lexicon.distance import LONGEST, distances, letters
from shop.lexicon.tokens import edits_allowed, singular

_END: Final = "\U0010ffff"


class Near(NamedTuple):
    """A word of the catalogue that is like the one asked about: edits between them, products that have it."""

    word: str
    distance: int
    products: int


class Words:
    """Words, folded, with how many products are called so; 0 for what only descriptions say now and then. Plurals are
    known where their singular is, and back."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = dict(counts)
        self._stems: dict[str, int] = {}
        for word, count in counts.items():
            stem = singular(word)
            self._stems[stem] = self._stems.get(stem, 0) + count
        # Words with digits are models and sizes: nothing is corrected to one.
        self._sorted = sorted(w for w in counts if len(w) <= LONGEST and w.isalpha())
        self._number = np.array([counts[word] for word in self._sorted], np.int64)
        self._letters = letters(self._sorted)
        self._lengths = np.array([len(word) for word in self._sorted], np.intp)

    def __len__(self) -> int:
        return len(self._counts)

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def count(self, word: str) -> int:
        """Products that are called by the folded word in the singular or plural, about."""
        return self._stems.get(singular(word), 0)

    def known(self, word: str) -> bool:
        return singular(word) in self._stems

    def begun(self, prefix: str, limit: int) -> list[str]:
        """Words that begin like this, those of most products first."""
        start, end = self._range(prefix)
        best = start + _largest(self._number[start:end], limit)
        return [self._sorted[place] for place in best]

    def near(self, word: str, *, prefix: bool = False, limit: int = 5, most: int | None = None) -> list[Near]:
        """Words that differ from this one by what a word of its length may: nearest first, then those of most
        products. The first letter is the same, or swapped with the second. `prefix`: words whose beginning does."""
        most = edits_allowed(word) if most is None else most
        if most == 0 or len(word) < 2 or not word.isalpha():
            return []
        found: list[Near] = []
        for first in {word[0], word[1] + word[0]}:
            start, end = self._range(first)
            part = distances(word, self._letters[:, start:end], self._lengths[start:end], most, prefix=prefix)
            for place in np.flatnonzero(part <= most):
                at = start + int(place)
                found.append(Near(self._sorted[at], int(part[place]), int(self._number[at])))
        return sorted(found, key=lambda near: (near.distance, -near.products, near.word))[:limit]

    def _range(self, prefix: str) -> tuple[int, int]:
        return bisect_left(self._sorted, prefix), bisect_left(self._sorted, prefix + _END)


def _largest(numbers: NDArray[np.int64], limit: int) -> NDArray[np.intp]:
    """Places of the largest numbers, largest first, the earlier first among equals."""
    if len(numbers) > limit:
        least = np.partition(numbers, len(numbers) - limit)[len(numbers) - limit]
        places = np.flatnonzero(numbers >= least)
    else:
        places = np.arange(len(numbers))
    return places[np.argsort(-numbers[places], kind="stable")][:limit]
