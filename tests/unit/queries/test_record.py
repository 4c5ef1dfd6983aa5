"""What is logged of a search, and where a click was."""

import pytest

from app.problems import BadRequest
from app.search.recording import logged, visit_of
from shop.queries.record import Click, LoggedSearch, Visit, click_change, document
from tests.golden.test_query_bodies import query_of


def answered(**more: object) -> dict[str, object]:
    return {
        "search_id": "a" * 32,
        "total": 7,
        "hits": [{"product_id": "p1"}, {"product_id": "p2"}],
        "understood": {"text": "red", "constraints": []},
        "took_ms": 4.2,
        "degraded": [],
        **more,
    }


def test_a_search_is_logged_whole() -> None:
    query = query_of("q=Red Lamp!&color=red&in_stock=true&max_price=20&page=3&size=2&sort=price")
    made = document(logged(query, answered(), Visit("s1", "v1")))
    assert made.pop("time").endswith("Z")
    assert made == {
        "search_id": "a" * 32,
        "raw": "Red Lamp!",
        "text": "red lamp",
        "understood": {"text": "red", "constraints": []},
        "filters": {"color": ["red"], "in_stock": ["true"], "price": ["..20"]},
        "sort": "price_asc",
        "mode": "hybrid",
        "first_position": 5,
        "shown": ["p1", "p2"],
        "session_id": "s1",
        "visitor_id": "v1",
        "total": 7,
        "took_ms": 4.2,
        "typing": False,
    }


@pytest.mark.parametrize(
    ("told", "expected"),
    [(Click("s", "p2", 1), 12), (Click("s", "p2"), 12), (Click("s", "p9", 40), 40), (Click("s", "p9"), None)],
)
def test_the_log_knows_the_place_better(told: Click, expected: int | None) -> None:
    made = click_change(told, {"shown": ["p1", "p2"], "first_position": 11})["click"]
    assert made.get("position") == expected


def test_an_unknown_place_is_told_by_the_shop() -> None:
    assert click_change(Click("s", "p1", 70), {"shown": ["p1"]})["click"]["position"] == 70
    assert "position" not in click_change(Click("s", "p1"), {"shown": ["p1"]})["click"]


def test_empty_parts_are_left_out() -> None:
    made = document(LoggedSearch("a", "", 0))
    assert not {"text", "shown", "session_id", "filters", "degraded"} & set(made)
    assert made["total"] == 0


@pytest.mark.parametrize("session", ["x" * 129, "a b", "é", "a\n"])
def test_a_session_id_is_plain(session: str) -> None:
    with pytest.raises(BadRequest, match="session_id must be at most 128"):
        visit_of({}, session)


def test_the_parameter_wins_over_the_header() -> None:
    headers = {"X-Session-Id": "h", "X-Typing": "true", "X-Visitor-Id": "v"}
    assert visit_of(headers, "p") == Visit("p", "v", typing=True)
    assert visit_of(headers) == Visit("h", "v", typing=True)
    assert visit_of({}) == Visit()
