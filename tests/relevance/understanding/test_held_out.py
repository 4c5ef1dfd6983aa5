"""Understanding on queries that were kept apart from whoever wrote the rules. Floors are what was measured."""

from app.search.understanding.understand import understand
from tests.relevance.understanding.held_out import read_held_out, slots_right, sort_right, wrong_budgets

SLOTS = 56


def test_budgets_and_orders_are_right_and_slots_no_worse_than_they_were() -> None:
    shops, rows = read_held_out()
    found = [(row, understand(row["query"], shops[row["shop"]])) for row in rows]
    assert len(found) == 60
    assert [row["id"] for row, one in found if wrong_budgets(row, one)] == []
    assert [row["id"] for row, one in found if not sort_right(row, one)] == []
    assert sum(slots_right(row, one) for row, one in found) >= SLOTS
