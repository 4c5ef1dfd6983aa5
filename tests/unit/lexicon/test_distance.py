"""The vectorised distance is the textbook's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shop.lexicon.distance import LONGEST, distances, letters

few_letters = st.text(alphabet="abc", min_size=1, max_size=9)


def by_the_book(first: str, second: str) -> int:
    """Optimal string alignment, cell by cell."""
    rows = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for i in range(len(first) + 1):
        for j in range(len(second) + 1):
            if not i or not j:
                rows[i][j] = i + j
                continue
            changed = rows[i - 1][j - 1] + (first[i - 1] != second[j - 1])
            rows[i][j] = min(changed, rows[i - 1][j] + 1, rows[i][j - 1] + 1)
            if i > 1 and j > 1 and first[i - 1] == second[j - 2] and first[i - 2] == second[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


def measured(word: str, others: list[str], most: int, *, prefix: bool = False) -> list[int]:
    lengths = np.array([len(other) for other in others], np.intp)
    found = distances(word, letters(others), lengths, most, prefix=prefix)
    return [min(int(d), most + 1) for d in found]


@given(few_letters, st.lists(few_letters, min_size=1, max_size=20), st.integers(0, 3))
def test_distance_to_whole_words(word: str, others: list[str], most: int) -> None:
    assert measured(word, others, most) == [min(by_the_book(word, other), most + 1) for other in others]


@given(few_letters, st.lists(few_letters, min_size=1, max_size=20), st.integers(0, 3))
def test_distance_to_the_nearest_beginning(word: str, others: list[str], most: int) -> None:
    nearest = [min(by_the_book(word, other[:end]) for end in range(len(other) + 1)) for other in others]
    assert measured(word, others, most, prefix=True) == [min(n, most + 1) for n in nearest]


def test_longer_words_than_are_compared_are_far_from_everything() -> None:
    assert measured("x" * (LONGEST + 1), ["x" * LONGEST], 2) == [3]
    assert measured("x" * LONGEST, ["x" * LONGEST], 2) == [0]


def test_no_words_at_all() -> None:
    assert measured("abc", [], 1) == []
