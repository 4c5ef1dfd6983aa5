"""What waits for a yes, over what is said in between."""

from dataclasses import replace
from typing import Any

import pytest

from app.chat.answering import Found
from app.chat.context import Told
from app.chat.reading.intents import Intent
from app.chat.reading.message import Reading
from app.chat.reading.references import Pointed
from app.chat.records import Record, RecordKind
from app.chat.waiting import agreed, called_off, changed_plan, kept, may_be_settled, remarked, resumed
from app.search.understanding.service import Understanding

RETURN: dict[str, Any] = {
    "tool": "return",
    "arguments": {"order_id": "W100", "item_ids": ["mug-red"], "said": ""},
    "summary": "Return Mug.",
    "options": ["Mug (red)", "Oak Lamp"],
}
QUESTION = {"tool": "return", "arguments": {"said": "send it back"}, "missing": "said", "options": ["Mug"]}


def reading(intent: Intent, **values: Any) -> Reading:  # noqa: ANN401
    made = Reading(intent, 0.9, Told(), Pointed(), Understanding("", ()))
    return replace(made, **values)


def test_a_question_in_between_leaves_it_waiting_and_says_so() -> None:
    found = kept(Found(notes=("Five days.",)), RETURN, reading(Intent.KNOWLEDGE), "and how long?")
    assert found.proposal is not None
    assert found.proposal["tool"] == "return"
    assert "Return Mug." in found.closing[0]
    assert may_be_settled(found.proposal)


def test_after_four_turns_of_other_things_it_waits_no_longer() -> None:
    pending: Any = RETURN
    for _ in range(3):
        pending = kept(Found(), pending, reading(Intent.KNOWLEDGE), "and how long?").proposal
        assert pending is not None
    assert kept(Found(), pending, reading(Intent.KNOWLEDGE), "and how long?").proposal is None


def test_a_yes_after_products_were_shown_is_no_yes_to_it() -> None:
    shown = Found(records=(Record(RecordKind.PRODUCT, "product:1", "Mug", {"product_id": "1"}),))
    found = kept(shown, RETURN, reading(Intent.SEARCH), "and how long?")
    assert found.proposal is None
    waits = found.facts["asks"]
    assert not may_be_settled(waits)
    again = resumed(waits)
    assert again is not None
    assert may_be_settled(again.proposal)


def test_what_is_new_takes_its_place_and_a_no_ends_it() -> None:
    other = {"tool": "cancel", "arguments": {}, "summary": "Cancel."}
    assert kept(Found(proposal=other), RETURN, reading(Intent.CANCEL), "and how long?").proposal == other
    for intent in (Intent.DENY, Intent.CONFIRM, Intent.HUMAN):
        assert kept(Found(), RETURN, reading(intent), "and how long?").proposal is None
    guarded = reading(Intent.OFF_TOPIC, guarded="I cannot help with that.")
    assert kept(Found(), RETURN, guarded, "and how long?").proposal is None


def test_a_question_of_ours_waits_too() -> None:
    found = kept(Found(), QUESTION, reading(Intent.KNOWLEDGE), "and how long?")
    assert found.facts["asks"]["missing"] == "said"
    assert resumed(found.facts["asks"]) is None


def test_how_much_it_is_is_what_the_proposal_says() -> None:
    assert remarked(RETURN, reading(Intent.REFUND), "and how much do I get?")
    assert not remarked(RETURN, reading(Intent.REFUND, order_id="W200"), "where is the refund of order W200")
    assert not remarked({"tool": "create_ticket", "summary": "x"}, reading(Intent.REFUND), "how much do I get?")
    assert not remarked(None, reading(Intent.UNCLEAR), "hm")


def test_what_waits_is_changed_by_what_is_said_of_it() -> None:
    card = changed_plan(RETURN, reading(Intent.UNCLEAR), "to a gift card please")
    assert card is not None
    assert card.calls[0].arguments["item_ids"] == ["mug-red"]
    more = changed_plan(RETURN, reading(Intent.RETURN), "also the lamp")
    assert more is not None
    assert more.calls[0].arguments["said"] == "also the lamp"
    for intent, message in (
        (Intent.UNCLEAR, "hm, let me see"),
        (Intent.UNCLEAR, "is the lamp broken?"),
        (Intent.CANCEL, "cancel the lamp"),
        (Intent.CONFIRM, "yes"),
    ):
        assert changed_plan(RETURN, reading(intent), message) is None


def test_a_ticket_gets_what_else_is_told() -> None:
    ticket = {"tool": "create_ticket", "arguments": {"subject": "late", "text": "late"}, "summary": "Make a ticket."}
    plan = changed_plan(ticket, reading(Intent.UNCLEAR), "it happened yesterday")
    assert plan is not None
    assert plan.calls[0].arguments["text"] == "late\nit happened yesterday"
    assert changed_plan(ticket, reading(Intent.UNCLEAR), "how long does it take?") is None


def test_another_address_takes_the_place_of_the_first() -> None:
    address = {"tool": "change_address", "arguments": {"order_id": "W100"}, "summary": "Send it to X."}
    plan = changed_plan(address, reading(Intent.ADDRESS), "no, 5 Rue Haute, 75001 Paris, France")
    assert plan is not None
    assert plan.calls[0].arguments["address"]["city"] == "Paris"
    assert changed_plan(address, reading(Intent.ADDRESS), "change my address") is None


def test_a_no_and_another_change_end_what_waits() -> None:
    denied = kept(Found(), RETURN, reading(Intent.UNCLEAR), "no wait, don't do that")
    assert denied.proposal is None
    assert "asks" not in denied.facts
    assert kept(Found(), RETURN, reading(Intent.EXCHANGE), "swap the size").proposal is None
    assert kept(Found(), RETURN, reading(Intent.RETURN), "return the lamp of W200").proposal is None
    assert kept(Found(), RETURN, reading(Intent.RETURN), "please, how much does the return cost?").proposal is not None
    assert not remarked(RETURN, reading(Intent.UNCLEAR), "no wait, stop")


def test_what_was_put_aside_is_neither_said_again_nor_changed_by_talk_of_products() -> None:
    aside = {**RETURN, "hidden": True}
    for intent, message in (
        (Intent.DETAILS, "how heavy is the second one?"),
        (Intent.SEARCH, "anything cheaper?"),
        (Intent.THANKS, "thanks"),
        (Intent.UNCLEAR, "hm"),
    ):
        assert not remarked(aside, reading(intent), message)
    exchange = {"tool": "exchange", "arguments": {}, "summary": "Exchange.", "options": ["blue", "M"]}
    for intent, message in ((Intent.SEARCH, "show me blue mugs"), (Intent.DETAILS, "the blue one")):
        assert changed_plan({**exchange, "hidden": True}, reading(intent), message) is None
    assert changed_plan(exchange, reading(Intent.DETAILS), "the blue one") is not None
    # Words about the order mean it still.
    assert changed_plan(aside, reading(Intent.RETURN), "return the lamp too") is not None


def test_what_is_looked_for_is_not_written_into_a_ticket() -> None:
    ticket = {"tool": "create_ticket", "arguments": {"subject": "late", "text": "late"}, "summary": "Make a ticket."}
    for read in (reading(Intent.GIFT), reading(Intent.SEARCH, names_kind=True)):
        assert changed_plan(ticket, read, "I need a gift for my dad") is None
    assert changed_plan(ticket, reading(Intent.SEARCH, desk=True), "show me running shoes") is None
    assert changed_plan({**ticket, "hidden": True}, reading(Intent.UNCLEAR), "in red") is None
    told = changed_plan(ticket, reading(Intent.UNCLEAR, names_kind=True, desk=True), "I cannot find the shoes anywhere")
    assert told is not None


@pytest.mark.parametrize(
    ("intent", "message", "changed"),
    [
        (Intent.REFUND, "does the refund go to a gift card?", False),
        (Intent.KNOWLEDGE, "can I pay with a gift card?", False),
        (Intent.UNCLEAR, "is a gift card as fast as my visa?", False),
        (Intent.KNOWLEDGE, "tell me how refunds to a gift card work", False),
        (Intent.SEARCH, "show me gift cards", False),
        (Intent.GIFT, "I need a gift card for my dad", False),
        (Intent.UNCLEAR, "not on a gift card please, to my visa", True),
        (Intent.SEARCH, "put it on a gift card instead", True),
        (Intent.GIFT, "to my gift card please", True),
        (Intent.REFUND, "can I get the money on a gift card?", True),
        (Intent.UNCLEAR, "could you send it to my visa?", True),
    ],
)
def test_a_question_about_cards_moves_no_money(intent: Intent, message: str, changed: bool) -> None:
    assert (changed_plan(RETURN, reading(intent), message) is not None) is changed


CANCEL: dict[str, Any] = {
    "tool": "cancel",
    "arguments": {"order_id": "W100", "said": "", "reason": "no longer needed"},
    "summary": "Cancel order W100 and refund $52.50 to your Visa card.",
}
SWAP: dict[str, Any] = {
    "tool": "exchange",
    "arguments": {"order_id": "W100", "item_ids": ["jacket-m"], "new_item_ids": ["jacket-l"]},
    "summary": "Exchange Rain Jacket (M) for L in order W100.",
    "options": ["M", "L"],
}


@pytest.mark.parametrize(
    ("message", "off"),
    [
        ("no wait, I need the curtains. leave it", True),
        ("forget it, I will keep them", True),
        ("no, it's fine, never mind", True),
        ("no, I meant the other one", False),
        ("no, W1001", False),
        ("no, cancel the other order", False),
        ("no, to my gift card", False),
        ("no?", False),
        ("no, it was not broken by me", False),
        ("no, it arrived like that", False),
        ("no, my son needs it", True),
    ],
)
def test_what_waits_is_called_off_in_more_words_than_a_no(message: str, off: bool) -> None:
    assert called_off(CANCEL, message) is off
    assert not called_off(None, message)


WHY: dict[str, Any] = {"tool": "cancel", "arguments": {}, "order_id": "W100", "missing": "reason", "options": []}
WHERE: dict[str, Any] = {"tool": "change_address", "arguments": {}, "missing": "address", "options": []}


@pytest.mark.parametrize(
    ("asked", "message", "off"),
    [
        (WHY, "no, it was ordered by mistake", False),
        (WHY, "no, I no longer need it", False),
        (WHY, "no, I do not want to cancel it", True),
        (WHY, "no, I will keep it", True),
        (WHERE, "no, keep the name. 5 Rue Haute, 75001 Paris, France", False),
        (WHERE, "no, keep it as it is", True),
    ],
)
def test_an_answer_that_begins_with_a_no_is_an_answer(asked: dict[str, Any], message: str, off: bool) -> None:
    assert called_off(asked, message) is off


@pytest.mark.parametrize(
    ("pending", "message", "yes"),
    [
        (CANCEL, "yes cancel it. how long for the money?", True),
        (CANCEL, "yes cancel it, but when would the other one come?", False),
        (CANCEL, "how long for the money?", False),
        (SWAP, "ok go ahead with L", True),
        (SWAP, "go ahead with XL", False),
        (SWAP, "yes please swap the jacket", True),
        (SWAP, "ok cancel it", False),
        (RETURN, "yes, return the mug", True),
        (CANCEL, "ok visa card it is", True),
        (CANCEL, "ok gift card it is", False),
        ({**RETURN, "arguments": {"item_ids": ["mug-red", "lamp-oak"]}}, "yes, return the mug", False),
        ({**SWAP, "hidden": True}, "ok go ahead with L", False),
        (RETURN, "...", False),
        (RETURN, "!!!", False),
        (RETURN, "please, how much does the return cost?", False),
        (RETURN, "sure, when do you need an answer?", False),
        (CANCEL, "ok, how much money will I lose?", False),
        (SWAP, "ok, when would it arrive", False),
        (CANCEL, "sure how much is the refund to my visa", False),
        (RETURN, "ok, the mug works", False),
        (CANCEL, "ok visa is fine", True),
        (CANCEL, "ok do it. how long for the money?", True),
    ],
)
def test_a_yes_may_say_what_it_is_to_or_ask_what_its_answer_says(
    pending: dict[str, Any], message: str, yes: bool
) -> None:
    assert agreed(pending, message) is yes


def test_what_goes_on_about_a_ticket_that_waits_is_added_to_it() -> None:
    ticket = {"tool": "create_ticket", "arguments": {"subject": "lost", "text": "it is lost"}, "summary": "Ticket."}
    plan = changed_plan(ticket, reading(Intent.TICKET), "can somebody look into this")
    assert plan is not None
    assert plan.calls[0].arguments["text"] == "it is lost\ncan somebody look into this"
    with_card = changed_plan(ticket, reading(Intent.UNCLEAR), "my card is 4111 1111 1111 1111")
    assert with_card is not None
    assert "do not send numbers of cards" in with_card.say


@pytest.mark.parametrize(("message", "again"), [("how fast is that", True), ("how fast is the laptop", False)])
def test_how_soon_is_asked_of_what_waits(message: str, again: bool) -> None:
    assert remarked(CANCEL, reading(Intent.KNOWLEDGE), message) is again
