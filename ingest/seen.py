"""Which ids a load has seen, in 8 to 32 bytes each: a set of Python's takes a hundred."""

from array import array
from typing import Final

_FIRST: Final = 1 << 12
_MASK: Final = (1 << 64) - 1


class SeenIds:
    """Ids by their 64-bit hashes: of a billion ids two are taken for one with a chance of 3 %.

    A table with linear probing that is never more than half full.
    """

    def __init__(self) -> None:
        self._table = array("Q", bytes(8 * _FIRST))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, product_id: str) -> bool:
        """Notes an id; False where it was there already."""
        # 0 is an empty place.
        key = hash(product_id) & _MASK or 1
        place = self._place(key)
        if self._table[place]:
            return False
        self._table[place] = key
        self._count += 1
        if 2 * self._count > len(self._table):
            self._grow()
        return True

    def _place(self, key: int) -> int:
        """Where the key is, or is to be put."""
        table = self._table
        last = len(table) - 1
        place = key & last
        while table[place] and table[place] != key:
            place = (place + 1) & last
        return place

    def _grow(self) -> None:
        old = self._table
        self._table = array("Q", bytes(16 * len(old)))
        for key in old:
            if key:
                self._table[self._place(key)] = key
