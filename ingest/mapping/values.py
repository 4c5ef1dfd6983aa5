"""Values as feeds write them into values as fields need them. Each raises ValueMistake."""

import html
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any, Final

from ingest.mapping.amounts import number
from ingest.mapping.columns import as_text, present
from ingest.mapping.mistakes import ValueMistake
from shop.products.reasons import shown

TRUE_WORDS: Final = frozenset(
    [
        "true",
        "yes",
        "y",
        "on",
        "1",
        "t",
        "ja",
        "j",
        "oui",
        "si",
        "sí",
        "wahr",
        "vrai",
        "verdadero",
        "available",
        "in_stock",
        "instock",
        "in-stock",
    ]
) | {"in stock"}
FALSE_WORDS: Final = frozenset(
    [
        "false",
        "no",
        "n",
        "off",
        "0",
        "f",
        "nein",
        "non",
        "falsch",
        "faux",
        "falso",
        "unavailable",
        "out_of_stock",
        "outofstock",
        "out-of-stock",
    ]
) | {"out of stock", "sold out", "sold_out"}

# Seconds since 1970 have ten digits until 2286, milliseconds have more.
_MILLISECONDS_FROM = 10**11
_BLOCKS = frozenset(
    ["p", "div", "br", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "section", "article"]
)
_LEVELS = re.compile(r"\s*[>\u00bb\u203a]\s*|\s+/\s+")
_HIDDEN = frozenset(("script", "style"))


def text(value: object) -> str:
    """A text; numbers and true/false as a person would write them."""
    if isinstance(value, dict | list):
        raise ValueMistake(f"is {'an object' if isinstance(value, dict) else 'a list'}, not a text")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return as_text(value)


def named(value: str, usual: Mapping[str, str]) -> str:
    """A name of an enumeration as it is stored: "Home & Garden" -> "home_garden"; `usual`: other names for it."""
    name = "_".join(re.findall(r"[^\W_]+(?:['\u2019][^\W_]+)?", value.lower()))
    name = "_".join(word for word in name.split("_") if word != "and").replace("\u2019", "'")
    return usual.get(name, name)


def texts(value: object) -> list[str]:
    """A list of texts; a single value is a list of one, empty ones go."""
    items = value if isinstance(value, list | tuple) else [value]
    return [text(item).strip() for item in items if present(item) is not None]


def paths(value: object) -> list[str]:
    """Paths of categories; levels may be told by ">" as most shops export them: "Plants > Herbs" -> "Plants/Herbs"."""
    return [_LEVELS.sub("/", path) for path in texts(value)]


def boolean(value: object) -> bool:
    """true or false from true/false, 1/0, or words such as yes, no, in stock, ja, nein."""
    if isinstance(value, bool):
        return value
    word = as_text(value).strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueMistake(f"{shown(value)} is neither yes nor no")


def integer(value: object, decimal: str = "") -> int:
    """A whole number; 12.0 is one, 12.5 is not."""
    amount = number(value, decimal)
    if amount != amount.to_integral_value():
        raise ValueMistake(f"{shown(value)} is not a whole number")
    return int(amount)


def moment(value: object, formats: Sequence[str] = ()) -> datetime:
    """A time: ISO 8601, seconds or milliseconds since 1970, or one of `formats` (as strptime takes them, or
    `epoch_s`, `epoch_ms`). Without a zone it is UTC."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    word = as_text(value).strip()
    for form in formats:
        found = _by_format(word, form)
        if found is not None:
            return found
    if not formats:
        found = _by_format(word, "epoch") if _is_number(word) else _iso(word)
        if found is not None:
            return found
    wanted = f" ({', '.join(formats)})" if formats else " (ISO 8601, such as 2026-03-31T12:00:00Z)"
    raise ValueMistake(f"{shown(value)} is not a date{wanted}")


def json_value(value: object) -> Any:  # noqa: ANN401 - whatever the JSON holds
    """What a JSON text holds; what is no text already is left as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise ValueMistake(f"{shown(value)} is not valid JSON") from error


def without_html(value: str) -> str:
    """The text of an HTML fragment: entities decoded, tags gone, blocks on lines of their own."""
    if "<" in value:
        parser = _Text()
        parser.feed(value)
        parser.close()
        value = "".join(parser.parts)
    # Exports often escape twice.
    value = html.unescape(html.unescape(value)).replace("\u00a0", " ")
    lines = (" ".join(line.split()) for line in value.splitlines())
    return "\n".join(line for line in lines if line)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._hidden += tag in _HIDDEN
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _HIDDEN and self._hidden > 0
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def _is_number(word: str) -> bool:
    return re.fullmatch(r"-?\d{9,}(\.\d+)?", word) is not None


def _iso(word: str) -> datetime | None:
    try:
        return datetime.fromisoformat(word)
    except ValueError:
        return None


def _by_format(word: str, form: str) -> datetime | None:
    try:
        if form.startswith("epoch"):
            seconds = float(word)
            if form == "epoch_ms" or (form == "epoch" and abs(seconds) >= _MILLISECONDS_FROM):
                seconds /= 1000
            return datetime.fromtimestamp(seconds, UTC)
        return datetime.strptime(word, form)  # without a zone: UTC, as the product says
    except (ValueError, OverflowError, OSError):
        return None
