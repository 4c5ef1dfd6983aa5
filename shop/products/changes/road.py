"""The road that changes take, whatever it is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shop.products.changes.change import Outcome
from shop.products.changes.request import ChangeRequest


class RoadFull(Exception):
    """So many changes wait that more are refused; the same may be sent again after `retry_after_s` seconds."""

    def __init__(self, message: str, retry_after_s: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Queued:
    """A change that is kept durably and made soon."""

    change_id: str


Answer = Outcome | Queued | Exception
"""What became of a change; an exception: it was not made, and may be sent again."""


@dataclass(frozen=True, slots=True)
class RoadStatus:
    """How a road is: what it is made of in words, changes that wait, and what is wrong with it, if anything;
    `lag_s`: how long the oldest has waited; `dead`: dead letters."""

    said: str
    waiting: int
    trouble: str = ""
    lag_s: float = 0.0
    dead: int = 0


class Road(Protocol):
    """Takes changes and answers each only when it cannot be lost any more."""

    async def send(self, requests: Sequence[ChangeRequest]) -> list[Answer]:
        """An answer a change, in order; changes of one product are made in order. Raises RoadFull if none is taken."""
        ...

    async def status(self) -> RoadStatus:
        """Never raises."""
        ...
