"""What is kept in memory between requests: while a generation is live, or for some seconds. Never without a bound."""

import time
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Kept(Generic[_Value]):
    """Values of one generation by key, None for a key that has none there; those of the next take their place. At most
    `most`: who was asked for longest ago goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._generation = ""
        self._values: OrderedDict[str, _Value | None] = OrderedDict()

    def known(self, generation: str, keys: Sequence[str]) -> dict[str, _Value | None]:
        """What is known of the keys in this generation; nothing where it is empty."""
        if generation != self._generation:
            self._values.clear()
            self._generation = generation
        if not generation:
            return {}
        found = {key: self._values[key] for key in keys if key in self._values}
        for key in found:
            self._values.move_to_end(key)
        return found

    def keep(self, generation: str, values: Mapping[str, _Value | None]) -> None:
        """Keeps values that were read while `generation` was live, before, during and after."""
        if not generation or generation != self._generation:
            return
        self._values.update(values)
        while len(self._values) > self._most:
            self._values.popitem(last=False)


class Fresh(Generic[_Key, _Value]):
    """Values by key for `fresh_s`, at most `most`: who was asked for longest ago goes first."""

    def __init__(self, most: int, *, fresh_s: float) -> None:
        self._most, self._fresh_s = most, fresh_s
        self._values: OrderedDict[_Key, tuple[float, _Value]] = OrderedDict()

    def get(self, key: _Key) -> _Value | None:
        """The value, None where there is none or it is too old."""
        found = self._values.get(key)
        if found is None:
            return None
        if found[0] < time.monotonic():
            del self._values[key]
            return None
        self._values.move_to_end(key)
        return found[1]

    def known(self, keys: Iterable[_Key]) -> dict[_Key, _Value]:
        """The values of those keys that have one."""
        now, found = time.monotonic(), {}
        for key in keys:
            kept = self._values.get(key)
            if kept is not None and kept[0] >= now:
                found[key] = kept[1]
                self._values.move_to_end(key)
        return found

    def clear(self) -> None:
        """Lets go of everything."""
        self._values.clear()

    def keep(self, values: Mapping[_Key, _Value]) -> None:
        """From now on. What nobody asked for since it became too old is let go: else there would be as many as there
        may be at any traffic, only later."""
        now = time.monotonic()
        until = now + self._fresh_s
        for key, value in values.items():
            self._values[key] = (until, value)
            self._values.move_to_end(key)
        while self._values and (len(self._values) > self._most or next(iter(self._values.values()))[0] < now):
            self._values.popitem(last=False)

    def __len__(self) -> int:
        """How many are held, those among them that are too old by now."""
        return len(self._values)
