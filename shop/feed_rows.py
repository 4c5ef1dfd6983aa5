"""Rows of a feed, put in the place of the documents that there are."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, TypeVar

from es.documents import Documents, Stored, Writing

Row = TypeVar("Row")

KEPT: Final = "kept: it was changed here after the feed was written"


async def put_rows(
    documents: Documents,
    rows: Sequence[Row],
    key: Callable[[Row], str],
    writing: Callable[[Row, Stored | None], Writing | str],
) -> list[str]:
    """Writes the rows, of several with one key the last; for each an empty string, or why it was left out. `writing`:
    what to write of a row, given what is stored under its key, or why nothing. Raises EngineError."""
    last = {key(row): row for row in rows}
    there = await documents.many(list(last))
    made = {name: writing(row, there.get(name)) for name, row in last.items()}
    writings = [one for one in made.values() if isinstance(one, Writing)]
    problems = {name: one for name, one in made.items() if isinstance(one, str)}
    answers = await documents.write_many(writings)
    problems |= {one.key: answer for one, answer in zip(writings, answers, strict=True)}
    return [problems[key(row)] for row in rows]


def stands(changed_at: datetime | None, written_at: datetime | None) -> bool:
    """Whether what was changed here at `changed_at` outlives a feed's row of `written_at`."""
    return changed_at is not None and (written_at is None or written_at <= changed_at)
