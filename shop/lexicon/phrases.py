"""Texts that are found by the beginning of any of their words, the best first. Pure."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from shop.lexicon.tokens import words

_END: Final = "\U0010ffff"
# What it costs a text that not its first word is the one that was begun, in natural logarithms of its count.
INNER_WORD: Final = 2.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text to suggest. `count`: products behind it; `asked`: how often people searched for it; `value`: what a
    filter takes, where the text stands for one."""

    text: str
    count: int
    asked: int = 0
    value: str = ""

    @property
    def weight(self) -> float:
        """Grows with the logarithm of its products, twice as fast with that of its searches."""
        return float(np.log1p(self.count) + 2 * np.log1p(self.asked))


class Phrases:
    """Phrases by the beginnings of their words."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._phrases = list(phrases)
        entries: list[tuple[str, int, float]] = []
        for place, phrase in enumerate(self._phrases):
            parts = words(phrase.text)
            for start in range(len(parts)):
                weight = phrase.weight - (INNER_WORD if start else 0.0)
                entries.append((" ".join(parts[start:]), place, weight))
        entries.sort()
        self._keys = [key for key, _, _ in entries]
        self._places = np.array([place for _, place, _ in entries], np.intp)
        self._weights = np.array([weight for _, _, weight in entries], np.float64)

    def __len__(self) -> int:
        return len(self._phrases)

    def begun(
        self, key: str, limit: int, passes: Callable[[Phrase], bool] = lambda _: True
    ) -> list[tuple[Phrase, float]]:
        """Phrases with a word from which on they begin with `key` (folded words with single spaces), the best first,
        each with its weight. `passes`: which of them count."""
        start, end = bisect_left(self._keys, key), bisect_left(self._keys, key + _END)
        order = np.argsort(-self._weights[start:end], kind="stable") if end - start < 64 else self._best(start, end)
        found: dict[int, tuple[Phrase, float]] = {}
        for at in order:
            place = int(self._places[start + at])
            if place not in found and passes(phrase := self._phrases[place]):
                found[place] = phrase, float(self._weights[start + at])
                if len(found) == limit:
                    break
        return list(found.values())

    def _best(self, start: int, end: int) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
        """Places of the best 1,000 of a range, best first: more are never looked at."""
        part = self._weights[start:end]
        most = min(1000, len(part))
        chosen = np.argpartition(-part, most - 1)[:most]
        return chosen[np.lexsort((chosen, -part[chosen]))]
