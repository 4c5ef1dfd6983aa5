"""Rejected rows in a file of JSON Lines: none is dropped, and no earlier file is lost. Pictures that products go
without stand there too, as warnings."""

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

import orjson

from ingest.errors import FeedError
from ingest.feeds.row import excerpt
from ingest.normalize import Reject
from shop.pictures.vectors import PictureProblem

SUFFIX = ".rejects.jsonl"


class RejectsFile:
    """Collects rejects and warnings; the file appears under its name, whole, when the run ends. Safe for threads.

    Each line holds `feed`, `line` (or `record`), `reason`, the row's id (`id_name`) and `raw`, the row's beginning; a
    warning has `"warning": "picture"` and the picture's address as `raw`: its product is loaded. A file that has
    the name already is kept as NAME.1 (or .2, ...). Without rejects and warnings no file is made.
    """

    def __init__(self, path: Path, id_name: str = "product_id") -> None:
        self.path = path
        self._id_name = id_name
        self.count = 0
        self.kept_as: Path | None = None
        self._part = path.with_name(f".{path.name}.{os.getpid()}.part")
        self._file: IO[bytes] | None = None
        self._lock = threading.Lock()
        folder = path.parent
        if not folder.is_dir() or not os.access(folder, os.W_OK):
            raise FeedError(f"Rejects cannot be written to {folder.resolve()}; name another place with --rejects.")

    def add(self, feed: str, unit: str, reject: Reject) -> None:
        """Writes one reject. `unit`: what its place counts, "line" or "record"."""
        self._write(
            {
                "feed": feed,
                unit: reject.place,
                "reason": reject.reason,
                self._id_name: reject.product_id or None,
                "raw": reject.raw,
            }
        )

    def warn(self, feed: str, unit: str, place: int, problem: PictureProblem) -> None:
        """Writes a picture that a product is loaded without."""
        self._write(
            {
                "feed": feed,
                unit: place,
                "warning": "picture",
                "reason": problem.reason,
                "product_id": problem.product_id,
                "raw": excerpt(problem.address),
            }
        )

    def _write(self, line: dict[str, object]) -> None:
        with self._lock:
            if self._file is None:
                self._file = self._part.open("wb")
            # A lone surrogate, as broken feeds hold them, is no text that JSON could carry.
            self._file.write(orjson.dumps({k: _clean(v) for k, v in line.items()}) + b"\n")
            self.count += 1

    def close(self) -> Path | None:
        """Puts the file in its place; returns its path, None where nothing was rejected."""
        with self._lock:
            if self._file is None:
                return None
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None
            if self.path.exists():
                self.kept_as = self._free_name()
                self.path.rename(self.kept_as)
            self._part.rename(self.path)
            return self.path

    def _free_name(self) -> Path:
        number = 1
        while (name := self.path.with_name(f"{self.path.name}.{number}")).exists():
            number += 1
        return name


def rejects_path(label: str, folder: Path) -> Path:
    """Where the rejects of a feed go unless the command says otherwise. Makes the folder where it can."""
    # Where it cannot, RejectsFile says so in a sentence.
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{label}{SUFFIX}"


def _clean(value: object) -> object:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
