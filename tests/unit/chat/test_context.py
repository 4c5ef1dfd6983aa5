"""What a new message changes of what is known: it replaces what it contradicts and keeps the rest."""

import json

from hypothesis import given
from hypothesis import strategies as st

from app.chat.context import (
    Context,
    Recipient,
    ShownProduct,
    Told,
    Topic,
    Wish,
    context_of,
    merged,
)
from app.chat.showing import MAX_SHOWN, MAX_SUSPENDED, showing, turned_to

UNDER_100 = Wish("price", "lte", 100, "under $100", high=100.0, currency="USD")
UNDER_50 = Wish("price", "lte", 50, "under $50", high=50.0, currency="USD")
FOR_HER = Wish("gender", "eq", "female", "mom", matches=("female", "unisex"))
RED = Wish("color", "eq", "red", "red", matches=("Red",))
BLUE = Wish("color", "eq", "blue", "blue", matches=("Blue",))
NOT_RED = Wish("color", "not", "red", "not red", matches=("Red",), without=True)
MOM = Recipient("mom", "female", "adults")


def known() -> Context:
    return Context("boots", True, MOM, None, ("hiking",), (UNDER_100, FOR_HER, RED), intent="gift")


def test_another_thing_keeps_for_whom_and_for_how_much() -> None:
    after = merged(known(), Told(about="fitness"))

    assert (after.about, after.recipient) == ("fitness", MOM)
    assert after.wishes == (UNDER_100, FOR_HER)  # red was said of the boots


def test_a_new_budget_replaces_the_old_one_alone() -> None:
    after = merged(known(), Told(wishes=(UNDER_50,)))

    assert after.budget == (None, 50.0)
    assert set(after.wishes) == {UNDER_50, FOR_HER, RED}
    assert after.about == "boots"


def test_what_contradicts_is_replaced() -> None:
    assert merged(known(), Told(wishes=(BLUE,))).wish("color") == BLUE
    assert merged(known(), Told(wishes=(NOT_RED,))).wish("color") == NOT_RED
    not_red = merged(Context(), Told(wishes=(NOT_RED,)))
    assert merged(not_red, Told(wishes=(RED,))).wishes == (RED,)
    assert set(merged(not_red, Told(wishes=(BLUE,))).wishes) == {NOT_RED, BLUE} or merged(
        not_red, Told(wishes=(BLUE,))
    ).wishes == (BLUE,)


def test_another_recipient_forgets_what_the_first_one_was() -> None:
    dad = Recipient("dad", "male", "adults")
    his = Wish("gender", "eq", "male", "dad", matches=("male", "unisex"))
    after = merged(known(), Told(recipient=dad, wishes=(his,)))

    assert after.recipient == dad
    assert after.wish("gender") == his
    assert after.wish("price") == UNDER_100


def test_starting_afresh_forgets_but_what_was_suspended() -> None:
    before = turned_to(known(), "order_status", "boots", same_topic=False)
    after = merged(before, Told(about="lamps", afresh=True))

    assert (after.about, after.wishes, after.recipient) == ("lamps", (), None)
    assert after.suspended == (Topic("gift", "boots"),)


def test_a_topic_is_kept_to_come_back_to() -> None:
    context = turned_to(known(), "order_status", "boots", same_topic=False)
    assert context.suspended == (Topic("gift", "boots"),)
    for intent in ("return", "knowledge", "account", "compare", "price", "reviews", "search"):
        context = turned_to(context, intent, intent, same_topic=False)
    assert len(context.suspended) == MAX_SUSPENDED


def test_the_only_product_shown_is_what_it_means() -> None:
    lamp, boots = ShownProduct("1", "Lamp", 5.0, "USD"), ShownProduct("2", "Boots", 50.0, "USD")

    assert showing(Context(), [lamp]).focus == "1"
    assert showing(Context(focus="9"), [lamp, boots]).focus == "9"
    assert showing(known(), []) == known()
    assert len(showing(Context(), [lamp] * 50).shown) == MAX_SHOWN


names = st.sampled_from(["price", "color", "brand", "gender", "in_stock"])
wishes = st.builds(
    Wish,
    field=names,
    op=st.sampled_from(["eq", "not", "lte"]),
    value=st.text(max_size=5),
    source=st.text(max_size=9),
    matches=st.lists(st.text(max_size=4), max_size=3).map(tuple),
    without=st.booleans(),
    low=st.none() | st.floats(0, 1e6),
    high=st.none() | st.floats(0, 1e6),
)
told = st.builds(
    Told,
    about=st.none() | st.text(max_size=12),
    gift=st.booleans(),
    interests=st.lists(st.text(min_size=1, max_size=8), max_size=2).map(tuple),
    wishes=st.lists(wishes, max_size=4).map(tuple),
)


@given(st.lists(told, max_size=6))
def test_any_conversation_survives_being_stored(turns: list[Told]) -> None:
    context = Context()
    for one in turns:
        context = merged(context, one)
    assert context_of(json.loads(json.dumps(context.as_json()))) == context


@given(st.lists(told, max_size=6), wishes)
def test_the_last_word_on_a_field_holds(turns: list[Told], last: Wish) -> None:
    context = Context()
    for one in turns:
        context = merged(context, one)
    assert last in merged(context, Told(wishes=(last,))).wishes
