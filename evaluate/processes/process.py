"""Commands of the product as processes of their own, which can be killed at any step and started again."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import httpx
import psutil

from evaluate.errors import MeasurementFailed

LOOPBACK: Final = "127.0.0.1"
STOP_S: Final = 30.0


def free_port() -> int:
    """A port of this machine that nobody listens on now; none of those that systems give to outgoing connections, which
    might take it before it is listened on."""
    for _ in range(100):
        port = random.randrange(15_000, 32_000)
        try:
            with socket.create_server((LOOPBACK, port)):
                return port
        except OSError:
            continue
    raise MeasurementFailed("No port of this machine is free.")


class Process:
    """`python -m ARGUMENTS` with these settings on top of the environment's; what it says goes into `log`."""

    def __init__(self, arguments: Sequence[str], settings: Mapping[str, str], log: Path) -> None:
        self.settings = dict(settings)
        self.log = log
        self._command = [sys.executable, "-m", *arguments]
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        return self._running is not None and self._running.poll() is None

    def start(self) -> None:
        """Starts it, without waiting for anything."""
        with self.log.open("ab") as told:
            self._running = subprocess.Popen(
                self._command, env=os.environ | self.settings, stdout=told, stderr=told, start_new_session=True
            )

    def kill(self) -> None:
        """At once and with all its workers, as a crash of the machine does."""
        if self._running is None:
            return
        for each in (*self.family(), psutil.Process(self._running.pid)) if self.alive else ():
            try:
                each.kill()
            except psutil.NoSuchProcess:
                continue
        self._running.wait()

    def stop(self) -> None:
        """Tells it to end; kills it where it does not."""
        if not self.alive or self._running is None:
            return
        self._running.send_signal(signal.SIGTERM)
        try:
            self._running.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def family(self) -> list[psutil.Process]:
        """The processes that it has started: its workers."""
        if self._running is None:
            return []
        try:
            return psutil.Process(self._running.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def pids(self) -> list[int]:
        """It and its workers; nothing where it does not run."""
        return [self._running.pid, *(each.pid for each in self.family())] if self._running and self.alive else []

    def memory_mb(self) -> float:
        """Resident memory of it and its workers; 0 where it does not run."""
        total = 0
        if self._running is not None and self.alive:
            for each in (psutil.Process(self._running.pid), *self.family()):
                try:
                    total += each.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
        return total / 1e6

    def kept_waiting_s(self) -> float:
        """Seconds that its main thread was ready to run and had to wait for a processor, since its start; 0 where the
        system does not tell (it is Linux that does)."""
        try:
            told = Path(f"/proc/{self._running.pid if self._running else 0}/schedstat").read_text(encoding="ascii")
            return int(told.split()[1]) / 1e9
        except (OSError, IndexError, ValueError):
            return 0.0

    def last_words(self, characters: int = 600) -> str:
        """The end of what it said."""
        return self.log.read_text(errors="replace")[-characters:] if self.log.exists() else ""

    def wait_until(self, there: Callable[[], bool], seconds: float, what: str) -> None:
        """Raises MeasurementFailed with its last words where it dies, or takes longer."""
        end = time.monotonic() + seconds
        while not there():
            if not self.alive or time.monotonic() > end:
                raise MeasurementFailed(f"{what}; its last words: {self.last_words()}")
            time.sleep(0.05)


class ApiProcess(Process):
    """`python -m app` on a port of its own."""

    def __init__(self, settings: Mapping[str, str], log: Path) -> None:
        self.port = free_port()
        own = {"SHOPSCOUT_HOST": LOOPBACK, "SHOPSCOUT_PORT": str(self.port), "SHOPSCOUT_LOG_FORMAT": "json"}
        super().__init__(["app"], {**own, **settings}, log)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def answers(self, path: str = "/health/ready") -> bool:
        """Whether a request is answered with 200 now."""
        try:
            # Plain HTTP: reading all certificates of the machine each time would take longer than the question.
            return httpx.get(f"{self.url}{path}", timeout=5, verify=False).status_code == 200
        except httpx.HTTPError:
            return False

    def start_and_wait(self, seconds: float = 90.0) -> None:
        """Starts it and waits until it is ready. Raises MeasurementFailed."""
        self.start()
        self.wait_until(self.answers, seconds, "The API did not become ready")
