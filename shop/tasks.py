"""Tasks in the background, and how they end."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

import structlog

log = structlog.get_logger(__name__)

_AGAIN_S: Final = 0.5


class Background:
    """A task that runs from `begin` to `end`; if it fails before, the log says so at once."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Call once, from the lifespan."""
        self._task = asyncio.create_task(work, name=getattr(work, "__qualname__", None))
        self._task.add_done_callback(_tell)

    @property
    def begun(self) -> bool:
        """Between `begin` and `end`, also where the task has failed since."""
        return self._task is not None

    async def end(self) -> None:
        """Returns when the task is over; at once where it was never begun."""
        if self._task is not None:
            await cancelled(self._task)
            self._task = None


async def cancelled(*tasks: asyncio.Task[Any]) -> None:
    """Cancels the tasks and returns when all have ended, whatever they end with.

    They are told again until they do: `asyncio.wait_for` of Python 3.11, with which redis sends its commands, swallows
    a cancellation that comes in the moment in which what it waits for is done.
    """
    left = {task for task in tasks if not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=_AGAIN_S)
    for task in tasks:
        # Looked at, so that nobody is told of it as lost.
        if not task.cancelled():
            task.exception()


def _tell(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("a background task failed", task=task.get_name(), exc_info=error)
