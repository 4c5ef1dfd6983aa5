"""The parameters of a request taken one by one, and what is wrong with each. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

from app.search.cursor import Cursor, InvalidCursor

E = TypeVar("E", bound=StrEnum)

MAX_QUERY_LENGTH: Final = 10_000
QUERY_WORDS_USED: Final = 64
MAX_KEPT: Final = 50


def plain_text(raw: str) -> str:
    """Control characters become spaces, runs of space become one; words beyond the limit are left out."""
    printable = "".join(c if c.isprintable() else " " for c in raw)
    return " ".join(printable.split()[:QUERY_WORDS_USED])


class Reader:
    """Takes parameters one by one, noting what is wrong with each."""

    def __init__(self, raw: Mapping[str, Any], problems: list[tuple[str, str]]) -> None:
        self._raw = raw
        self._problems = problems

    def text(self, name: str, longest: int) -> str:
        """A text of at most `longest` bytes; empty where it is missing or wrong."""
        value = self._raw.get(name) or ""
        if not isinstance(value, str):
            self._problems.append((name, f"{name} must be a text."))
            return ""
        if len(value.encode("utf-8", "replace")) > longest:
            self._problems.append((name, f"{name} is longer than {longest} bytes; shorten it."))
            return ""
        return value

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number from `least` to `most`; `default` where it is missing or wrong."""
        value = self._raw.get(name)
        if value is None:
            return default
        text = str(value).strip()
        digits = text.removeprefix("-")
        if isinstance(value, bool) or not (digits.isascii() and digits.isdigit()) or len(text) > 20:
            self._problems.append((name, f"{name} must be a whole number from {least} to {most}."))
        elif not least <= int(text) <= most:
            self._problems.append((name, f"{name} is {text}; it must be from {least} to {most}."))
        else:
            return int(text)
        return default

    def choice(self, name: str, kind: type[E], default: E, aliases: Mapping[str, E] | None = None) -> E:
        """One of the words of `kind`, or an alias of one; likewise."""
        value = self._raw.get(name)
        if value is None or value == "":
            return default
        word = str(value).strip().lower()
        if aliases and word in aliases:
            return aliases[word]
        if word in set(kind):
            return kind(word)
        self._problems.append((name, f'{name} cannot be "{word[:80]}"; there are: {", ".join(kind)}.'))
        return default

    def flag(self, name: str, *, default: bool = False) -> bool:
        """true, 1, yes, false, 0 or no; likewise."""
        raw = self._raw.get(name)
        value = str(raw if raw is not None else "").strip().lower()
        if value not in ("true", "1", "yes", "false", "0", "no", ""):
            self._problems.append((name, f"{name} must be true or false."))
        return value in ("true", "1", "yes") if value else default

    def kept(self, name: str) -> tuple[str, ...]:
        """Words of constraints that stay words; none where they are missing or wrong."""
        values = self._raw.get(name) or []
        if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
            self._problems.append((name, f"{name} must be texts: the sources of constraints that stay words."))
        elif len(values) > MAX_KEPT or any(len(value) > MAX_QUERY_LENGTH for value in values):
            self._problems.append((name, f"{name} may be given {MAX_KEPT} times, each no longer than a query."))
        else:
            return tuple(dict.fromkeys(plain_text(value) for value in values if value.strip()))
        return ()

    def cursor(self) -> Cursor | None:
        """Where an earlier answer ended; None where it is missing or wrong."""
        value = self._raw.get("cursor")
        if value is None or value == "":
            return None
        try:
            return Cursor.decode(str(value))
        except InvalidCursor:
            self._problems.append(("cursor", "cursor must be the next_cursor of an earlier answer, unchanged."))
            return None


def take_whole(
    raw: Mapping[str, Any], name: str, default: int, least: int, most: int, problems: list[tuple[str, str]]
) -> int:
    """A whole number of a request; what is wrong with it is added to `problems`."""
    return Reader(raw, problems).whole(name, default, least, most)


def take_choice(raw: Mapping[str, Any], name: str, kind: type[E], default: E, problems: list[tuple[str, str]]) -> E:
    """One of the words of `kind`; likewise."""
    return Reader(raw, problems).choice(name, kind, default)


def take_fraction(raw: Mapping[str, Any], name: str, default: float, problems: list[tuple[str, str]]) -> float:
    """A number from 0 to 1; likewise."""
    value = raw.get(name)
    if value is None or value == "":
        return default
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number <= 1:
        problems.append((name, f"{name} must be a number from 0 to 1, such as 0.7."))
        return default
    return number
