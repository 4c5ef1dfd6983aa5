"""The road that changes take, whatever it is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shop.products.changes.change import Outcome
from shop.products.changes.request import ChangeRequest
from shop.stream.entrance import RoadStatus


@dataclass(frozen=True, slots=True)
class Queued:
    """A change that is kept durably and made soon."""

    change_id: str


Answer = Outcome | Queued | Exception
"""What became of a change; an exception: it was not made, and may be sent again."""


class Road(Protocol):
    """Takes changes and answers each only when it cannot be lost any more."""

    async def send(self, requests: Sequence[ChangeRequest]) -> list[Answer]:
        """An answer a change, in order; changes of one product are made in order. Raises RoadFull if none is taken."""
        ...

    async def status(self) -> RoadStatus:
        """Never raises."""
        ...
