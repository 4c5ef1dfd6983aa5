"""What goes wrong with parcels and payments, and what is no trouble though it sounds like one: by the words alone."""

import pytest

from app.chat.context import Context
from app.chat.reading.at_the_desk import of_troubles
from app.chat.reading.desk_words import of_password
from app.chat.reading.intents import Intent

OF_AN_ORDER = Context(intent="order_status", order_id="W100")


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("I was charged twice", Intent.TICKET),
        ("my payment was declined", Intent.TICKET),
        ("my parcel got lost", Intent.TICKET),
        ("can you cancel the return", Intent.TICKET),
        ("what is the ticket number?", Intent.TICKET),
        ("when will they answer?", Intent.KNOWLEDGE),
        ("who do I talk to about that", Intent.KNOWLEDGE),
        ("it says delivered but nothing is here", Intent.TICKET),
        ("please can somebody look into this", Intent.TICKET),
        ("I want a new one, not the money", Intent.TICKET),
        ("I was billed 34.85 but it is 29.90", Intent.TICKET),
        ("pay it with paypal instead of visa", Intent.PAY),
        ("can I see it without logging in?", Intent.ACCOUNT),
        ("send it to 14 Birch Court, Denver CO 80203", Intent.ADDRESS),
        ("new one is 9 Pine Street, Seattle, WA 98101", Intent.ADDRESS),
        ("i bought it as a guest", Intent.ACCOUNT),
        ("just send the missing one", Intent.TICKET),
        ("where is it?", None),
        ("my order should not go to 7 Oak Street, Dallas, TX 75001", None),
        ("do you ship to 6 Oak Street, Dallas, TX 75001?", None),
        ("can we keep it outside in winter?", None),
        ("can we keep it?", None),
        ("can someone find me a red mug?", None),
        ("can someone find my parcel?", Intent.TICKET),
        ("can you send me a new link please", None),
        ("can you send me a new password?", None),
        ("can you send me a new one?", Intent.TICKET),
        ("can you send me a new mug?", Intent.TICKET),
        ("I was charged for it but when will it ship", Intent.ORDER_STATUS),
        ("I was charged but never got an email", Intent.TICKET),
        ("i'd like to pay less with a coupon, do you have one?", None),
        ("can I pay it with a discount code", None),
        ("I'd like to pay with paypal", Intent.PAY),
    ],
)
def test_troubles_are_for_the_team(message: str, intent: Intent | None) -> None:
    guess = of_troubles(message, OF_AN_ORDER)
    assert (guess.intent if guess else None) == intent


def test_what_goes_back_may_be_kept_once_nothing_waits() -> None:
    going = Context(intent="return", order_id="W100")
    for asked in ("can I still keep it?", "can I still keep it? I changed my mind"):
        guess = of_troubles(asked, going)
        assert guess is not None
        assert guess.intent is Intent.TICKET
    for message, context in (
        ("can I keep it outside in winter?", going),
        ("can I keep it?", Context(intent="return", order_id="W100", pending={"tool": "return", "summary": "x"})),
        ("can I keep it?", Context(intent="search")),
    ):
        assert of_troubles(message, context) is None


def test_what_looks_for_something_is_no_trouble() -> None:
    assert of_troubles("can anybody check for red mugs?", OF_AN_ORDER, shopping=True) is None
    assert of_troubles("can somebody find the parcel?", OF_AN_ORDER, shopping=True) is not None


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("can you set it to sam@example.com", False),
        ("can you set it to Tulip77", True),
        ("set my password to a1! and mail it to sam@example.com", True),
    ],
)
def test_an_address_of_mail_is_no_password(message: str, told: bool) -> None:
    assert bool(of_password(message)) is told


def test_troubles_need_no_talk_before_but_a_parcel() -> None:
    assert of_troubles("the package was stolen", Context()) is not None
    assert of_troubles("lost in the woods board game", Context()) is None
    assert of_troubles("when will they answer?", Context()) is None
