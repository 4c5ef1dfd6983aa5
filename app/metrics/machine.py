"""What this process takes of the machine."""

from typing import Any

import psutil


def machine() -> dict[str, Any]:
    """Resident memory in megabytes, processor seconds since the start, and the process's id: one worker of several."""
    process = psutil.Process()
    times = process.cpu_times()
    return {
        "pid": process.pid,
        "memory_mb": round(process.memory_info().rss / 1e6, 1),
        "cpu_s": round(times.user + times.system, 2),
    }
