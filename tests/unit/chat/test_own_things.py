"""What is told of things that a customer has ordered, and what is asked of the orders."""

from dataclasses import replace

import pytest

from app.chat.context import Context, ShownProduct, Told, Wish
from app.chat.owning import may_be_own, own
from app.chat.reading.clauses import requests_of
from app.chat.reading.desk_words import NO_MAIL_SAID, PASSWORD_SAID, of_password
from app.chat.reading.intents import Intent
from app.chat.reading.message import Reading
from app.chat.reading.order_questions import facts_asked
from app.chat.reading.own_things import of_own_thing
from app.chat.reading.references import Pointed
from app.chat.tools.order_arguments import OrderArguments
from app.chat.tools.order_records import order_record
from app.chat.tools.order_sizes import with_size
from app.chat.tools.orders import OrderStatusTool
from app.chat.tools.own_things import OwnThingsTool, has_thing
from app.chat.tools.tool import Caller, Outcome
from app.search.understanding.service import Understanding
from shop.orders.document import OrderItem
from tests.orders import delivered, item, order, stock
from tests.unit.orders.test_policy import shop

ANN = Caller("s1", "m1", "ann")
MUG = ShownProduct("mug", "Mug", 12.5, "USD")


def search(**values: object) -> Reading:
    return Reading(Intent.SEARCH, 0.5, Told(about="mug"), Pointed(), Understanding("", ()), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("message", "arrived", "coming"),
    [
        ("the boots pinch my toes, do you have them a size bigger?", Intent.EXCHANGE, Intent.EXCHANGE),
        ("I ordered the jacket in M, it should be L", Intent.EXCHANGE, Intent.EXCHANGE),
        ("the teapot came with its spout snapped off", Intent.RETURN, Intent.RETURN),
        ("I don't want the polish any more, can you take it off?", Intent.RETURN, Intent.CANCEL),
        ("I bought a teapot here", None, None),
    ],
)
def test_what_is_wanted_of_a_thing_of_ones_own(message: str, arrived: Intent | None, coming: Intent | None) -> None:
    guesses = [of_own_thing(message, on_its_way=way) for way in (False, True)]
    assert [guess.intent if guess else None for guess in guesses] == [arrived, coming]


def test_a_message_is_of_ones_own_thing_where_nothing_else_was_talked_of() -> None:
    broken = "the mug is chipped"
    assert may_be_own(search(), Context(), broken)
    assert not may_be_own(search(), Context(shown=(MUG,)), broken)
    assert may_be_own(search(), Context(shown=(MUG,)), "the mug that I bought is chipped")
    assert not may_be_own(search(), Context(), "a red mug for my mom")
    assert not may_be_own(search(desk=True), Context(), broken)


def test_what_read_like_a_wish_is_of_the_order_that_has_the_thing() -> None:
    read = own(search(), [order_record(order())], "I don't want the mug any more", None)
    assert (read.intent, read.order_id, read.desk, read.told) == (Intent.CANCEL, "W100", True, Told())
    two = [order_record(order()), order_record(order(order_id="W200"))]
    assert own(search(), two, "I don't want the mug any more", None).order_id is None


def test_what_says_nothing_of_the_order_stays_what_it_was() -> None:
    read = search()
    assert own(read, [order_record(order())], "I bought a mug here and need a lamp", None) is read


async def test_a_thing_is_named_by_what_it_is_and_by_nobody_else() -> None:
    tool = OwnThingsTool(shop(order(), order(order_id="W300", customer_id="bob")))
    found = await tool.run(OrderArguments(said="the lamp is broken"), ANN)
    assert [record.fields["order_id"] for record in found.records] == ["W100"]
    assert (await tool.run(OrderArguments(said="the sofa is broken"), ANN)).outcome is Outcome.EMPTY
    assert (await tool.run(OrderArguments(said="the lamp is broken"), Caller("s", "m"))).outcome is Outcome.EMPTY


def test_one_word_of_a_long_name_names_nothing() -> None:
    throw = item("throw", product_id="throw", name="Norrvik Sofa Day Fleece Throw, Pebble")
    assert not has_thing(order(items=[throw]), "have a nice day")
    assert has_thing(order(items=[throw]), "the throw is thin")
    assert has_thing(order(items=[throw]), "the sofa fleece is thin")


@pytest.mark.parametrize(
    ("message", "facts"),
    [
        ("who is bringing it?", ["carrier"]),
        ("and where will it go now?", ["address"]),
        ("how much did I pay for that", ["paid"]),
        ("when did I order it?", ["placed"]),
        ("is there a tracking number?", ["tracking"]),
        ("where is it?", []),
        ("who can help me?", []),
    ],
)
def test_what_is_asked_of_an_order_beside_where_it_is(message: str, facts: list[str]) -> None:
    assert facts_asked(message) == facts


async def test_what_is_asked_of_an_order_is_told_from_it() -> None:
    sent = {"carrier": "UPS", "tracking_ids": ["1Z9"], "item_ids": ["mug-red"]}
    tool = OrderStatusTool(shop(order(status="shipped", shipments=[sent])))
    told = await tool.run(OrderArguments(order_id="W100", said="who is bringing it, and where does it go to?"), ANN)
    assert "carried by UPS. It goes to 1 High Street, Leeds" in told.say
    unsent = await OrderStatusTool(shop(order())).run(OrderArguments(said="what is the tracking number?"), ANN)
    assert "no tracking number yet" in unsent.say
    paid = await tool.run(OrderArguments(said="how much did I pay?"), ANN)
    assert "$52.50, paid with your Visa card ending in 4242" in paid.say


async def test_the_other_one_is_not_the_order_that_was_talked_of() -> None:
    tool = OrderStatusTool(shop(order(), order(order_id="W200", status="shipped")))
    told = await tool.run(OrderArguments(order_id="W100", said="and the other one?"), ANN)
    assert "W200" in told.say
    assert "W100" not in told.say


@pytest.mark.parametrize(
    ("size", "said", "meant"),
    [
        ("EU 42", "too tight, one size bigger please", "44"),
        ("EU 42", "one size smaller", "40"),
        ("EU 42", "too tight, I need 46", ""),
        ("EU 46", "too small", ""),
        ("M", "it is too big", "s"),
        ("M", "in blue please", ""),
    ],
)
def test_a_size_is_told_by_the_one_that_was_ordered(size: str, said: str, meant: str) -> None:
    bought = OrderItem.model_validate(item("boots", options={"size": size}))
    sizes = ("S", "L", "XL") if size == "M" else ("EU 40", "EU 42", "EU 44", "EU 46")
    variants = [stock(f"boots-{one}", "boots", options={"size": one}) for one in sizes]
    assert with_size(bought, variants, said) == f"{said} {meant}".strip()


def test_a_change_and_a_question_to_the_documents_are_two_requests() -> None:
    message = "I need the dress in M, and could you tell me how to wash the scarf?"
    found = requests_of(message, Context(), asks=True)
    assert [one.intent for one in found] == [Intent.EXCHANGE, Intent.KNOWLEDGE]
    assert found[1].words.startswith("could you tell me")


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("can you just change it for me? new one should be Sunny2026!", PASSWORD_SAID),
        ("my password is hunter22", PASSWORD_SAID),
        ("I don't get that email though", NO_MAIL_SAID),
        ("the link doesn't work", NO_MAIL_SAID),
        ("how do I change my password?", ""),
        ("can you make it the default in my profile", ""),
    ],
)
def test_what_is_said_of_passwords(message: str, said: str) -> None:
    assert of_password(message) == said


@pytest.mark.parametrize(
    ("message", "looks"),
    [
        ("the wine glasses arrived dirty", True),
        ("I posted the telescope back on monday", True),
        ("my curtains were meant to be here on friday", True),
        ("the phone case was supposed to be cherry and you sent black", True),
        ("do you have the mug in blue?", True),
        ("show me the cheapest mugs", False),
        ("a case for my phone", False),
        ("red mugs", False),
        ("which bag goes with my coat", False),
    ],
)
def test_a_thing_that_is_spoken_of_as_known_may_be_ones_own(message: str, looks: bool) -> None:
    assert may_be_own(search(), Context(), message) is looks


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("my curtains were meant to be here on friday", None),
        ("the case was supposed to be cherry and you sent black", Intent.RETURN),
        ("I ordered grey but you sent pink", Intent.RETURN),
        ("I posted the lamp back on monday", Intent.REFUND),
        ("drop the dog toy from my order", Intent.CANCEL),
        ("there are pieces missing from the puzzle!!", Intent.RETURN),
        ("ordered running shoes an hour ago in 43, need 39 actually", Intent.EXCHANGE),
        ("the 12.90 for the cable never came back", Intent.REFUND),
        ("don't ship the hair dryer", Intent.CANCEL),
        ("you forgot one of my soaps", Intent.RETURN),
        ("cancel the kettle, got one from my mum yesterday", Intent.CANCEL),
        ("i'd like the 256 gb version of my tablet instead", Intent.EXCHANGE),
        ("compass still not here, trip starts tomorrow", Intent.ORDER_STATUS),
        ("I need the snorkel set before friday, will I have it by then?", Intent.ORDER_STATUS),
    ],
)
def test_what_went_wrong_is_told_from_where_it_should_be(message: str, intent: Intent | None) -> None:
    guess = of_own_thing(message, on_its_way=True)
    assert (guess.intent if guess else None) == intent


def test_a_question_to_the_documents_is_of_an_order_where_it_is_paid_otherwise() -> None:
    asked = Reading(Intent.KNOWLEDGE, 0.8, Told(), Pointed(), Understanding("", ()))
    message = "I would rather pay with paypal for the lamp"
    assert may_be_own(asked, Context(), message)
    assert own(asked, [order_record(order())], message, None).intent is Intent.PAY
    assert not may_be_own(asked, Context(), "can I pay with paypal?")


def test_words_for_sizes_are_letters_where_sizes_are() -> None:
    bought = OrderItem.model_validate(item("tee", options={"size": "L"}))
    variants = [stock(f"tee-{one}", "tee", options={"size": one}) for one in ("S", "M", "XL")]
    assert with_size(bought, variants, "it is huge, can I have a medium") == "it is huge, can I have a medium M"


def test_what_is_told_of_ones_own_thing_in_other_words_is_no_search() -> None:
    told = own(search(), [order_record(order())], "the lamp crackles at night", None)
    assert (told.intent, told.desk, told.order_id) == (Intent.UNCLEAR, True, "W100")
    asked = search()
    assert own(asked, [order_record(order())], "is the lamp dimmable?", None) is asked


def test_a_question_of_the_order_of_a_thing_is_of_that_order() -> None:
    asked = own(search(), [order_record(order())], "is my lamp order still changeable", None)
    assert (asked.intent, asked.order_id) == (Intent.ORDER_STATUS, "W100")


def test_money_back_is_a_return_once_it_has_arrived() -> None:
    message = "the scarf sheds like crazy, just refund me"
    guesses = [of_own_thing(message, on_its_way=way) for way in (False, True)]
    assert [guess.intent if guess else None for guess in guesses] == [Intent.RETURN, None]


@pytest.mark.parametrize(
    "message",
    [
        "the red mug please",
        "I'd love the lamp in black",
        "our kitchen needs a lamp",
        "my daughter would love a mug",
        "my coffee gets cold, i want a small mug",
        "I love the mug I ordered, but my friend's mug broke. What mugs do you have?",
        "I bought a mug last month and it is too small, show me bigger mugs",
        "my old lamp broke, looking for a new lamp",
    ],
)
def test_who_owns_a_thing_can_shop_for_another(message: str) -> None:
    read = search()
    taken = may_be_own(read, Context(), message)
    assert not taken or own(read, [order_record(order())], message, None) is read


def test_the_name_of_a_thing_in_a_colour_is_a_wish() -> None:
    told = Told(about="mug", wishes=(Wish("color", "eq", "red", "red"),))
    read = replace(search(), told=told)
    assert own(read, [order_record(order())], "the red mug", None) is read
    assert own(read, [order_record(order())], "the red mug has faded", None).desk


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("the mug is too small, I need a bigger one", Intent.EXCHANGE),
        ("I want the tee in a medium, I need a medium", Intent.EXCHANGE),
        ("my mug came broken, I want a refund", Intent.RETURN),
        ("the mug I got is cracked, I'd like a replacement please", Intent.RETURN),
        ("the lamp does not turn on, I was looking for a way to send it back", Intent.RETURN),
        ("I find the mug too small", Intent.EXCHANGE),
        ("the lamp is broken and I want a working one", Intent.RETURN),
        ("I want a discount because the mug is scratched", Intent.RETURN),
        ("the lamp trips my fuse every time, I'd like it gone", Intent.UNCLEAR),
    ],
)
def test_what_is_wanted_of_an_order_is_no_shopping(message: str, intent: Intent) -> None:
    assert may_be_own(search(), Context(), message)
    assert own(search(), [order_record(delivered())], message, None).intent is intent
