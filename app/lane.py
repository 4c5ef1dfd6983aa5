"""Places of one kind at the door, and who waits for one."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from app.admission import Admission
from app.waiting import Waiting

_Item = TypeVar("_Item")


class Lane(Admission, Generic[_Item]):
    """At most `most` under way, fewer while they take longer than `slow_s`; as many wait."""

    def __init__(self, most: int, slow_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(most, slow_s, clock)
        self.waiting: Waiting[_Item] = Waiting(most, clock)

    @property
    def free(self) -> bool:
        """Whether somebody may begin."""
        return self.under_way < int(self.limit)

    def at_once(self) -> float | None:
        """Takes a place for who has just come; None where there is none, or others wait for it."""
        since = None if self.waiting else self.enter()
        if since is not None:
            self.waiting.passed()
        return since
