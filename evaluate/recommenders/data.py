"""Files of events into tasks: folders with train.txt and test.txt, with sequences.txt, with the .dat files of
Retailrocket, and single files of events with a date."""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evaluate.errors import DataMissing, DataWrong
from evaluate.recommenders.event_file import Taken, taken_in
from evaluate.recommenders.task import Contents, Sequences, Task, by_session, given, leave_one_out

VIEWS = "view_ecommerce.dat"
SEPARATORS = re.compile(r"[\s,]+")


def read_task(data: Path, split: datetime | None = None) -> Task:
    """The task of a folder or of a file of events. Raises DataMissing or DataWrong."""
    if not data.exists():
        raise DataMissing(f"There is no {data}.")
    if data.is_file():
        if split is None:
            raise DataWrong(f"{data} is a file of events: say with --split from which time on events are predicted.")
        return _split(taken_in(data), split)
    products = _titles(data)
    if (data / "train.txt").is_file() and (data / "test.txt").is_file():
        task, ids = given(_lines(data / "train.txt"), _lines(data / "test.txt"), products)
    elif (data / "sequences.txt").is_file():
        task, ids = leave_one_out(_lines(data / "sequences.txt"), products)
    elif (data / VIEWS).is_file():
        sessions = _views(data / VIEWS)
        task, ids = by_session(sessions, ordered=not _sorted(sessions))
    else:
        raise DataWrong(f"{data} holds neither train.txt and test.txt nor sequences.txt nor {VIEWS}.")
    return Task(task.protocol, task.train, task.asked, task.targets, _contents(data, products, ids))


def _split(taken: Iterator[Taken], split: datetime) -> Task:
    split = split if split.tzinfo else split.replace(tzinfo=UTC)
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for event in sorted(taken, key=lambda event: event.time):
        (after if event.time >= split else before).setdefault(event.shopper, []).append(event.product)
    task, _ = given(before, after)
    told = f"all products from {split.isoformat()} on of each shopper seen since, after everybody's events before"
    return Task(told, task.train, task.asked, task.targets)


def _lines(path: Path) -> Sequences:
    """A shopper, then product ids. A shopper who stands on several lines goes on where the last one ended."""
    found: dict[str, list[str]] = {}
    with path.open(encoding="utf-8-sig") as lines:
        for line in lines:
            shopper, *items = [word for word in SEPARATORS.split(line) if word] or [""]
            if items:
                found.setdefault(shopper, []).extend(items)
    return found


def _views(path: Path) -> Sequences:
    found: dict[str, list[str]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            try:
                found.setdefault(row["visitorid"], []).append(row["itemid"])
            except KeyError as error:
                raise DataWrong(f"{path} has no column {error}.") from error
    return found


def _sorted(sessions: Sequences) -> bool:
    """Every session in the order of the products' numbers: sorted by somebody, not by time."""
    return all(list(items) == sorted(items, key=_number) for items in sessions.values())


def _number(item: str) -> tuple[int, str]:
    return (int(item), "") if item.isdecimal() else (0, item)


def _titles(folder: Path) -> dict[str, str]:
    path = folder / "items.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        if not {"item_id", "title"} <= set(rows.fieldnames or ()):
            raise DataWrong(f"{path} needs the columns item_id and title.")
        return {row["item_id"]: row["title"] or "" for row in rows}


def _contents(folder: Path, titles: dict[str, str], ids: Sequence[str]) -> Contents:
    path = folder / "item2attributes.json"
    try:
        named: dict[str, Any] = json.loads(path.read_bytes()) if path.is_file() else {}
    except ValueError as error:
        raise DataWrong(f"{path} is no JSON: {error}.") from error
    return Contents(
        [titles.get(item, "") for item in ids] if titles else (),
        [frozenset(str(name) for name in named.get(item, ())) for item in ids] if named else (),
    )
