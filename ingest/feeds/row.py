"""What a feed yields."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

EXCERPT_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One row as it stands in the feed. `place` counts lines or records from 1."""

    place: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that cannot be read. `raw`: its beginning. `cut`: the feed ends here before its end, so that an
    unknown number of rows is missing."""

    place: int
    reason: str
    raw: str = ""
    cut: bool = False


Rows = Iterator[FeedRow | BrokenRow]


class RowSource(Protocol):
    """Anything that yields rows: a feed, or products that come with the program."""

    @property
    def label(self) -> str:
        """How it is called in messages and files."""
        ...

    @property
    def unit(self) -> str:
        """What `place` counts in its rows: "line" or "record"."""
        ...

    @property
    def size_bytes(self) -> int | None:
        """Bytes to read, for progress; None where that is not known."""
        ...

    def bytes_read(self) -> int:
        """Bytes read so far."""
        ...

    def rows(self) -> Rows:
        """Every row in order. Raises FeedError where the whole is unusable."""
        ...


def excerpt(raw: bytes | str) -> str:
    """The beginning of a raw row, as text whatever its bytes are."""
    text = raw[: 4 * EXCERPT_CHARACTERS].decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    text = text.encode("utf-8", "replace").decode("utf-8").rstrip("\r\n")
    return text if len(text) <= EXCERPT_CHARACTERS else text[:EXCERPT_CHARACTERS] + "…"


def kind_of(value: object) -> str:
    """What a JSON or YAML value is, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else "a number"
