"""A cursor comes back as it was given out, and nothing else is taken for one."""

import base64

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.search.cursor import Cursor, InvalidCursor
from app.search.query import Sort, build
from app.search.retrieval import cursor_fits

numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
cursors = st.builds(
    Cursor,
    query=st.text("0123456789abcdef", min_size=12, max_size=12),
    after=st.none() | st.tuples(numbers, st.text(min_size=1, max_size=20)) | st.tuples(numbers, numbers, st.text()),
    shown=st.integers(0, 2000),
)


@given(cursors)
def test_a_cursor_survives_the_round_trip(cursor: Cursor) -> None:
    token = cursor.encode()
    assert Cursor.decode(token) == cursor
    assert token.isascii()
    assert all(c.isalnum() or c in "-_" for c in token), "it goes into an address as it is"


def decoded(token: str) -> Cursor | None:
    try:
        return Cursor.decode(token)
    except InvalidCursor:
        return None


@given(st.text(max_size=200))
@example("\ud800")
@example("====")
@example("e30")  # {}
@example("W10")  # []
def test_any_text_is_refused_as_invalid_and_in_no_other_way(text: str) -> None:
    assert decoded(text) is None


@given(st.recursive(st.none() | st.booleans() | numbers | st.text(), lambda inner: st.lists(inner, max_size=5)))
def test_any_json_is_refused_or_is_a_cursor_in_shape(value: object) -> None:
    token = base64.urlsafe_b64encode(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)).decode().rstrip("=")
    cursor = decoded(token)
    if cursor is not None:
        assert isinstance(cursor.query, str)
        assert 0 <= cursor.shown <= 2000
        assert cursor.after is None or isinstance(cursor.after[-1], str)


@pytest.mark.parametrize(
    "after", [["abc", "p1"], [None, "p1"], [1, 2, "p1"], [1, 2, 3, "p1"], [True, "p1"], ["", "p1"], ["Infinity", "p1"]]
)
@pytest.mark.parametrize("sort", [Sort.PRICE_ASC, Sort.NEWEST, Sort.RELEVANCE])
def test_sort_values_of_another_order_do_not_fit(after: list[object], sort: Sort) -> None:
    token = base64.urlsafe_b64encode(orjson.dumps(["0" * 12, after, 0])).decode()
    cursor = decoded(token)
    if cursor is not None:
        query = build({"q": "lamp", "sort": sort, "cursor": token}, {}, None)
        assert not cursor_fits(query)
