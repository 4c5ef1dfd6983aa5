"""Requests that people wrote, of which none names a price limit; and the same with one."""

from decimal import Decimal

import pytest

from app.search.understanding.lexicon import LANGUAGE_ONLY
from app.search.understanding.understand import understand
from evaluate.settings import EvaluateSettings

REQUESTS = EvaluateSettings().data / "search" / "webshop-goals" / "requests.txt"
pytestmark = pytest.mark.skipif(not REQUESTS.is_file(), reason=f"there are no requests at {REQUESTS}")


def budgets(text: str) -> list[tuple[str, object]]:
    return [(c.op, c.value) for c in understand(text, LANGUAGE_ONLY).constraints if c.field == "price"]


def test_no_budget_is_invented() -> None:
    requests = REQUESTS.read_text(encoding="utf-8").splitlines()
    invented = [request for request in requests if budgets(request)]
    assert len(requests) > 6_000
    assert invented == []


LIMITS = ("and price lower than 40.00 dollars", "under $40", "max 40 bucks", "between $20 and $40")


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_is_found_behind_any_request(limit: str) -> None:
    requests = REQUESTS.read_text(encoding="utf-8").splitlines()[::10]
    missed = [request for request in requests if ("lte", Decimal(40)) not in budgets(f"{request}, {limit}")]
    assert missed == []
