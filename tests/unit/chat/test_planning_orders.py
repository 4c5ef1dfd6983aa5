"""From words about orders to calls of tools."""

import pytest

from app.chat.context import Context
from app.chat.planning_answers import answer_plan, reason_of
from app.chat.planning_orders import order_plan
from app.chat.reading.addresses import address_of, address_wanted
from app.chat.reading.intents import Intent, order_number, rule
from app.chat.tools.order_arguments import AddressArguments
from app.chat.tools.order_changes import ChangeAddressTool
from app.chat.tools.tool import Caller, Outcome
from tests.orders import order
from tests.unit.orders.test_policy import shop


@pytest.mark.parametrize(
    ("intent", "message", "tool"),
    [
        (Intent.ORDER_STATUS, "where is my order W100?", "order_status"),
        (Intent.RETURN, "I want to send the mug back", "return"),
        (Intent.RETURN, "Can I return the mug?", "return_eligibility"),
        (Intent.RETURN, "Can you return the mug for me", "return"),
        (Intent.RETURN, "is it still possible to send it back", "return_eligibility"),
        (Intent.CANCEL, "cancel my order", "cancel"),
        (Intent.EXCHANGE, "swap the red mug for a blue one", "exchange"),
        (Intent.ADDRESS, "change the address of my order", "change_address"),
        (Intent.REFUND, "where is my refund", "refund_status"),
        (Intent.ACCOUNT, "what is in my account", "account_help"),
        (Intent.KNOWLEDGE, "what is your return policy", "knowledge"),
        (Intent.HUMAN, "let me talk to a person", "hand_over"),
    ],
)
def test_each_intent_has_its_tool(intent: Intent, message: str, tool: str) -> None:
    plan = order_plan(intent, Context(order_id="W100"), message)
    assert plan is not None
    (call,) = plan.calls
    assert call.tool == tool
    about_orders = intent not in (Intent.ACCOUNT, Intent.KNOWLEDGE, Intent.HUMAN)
    assert (call.arguments.get("order_id") == "W100") is about_orders


def test_who_is_not_signed_in_hears_what_holds_for_everybody() -> None:
    asked = "can I return shoes that I have worn?"
    plan = order_plan(Intent.RETURN, Context(), asked, visitor=True)
    assert plan is not None
    (call,) = plan.calls
    assert (call.tool, call.arguments["question"]) == ("knowledge", asked)
    assert "return" in call.arguments["instead"]
    assert "signed in" in plan.say
    for context, message in ((Context(order_id="W100"), asked), (Context(), "I want to send the mug back")):
        other = order_plan(Intent.RETURN, context, message, visitor=True)
        assert other is not None
        assert "knowledge" not in {call.tool for call in other.calls}


@pytest.mark.parametrize("intent", [Intent.SEARCH, Intent.GREETING, Intent.UNCLEAR, Intent.CONFIRM])
def test_other_intents_are_planned_elsewhere(intent: Intent) -> None:
    assert order_plan(intent, Context(order_id="W100"), "hello") is None


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("cancel it, I don't need it any more", "no longer needed"),
        ("I no longer need order W100", "no longer needed"),
        ("I changed my mind", "no longer needed"),
        ("that was ordered by mistake", "ordered by mistake"),
        ("I accidentally ordered twice, cancel", "ordered by mistake"),
        ("cancel my order", ""),
        ("it is too expensive", ""),
    ],
)
def test_why_an_order_is_cancelled(message: str, reason: str) -> None:
    assert reason_of(message) == reason


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            "change the address to 445 Maple Drive, Suite 394, Fort Worth, TX 76165, USA",
            ("445 Maple Drive", "Suite 394", "Fort Worth", "TX", "76165", "USA"),
        ),
        ("12 High Street, Leeds, LS1 1AA, UK", ("12 High Street", "", "Leeds", "", "LS1 1AA", "UK")),
        ("my new address is 5 Rue Haute, 75001 Paris, France", ("5 Rue Haute", "", "Paris", "", "75001", "France")),
        (
            "we are moving. can my orders go there? 14 Birch Court, Denver CO 80203. thanks",
            ("14 Birch Court", "", "Denver", "CO", "80203", "USA"),
        ),
    ],
)
def test_an_address_is_read_from_one_line(message: str, told: tuple[str, ...]) -> None:
    address = address_of(message)
    assert address is not None
    found = (address.line1, address.line2, address.city, address.region, address.postcode, address.country)
    assert found == told


@pytest.mark.parametrize(
    "message",
    ["change my address", "to my office", "12 High Street", "Leeds, UK", "12 High Street, Leeds", "1, 2, 3", "a, b, c"],
)
def test_half_an_address_is_none(message: str) -> None:
    assert address_of(message) is None


@pytest.mark.parametrize("after", ["did it arrive?", "that is not my address", "where are you", "2"])
def test_what_a_sentence_goes_on_with_is_no_country(after: str) -> None:
    assert address_of(f"7 Oak Street, Dallas, TX 75001, {after}") is None
    assert address_of("7 Oak Street, Oxford, OX1 1AA, united kingdom") is not None


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("please send it to {}", True),
        ("can you ship my order to {}?", True),
        ("could it be delivered to {}?", True),
        ("I want it sent to {}", True),
        ("is it possible to send it to {}", True),
        ("I am not home this week, please send it to {}", True),
        ("we are moving. can my orders go there? {}. thanks", True),
        ("no, {}", True),
        ("my new address is {}", True),
        ("my order should not go to {}", False),
        ("please don't send it to {}", False),
        ("I sent the return to {}", False),
        ("you have already shipped it to {}", False),
        ("my parcel was delivered to {}. that is not my address", False),
        ("it goes to {}. that is not my address", False),
        ("do you ship to {}?", False),
        ("Hello, can you deliver to {}?", False),
        ("I live at {}. How long does delivery take?", False),
    ],
)
def test_an_address_is_told_to_send_something_there(message: str, wanted: bool) -> None:
    told = message.format("7 Oak Street, Dallas, TX 75001")
    assert address_of(told) is not None
    assert (address_wanted(told) is not None) is wanted


ASKED = {
    "tool": "return",
    "arguments": {"order_id": "W100", "said": "send it back"},
    "missing": "said",
    "options": ["Oak Lamp", "Mug (red)"],
}


def test_an_answer_to_a_question_goes_on_with_it() -> None:
    plan = answer_plan(ASKED, Intent.SEARCH, Intent.RETURN, "the lamp please")
    assert plan is not None
    assert plan.calls[0].tool == "return"
    assert plan.calls[0].arguments == {"order_id": "W100", "said": "send it back the lamp please"}


@pytest.mark.parametrize(
    ("intent", "message"),
    [
        (Intent.SEARCH, "show me some running shoes"),
        (Intent.SEARCH, "show me lamps"),
        (Intent.CANCEL, "cancel order W200 with the lamp"),
        (Intent.DENY, "no"),
        (Intent.KNOWLEDGE, "what is the return policy of lamps"),
    ],
)
def test_something_else_is_no_answer(intent: Intent, message: str) -> None:
    assert answer_plan(ASKED, intent, Intent.RETURN, message) is None


def test_a_yes_to_a_question_of_which_is_asked_again() -> None:
    plan = answer_plan(ASKED, Intent.CONFIRM, Intent.RETURN, "yes please")
    assert plan is not None
    assert plan.say
    assert plan.calls[0].tool == "return"
    assert plan.calls[0].arguments["order_id"] == "W100"


def test_a_proposal_is_no_question() -> None:
    assert answer_plan({"tool": "cancel", "arguments": {}, "summary": "x"}, Intent.SEARCH, Intent.CANCEL, "ok") is None
    assert answer_plan(None, Intent.SEARCH, None, "ok") is None


@pytest.mark.parametrize(("message", "number"), [("W200", "W200"), ("order #w200", "W200"), ("the blue one", None)])
def test_which_order_is_answered_with_a_number(message: str, number: str | None) -> None:
    asked = {"tool": "cancel", "arguments": {"reason": ""}, "missing": "order_id", "options": []}
    for intent in (Intent.ORDER_STATUS, Intent.UNCLEAR, Intent.CANCEL):
        plan = answer_plan(asked, intent, Intent.CANCEL, message)
        assert (plan.calls[0].arguments.get("order_id") if plan else None) == number
    assert answer_plan(asked, Intent.RETURN, Intent.CANCEL, message) is None


@pytest.mark.parametrize(
    ("message", "tool", "number", "later"),
    [
        (
            "exchange the mug in order W200 for the blue one and cancel order W100, I no longer need it",
            "exchange",
            "W200",
            "order W100",
        ),
        ("return order W100 and also return order W200", "return", "W100", "order W200"),
        ("return order W100, cancel order W200", "return", "W100", "order W200"),
        ("please cancel orders W100 and W200", "cancel", "W100", "order W200"),
        ("where is order W300 and cancel order W100 and return W200", "cancel", "W100", "order W200"),
        ("cancel my order and return order W100", "cancel", None, "order W100"),
        ("return the mug and cancel the tent order", "return", None, "the other"),
    ],
)
def test_of_two_changes_the_first_is_planned_with_its_own_number(
    message: str, tool: str, number: str | None, later: str
) -> None:
    guess = rule(message, Context())
    assert guess is not None
    plan = order_plan(guess.intent, Context(order_id=order_number(message)), message)
    assert plan is not None
    call = plan.calls[-1]
    assert (call.tool, call.arguments.get("order_id")) == (tool, number)
    assert later in plan.say
    assert "cancel" not in str(call.arguments["said"]) or tool == "cancel"


@pytest.mark.parametrize(
    ("message", "tool"),
    [
        ("the shirt of order W100 arrived broken and I want to exchange it", "exchange"),
        ("I want to return order W100. Can I exchange the mug instead?", "exchange"),
        ("cancel order W100, I ordered it by mistake and found it cheaper", "cancel"),
        ("I want to return the mug of order W100 and the lamp", "return"),
    ],
)
def test_what_says_more_of_one_change_is_no_second_one(message: str, tool: str) -> None:
    guess = rule(message, Context())
    assert guess is not None
    plan = order_plan(guess.intent, Context(order_id="W100"), message)
    assert plan is not None
    (call,) = plan.calls
    assert (call.tool, call.arguments["order_id"], call.arguments["said"]) == (tool, "W100", message)
    assert plan.say == ""


NEW = "12 Main St, Springfield, IL 62704"


@pytest.mark.parametrize(
    ("message", "of_what"),
    [
        (f"please change the address of my order to {NEW}", "Send order W100 to 12 Main St"),
        (f"change where my lamp goes to {NEW}", "Send order W100 to 12 Main St"),
        (f"change my address to {NEW}", "Change the address of your account to 12 Main St"),
        ("change my address to 12 Lamp St, Springfield, IL 62704", "Change the address of your account to 12 Lamp St"),
    ],
)
async def test_an_address_told_with_the_wish_is_that_of_what_was_named(message: str, of_what: str) -> None:
    plan = order_plan(Intent.ADDRESS, Context(), message)
    assert plan is not None
    arguments = AddressArguments.model_validate(dict(plan.calls[0].arguments))
    found = await ChangeAddressTool(shop(order())).run(arguments, Caller("s1", "m1", "ann"))
    assert found.outcome is Outcome.PROPOSED
    assert found.say.startswith(of_what)


def test_an_address_for_the_account_is_not_asked_for_again() -> None:
    plan = order_plan(Intent.ACCOUNT, Context(), f"add this address to my account: {NEW}")
    assert plan is not None
    (call,) = plan.calls
    assert call.arguments["address"]["city"] == "Springfield"
    assert call.arguments["said"] == "add this address to my account"


REASON = {"tool": "cancel", "arguments": {"said": "cancel it"}, "missing": "reason", "order_id": "W100"}


@pytest.mark.parametrize("message", ["yes", "because of the colour", "yes cancel it please"])
def test_a_reason_that_the_policy_has_no_word_for_is_proposed_as_not_needed(message: str) -> None:
    intent = Intent.CONFIRM if message == "yes" else Intent.CANCEL if "cancel" in message else Intent.UNCLEAR
    plan = answer_plan(REASON, intent, Intent.CANCEL, message)
    assert plan is not None
    assert plan.calls[0].arguments["reason"] == "no longer needed"
    assert "I take it" in plan.say


@pytest.mark.parametrize("message", ["hmm let me think about it", "I am not sure yet", "I do not want to cancel it"])
def test_what_tells_no_reason_is_none(message: str) -> None:
    intent = Intent.CANCEL if "cancel" in message else Intent.UNCLEAR
    plan = answer_plan(REASON, intent, Intent.CANCEL, message)
    assert plan is None or not plan.calls[0].arguments.get("reason")


def test_a_question_is_no_reason() -> None:
    plan = answer_plan(REASON, Intent.UNCLEAR, Intent.CANCEL, "what happens if i do?")
    assert plan is None or "reason" not in plan.calls[0].arguments


def test_a_card_told_to_a_person_is_not_passed_on_unsaid() -> None:
    plan = order_plan(Intent.HUMAN, Context(), "call me, my card is 4111 1111 1111 1111")
    assert plan is not None
    assert [call.tool for call in plan.calls] == ["hand_over"]
    assert "do not send numbers of cards" in plan.say


def test_the_last_day_of_a_return_is_a_question() -> None:
    plan = order_plan(Intent.RETURN, Context(), "last day to return my gloves is when?")
    assert plan is not None
    assert plan.calls[0].tool == "return_eligibility"


def test_a_reason_is_one_whatever_a_model_takes_it_for() -> None:
    plan = answer_plan(REASON, Intent.RETURN, Intent.CANCEL, "because i don't like it")
    assert plan is not None
    assert plan.calls[0].arguments["reason"] == "no longer needed"
    assert answer_plan(REASON, Intent.RETURN, Intent.CANCEL, "return the mug, i don't want it") is None
