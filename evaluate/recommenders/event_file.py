"""Single files of events, as this product's API takes them: JSON lines, CSV or Parquet."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.csv
import pyarrow.parquet

from evaluate.errors import DataWrong

SHOPPER = ("customer_id", "session_id", "user_id", "visitor_id", "visitorid")
PRODUCT = ("product_id", "item_id", "itemid")
TIME = ("timestamp", "time", "occurred_at")


class Taken(NamedTuple):
    """A shopper touched a product."""

    time: datetime
    shopper: str
    product: str


def taken_in(path: Path) -> Iterator[Taken]:
    """Events that name a product, those of an order once a line. Other events are passed over. Raises DataWrong."""
    found = 0
    for row in _rows(path):
        shopper, time = _first(row, SHOPPER), _first(row, TIME)
        if shopper is None or time is None:
            continue
        lines = row.get("items") if row.get("type") == "order_placed" else None
        for line in lines or [row]:
            product = _first(line, PRODUCT)
            if product is not None:
                found += 1
                yield Taken(_moment(path, time), str(shopper), str(product))
    if not found:
        raise DataWrong(f"No line of {path} has a shopper ({', '.join(SHOPPER)}), a product and a time.")


def _rows(path: Path) -> Iterable[Mapping[str, Any]]:
    if path.suffix in (".jsonl", ".ndjson", ".json"):
        return _json_lines(path)
    try:
        if path.suffix == ".parquet":
            rows: list[dict[str, Any]] = pyarrow.parquet.read_table(path).to_pylist()
            return rows
        if path.suffix in (".csv", ".tsv"):
            delimiter = "\t" if path.suffix == ".tsv" else ","
            options = pyarrow.csv.ParseOptions(delimiter=delimiter)
            read: list[dict[str, Any]] = pyarrow.csv.read_csv(path, parse_options=options).to_pylist()
            return read
    except (pyarrow.ArrowException, OSError) as error:
        raise DataWrong(f"{path} cannot be read: {error}") from error
    raise DataWrong(f"{path}: events are read from .jsonl, .csv, .tsv or .parquet files.")


def _json_lines(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    row = json.loads(line)
                except ValueError as error:
                    raise DataWrong(f"{path}, line {number}: no JSON ({error}).") from error
                if isinstance(row, dict):
                    yield row


def _first(row: Mapping[str, Any], names: Iterable[str]) -> Any:  # noqa: ANN401 - a value of a file
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def _moment(path: Path, value: object) -> datetime:
    """ISO 8601, or a Unix time in seconds or milliseconds."""
    try:
        if isinstance(value, datetime):
            found = value
        elif isinstance(value, int | float) or str(value).isdecimal():
            number = float(str(value))
            found = datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)
        else:
            found = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError) as error:
        raise DataWrong(f"{path}: {value!r} is no time.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
