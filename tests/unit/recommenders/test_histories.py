"""Histories as arrays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.recommenders.histories import Histories

sequences = st.lists(st.lists(st.integers(0, 5), max_size=6), max_size=6)


@given(sequences)
def test_every_shopper_keeps_order_and_events(listed: list[list[int]]) -> None:
    histories = Histories.of(listed, 6)
    assert [histories.of_shopper(n).tolist() for n in range(len(histories))] == listed
    assert histories.last().tolist() == [items[-1] if items else -1 for items in listed]
    earlier = histories.without_last()
    assert [earlier.of_shopper(n).tolist() for n in range(len(earlier))] == [items[:-1] for items in listed]
    backwards = histories.taken(np.arange(len(listed))[::-1])
    assert [backwards.of_shopper(n).tolist() for n in range(len(listed))] == listed[::-1]
    long = histories.chosen(histories.lengths > 2)
    assert [long.of_shopper(n).tolist() for n in range(len(long))] == [items for items in listed if len(items) > 2]


@given(sequences, st.integers(0, 6), st.integers(0, 6))
def test_a_part_is_a_slice(listed: list[list[int]], first: int, more: int) -> None:
    histories = Histories.of(listed, 6)
    part = histories.part(min(first, len(listed)), min(first + more, len(listed)))
    assert [part.of_shopper(n).tolist() for n in range(len(part))] == listed[first : first + more]


def test_matrices() -> None:
    histories = Histories.of([[0, 1, 0], [], [2]], 3)
    assert Histories.of(iter([[0, 1, 0], [], [2]])).catalogue == 3
    assert Histories.of([]).catalogue == 0
    assert histories.matrix(0.5).toarray().tolist() == [[1.25, 0.5, 0], [0, 0, 0], [0, 0, 1]]
    assert histories.presence().toarray().tolist() == [[1, 1, 0], [0, 0, 0], [0, 0, 1]]
    assert histories.matrix(0.0).toarray().tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 1]]
    assert histories.counts().tolist() == [2, 1, 1]


@pytest.mark.parametrize("item", [-1, 3])
def test_a_product_outside_the_catalogue_is_refused(item: int) -> None:
    with pytest.raises(ValueError, match="0 to 2"):
        Histories.of([[0], [item]], 3)
