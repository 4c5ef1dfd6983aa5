"""Understanding on a second set of queries: ten more shops, given as lists of words. Floors are what was measured."""

from pathlib import Path

from app.search.understanding.understand import understand
from tests.relevance.understanding.held_out import (
    read_held_out,
    right,
    slots_right,
    sort_right,
    text_right,
    wrong_budgets,
)

QUERIES = Path(__file__).with_name("second.jsonl")
LEAST_QUERIES = 200
SLOTS = 0.98
TEXT = 0.98


def test_slots_and_words_of_the_second_set() -> None:
    shops, rows = read_held_out(QUERIES)
    found = [(row, understand(row["query"], shops[row["shop"]])) for row in rows]
    assert len(found) >= LEAST_QUERIES
    assert [row["id"] for row, one in found if wrong_budgets(row, one)] == []
    assert [row["id"] for row, one in found if not sort_right(row, one)] == []
    wrong = "\n".join(f"{row['query']}: {one.as_json()}" for row, one in found if not right(row, one))
    assert sum(slots_right(row, one) for row, one in found) >= SLOTS * len(found), wrong
    assert sum(text_right(row, one) for row, one in found) >= TEXT * len(found), wrong
