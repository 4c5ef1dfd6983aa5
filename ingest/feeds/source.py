"""The bytes of a feed: a file or standard input, plain or gzip, and how far it has been read."""

import gzip
import io
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO

from ingest.errors import FeedError

STDIN = "-"
GZIP_MAGIC = b"\x1f\x8b"
BROKEN_GZIP = (EOFError, zlib.error, gzip.BadGzipFile)
CUT_GZIP = "the compressed file breaks off or is damaged here; it was probably not transferred completely"


class Source:
    """One feed to read. `size_bytes` is None for standard input."""

    def __init__(self, name: str, stdin: BinaryIO | None = None) -> None:
        self.name = name
        self.path = None if name == STDIN else Path(name)
        self.size_bytes: int | None = None
        self._stdin = stdin
        self._raw: Any = None
        if self.path is not None:
            self.size_bytes = self._readable(self.path)

    @property
    def label(self) -> str:
        """How the feed is called in messages and file names."""
        return "stdin" if self.path is None else self.path.name

    @property
    def suffixes(self) -> list[str]:
        """The name's endings without .gz, in lower case."""
        return [s.lower() for s in (self.path.suffixes if self.path else []) if s.lower() != ".gz"]

    def bytes_read(self) -> int:
        """Bytes of the (compressed) file read so far."""
        try:
            return int(self._raw.tell()) if self._raw is not None else 0
        except (OSError, ValueError):
            return self.size_bytes or 0

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The content, decompressed. Raises FeedError where there is nothing to read."""
        try:
            raw = self._open_raw()
        except OSError as error:
            raise _unreadable(self.name, error) from error
        try:
            self._raw = raw
            head = raw.peek(2)[:2]
            if not head:
                raise FeedError(f"{self.label} is empty; nothing was loaded.")
            if head == GZIP_MAGIC:
                with gzip.GzipFile(fileobj=raw) as plain:
                    # A large buffer: gzip answers line by line slowly.
                    yield io.BufferedReader(plain, 1 << 20)
            else:
                yield raw
        except OSError as error:
            raise _unreadable(self.name, error) from error
        finally:
            if self._stdin is None and self.path is not None:
                raw.close()

    @contextmanager
    def open_seekable(self) -> Iterator[IO[bytes]]:
        """As `open`, for formats that are read from their end: compressed and piped feeds are unpacked first."""
        with self.open() as plain:
            if plain is self._raw and self.path is not None:
                yield plain
                return
            with tempfile.TemporaryFile() as unpacked:
                try:
                    while block := plain.read(1 << 20):
                        unpacked.write(block)
                except BROKEN_GZIP as error:
                    raise FeedError(f"{self.label} cannot be read: {CUT_GZIP}.") from error
                unpacked.seek(0)
                yield unpacked

    def _open_raw(self) -> Any:  # noqa: ANN401 - a buffered reader with peek, of a file or of standard input
        if self.path is not None:
            return self.path.open("rb", buffering=1 << 20)
        stdin = self._stdin or sys.stdin.buffer
        return stdin if hasattr(stdin, "peek") else io.BufferedReader(stdin)

    @staticmethod
    def _readable(path: Path) -> int:
        try:
            if path.is_dir():
                raise FeedError(f"{path} is a folder; name the files in it.")
            with path.open("rb"):
                return path.stat().st_size
        except OSError as error:
            raise _unreadable(str(path), error) from error


def _unreadable(name: str, error: OSError) -> FeedError:
    return FeedError(f"{name} cannot be read: {error.strerror or error}.")
