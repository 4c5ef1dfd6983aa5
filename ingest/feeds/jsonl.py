"""JSON Lines: one object a line."""

from typing import Any, BinaryIO

import orjson

from ingest.feeds.row import BrokenRow, FeedRow, Rows, excerpt, kind_of

MAX_LINE_BYTES = 32_000_000
BOM = b"\xef\xbb\xbf"


def read(stream: BinaryIO) -> Rows:
    """The rows of a stream of lines; empty lines are passed over."""
    place = 0
    while True:
        line = stream.readline(MAX_LINE_BYTES)
        if not line:
            return
        place += 1
        if place == 1:
            line = line.removeprefix(BOM)
        if len(line) >= MAX_LINE_BYTES and not line.endswith(b"\n"):
            _skip_line(stream)
            yield BrokenRow(place, f"the line is longer than {MAX_LINE_BYTES // 1_000_000} MB", excerpt(line))
        elif not line.isspace():
            yield _row(place, line)


def _row(place: int, line: bytes) -> FeedRow | BrokenRow:
    try:
        values: Any = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return _broken(place, line, error)
    if not isinstance(values, dict):
        return BrokenRow(place, f"the line is {kind_of(values)}, not an object with fields", excerpt(line))
    return FeedRow(place, values)


def _broken(place: int, line: bytes, error: orjson.JSONDecodeError) -> BrokenRow:
    # A last line without its end that starts an object was cut off; other nonsense is just broken.
    starts = line.lstrip().startswith(b"{") and not line.rstrip().endswith(b"}")
    if starts and not line.endswith(b"\n"):
        return BrokenRow(place, "the file ends in the middle of this line", excerpt(line), cut=True)
    try:
        line.decode()
    except UnicodeDecodeError as bad:
        return BrokenRow(place, f"the line is not valid UTF-8 (byte {bad.start + 1})", excerpt(line))
    return BrokenRow(place, f"the line is not valid JSON ({error.msg}, character {error.colno})", excerpt(line))


def _skip_line(stream: BinaryIO) -> None:
    while (rest := stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
        pass
