"""A feed of any format as rows: the format is told by the name, or by the option."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, BinaryIO

from ingest.errors import FeedError
from ingest.feeds import delimited, json_array, jsonl, yaml_list
from ingest.feeds.row import BrokenRow, Rows
from ingest.feeds.source import CUT_GZIP, Source


class Format(StrEnum):
    JSONL = "jsonl"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"
    YAML = "yaml"

    @property
    def unit(self) -> str:
        """What `place` counts in rows of this format."""
        return "record" if self in (Format.JSON, Format.PARQUET) else "line"


_BY_SUFFIX = {
    ".jsonl": Format.JSONL, ".ndjson": Format.JSONL, ".jsonlines": Format.JSONL, ".json": Format.JSON,
    ".csv": Format.CSV, ".tsv": Format.CSV, ".tab": Format.CSV, ".txt": Format.CSV,
    ".parquet": Format.PARQUET, ".pq": Format.PARQUET, ".yaml": Format.YAML, ".yml": Format.YAML,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """How a feed is read. `format` None: told by the name. `records`: where the list lies in a JSON or YAML
    file. `delimiter` empty: found in the header of a CSV file."""

    format: Format | None = None
    records: str = ""
    delimiter: str = ""
    encoding: str = "utf-8"

    def over(self, other: "FeedOptions") -> "FeedOptions":
        """These options, and those of `other` where these are left at their defaults."""
        empty = FeedOptions()
        named = {name: getattr(self, name) for name in self.__slots__}
        return replace(other, **{name: v for name, v in named.items() if v != getattr(empty, name)})


class Feed:
    """One feed: its source, its format and its rows. Making one raises FeedError for what cannot be opened."""

    def __init__(self, source: Source, options: FeedOptions) -> None:
        self.source = source
        self.options = options
        self.format = options.format or _format_of(source)

    @property
    def label(self) -> str:
        """How the feed is called in messages and files."""
        return self.source.label

    @property
    def unit(self) -> str:
        """What `place` counts in its rows: "line" or "record"."""
        return self.format.unit

    @property
    def size_bytes(self) -> int | None:
        """Size of the (compressed) file; None for standard input."""
        return self.source.size_bytes

    def bytes_read(self) -> int:
        """Bytes of the (compressed) file read so far."""
        return self.source.bytes_read()

    def rows(self) -> Rows:
        """Every row in order; memory does not grow with the feed. Raises FeedError as soon as it is clear that
        the whole feed is unusable."""
        place = 0
        for row in self._rows():
            place = row.place
            yield row
        if self.source.damaged:
            yield BrokenRow(place + 1, CUT_GZIP, cut=True)

    def _rows(self) -> Rows:
        try:
            if self.format is Format.PARQUET:
                # Late, for pyarrow takes 80 MB of memory.
                from ingest.feeds import parquet

                with self.source.open_seekable() as stream:
                    yield from parquet.read(stream)
            else:
                with self.source.open() as stream:
                    yield from self._read(stream)
        except UnicodeError as error:
            raise FeedError(f"{self.source.label} is not {self.options.encoding} text ({error}).") from error

    def _read(self, stream: BinaryIO) -> Rows:
        match self.format:
            case Format.CSV:
                return delimited.read(stream, delimiter=self.options.delimiter, encoding=self.options.encoding)
            case Format.YAML:
                return yaml_list.read(stream, self.options.records)
            case Format.JSON if self.options.records or not _is_lines(stream):
                return json_array.read(stream, self.options.records)
            case _:
                return jsonl.read(stream)


def _is_lines(stream: Any) -> bool:  # noqa: ANN401 - a buffered reader with peek
    """Whether a .json file is really JSON Lines: its first line is a whole object and another follows."""
    head: bytes = stream.peek(1 << 16).removeprefix(jsonl.BOM).lstrip()
    first, newline, rest = head.partition(b"\n")
    return bool(newline) and first.rstrip().endswith(b"}") and first.startswith(b"{") and rest[:1] == b"{"


def _format_of(source: Source) -> Format:
    for suffix in reversed(source.suffixes):
        if suffix in _BY_SUFFIX:
            return _BY_SUFFIX[suffix]
    known = ", ".join(sorted(_BY_SUFFIX))
    if source.path is None:
        raise FeedError("Say with --format what standard input is: jsonl, json, csv, parquet or yaml.")
    raise FeedError(f"The format of {source.label} is not told by its name ({known}); say it with --format.")


def open_feeds(names: list[str], options: FeedOptions) -> list[Feed]:
    """The feeds of a command line, each known to be readable."""
    return [Feed(Source(name), options) for name in names]
