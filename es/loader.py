"""The process that fills a generation, as the generation remembers it, and whether it still lives."""

import os
import socket
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import psutil

# A process on another host cannot be looked at; after this long without a finish it counts as dead.
ABANDONED_AFTER_S: Final = 24 * 3600.0


def this_process() -> dict[str, Any]:
    """What is remembered of whoever calls it. A process id is used again, its start time is not."""
    return {"host": socket.gethostname(), "pid": os.getpid(), "started": _started(os.getpid())}


def is_dead(loader: Mapping[str, Any], began_at: datetime) -> bool:
    """Whether the process that `this_process` told of is gone. `began_at`: when it began to fill its generation."""
    if loader.get("host") == socket.gethostname():
        return abs(_started(int(loader.get("pid", 0))) - float(loader.get("started", -1))) > 1
    return time.time() - began_at.timestamp() > ABANDONED_AFTER_S


def _started(pid: int) -> float:
    """Seconds since 1970; 0 where there is no such process."""
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return 0.0
