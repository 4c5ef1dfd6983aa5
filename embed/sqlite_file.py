"""A SQLite file that is a cache: whatever happens to it, its owner goes on without it."""

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

log = logging.getLogger(__name__)
T = TypeVar("T")

_BUSY_S = 30.0


class SqliteFile:
    """The file `path` with `schema`, in WAL mode: several processes may use it at once, kill -9 loses at most the last
    transaction, and a file that SQLite cannot read is moved aside and begun anew. Thread-safe.

    `name` is what log messages call it. Make one in each process; do not share it over a fork.
    """

    def __init__(self, path: Path, schema: str, name: str) -> None:
        self._path = path
        self._schema = schema
        self._name = name
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._said: set[str] = set()

    def do(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """What `work` makes of the open file, or `otherwise` where it cannot be used (said once in the log)."""
        with self._lock:
            # First time; opened again, should another process have mended the file; after mending it.
            for attempt in range(3):
                try:
                    return work(self._open())
                except (sqlite3.Error, OSError) as error:
                    self._shut()
                    if not _is_corrupt(error):
                        self._say(f"{self._name} {self._path} is not used: {error}")
                        break
                    if attempt == 1:
                        self._move_aside(error)
            return otherwise

    def close(self) -> None:
        """Close the file. A later call opens it again."""
        with self._lock:
            self._shut()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                # Without a sync a commit may be lost when the machine dies; the file stays sound.
                connection.execute("PRAGMA synchronous=NORMAL")
                connection.execute(self._schema)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _move_aside(self, error: Exception) -> None:
        name = f"{self._path.name}.corrupt-{time.strftime('%Y%m%d%H%M%S')}-{os.getpid()}"
        aside = self._path.with_name(name)
        try:
            os.replace(self._path, aside)
            for tail in ("-wal", "-shm"):
                self._path.with_name(self._path.name + tail).unlink(missing_ok=True)
        except OSError as failure:
            self._say(f"{self._name} {self._path} is corrupt and cannot be moved aside: {failure}")
            return
        self._say(f"{self._name} {self._path} is corrupt ({error}); moved to {aside} and begun anew")

    def _say(self, message: str) -> None:
        if message not in self._said:
            self._said.add(message)
            log.warning("%s", message)

    def _shut(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _is_corrupt(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
