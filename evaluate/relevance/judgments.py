"""Judged queries: a CSV file with the columns query, product_id and rating, and perhaps frequency."""

import csv
import math
from pathlib import Path

from evaluate.errors import DataMissing, DataWrong
from evaluate.relevance.metrics import Ratings

COLUMNS = ("query", "product_id", "rating")
HIGHEST = 10


def read_judgments(path: Path) -> dict[str, Ratings]:
    """Query -> product id -> rating. A pair that is judged twice has its later rating.

    Raises DataMissing, or DataWrong naming the line.
    """
    judged: dict[str, dict[str, int]] = {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
            if missing:
                raise DataWrong(f"{path} has no column {', '.join(missing)}; needed are {', '.join(COLUMNS)}.")
            for row in rows:
                rating = _rating(row["rating"], path, rows.line_num)
                judged.setdefault(row["query"], {})[row["product_id"]] = rating
    except FileNotFoundError as error:
        raise DataMissing(f"There are no judgments at {path}.") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataWrong(f"The judgments in {path} cannot be read: {error}.") from error
    return dict(judged)


def read_frequencies(path: Path) -> dict[str, float]:
    """How often each query is searched for, from the column `frequency`; empty where the file has none.

    Raises as `read_judgments`. Of several values of a query the highest counts.
    """
    frequencies: dict[str, float] = {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            if "frequency" not in (rows.fieldnames or ()):
                return {}
            for row in rows:
                often = _frequency(row["frequency"], path, rows.line_num)
                frequencies[row["query"]] = max(often, frequencies.get(row["query"], 0.0))
    except FileNotFoundError as error:
        raise DataMissing(f"There are no judgments at {path}.") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataWrong(f"The judgments in {path} cannot be read: {error}.") from error
    return frequencies


def scorable(judged: dict[str, Ratings]) -> dict[str, Ratings]:
    """The queries that have any product rated above 0; without one, every order is as good as any other."""
    return {query: ratings for query, ratings in judged.items() if any(r > 0 for r in ratings.values())}


def _rating(raw: str | None, path: Path, line: int) -> int:
    try:
        rating = float(raw or "")
    except ValueError:
        rating = -1.0
    if not 0 <= rating <= HIGHEST or rating != int(rating):
        raise DataWrong(f"{path}, line {line}: the rating {raw!r} is not a whole number from 0 to {HIGHEST}.")
    return int(rating)


def _frequency(raw: str | None, path: Path, line: int) -> float:
    try:
        often = float(raw or "")
    except ValueError:
        often = -1.0
    if not 0 <= often < math.inf:
        raise DataWrong(f"{path}, line {line}: the frequency {raw!r} is not a number from 0 up.")
    return often
