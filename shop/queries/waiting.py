"""What waits to be written: a queue with a limit, which counts what it had no room for. Pure."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Waiting(Generic[T]):
    """First in, first out; at most `limit` at a time."""

    limit: int
    dropped: int = 0
    _items: deque[T] = field(default_factory=deque)

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item: T) -> bool:
        """False where there was no room; that is counted."""
        if len(self._items) >= self.limit:
            self.dropped += 1
            return False
        self._items.append(item)
        return True

    def take(self, most: int) -> list[T]:
        """The oldest ones, no longer waiting."""
        return [self._items.popleft() for _ in range(min(most, len(self._items)))]

    def put_back(self, items: Sequence[T]) -> None:
        """Those that could not be written wait again, before all others; the newest go where there is no room."""
        self._items.extendleft(reversed(items))
        while len(self._items) > self.limit:
            self._items.pop()
            self.dropped += 1
