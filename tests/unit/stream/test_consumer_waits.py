"""A consumer waits longer for troubles in a row, and not for those that are long over."""

import asyncio
from typing import Any

import pytest

from shop.stream import consumer
from shop.stream.consumer import Consumer, Pace, Settled
from shop.stream.errors import StreamUnavailable


class Shaky:
    """A stream that is empty, and away on the turns that `away` names."""

    def __init__(self, away: set[int], turns: int, stop: asyncio.Event) -> None:
        self._away, self._turns, self._stop = away, turns, stop
        self._turn = 0

    async def return_due(self) -> int:
        self._turn += 1
        if self._turn >= self._turns:
            self._stop.set()
        if self._turn in self._away:
            raise StreamUnavailable("away")
        return 0

    async def nothing(self, *_: Any) -> list[Any]:  # noqa: ANN401
        return []

    join = leave = claim = read = settle = nothing


@pytest.mark.parametrize(
    ("away", "expected"),
    [({1, 2, 3}, [1, 2, 3]), ({1, 3, 5, 7}, [1, 1, 1, 1]), ({1, 2, 4, 5}, [1, 2, 1, 2])],
)
async def test_only_troubles_in_a_row_add_up(
    away: set[int], expected: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[int] = []

    def backoff(tries: int, base_s: float) -> float:
        waited.append(tries)
        return 0.0 * base_s

    monkeypatch.setattr(consumer, "backoff", backoff)
    stop = asyncio.Event()
    stream: Any = Shaky(away, 9, stop)
    await Consumer(stream, lambda _: Settled(), Pace(batch=10, claim_s=1)).run(stop)
    assert waited == expected
