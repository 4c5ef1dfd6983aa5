"""Vectors of product texts on disk, found by content. A cache: whatever happens to it, only time is lost.

One SQLite file in WAL mode: several processes may use it at once, kill -9 loses at most the last batch, and a
file that SQLite cannot read is moved aside. Keys are sha256(model id, text), so that another model or another
text is another entry and nothing is ever out of date. Vectors are float32: half of it would be enough for
search, but then a cached vector would differ from a fresh one.
"""

import hashlib
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from embed.base import ModelSpec, Vector

log = logging.getLogger(__name__)
T = TypeVar("T")

# SQLite allows 32,766 variables a statement; fewer keeps statements small.
_KEYS_A_QUERY = 500
_BUSY_S = 30.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    place INTEGER PRIMARY KEY, -- grows, so that the smallest is the oldest
    key BLOB NOT NULL UNIQUE,
    vector BLOB NOT NULL
)
"""
# An entry is its vector plus about this much: key twice (row and index), row header.
_ENTRY_OVERHEAD = 96


class VectorCache:
    """Content-keyed vectors in the SQLite file `path`, at most about `max_bytes` large; thread-safe.

    Never raises for the file's sake: with a disk that is full or a folder that cannot be written, it finds
    and keeps nothing, and says so once in the log. Make one in each process; do not share it over a fork.
    """

    def __init__(self, path: Path, *, max_bytes: int) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._said: set[str] = set()

    def get(self, spec: ModelSpec, texts: Sequence[str]) -> dict[str, Vector]:
        """Vectors, shape (dims,), of those of `texts` that are kept."""
        if not texts:
            return {}
        by_key = {_key(spec, text): text for text in texts}
        nothing: list[tuple[bytes, bytes]] = []
        rows = self._do(lambda connection: _select(connection, list(by_key)), nothing)
        size = 4 * spec.dims
        return {by_key[key]: np.frombuffer(raw, "<f4") for key, raw in rows if len(raw) == size}

    def put(self, spec: ModelSpec, vectors: Mapping[str, Vector]) -> None:
        """Keep the vectors of these texts, in one transaction; the oldest leave if the bound is passed."""
        rows = [(_key(spec, text), np.asarray(vector, "<f4").tobytes()) for text, vector in vectors.items()]
        if rows:
            self._do(lambda connection: self._insert(connection, rows), None)

    def count(self) -> int:
        """Number of vectors on disk, of all models."""
        return self._do(lambda connection: _count(connection), 0)

    def close(self) -> None:
        """Close the file. A later call opens it again."""
        with self._lock:
            self._shut()

    def _do(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        with self._lock:
            # First time; opened again, should another process have mended the file; after mending it.
            for attempt in range(3):
                try:
                    return work(self._open())
                except (sqlite3.Error, OSError) as error:
                    self._shut()
                    if not _is_corrupt(error):
                        self._say(f"vector cache {self._path} is not used: {error}")
                        break
                    if attempt == 1:
                        self._move_aside(error)
            return otherwise

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                # Without a sync a commit may be lost when the machine dies; the file stays sound.
                connection.execute("PRAGMA synchronous=NORMAL")
                connection.execute(_SCHEMA)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _insert(self, connection: sqlite3.Connection, rows: list[tuple[bytes, bytes]]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        try:
            # INSERT OR REPLACE gives a new place: an entry of a wrong size is renewed, not kept for ever.
            connection.executemany("INSERT OR REPLACE INTO vectors (key, vector) VALUES (?, ?)", rows)
            room = self._max_bytes // (len(rows[0][1]) + _ENTRY_OVERHEAD)
            # Places instead of a count, which would read the whole index for every batch.
            newest, oldest = connection.execute("SELECT max(place), min(place) FROM vectors").fetchone()
            excess = newest - oldest + 1 - room
            if excess > 0:
                # A tenth more than needed: else every following batch would evict again.
                last = oldest + excess + room // 10
                connection.execute("DELETE FROM vectors WHERE place < ?", (last,))
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _move_aside(self, error: Exception) -> None:
        name = f"{self._path.name}.corrupt-{time.strftime('%Y%m%d%H%M%S')}-{os.getpid()}"
        aside = self._path.with_name(name)
        try:
            os.replace(self._path, aside)
            for tail in ("-wal", "-shm"):
                self._path.with_name(self._path.name + tail).unlink(missing_ok=True)
        except OSError as failure:
            self._say(f"vector cache {self._path} is corrupt and cannot be moved aside: {failure}")
            return
        self._say(f"vector cache {self._path} is corrupt ({error}); moved to {aside} and begun anew")

    def _say(self, message: str) -> None:
        if message not in self._said:
            self._said.add(message)
            log.warning("%s", message)

    def _shut(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _key(spec: ModelSpec, text: str) -> bytes:
    return hashlib.sha256(f"{spec.id}\n{text}".encode("utf-8", "surrogatepass")).digest()


def _select(connection: sqlite3.Connection, keys: list[bytes]) -> list[tuple[bytes, bytes]]:
    rows: list[tuple[bytes, bytes]] = []
    for part in _parts(keys):
        marks = ",".join("?" * len(part))
        rows += connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part)
    return rows


def _parts(keys: list[bytes]) -> Iterator[list[bytes]]:
    for start in range(0, len(keys), _KEYS_A_QUERY):
        yield keys[start : start + _KEYS_A_QUERY]


def _count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM vectors").fetchone()[0])


def _is_corrupt(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
