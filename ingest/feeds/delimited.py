"""CSV: a header and rows, separated by comma, semicolon, tab or bar; quoted values may hold line breaks."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from ingest.errors import FeedError
from ingest.feeds.row import BrokenRow, FeedRow, Rows, excerpt

DELIMITERS = ",;\t|"
# A quote that is never closed would swallow the rest of the file: a row longer than this is given up.
MAX_ROW_LINES = 5000
MAX_ROW_CHARACTERS = 4_000_000
NOT_THE_ENCODING = (
    "the line is not valid in the feed's encoding (UTF-8 unless set); "
    "exports of Windows programs mostly are in cp1252: say so with --encoding or `encoding` in the mapping file"
)
NOT_CLOSED = "a quote opened in this line is not closed, or not where its value ends"
# What surrogateescape makes of bytes that are not of the encoding.
_UNDECODED = re.compile("[\udc80-\udcff]")


class _RowTooLong(Exception):
    """A row goes on over more lines than any real one."""


class _Lines:
    """The lines of a feed, with those of the row under way kept so that they can be read again."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text = text
        self._again: list[str] = []
        self.row: list[str] = []
        self.number = 0
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.row) >= MAX_ROW_LINES or (len(self.row) > 1 and sum(map(len, self.row)) > MAX_ROW_CHARACTERS):
            raise _RowTooLong
        line = self._again.pop() if self._again else self._text.readline()
        if not line:
            self.ended = True
            raise StopIteration
        self.number += 1
        self.row.append(line)
        return line

    def start_row(self) -> None:
        self.row = []
        self.ended = False

    def push_back(self) -> None:
        """Every line of the row under way is read again."""
        self.number -= len(self.row)
        self._again += reversed(self.row)
        self.row = []

    def give_up_first(self) -> None:
        """Only the first line of the row under way is lost; those after it are read again."""
        self.number -= len(self.row) - 1
        self._again += reversed(self.row[1:])


def read(stream: BinaryIO, *, delimiter: str = "", encoding: str = "utf-8") -> Rows:
    """The rows below the header, each a dict of texts. The delimiter is the one most frequent in the header.

    Raises FeedError where there is no header, or a column stands in it twice.
    """
    # newline="": line breaks inside of quotes stay as they are.
    text = io.TextIOWrapper(stream, encoding=_codec(encoding), errors="surrogateescape", newline="")
    lines = _Lines(text)
    try:
        yield from _rows(lines, delimiter)
    finally:
        # The stream belongs to the caller; a wrapper that is thrown away would close it.
        text.detach()


def _rows(lines: _Lines, delimiter: str) -> Rows:
    first = next(lines, "")
    while first and not first.strip():
        lines.start_row()
        first = next(lines, "")
    lines.push_back()
    delimiter = delimiter or max(DELIMITERS, key=_outside_quotes(first).count)
    csv.field_size_limit(MAX_ROW_CHARACTERS)
    columns: list[str] | None = None
    while (found := _record(lines, delimiter)) is not None:
        place, record = found
        if isinstance(record, BrokenRow):
            yield record
        elif columns is None:
            columns = _header(record)
        elif any(value and not value.isspace() for value in record):
            yield _row(place, record, columns, lines.row)
    if columns is None:
        raise FeedError("The CSV file has no header line.")


def _record(lines: _Lines, delimiter: str) -> tuple[int, list[str] | BrokenRow] | None:
    """The next record with the line where it starts; None at the end."""
    lines.start_row()
    place = lines.number + 1
    # strict: a row whose quotes are wrong is refused, not guessed at.
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        record = next(reader, None)
    except (_RowTooLong, csv.Error):
        raw = excerpt(lines.row[0])
        # A quote still open at the end of a file that has no last line break: it was cut off there.
        cut = lines.ended and len(lines.row) == 1 and not lines.row[0].endswith(("\n", "\r"))
        lines.give_up_first()
        return place, BrokenRow(place, NOT_CLOSED, raw, cut=cut)
    if record is None:
        return None
    return place, record


def _row(place: int, record: list[str], columns: list[str], raw: list[str]) -> FeedRow | BrokenRow:
    if any(not line.isascii() and _UNDECODED.search(line) for line in raw):
        return BrokenRow(place, NOT_THE_ENCODING, excerpt("".join(raw)))
    if len(record) == len(columns):
        return FeedRow(place, dict(zip(columns, record, strict=True)))
    if len(record) < len(columns) and not raw[-1].endswith(("\n", "\r")):
        return BrokenRow(place, "the file ends in the middle of this line", excerpt("".join(raw)), cut=True)
    reason = f"the line has {len(record)} values, the header {len(columns)} columns"
    return BrokenRow(place, reason, excerpt("".join(raw)))


def _header(record: list[str]) -> list[str]:
    columns = [name.strip().removeprefix("\ufeff") or f"column_{i}" for i, name in enumerate(record, start=1)]
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise FeedError(f"The CSV header names a column twice: {', '.join(twice)}.")
    return columns


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def _codec(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise FeedError(f"There is no encoding called {encoding}; utf-8, cp1252 and utf-16 are some.") from error
    return "utf-8-sig" if name == "utf-8" else name
