"""How far a load is, on standard error: one line that changes on a terminal, a line now and then elsewhere."""

import threading
import time
from collections.abc import Sequence
from typing import Protocol, TextIO

TERMINAL_EVERY_S = 0.5
PLAIN_EVERY_S = 10.0


class Measured(Protocol):
    """What is read: how much there is, in any unit (bytes, products), None where that is not known."""

    @property
    def size_bytes(self) -> int | None: ...

    def bytes_read(self) -> int: ...


class Progress:
    """Rate, share of the bytes read and time left. Safe for several threads."""

    def __init__(self, feeds: Sequence[Measured], out: TextIO, *, quiet: bool = False, noun: str = "products") -> None:
        self._feeds = feeds
        self._out = out
        self._quiet = quiet
        self._noun = noun
        self._terminal = out.isatty()
        self._lock = threading.Lock()
        self._started = self._shown = time.monotonic()
        self._width = 0
        sizes = [feed.size_bytes for feed in feeds]
        self._total = sum(size or 0 for size in sizes) if None not in sizes else 0
        self.done = 0

    def add(self, products: int) -> None:
        """Counts products as done and shows the state, if it is time."""
        with self._lock:
            self.done += products
            now = time.monotonic()
            if now - self._shown >= (TERMINAL_EVERY_S if self._terminal else PLAIN_EVERY_S):
                self._shown = now
                self._show(self._state(now - self._started))

    def say(self, message: str) -> None:
        """A line of its own."""
        with self._lock:
            if self._terminal and self._width:
                self._out.write("\r" + " " * self._width + "\r")
                self._width = 0
            self._out.write(message + "\n")
            self._out.flush()

    def _show(self, state: str) -> None:
        if self._quiet:
            return
        if self._terminal:
            self._out.write("\r" + state.ljust(self._width))
            self._width = len(state)
        else:
            self._out.write(state + "\n")
        self._out.flush()

    def _state(self, elapsed: float) -> str:
        parts = [f"{self.done:,} {self._noun}", f"{self.done / elapsed:,.0f}/s"]
        if self._total:
            share = min(1.0, sum(feed.bytes_read() for feed in self._feeds) / self._total)
            parts.append(f"{share:.0%} read")
            if 0 < share < 1:
                parts.append(f"{_duration(elapsed * (1 - share) / share)} left")
        return ", ".join(parts)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
