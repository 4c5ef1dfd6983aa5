"""Tasks in the background, and how they end."""

import asyncio
from typing import Any, Final

_AGAIN_S: Final = 0.5


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
