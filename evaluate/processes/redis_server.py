"""A redis-server of a measurement's own, with its data in a folder; it can be killed and started again."""

import shutil
import socket
import subprocess
import time
from pathlib import Path

from evaluate.errors import MeasurementFailed
from evaluate.processes.process import LOOPBACK, free_port


def redis_is_there() -> bool:
    """Whether there is a redis-server to start."""
    return shutil.which("redis-server") is not None


class RedisProcess:
    """One server that writes each change to disk before it answers."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"redis://{LOOPBACK}:{self.port}/0"

    def start(self) -> None:
        """Starts it and waits until it answers. Raises MeasurementFailed."""
        self._running = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", LOOPBACK, "--dir", str(self._folder), "--save", "",
             "--appendonly", "yes", "--appendfsync", "always"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + 20
        while time.monotonic() < end and self._running.poll() is None:
            try:
                with socket.create_connection((LOOPBACK, self.port), 1) as line:
                    line.sendall(b"PING\r\n")
                    if line.recv(16).startswith(b"+PONG"):
                        return
            except OSError:
                pass
            time.sleep(0.02)
        raise MeasurementFailed("redis-server does not answer.")

    def kill(self) -> None:
        """At once, as a crash does."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            self._running = None
