"""An answer that would only be said again."""

from app.chat.answering import Found
from app.chat.context import Told
from app.chat.reading.intents import Intent
from app.chat.reading.message import Reading
from app.chat.reading.references import Pointed
from app.chat.repeating import not_only_again
from app.chat.tools.order_records import order_record
from app.search.understanding.service import Understanding
from tests.orders import order

SAID = "There is no refund under way for order W100."
FOUND = Found((order_record(order()),), notes=(SAID,))


def reading(intent: Intent = Intent.REFUND) -> Reading:
    return Reading(intent, 0.9, Told(), Pointed(), Understanding("", ()))


def test_who_goes_on_after_the_same_answer_is_offered_a_ticket() -> None:
    again = not_only_again(FOUND, reading(), SAID, "I will call my bank")
    assert "sorry" in again.notes[0]
    assert "open a ticket" in again.closing[0]


def test_what_is_said_for_the_first_time_and_what_is_asked_for_again_stays() -> None:
    assert not_only_again(FOUND, reading(), "Hello!", "I will call my bank") is FOUND
    assert not_only_again(FOUND, reading(), SAID, "is there a refund?") is FOUND
    assert not_only_again(FOUND, reading(Intent.SEARCH), SAID, "a mug") is FOUND
    waits = Found(FOUND.records, notes=(SAID,), proposal={"tool": "return"})
    assert not_only_again(waits, reading(), SAID, "well") is waits


def test_who_is_upset_is_told_that_it_is_a_pity() -> None:
    assert "sorry" in not_only_again(FOUND, reading(), "", "this is ridiculous").notes[0]


def test_a_ticket_is_offered_once() -> None:
    told = f"{SAID} Say “open a ticket”."
    again = not_only_again(Found(FOUND.records, notes=(told,)), reading(), told, "useless")
    assert again.closing == ()
