"""A cursor comes back as it was given out, and nothing else is taken for one."""

import base64
import hashlib
import zlib
from dataclasses import replace
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.problems import BadRequest
from app.search.continuing import continued, fingerprint
from app.search.cursor import MAX_TOKEN, Cursor, InvalidCursor
from app.search.keeping import Kept
from app.search.query import SearchQuery, Sort, build
from app.search.retrieval import build_body, cursor_fits
from app.search.understanding.found import Applied, Constraint, Op, SortWish, Understanding

numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=12)
decimals = st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=2)
constraints = st.builds(
    Constraint,
    field=st.sampled_from(["price", "rating", "in_stock", "color", "brand", "category", "price_range", "words", "x_y"]),
    op=st.sampled_from(Op),
    value=texts | st.booleans() | decimals | st.lists(texts, max_size=3).map(tuple),
    source=texts,
    currency=st.none() | st.just("USD"),
    matches=st.lists(texts, max_size=3).map(tuple),
    without=st.booleans(),
    within=st.none() | st.tuples(st.none() | decimals, st.none() | decimals),
    applied=st.sampled_from(Applied),
    why=texts,
    words=texts,
    ranked=st.booleans(),
    exact_currency=st.booleans(),
)
understandings = st.builds(
    Understanding,
    text=texts,
    constraints=st.lists(constraints, max_size=3).map(tuple),
    sort=st.none() | st.builds(SortWish, value=st.sampled_from(Sort).map(str) | texts, source=texts),
    notes=st.lists(texts, max_size=2).map(tuple),
)
kept = st.builds(
    Kept,
    understood=st.none() | understandings,
    text=texts,
    mistyped=st.just("") | st.text("0123456789abcdef", min_size=12, max_size=12),
    any_word=st.booleans(),
    also=texts,
    words_alone=st.booleans(),
)
cursors = st.builds(
    Cursor,
    query=st.text("0123456789abcdef", min_size=12, max_size=12),
    after=st.none() | st.tuples(numbers, st.text(min_size=1, max_size=20)) | st.tuples(numbers, numbers, st.text()),
    shown=st.integers(0, 2000),
    kept=st.none() | kept,
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


@given(kept)
@example(Kept(Understanding("", (Constraint("price_range", Op.EQ, "no such", "x", matches=("no such",)),))))
@example(Kept(Understanding("", (Constraint("price", Op.LTE, "five", "x"),))))
@example(Kept(Understanding("lamp", (), SortWish("no such", "x"))))
@example(Kept(Understanding("word " * 1_000)))
def test_what_was_kept_is_searched_for_or_refused(changed: Kept) -> None:
    """Whoever changes a cursor asks for what could be asked for anyway, or is told that it is none."""
    query = SearchQuery(text="lamp")
    query = SearchQuery(text="lamp", cursor=Cursor(fingerprint(query), shown=24, kept=changed))
    try:
        made = continued(query, changed)
    except BadRequest:
        return
    assert made.continued
    orjson.dumps(build_body(made, ()))


@pytest.mark.parametrize("more", ["matches", "but"])
def test_more_values_than_words_could_mean_are_refused(more: str) -> None:
    many: dict[str, Any] = {"matches": ("Phones",), more: tuple(f"Phones/{n}" for n in range(7_500))}
    kept = Kept(Understanding("lamp", (Constraint("shop_category", Op.EQ, "Phones", "phone", **many),)))
    query = SearchQuery(text="lamp")
    query = SearchQuery(text="lamp", cursor=Cursor(fingerprint(query), shown=24, kept=kept))
    with pytest.raises(BadRequest):
        continued(query, kept)


def test_a_cursor_stays_short() -> None:
    plain = Cursor("0" * 12, (1.5, "p1"), 0, Kept(Understanding("lamp")))
    assert len(plain.encode()) < 100
    budget = Constraint("price", Op.LTE, Decimal(50), "under $50", "USD")
    brand = Constraint("brand", Op.EQ, "Northpeak", "northpeak", matches=("northpeak",), words="northpeak")
    usual = Cursor("0" * 12, (1.5, "p1"), 0, Kept(Understanding("lamp", (budget, brand))))
    assert len(usual.encode()) < 300
    assert Cursor.decode(usual.encode()) == usual


def test_what_does_not_fit_into_an_address_is_left_out() -> None:
    many = tuple(hashlib.sha256(bytes([n])).hexdigest() for n in range(200))
    large = Cursor("0" * 12, (1.5, "p1"), 0, Kept(Understanding("", (Constraint("color", Op.IN, many, "x"),))))
    assert len(large.encode()) < MAX_TOKEN
    assert Cursor.decode(large.encode()) == replace(large, kept=None)


def test_a_small_token_does_not_become_a_large_value() -> None:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = deflater.compress(b'["0", null, 24, {"w": "' + b"a" * 10_000_000 + b'"}]') + deflater.flush()
    assert decoded(base64.urlsafe_b64encode(b"\x01" + packed).decode()) is None
