"""Understanding of requests to whole catalogues: the demo's, and real ones where they are on this machine."""

from collections import Counter

import pytest

from app.search.understanding.found import Understanding
from app.search.understanding.understand import understand
from tests.relevance.understanding.catalogues import SHOPS, is_there, lexicon, small_shops
from tests.relevance.understanding.requests import Request, budget_right, read_requests, right

THERE = [shop for shop in (*SHOPS, *small_shops()) if is_there(shop)]
# How many requests of a shop may have a slot or an order that is not right: what was measured. What each set came to
# when it was first tried stands in docs/explain/query-understanding.md.
WRONG = {
    "one": {},
    "two": {"chorus-electronics": 2},
    "three": {"magento-luma": 1, "chorus-electronics": 1},
    "four": {"demo": 1},
    "five": {"chorus-electronics": 2},
    "six": {"demo": 1},
    "seven": {"chorus-electronics": 1, "fashion-small": 1},
    "eight": {},
    "nine": {"skincare": 1},
    "ten": {},
}


def understood(name: str) -> list[tuple[Request, Understanding]]:
    requests = [one for one in read_requests(name) if one.shop in THERE]
    return [(one, understand(one.query, lexicon(one.shop))) for one in requests]


@pytest.mark.parametrize("name", WRONG)
def test_slots_are_as_often_right_as_they_were(name: str) -> None:
    found = understood(name)
    wrong = [(one.shop, one.query, told.as_json()) for one, told in found if not right(one, told)]
    assert len(found) >= len(list(read_requests(name))) / 3
    assert Counter(shop for shop, _, _ in wrong) <= Counter(WRONG[name]), "\n".join(map(str, wrong))


@pytest.mark.parametrize("name", WRONG)
def test_no_budget_is_invented_or_lost(name: str) -> None:
    assert [one.query for one, told in understood(name) if not budget_right(one, told)] == []


def test_every_set_asks_many_shops() -> None:
    for name in WRONG:
        asked = {one.shop for one in read_requests(name)}
        assert asked <= {*SHOPS, *small_shops()}
        assert len(asked) >= 5
