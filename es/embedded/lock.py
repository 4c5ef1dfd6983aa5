"""A lock between processes: a file held with flock, which the kernel frees when its holder dies."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from es.embedded.progress import say
from es.errors import EngineSetupError


@contextmanager
def exclusive(path: Path, *, waiting: str, timeout_s: float) -> Iterator[None]:
    """Hold `path` alone for the length of the block; `waiting` is said once if another process has it.

    The file is left in place: removing it would let two processes lock two files of one name.
    EngineSetupError after `timeout_s` seconds without the lock, or if the file cannot be opened.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a")
    except OSError as error:
        raise EngineSetupError(
            f"{path} cannot be written ({error.strerror}); set SHOPSCOUT_CACHE_DIR to a folder that can be."
        ) from error
    with file:
        _acquire(file.fileno(), path, waiting, timeout_s)
        yield


def _acquire(descriptor: int, path: Path, waiting: str, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    told = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if not told:
                say(waiting)
                told = True
        if time.monotonic() > deadline:
            raise EngineSetupError(f"another process has held {path} for {timeout_s:.0f} s; end it and try again.")
        time.sleep(0.1)
