"""Distinct products of a group, in a form that can be added up over days: its KEPT smallest hashes.

A k-minimum-values sketch (Bar-Yossef et al., RANDOM 2002): up to KEPT products the count is exact; beyond, it is
estimated from how dense the smallest hashes lie, with a standard error of 1 / sqrt(KEPT - 2), 3 %.
"""

import hashlib
from collections.abc import Iterable
from typing import Final, Self

KEPT: Final = 1024
DIGITS: Final = 16
"""Of the MD5 in hexadecimal: what every engine that jobs run on can compute."""


class Distinct:
    """A set that is only counted."""

    def __init__(self, hashes: Iterable[str] = ()) -> None:
        self.hashes = sorted(set(hashes))[:KEPT]

    @classmethod
    def of(cls, values: Iterable[str]) -> Self:
        """Of values, as against of their hashes."""
        return cls(hashlib.md5(value.encode(), usedforsecurity=False).hexdigest()[:DIGITS] for value in values)

    def __or__(self, other: "Distinct") -> "Distinct":
        return Distinct([*self.hashes, *other.hashes])

    def __len__(self) -> int:
        """How many there are, or about how many."""
        if len(self.hashes) < KEPT:
            return len(self.hashes)
        share = (int(self.hashes[-1], 16) + 1) / 16**DIGITS
        return round((KEPT - 1) / share)
