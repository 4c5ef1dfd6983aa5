"""Lists of before, by what they are called; two wishes of one message; how many of each."""

import json
from dataclasses import asdict

import pytest

from app.chat.answering import Found
from app.chat.context import Context, Earlier, Recipient, ShownProduct, Wish, context_of
from app.chat.finding import both
from app.chat.reading.apart import apart
from app.chat.reading.quantities import amounts_of, uncounted
from app.chat.reading.recalling import of_the_shown, recalled, said_of, unlike
from app.chat.reading.tastes import NO_TASTE, Taste
from app.chat.records import Record, RecordKind
from app.chat.showing import MAX_EARLIER, showing


def _shown(product_id: str, name: str, traits: str = "") -> ShownProduct:
    return ShownProduct(product_id, name, 10.0, "USD", 0.0, traits)


MUGS = (_shown("m1", "Tall Mug", "blue clay"), _shown("m2", "Low Mug", "red glass"))
PANS = (_shown("p1", "Wide Pan", "steel"), _shown("p2", "Deep Pan", "iron"))
KNIVES = (_shown("k1", "Bread Knife", "steel"),)
TALK = Context(about="knives", shown=KNIVES, earlier=(Earlier(PANS, "p2", "pans"), Earlier(MUGS, None, "mugs")))


@pytest.mark.parametrize(
    ("message", "about", "focus"),
    [
        ("the one before that", "pans", "p2"),
        ("go back to the mugs", "mugs", "m1"),
        ("the red one from earlier, does it hold a pint?", "mugs", "m2"),
        ("does the pan fit in the oven?", "pans", "p2"),
        ("is the iron pan heavy", "pans", "p2"),
        ("the first mug you showed me", "mugs", None),
        ("the previous ones please", "pans", None),
    ],
)
def test_an_earlier_list_comes_back(message: str, about: str, focus: str | None) -> None:
    now = recalled(message, TALK)
    assert (now.about, now.focus) == (about, focus)
    assert now.earlier[0].products == KNIVES


@pytest.mark.parametrize(
    "message", ["is the knife sharp?", "show me pans", "how heavy is it", "thanks", "any other knives"]
)
def test_the_list_stays_where_no_other_is_meant(message: str) -> None:
    assert recalled(message, TALK) is TALK


@pytest.mark.parametrize(
    "message",
    [
        "i liked the first one, how heavy is it?",
        "you showed me three, which is the cheapest?",
        "which one of the options you suggested is lightest?",
        "thanks, I liked it",
        "show it again",
        "the knife you showed me, is it sharp?",
    ],
)
def test_what_was_seen_is_the_list_that_is_shown(message: str) -> None:
    assert recalled(message, TALK) is TALK


def test_a_list_comes_back_with_its_own_wishes() -> None:
    cheap, red = Wish("price", "lte", 40, "under 40", high=40.0), Wish("color", "eq", "red", "red", ("red",))
    mine = Context(about="pans", shown=PANS, wishes=(cheap,), taste=Taste("bolder", ("bold",)), amounts=(2,))
    dads = Context(about="mugs", wishes=(red,), gift=True, recipient=Recipient("dad", "male"), earlier=mine.earlier)
    talk = showing(dads, MUGS, mine)
    talk = context_of(json.loads(json.dumps(talk.as_json())))
    now = recalled("the previous ones", talk)
    assert (now.about, now.wishes, now.taste, now.amounts) == ("pans", mine.wishes, mine.taste, (2,))
    assert (now.shown, now.gift, now.recipient) == (PANS, False, None)
    now = recalled("back to the mugs", now)
    assert (now.wishes, now.gift, now.recipient, now.taste) == ((red,), True, dads.recipient, NO_TASTE)


def test_a_list_that_was_stored_without_wishes_is_read() -> None:
    stored = {"earlier": [{"products": [asdict(PANS[0])], "focus": None, "about": "pans"}]}
    assert context_of(stored).earlier == (Earlier(PANS[:1], None, "pans"),)


def test_a_list_is_kept_when_another_is_shown() -> None:
    context = Context(about="pans", shown=PANS)
    later = showing(context, KNIVES, Context(about="pans", shown=PANS, focus="p1"))
    assert later.earlier == (Earlier(PANS, "p1", "pans"),)
    assert showing(later, KNIVES, later).earlier == later.earlier  # the same again
    for products in (MUGS, PANS, KNIVES, MUGS):
        later = showing(later, products, later)
    assert len(later.earlier) == MAX_EARLIER
    assert context_of(later.as_json()) == later


def test_one_is_pointed_at_by_what_it_is_like() -> None:
    assert said_of("what about the red one?", MUGS) == MUGS[1:]
    assert said_of("the blue clay one", MUGS) == MUGS[:1]
    assert said_of("the green one", MUGS) == ()
    assert said_of("the first one", MUGS) == ()
    assert of_the_shown("will those mugs crack?", Context(shown=MUGS))
    assert not of_the_shown("show me the mugs", Context(shown=MUGS))


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("boots for me and a cap for my son, he's 9", ("boots for me", "a cap for my son, he's 9")),
        ("perfume for my wife, something for my dad", ("perfume for my wife", "something for my dad")),
        ("a helmet for my wife and one for my son", ("a helmet for my wife", "a helmet for my son")),
        ("a lamp for the desk and a chair for the office", None),
        ("gloves for my wife and my son", None),
        ("is it good for me and for my kid?", None),
        ("a gift for my mom for her birthday", None),
        ("I want to return the shoes I bought for me and exchange the shirt for my son", None),
        ("compare these for me and pick one for my wife", None),
        ("shoes for me and return the shirt for my son", None),
    ],
)
def test_two_people_have_two_wishes(message: str, parts: tuple[str, str] | None) -> None:
    assert apart(message) == parts


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0), (1, 1), (0, 0)])
def test_what_either_of_two_wishes_was_found_without_is_told(first: int, second: int) -> None:
    def found(name: str, products: int, degraded: tuple[str, ...]) -> Found:
        of = [Record(RecordKind.PRODUCT, f"product:{name}", name, {"product_id": name})]
        return Found(records=tuple(of * products), degraded=degraded)

    one, other = found("mug", first, ("vector",)), found("pan", second, ("vector", "rerank"))
    mine, dads = Context(about="mug"), Context(about="pan", recipient=Recipient("dad"))
    assert both(one, mine, other, dads).degraded == ("vector", "rerank")
    assert both(one, mine, found("pan", second, ()), dads).degraded == ("vector",)
    assert both(found("mug", first, ()), mine, other, dads).degraded == ("vector", "rerank")


def test_how_many_of_each() -> None:
    assert amounts_of("a table and four chairs", ["table", "chairs"]) == (1, 4)
    assert amounts_of("a table and a chair", ["table", "chair"]) == ()
    assert uncounted("a table and 4 garden chairs") == "a table and garden chairs"
    assert uncounted("a 2 person tent") == "a 2 person tent"


@pytest.mark.parametrize(
    ("message", "things", "amounts"),
    [
        ("a 4 person tent and two headphones", ["tent", "headphones"], (1, 2)),
        ("a 15 inch laptop and headphones", ["laptop", "headphones"], ()),
        ("a tent for 4 people and a bottle", ["tent", "bottle"], ()),
        ("a laptop for my 2 kids and headphones", ["laptop", "headphones"], ()),
        ("a laptop for my 2 headphones and a lamp", ["laptop", "headphones", "lamp"], ()),
        ("both pans and knives", ["pans", "knives"], ()),
        ("a laptop and a pair of headphones", ["laptop", "headphones"], ()),
        ("two 15 inch laptops and 3 x 4-person tents", ["laptops", "tents"], (2, 3)),
        ("15 inch laptops and a couple of warm wool sleeping bags", ["laptops", "sleeping bags"], (1, 2)),
        ("two men's shirts and 3 kids bikes", ["men's shirts", "bikes"], (2, 3)),
        ("4 person tents and two chairs", ["tents", "chairs"], (1, 2)),
        ("6 of the lamps and 2x chairs", ["lamps", "chairs"], (6, 2)),
    ],
)
def test_a_number_is_counted_only_of_what_it_counts(message: str, things: list[str], amounts: tuple[int, ...]) -> None:
    assert amounts_of(message, things) == amounts


def test_what_none_of_those_shown_is_like() -> None:
    assert unlike("is the purple one dishwasher safe?", MUGS) == "purple"
    assert unlike("is the red one dishwasher safe?", MUGS) == ""
    assert unlike("is the cheaper one good?", MUGS) == ""
    assert unlike("the purple one please", MUGS) == ""
