"""Vectors of product texts on disk, found by content. A cache: whatever happens to it, only time is lost.

One SQLite file in WAL mode: several processes may use it at once, kill -9 loses at most the last batch, and a
file that SQLite cannot read is moved aside. Keys are sha256(model id, text), so that another model or another
text is another entry and nothing is ever out of date. Vectors are float32: half of it would be enough for
search, but then a cached vector would differ from a fresh one.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from embed.base import ModelSpec, Vector
from embed.sqlite_file import SqliteFile

# SQLite allows 32,766 variables a statement; fewer keeps statements small.
_KEYS_A_QUERY = 500
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
        self._max_bytes = max_bytes
        self._file = SqliteFile(path, _SCHEMA, "vector cache")

    def get(self, spec: ModelSpec, texts: Sequence[str]) -> dict[str, Vector]:
        """Vectors, shape (dims,), of those of `texts` that are kept."""
        if not texts:
            return {}
        by_key = {_key(spec, text): text for text in texts}
        nothing: list[tuple[bytes, bytes]] = []
        rows = self._file.do(lambda connection: _select(connection, list(by_key)), nothing)
        size = 4 * spec.dims
        return {by_key[key]: np.frombuffer(raw, "<f4") for key, raw in rows if len(raw) == size}

    def put(self, spec: ModelSpec, vectors: Mapping[str, Vector]) -> None:
        """Keep the vectors of these texts, in one transaction; the oldest leave if the bound is passed."""
        rows = [(_key(spec, text), np.asarray(vector, "<f4").tobytes()) for text, vector in vectors.items()]
        if rows:
            self._file.do(lambda connection: self._insert(connection, rows), None)

    def count(self) -> int:
        """Number of vectors on disk, of all models."""
        return self._file.do(lambda connection: _count(connection), 0)

    def close(self) -> None:
        """Close the file. A later call opens it again."""
        self._file.close()

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
