"""What a message means because of what was said before: manners, refinements, questions about what was shown."""

import pytest

from app.chat.aspects import aspects_of, label, with_unit
from app.chat.context import Context, ShownProduct, Told, Wish
from app.chat.reading.following import followed, joined, of_promotions
from app.chat.reading.intents import Intent, lone_number
from app.chat.reading.prices import cheaper, superlative
from app.chat.reading.quantities import quantity
from app.chat.reading.references import Pointed
from app.chat.reading.smalltalk import smalltalk
from app.search.understanding.found import Constraint, Op, Understanding

KINDS = frozenset({"tent", "lamp", "mug", "headphone"})
SHOWN = (
    ShownProduct("a", "Aldermoor Nightjar Tent", 159.0, "USD", 4.5),
    ShownProduct("b", "Tarnstone Corrie Tent", 549.0, "USD", 4.8),
    ShownProduct("c", "Loopfield Meadow Tent", 329.0, "USD", 4.1),
)
TENTS = Context(about="tents", shown=SHOWN)
NOTHING = Understanding("")


@pytest.mark.parametrize(
    ("message", "intent", "waiting"),
    [
        ("ok thanks", Intent.THANKS, Intent.THANKS),
        ("thx, bye!", Intent.THANKS, Intent.THANKS),
        ("perfect", Intent.THANKS, Intent.CONFIRM),
        ("ok", Intent.THANKS, Intent.CONFIRM),
        ("yes please, go ahead", Intent.CONFIRM, Intent.CONFIRM),
        ("no, wait, don't", Intent.DENY, Intent.DENY),
        ("fine. no", Intent.DENY, Intent.DENY),
        ("hey there", Intent.GREETING, Intent.GREETING),
        ("nice dress", None, None),
        ("no problem with returns?", None, None),
        ("yes, the blue one", None, None),
        ("great " * 100, None, None),
    ],
)
def test_manners(message: str, intent: Intent | None, waiting: Intent | None) -> None:
    for asked, expected in ((False, intent), (True, waiting)):
        guess = smalltalk(message, asked=asked)
        assert (guess.intent if guess else None) is expected


@pytest.mark.parametrize(
    ("message", "left", "together"),
    [
        ("for 4 people", "for 4 people", "tents for 4 people"),
        ("green", "green", "tents green"),
        ("something lighter?", "lighter?", "tents lighter?"),
        ("a lamp instead", "a lamp", None),
        ("lamps", "lamps", None),
        ("how heavy is it?", "how heavy is it?", None),
        ("show me tents", "tents", None),
        ("compare them", "compare them", None),
        ("cheaper", "", None),
    ],
)
def test_more_of_the_same_wish(message: str, left: str, together: str | None) -> None:
    found = joined(message, TENTS, Understanding(left), KINDS)
    assert (found is None) == (together is None)
    assert found is None or found.replace(",", " ").split()[0] == "tents"


def test_a_budget_alone_is_kept_beside() -> None:
    budget = Constraint("price", Op.LTE, "300", "under 300")
    assert joined("under 300", TENTS, Understanding("", (budget,)), KINDS) is None


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("waterproof?", Intent.DETAILS),
        ("weight", Intent.DETAILS),
        ("cat lamps too?", None),
        ("what about the weight", Intent.DETAILS),
        ("how much", Intent.PRICE),
        ("what colors", Intent.AVAILABILITY),
        ("do you have lamps?", None),
        ("and a mug?", None),
        ("green?", Intent.DETAILS),
    ],
)
def test_questions_about_what_was_shown(message: str, intent: Intent | None) -> None:
    guess = followed(message, TENTS, Pointed(), Told(), KINDS)
    assert (guess.intent if guess else None) is intent
    assert followed(message, Context(), Pointed(), Told(), KINDS) is None


def test_what_must_not_be_is_no_question() -> None:
    told = Told(wishes=(Wish("words", "not", "green", "not green", ("green",), without=True),))
    assert followed("green?", TENTS, Pointed(), told, KINDS) is None


@pytest.mark.parametrize(
    ("message", "pointed", "high"),
    [
        ("cheaper", (), 329.0),
        ("too expensive", (SHOWN[1],), 549.0),
        ("something cheaper than that", (SHOWN[0],), 159.0),
    ],
)
def test_cheaper_is_than_what_was_shown(message: str, pointed: tuple[ShownProduct, ...], high: float) -> None:
    told = cheaper(Told(), message, TENTS, Pointed(pointed))
    assert told is not None
    assert (told.wishes[0].high, told.wishes[0].op) == (high, "lt")
    assert cheaper(Told(), message, Context(about="tents"), Pointed()) is None


def test_an_amount_is_believed_before_what_was_shown() -> None:
    told = Told(wishes=(Wish("price", "lte", 100, "under 100", high=100.0),))
    assert cheaper(told, "too expensive, under 100", TENTS, Pointed()) is None


@pytest.mark.parametrize(
    ("message", "which"),
    [("the cheapest", "cheapest"), ("most expensive one", "dearest"), ("best rated?", "best"), ("a cheap one", "")],
)
def test_superlatives(message: str, which: str) -> None:
    assert superlative(message, TENTS) == which
    assert superlative("the cheapest thing you have", TENTS) == ""


def test_offers_are_asked_on() -> None:
    after = Context(intent="promotions")
    assert of_promotions("does it apply to mugs?", after) is not None
    assert of_promotions("does it apply to mugs?", Context()) is None


@pytest.mark.parametrize(
    ("message", "many"),
    [("2 of them, what's the total", 2), ("how much for three?", 3), ("and 4?", 4), ("size 10?", 1), ("two lamps", 1)],
)
def test_quantities(message: str, many: int) -> None:
    assert quantity(message) == many


@pytest.mark.parametrize(
    ("message", "number"),
    [("W1002", "W1002"), ("wheres w1002", "W1002"), ("the Slate 14", None), ("I bought the W1002 of that brand", None)],
)
def test_a_number_by_itself(message: str, number: str | None) -> None:
    assert lone_number(message) == number


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("how heavy is it", ["weight"]),
        ("whats the battery like", ["battery life"]),
        ("is it dishwasher safe?", ["care", "safety"]),
        ("how wide is the sofa", ["size"]),
        ("a red sofa", []),
    ],
)
def test_aspects(message: str, names: list[str]) -> None:
    assert [aspect.name for aspect in aspects_of(message)][: len(names) or 9] == names


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("weight_g", 1020, "1.02 kg"),
        ("battery_hours", 16, "16 hours"),
        ("min_age_years", 1, "1 year"),
        ("width_cm", 18.5, "18.5 cm"),
        ("pages", 400, "400"),
        ("resolution", "3840 x 2160", "3840 x 2160"),
    ],
)
def test_values_have_their_units(name: str, value: object, told: str) -> None:
    assert with_unit(name, value, str(value)) == told
    assert (label("battery_hours"), label("pages")) == ("battery", "pages")
