"""Politeness towards the servers of pictures: few requests at once to each, none for a while to one that is away."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from shop.pictures.errors import PictureUnavailable

FAILURES_IN_A_ROW = 5
LEFT_ALONE_S = 60.0


class _Host:
    def __init__(self, at_once: int) -> None:
        self.turns = threading.BoundedSemaphore(at_once)
        self.failures = 0
        self.until = 0.0


class Hosts:
    """What is known of each host. Thread-safe."""

    def __init__(self, at_once: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._at_once = at_once
        self._clock = clock
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """Waits for one of the host's turns. Raises PictureUnavailable while it is left alone."""
        with self._lock:
            host = self._hosts.setdefault(name, _Host(self._at_once))
        with host.turns:
            self._look(name, host)
            yield

    def failed(self, name: str) -> None:
        """The host could not be reached or gave no answer in time."""
        with self._lock:
            host = self._hosts[name]
            host.failures += 1
            if host.failures >= FAILURES_IN_A_ROW:
                host.until = self._clock() + LEFT_ALONE_S

    def answered(self, name: str) -> None:
        """The host gave an answer, whatever it said."""
        with self._lock:
            self._hosts[name].failures = 0

    def _look(self, name: str, host: _Host) -> None:
        with self._lock:
            if self._clock() < host.until:
                raise PictureUnavailable(
                    f"{name} gave no answer {host.failures} times in a row, and is left alone for {LEFT_ALONE_S:g} s"
                )
