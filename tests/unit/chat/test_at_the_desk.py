"""What is meant while the talk is of an order: by the words alone."""

import pytest

from app.chat.context import Context, ShownProduct, Told, Topic, Wish
from app.chat.planning_offers import ticket_plan
from app.chat.planning_orders import order_plan, unclear_plan
from app.chat.reading.at_the_desk import (
    at_desk,
    instead_of_a_wish,
    of_the_talk,
    of_the_thing,
    shops,
    topic_words,
)
from app.chat.reading.desk_words import not_of_the_account, was_given
from app.chat.reading.intents import Guess, Intent
from app.chat.reading.smalltalk import smalltalk

OF_AN_ORDER = Context(intent="order_status", order_id="W100")


def test_the_desk_is_where_orders_accounts_and_tickets_are_talked_of() -> None:
    mug = ShownProduct("mug", "Mug", 12.5, "USD")
    assert at_desk(OF_AN_ORDER)
    assert at_desk(Context(intent="ticket"))
    assert at_desk(Context(intent="knowledge"))
    assert at_desk(Context(intent="knowledge", shown=(mug,), suspended=(Topic("return", ""),)))
    assert not at_desk(Context(intent="knowledge", shown=(mug,)))
    assert not at_desk(Context(intent="search"))
    assert not at_desk(Context())


@pytest.mark.parametrize(
    ("message", "names_kind", "looks_for"),
    [
        ("show me tents", True, True),
        ("do you have a bigger mug?", True, True),
        ("red dresses", True, True),
        ("something for my dad", False, True),
        ("sleeping bags for the kids", True, True),
        ("only the jacket, keep the socks", True, False),
        ("my jacket came without a zip", True, False),
        ("you said that last week", False, False),
        ("refund to gift card instead", True, False),
    ],
)
def test_what_is_looked_for_after_an_order(message: str, names_kind: bool, looks_for: bool) -> None:
    assert shops(message, OF_AN_ORDER, Told(), names_kind=names_kind) is looks_for


def test_a_budget_is_a_wish_after_an_order() -> None:
    budget = Told(wishes=(Wish("price", "lte", 20, "no more than 20 dollars", high=20),))
    assert shops("no more than 20 dollars", OF_AN_ORDER, budget, names_kind=False)
    gift = Told(gift=True)
    assert shops("for a birthday", Context(intent="knowledge"), gift, names_kind=False)
    assert not shops("it was for a birthday", Context(intent="knowledge"), gift, names_kind=False)


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("but why?", Intent.RETURN),
        ("what are my options", Intent.ORDER_STATUS),
        ("how much would that be", Intent.REFUND),
        ("can it still be stopped?", Intent.CANCEL),
        ("and the blue mug?", Intent.RETURN),
        ("nothing of the kind", None),
    ],
)
def test_what_goes_on_from_a_return(message: str, intent: Intent | None) -> None:
    guess = of_the_talk(message, Context(intent="return", order_id="W100"))
    assert (guess.intent if guess else None) == intent
    assert of_the_talk(message, Context(intent="search")) is None


def test_a_model_is_believed_at_the_desk_and_elsewhere_where_it_is_sure() -> None:
    weak, sure = Guess(Intent.REFUND, 0.4), Guess(Intent.REFUND, 0.9)
    assert instead_of_a_wish(weak, desk=True) == Guess(Intent.REFUND, 0.5)
    assert instead_of_a_wish(weak, desk=False) is None
    assert instead_of_a_wish(sure, desk=False) == sure
    assert instead_of_a_wish(Guess(Intent.REVIEWS, 0.9), desk=True) is None


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("it is my husband's order", "account that is signed in"),
        ("look under jane@example.com", "another e-mail address"),
        ("I bought as a guest", "another e-mail address"),
        ("where is my wife's new parcel?", "account that is signed in"),
        ("where is order W1005? it's my husband's", "account that is signed in"),
        ("what of the order my son placed", "account that is signed in"),
        ("change the address of the order of my other account", "another e-mail address"),
        ("a present for my wife", ""),
        ("Where is my order? It's my wife's birthday tomorrow", ""),
        ("cancel my order, my husband already bought one", ""),
        ("where is my package? my neighbour did not get it", ""),
        ("How do I change my old email address?", ""),
        ("where is my order", ""),
    ],
)
def test_orders_of_others_are_not_spoken_of(message: str, words: str) -> None:
    said = not_of_the_account(message)
    assert words in said
    assert bool(said) is bool(words)


def test_what_a_question_of_few_words_is_about() -> None:
    assert "return" in topic_words(Context(intent="return")).lower()
    assert "return" in topic_words(Context(intent="knowledge", suspended=(Topic("return", ""),))).lower()
    assert topic_words(Context(intent="search")) == ""


@pytest.mark.parametrize(
    ("message", "tool", "yes"),
    [
        ("ok yes change it", "change_address", True),
        ("yes pls", "cancel", True),
        ("yes send it", "create_ticket", True),
        ("yes please return it", "return", True),
        ("ok cancel it", "cancel", True),
        ("ok cancel it", "return", False),
        ("yes, and refund it twice", "return", False),
        ("change it", "change_address", False),
    ],
)
def test_a_yes_may_say_what_it_is_to(message: str, tool: str, yes: bool) -> None:
    guess = smalltalk(message, asked=True, tool=tool)
    assert (guess is not None and guess.intent is Intent.CONFIRM) is yes


def test_how_returns_go_is_asked_of_the_documents_whoever_asks() -> None:
    for visitor in (True, False):
        plan = order_plan(Intent.RETURN, Context(), "do I need the original box to return it", visitor=visitor)
        assert plan is not None
        assert [call.tool for call in plan.calls] == ["knowledge"]
    cost = order_plan(Intent.RETURN, Context(), "who pays for the return", visitor=False)
    assert cost is not None
    assert "cost" in cost.calls[0].arguments["question"]
    given = order_plan(Intent.RETURN, Context(), "my aunt gave me this, can I return it", visitor=False)
    assert given is not None
    assert "account that ordered" in given.say


@pytest.mark.parametrize(
    ("message", "given"),
    [
        ("my aunt gave me this, can I return it", True),
        ("I think she bought it for me", True),
        ("my friend ordered it", True),
        ("I ordered it for me, can I return it?", False),
        ("we've just bought this for us, can it go back", False),
        ("my friend bought one too, can I return mine?", False),
        ("she ordered the same", False),
    ],
)
def test_what_was_bought_by_oneself_is_no_gift(message: str, given: bool) -> None:
    assert was_given(message) is given


@pytest.mark.parametrize(
    ("intent", "message"),
    [
        (Intent.ORDER_STATUS, "where is it, tracking number 961207719998123"),
        (Intent.ORDER_STATUS, "where is order 1234567890123"),
        (Intent.HUMAN, "my phone number is +49 170 12345678, please call me about order W100"),
    ],
)
def test_other_long_numbers_are_no_numbers_of_cards(intent: Intent, message: str) -> None:
    plan = order_plan(intent, Context(), message)
    assert plan is not None
    assert plan.calls


def test_what_was_not_understood_is_answered_with_what_can_be_done() -> None:
    plan = unclear_plan(OF_AN_ORDER, "hm, the thing", visitor=False)
    assert [call.tool for call in plan.calls] == ["order_options"]
    angry = unclear_plan(OF_AN_ORDER, "this is ridiculous", visitor=False)
    assert angry.say.startswith("I am sorry")
    assert unclear_plan(Context(intent="return"), "hm", visitor=True).calls == ()
    assert "T1" in unclear_plan(Context(intent="ticket", ticket="T1"), "hm", visitor=False).say


def test_tickets_are_about_the_order_that_was_talked_of() -> None:
    (call,) = ticket_plan(OF_AN_ORDER, "please open a case for that").calls
    assert call.arguments["subject"] == "About order W100"
    lost = ticket_plan(OF_AN_ORDER, "it must be lost")
    assert [call.tool for call in lost.calls] == ["order_status", "create_ticket"]
    assert "T1" in ticket_plan(Context(ticket="T1"), "what is my ticket number").say
    assert "No ticket" in ticket_plan(Context(), "what is my ticket number").say


def test_two_requests_in_one_message_are_both_planned() -> None:
    message = "where is my kettle, and I want to return the white shirt"
    plan = order_plan(Intent.RETURN, Context(order_id="W9"), message)
    assert plan is not None
    assert [call.tool for call in plan.calls] == ["order_status", "return"]
    assert [call.arguments["said"] for call in plan.calls] == ["where is my kettle", "I want to return the white shirt"]
    assert not any("order_id" in call.arguments for call in plan.calls)


def test_of_two_requests_each_is_about_the_number_that_it_names() -> None:
    plan = order_plan(Intent.CANCEL, Context(order_id="W100"), "where is order W200 and cancel my order W100")
    assert plan is not None
    assert [(call.tool, call.arguments["order_id"]) for call in plan.calls] == [
        ("order_status", "W200"),
        ("cancel", "W100"),
    ]


def test_a_cancellation_tells_of_the_money_itself() -> None:
    plan = order_plan(Intent.REFUND, Context(), "cancel my jacket order and tell me when the refund will come")
    assert plan is not None
    assert [call.tool for call in plan.calls] == ["cancel"]


def test_numbers_of_cards_are_not_wanted() -> None:
    plan = order_plan(Intent.REFUND, Context(), "my card is 4111 1111 1111 1111, refund me there")
    assert plan is not None
    assert plan.calls == ()
    assert "do not send" in plan.say


@pytest.mark.parametrize(
    ("message", "intent"),
    [("the hoodie, it is too small", Intent.RETURN), ("is the hoodie warm?", None), ("hm", None)],
)
def test_a_thing_that_is_named_after_a_return_is_what_goes_back(message: str, intent: Intent | None) -> None:
    guess = of_the_thing(message, Context(intent="return"))
    assert (guess.intent if guess else None) == intent
    assert of_the_thing(message, Context(intent="order_status")) is None


def test_what_is_asked_of_the_record_is_of_the_order_or_of_its_money() -> None:
    about = of_the_talk("where does it go then?", OF_AN_ORDER)
    assert about is not None
    assert about.intent is Intent.ORDER_STATUS
    money = of_the_talk("where does it go then?", Context(intent="refund_status", order_id="W100"))
    assert money is not None
    assert money.intent is Intent.REFUND
    other = of_the_talk("great. and the clock", OF_AN_ORDER)
    assert other is not None
    assert other.intent is Intent.ORDER_STATUS


def test_what_is_told_and_not_understood_is_seen() -> None:
    told = unclear_plan(OF_AN_ORDER, "my lamp crackles at night", visitor=False)
    assert told.say == "I see."
    assert unclear_plan(OF_AN_ORDER, "hm?", visitor=False).say == "I am not sure what you mean."


def test_the_words_that_only_ask_for_a_ticket_are_no_subject() -> None:
    assert ticket_plan(OF_AN_ORDER, "fine, open a ticket").calls[0].arguments["subject"] == "About order W100"
