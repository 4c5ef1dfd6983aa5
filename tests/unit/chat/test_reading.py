"""What a message is about, what it leaves to search for, and what somebody is said to like."""

import pytest

from app.chat.context import Context, ShownProduct, Topic
from app.chat.reading.intents import Intent, order_number, rule
from app.chat.reading.wishes import interests_of, searchable, stripped


@pytest.mark.parametrize(
    ("message", "left"),
    [
        ("Show me something for cooking enthusiasts", "for cooking enthusiasts"),
        ("can you recommend a laptop?", "a laptop?"),
        ("I'm looking for running shoes", "running shoes"),
        ("do you have any red dresses", "red dresses"),
        ("what about fitness or health related items?", "fitness or health ?"),
        ("hello, I need a new kettle please", ", a new kettle"),
        ("Something under $100 would be great", "under $100"),
    ],
)
def test_ways_of_asking_are_not_searched_for(message: str, left: str) -> None:
    assert stripped(message) == left


@pytest.mark.parametrize(
    ("message", "likes"),
    [
        ("I need a gift for my hiking-loving mom", ("hiking",)),
        ("Show me something for cooking enthusiasts", ("cooking",)),
        ("my dad loves fishing", ("fishing",)),
        ("she is into yoga", ("yoga",)),
        ("for a fan of chess", ("chess",)),
        ("a present for coffee lovers", ("coffee",)),
        ("I would like a lamp", ()),
        ("a red dress", ()),
    ],
)
def test_interests(message: str, likes: tuple[str, ...]) -> None:
    assert interests_of(message)[0] == likes


def test_interests_are_searched_for() -> None:
    assert searchable("I need a gift for my hiking-loving mom").split() == ["hiking", "my", "mom"] or (
        "hiking" in searchable("I need a gift for my hiking-loving mom")
        and "mom" in searchable("I need a gift for my hiking-loving mom")
    )


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("where is my order #12345?", Intent.ORDER_STATUS),
        ("track order 12345", Intent.ORDER_STATUS),
        ("when will my package arrive", Intent.ORDER_STATUS),
        ("I want to return the shoes", Intent.RETURN),
        ("can I send it back?", Intent.RETURN),
        ("what is your return policy?", Intent.KNOWLEDGE),
        ("do you ship to Norway?", Intent.KNOWLEDGE),
        ("cancel my order W123456", Intent.CANCEL),
        ("I'd like to exchange it for a bigger size", Intent.EXCHANGE),
        ("where is my refund", Intent.REFUND),
        ("please change the delivery address", Intent.ADDRESS),
        ("I forgot my password", Intent.ACCOUNT),
        ("let me talk to a human", Intent.HUMAN),
        ("yes", Intent.CONFIRM),
        ("Yes, please!", Intent.CONFIRM),
        ("no thanks", Intent.DENY),
        ("hello", Intent.GREETING),
        ("thank you!", Intent.THANKS),
        ("start over", Intent.AFRESH),
        ("compare them", Intent.COMPARE),
        ("what can you do?", Intent.HELP),
        ("Help!", Intent.HELP),
        ("are you a real person or a bot?", Intent.HELP),
        ("who am I talking to", Intent.HELP),
        ("add it to my cart", Intent.CART),
        ("put two of these into the basket please", Intent.CART),
        ("I'll take it", Intent.CART),
        ("ok, buy the second one", Intent.CART),
        ("checkout", Intent.CART),
    ],
)
def test_intents_by_rule(message: str, intent: Intent) -> None:
    guess = rule(message, Context(shown=(ShownProduct("a", "A", 1.0, "USD"),)))
    assert guess is not None
    assert guess.intent is intent


@pytest.mark.parametrize(
    "message",
    ["a red dress", "iphone 15 case", "headphones for running", "size 42 boots", "a shopping cart for my dog",
     "a laundry basket", "help me find a tent", "I want to buy a tent", "what can you do with a wok"],
)  # fmt: skip
def test_shopping_is_left_to_what_comes_after(message: str) -> None:
    assert rule(message, Context()) is None


def test_coming_back_needs_something_to_come_back_to() -> None:
    assert rule("back to the boots", Context()) is None
    guess = rule("back to the boots", Context(suspended=(Topic("gift", "boots"),)))
    assert guess is not None
    assert guess.intent is Intent.RESUME


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("where is order 12345", "12345"),
        ("order number W2378156", "W2378156"),
        ("my order #w2378156 is late", "W2378156"),
        ("I have 2 dogs", None),
        ("under $100", None),
    ],
)
def test_order_numbers(message: str, number: str | None) -> None:
    assert order_number(message) == number
