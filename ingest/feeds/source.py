"""The bytes of a feed: a file or standard input, plain or gzip, and how far it has been read."""

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
CUT_GZIP = "the compressed file breaks off or is damaged here; it was probably not transferred completely"
_BLOCK = 1 << 18
_GZIP_WINDOW = 31  # zlib's number for a gzip header and its largest window


class _Gunzip(io.RawIOBase):
    """Decompresses a stream. Where that breaks off, what came before is given whole and `damaged` is set; the
    standard library's reader would lose what it has buffered."""

    def __init__(self, raw: Any) -> None:  # noqa: ANN401 - a buffered reader
        self._raw = raw
        self._inflate = zlib.decompressobj(_GZIP_WINDOW)
        self.damaged = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - a writable buffer
        try:
            plain = self._next(len(buffer))
        except zlib.error:
            self.damaged = True
            plain = b""
        buffer[: len(plain)] = plain
        return len(plain)

    def _next(self, size: int) -> bytes:
        while not self.damaged:
            if self._inflate.eof:
                # Members may follow one another; zeros may fill the end.
                rest = (self._inflate.unused_data or self._raw.read(_BLOCK)).lstrip(b"\0")
                if not rest:
                    return b""
                self._inflate = zlib.decompressobj(_GZIP_WINDOW)
            else:
                rest = self._inflate.unconsumed_tail or self._raw.read(_BLOCK)
            self.damaged = not rest
            if plain := self._inflate.decompress(rest, size):
                return plain
        return b""


class Source:
    """One feed to read. `size_bytes` is None for standard input."""

    def __init__(self, name: str, stdin: BinaryIO | None = None) -> None:
        self.name = name
        self.path = None if name == STDIN else Path(name)
        self.size_bytes: int | None = None
        self._stdin = stdin
        self._raw: Any = None
        self._gunzip: _Gunzip | None = None
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

    @property
    def damaged(self) -> bool:
        """Whether the compressed file broke off before its end, as far as it has been read."""
        return self._gunzip is not None and self._gunzip.damaged

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
                self._gunzip = _Gunzip(raw)
                yield io.BufferedReader(self._gunzip, _BLOCK)
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
                while block := plain.read(_BLOCK):
                    unpacked.write(block)
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
