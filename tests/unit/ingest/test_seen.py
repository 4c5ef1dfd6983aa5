"""Ids that a load has seen."""

import sys

from ingest.seen import SeenIds


def test_each_id_is_new_once() -> None:
    seen = SeenIds()
    ids = [f"P{number}" for number in range(20_000)]
    assert all(seen.add(product_id) for product_id in ids)
    assert not any(seen.add(product_id) for product_id in ids)
    assert len(seen) == 20_000
    assert seen.add("another")


class Hashed(str):
    """An id with a hash of one's choice."""

    __slots__ = ("_hash",)

    def __new__(cls, text: str, number: int) -> "Hashed":
        made = super().__new__(cls, text)
        made._hash = number
        return made

    def __hash__(self) -> int:
        return self._hash


def test_ids_whose_hashes_meet_are_told_apart() -> None:
    seen = SeenIds()
    # All of them want the last place of the table, and go on at its first; 0 is an id like any other.
    numbers = [(n << 40) - 1 for n in range(50)] + [0, -(1 << 62)]
    ids = [Hashed(str(n), n) for n in numbers]
    assert all(seen.add(product_id) for product_id in ids)
    assert not any(seen.add(product_id) for product_id in ids)
    assert len(seen) == len(ids)


def test_it_takes_little_memory() -> None:
    seen = SeenIds()
    for number in range(100_000):
        seen.add(str(number))
    assert sys.getsizeof(seen._table) <= 32 * 100_000
