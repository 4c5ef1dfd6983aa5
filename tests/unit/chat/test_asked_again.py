"""Questions asked again of another product, what a thing is used with, and what a comparison was about."""

import pytest

from app.chat.aspects import aspects_of
from app.chat.composing.comparing import extreme, winner
from app.chat.composing.naming import echoed
from app.chat.context import Context, ShownProduct
from app.chat.reading.asked_again import asked_again
from app.chat.reading.used_with import used_with
from app.chat.reading.wishes import doing, interests_of
from app.chat.records import Record, RecordKind
from app.chat.tools.searching import _grown_first, has_what, having_first
from app.chat.wording import fit

SHOWN = (ShownProduct("a", "Kittiwake Drone", 689.0, "USD"), ShownProduct("b", "Gnat Drone", 44.9, "USD"))


@pytest.mark.parametrize(
    ("message", "question", "asked"),
    [
        ("ok and the other one?", "how far does it fly", "how far does the other one fly"),
        ("what about the second?", "does the first one have gps?", "does the second have gps?"),
        ("and number 2", "waterproof?", "waterproof for number 2?"),
        ("the other one in blue", "how far does it fly", ""),
        ("and a drone for kids?", "how far does it fly", ""),
    ],
)
def test_the_question_is_asked_again_of_another_one(message: str, question: str, asked: str) -> None:
    context = Context(about="drone", shown=SHOWN, focus="a", intent="product_details")
    assert asked_again(message, context, ["and the first one?", question]) == asked


def test_after_a_search_nothing_was_asked() -> None:
    context = Context(about="drone", shown=SHOWN, intent="search")
    assert asked_again("and the other one?", context, ["drones"]) == ""


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("an adapter to charge my laptop, usb c", "an adapter for laptop, usb c"),
        ("a bag, should fit a 15 inch laptop", "a bag, for laptop"),
        ("does it fit a 15 inch laptop?", "does it fit a 15 inch laptop?"),
        ("i want to clean my car", "i want to clean my car"),
    ],
)
def test_what_it_is_used_with_is_not_what_is_wanted(message: str, told: str) -> None:
    assert used_with(message) == told


@pytest.mark.parametrize(
    ("about", "said", "quoted"),
    [
        ("frying pans new", ["i need new frying pans"], "frying pans"),
        ("lipstick, but matte", ["lipstick, but matte and not red"], "lipstick"),
        ("running shoes", ["running shoes under 80"], "running shoes"),
        ("tents for 4 people", ["tents", "for 4 people"], "tents for 4 people"),
        ("mug and teapot", ["red mug and a teapot"], "mug and teapot"),
    ],
)
def test_what_is_quoted_reads_as_it_was_said(about: str, said: list[str], quoted: str) -> None:
    assert echoed(about, said) == quoted


def _record(product_id: str, **specifications: object) -> Record:
    fields = {"product_id": product_id, "specifications": specifications}
    return Record(RecordKind.PRODUCT, product_id, product_id, fields)


@pytest.mark.parametrize(
    ("message", "best", "told"),
    [
        ("which is the lightest", "b", "is the lightest"),
        ("which one is the heaviest?", "a", "is the heaviest"),
        ("which has the most storage", "a", "has the most storage"),
        ("which of them has the biggest screen", "b", "has the biggest screen"),
    ],
)
def test_the_one_that_has_the_most(message: str, best: str, told: str) -> None:
    records = (
        _record("a", weight_g=900, storage_gb=512, screen_inches=13),
        _record("b", weight_g=700, storage_gb=256, screen_inches=15),
    )
    names = list(records[0].fields["specifications"])
    table = [{"name": name, "values": [r.fields["specifications"][name] for r in records]} for name in names]
    won = winner(message, records, table)
    assert won is not None
    assert won.id == best
    assert told in [how[1] for aspect in aspects_of(message) if (how := extreme(aspect, message)) is not None]


def test_of_a_draw_none_wins() -> None:
    records = (_record("a", weight_g=900), _record("b", weight_g=900))
    assert winner("which is the lightest", records, [{"name": "weight_g", "values": [900, 900]}]) is None


def test_what_is_made_for_children_comes_last_where_most_is_not() -> None:
    ages = (("k", "kids"), ("a", "adults"), ("b", None))
    kids, one, other = ({"name": name, "target_age": age} for name, age in ages)
    assert [p["name"] for p in _grown_first([kids, one, other])] == ["a", "b", "k"]
    assert [p["name"] for p in _grown_first([kids, kids, one])] == ["k", "k", "a"]


def test_what_it_is_to_have() -> None:
    down, denim = (
        {"product_id": name, "name": f"{name} Jacket", "price": 9.0, "currency": "USD", "description": text}
        for name, text in (("First Frost", "Filled with duck down."), ("Foreman", "Coal denim."))
    )
    assert has_what("jackets with down") == "down"
    assert has_what("jackets") == ""
    assert having_first([denim, down], "down") == ([down], "")
    kept, told = having_first([denim], "hood")
    assert kept == [denim]
    assert told == "Whether it has “hood”, the shop's data does not say."


@pytest.mark.parametrize(
    ("verb", "told"),
    [("cook", "cooking"), ("bake", "baking"), ("run", "running"), ("travel", "traveling"), ("knit", "knitting")],
)
def test_what_somebody_likes_to_do(verb: str, told: str) -> None:
    assert doing(verb) == told
    assert interests_of(f"she likes to {verb}")[0] == (told,)
    assert interests_of("she likes chess")[0] == ("chess",)


def test_the_verb_of_what_fits() -> None:
    assert [fit(["tent"]), fit(["tents"]), fit(["tent", "lamp"]), fit(["dress"])] == ["fits", "fit", "fit", "fits"]


def test_what_is_done_with_something_is_kept_where_no_thing_is_named() -> None:
    assert used_with("something to open a bottle") == "something to open a bottle"
    assert used_with("an opener, something to open a bottle") == "an opener, for bottle"
