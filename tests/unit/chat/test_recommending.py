"""Which messages ask for the shop's own lists, and which only look like it."""

import pytest

from app.chat.context import Context, Recipient, ShownProduct
from app.chat.reading.recommending import ShopList, list_wanted

TENT = ShownProduct("t", "Ridge Camping Tent", 159.0, "USD")
STOVE = ShownProduct("s", "Fern Gas Stove", 59.0, "USD")
SHOWN = Context(about="tents", shown=(TENT, STOVE))


@pytest.mark.parametrize(
    ("message", "which"),
    [
        ("What's popular right now?", ShopList.POPULAR),
        ("hi, what are your best sellers?", ShopList.POPULAR),
        ("show me some popular products please", ShopList.POPULAR),
        ("what do people usually buy", ShopList.POPULAR),
        ("what\u2019s trending this week", ShopList.POPULAR),
        ("anything new?", ShopList.NEW),
        ("can you show me the latest arrivals", ShopList.NEW),
        ("what just came in", ShopList.NEW),
        ("what would you recommend?", ShopList.FOR_YOU),
        ("any suggestions for me", ShopList.FOR_YOU),
        ("surprise me under $50", ShopList.FOR_YOU),
        ("show me something I might like", ShopList.FOR_YOU),
    ],
)
def test_lists_of_the_shop(message: str, which: ShopList) -> None:
    assert list_wanted(message, Context()) == (which, None)


@pytest.mark.parametrize(
    "message",
    [
        "recommend me a tent",
        "what do you recommend for hiking?",
        "what are your most popular headphones",
        "new shoes",
        "something new for the kitchen",
        "anything new about my order",
        "is it popular",
        "any ideas for my mom",
        "what goes with it",
        "what would go with a black dress",
        "I bought a tent with it",
    ],
)
def test_things_that_are_asked_for_are_no_lists(message: str) -> None:
    assert list_wanted(message, Context()) is None


@pytest.mark.parametrize(
    ("message", "product"),
    [
        ("what goes well with the second one?", STOVE),
        ("what do people usually buy together with it?", TENT),
        ("frequently bought with the stove", STOVE),
        ("what else should I buy with it?", TENT),
        ("do you have a bundle?", TENT),
        ("what accessories do I need for it?", TENT),
        ("what goes with the sofa?", None),
        ("what goes with the fifth one?", None),
    ],
)
def test_what_goes_with_a_product_that_was_shown(message: str, product: ShownProduct | None) -> None:
    assert list_wanted(message, SHOWN) == ((ShopList.WITH, product) if product else None)


def test_advice_on_what_is_looked_for_is_no_list() -> None:
    for_mom = Context(gift=True, recipient=Recipient("mom"))
    assert list_wanted("what would you recommend?", SHOWN) is None
    assert list_wanted("what would you recommend?", for_mom) is None
    assert list_wanted("surprise me", for_mom) is None
    assert list_wanted("surprise me", SHOWN) == (ShopList.FOR_YOU, None)
