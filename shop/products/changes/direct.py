"""Changes made before they are answered, in this process: what arrives while a group is written goes with the next."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from embed.errors import EmbedError
from es.errors import EngineError, EngineTimeout, EngineUnavailable, GenerationError, NothingLoaded
from shop.products.changes.apply import ProductUpserts
from shop.products.changes.change import Outcome
from shop.products.changes.request import ChangeRequest
from shop.products.changes.road import Answer
from shop.stream.entrance import RoadStatus
from shop.stream.errors import RoadFull

log = structlog.get_logger(__name__)

LARGEST_GROUP: Final = 500
LATE: Final = "The change was not made in time and may still be; send the same again."
_Waiting = tuple[ChangeRequest, "asyncio.Future[Answer]"]


class DirectRoad:
    """One group at a time, in a thread, so that changes of one product stay in order.

    `upserts` gives what writes; it is asked for each group, as the model may come and go.
    """

    def __init__(
        self,
        upserts: Callable[[], ProductUpserts],
        *,
        most_waiting: int = 20_000,
        deadline_s: float = 10.0,
        left: Callable[[float], float] = float,
    ) -> None:
        """`left`: what of a deadline is left to whoever sends now, who may have waited before."""
        self._upserts = upserts
        self._most_waiting = most_waiting
        self._deadline_s = deadline_s
        self._left = left
        self._waiting: deque[_Waiting] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._trouble = ""

    async def send(self, requests: Sequence[ChangeRequest]) -> list[Answer]:
        """As Road.send; at most `deadline_s`, then EngineTimeout answers those that may still be made."""
        if self._waiting and len(self._waiting) + len(requests) > self._most_waiting:
            raise RoadFull("Too many changes at once; send the same again in a moment.")
        if not requests:
            return []
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[Answer]] = [loop.create_future() for _ in requests]
        self._waiting.extend(zip(requests, futures, strict=True))
        if self._worker is None or self._worker.done():
            self._worker = loop.create_task(self._work())
        # A large batch needs its time: it is given the deadline for each thousand.
        done, _ = await asyncio.wait(futures, timeout=self._left(self._deadline_s * (1 + len(requests) // 1000)))
        late = EngineTimeout(LATE)
        return [future.result() if future in done else late for future in futures]

    async def status(self) -> RoadStatus:
        """As Road.status."""
        return RoadStatus(
            "changes are made before they are answered, without a stream", len(self._waiting), self._trouble
        )

    async def close(self) -> None:
        """Waits for what is under way."""
        if self._worker is not None:
            await asyncio.wait([self._worker], timeout=self._deadline_s)

    async def _work(self) -> None:
        while self._waiting:
            group = self._next_group()
            answers = await asyncio.to_thread(self._make, [request for request, _ in group])
            for (_, future), answer in zip(group, answers, strict=True):
                if not future.done():
                    future.set_result(answer)

    def _next_group(self) -> list[_Waiting]:
        """The first that wait, each of another product; later changes of these stay where they are."""
        group: dict[str, _Waiting] = {}
        kept: list[_Waiting] = []
        while self._waiting and len(group) < LARGEST_GROUP and len(kept) < LARGEST_GROUP:
            item = self._waiting.popleft()
            if item[0].product_id in group:
                kept.append(item)
            else:
                group[item[0].product_id] = item
        self._waiting.extendleft(reversed(kept))
        return list(group.values())

    def _make(self, requests: list[ChangeRequest]) -> list[Answer]:
        answers = made(self._upserts(), requests, decides=False)
        troubles = [answer for answer in answers if isinstance(answer, EngineUnavailable | EmbedError)]
        self._trouble = str(troubles[0]) if troubles else ""
        return answers


def made(upserts: ProductUpserts, requests: Sequence[ChangeRequest], *, decides: bool) -> list[Answer]:
    """Makes changes of distinct products. One that cannot be made takes no other with it."""
    try:
        return list(_applied(upserts, requests, decides))
    except (EngineUnavailable, NothingLoaded) as error:
        return [error] * len(requests)
    except (EngineError, EmbedError) as error:
        if len(requests) == 1:
            return [error]
        # One of them is what Elasticsearch refuses, or needs a model that is not there.
        return [answer for request in requests for answer in made(upserts, [request], decides=decides)]
    except Exception as error:  # a defect must answer whoever waits, too
        log.exception("changes not made", count=len(requests))
        return [GenerationError(f"The change could not be made: {error!r}")] * len(requests)


def _applied(upserts: ProductUpserts, requests: Sequence[ChangeRequest], decides: bool) -> list[Outcome]:
    return upserts.apply([request.change(decides=decides) for request in requests])
