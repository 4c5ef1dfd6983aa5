"""What was found at web addresses of pictures, so that a re-load does not fetch them again. A cache in SQLite."""

import hashlib
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from embed.sqlite_file import SqliteFile

_SCHEMA = """
CREATE TABLE IF NOT EXISTS fetched (
    address BLOB PRIMARY KEY, -- its sha256
    digest TEXT NOT NULL,
    etag TEXT NOT NULL,
    modified TEXT NOT NULL,
    fetched_at REAL NOT NULL
) WITHOUT ROWID
"""
# An address that no load has asked for in so long has left the catalogue.
_FORGOTTEN_AFTER_S = 180 * 86_400.0


@dataclass(frozen=True, slots=True)
class FetchRecord:
    """The sha256 of what was there, what its server says to recognise it by, and when it was asked (seconds since
    1970)."""

    digest: str
    etag: str
    modified: str
    fetched_at: float


class FetchRecords:
    """Records by address in the file `path`. Never raises for the file's sake. Thread-safe."""

    def __init__(self, path: Path) -> None:
        self._file = SqliteFile(path, _SCHEMA, "record of fetched pictures")
        self._file.do(_forget, None)

    def get(self, address: str) -> FetchRecord | None:
        """What was found at this address the last time."""
        query = "SELECT digest, etag, modified, fetched_at FROM fetched WHERE address = ?"
        row = self._file.do(lambda connection: connection.execute(query, (_key(address),)).fetchone(), None)
        return FetchRecord(*row) if row else None

    def put(self, address: str, record: FetchRecord) -> None:
        """Keeps what has been found."""
        row = (_key(address), record.digest, record.etag, record.modified, record.fetched_at)
        statement = "INSERT OR REPLACE INTO fetched VALUES (?, ?, ?, ?, ?)"
        self._file.do(lambda connection: connection.execute(statement, row), None)

    def close(self) -> None:
        """Close the file. Harmless if repeated."""
        self._file.close()


def _forget(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM fetched WHERE fetched_at < ?", (time.time() - _FORGOTTEN_AFTER_S,))


def _key(address: str) -> bytes:
    return hashlib.sha256(address.encode("utf-8", "surrogatepass")).digest()
