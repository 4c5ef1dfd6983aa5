"""Tools that change orders: which order they take, and what is asked of them twice."""

from collections.abc import Callable
from typing import Any

import pytest

from app.chat.calls import Call, Plan
from app.chat.context import Told
from app.chat.reading.intents import Intent
from app.chat.reading.message import Reading
from app.chat.reading.references import Pointed
from app.chat.toolbox import Toolbox
from app.chat.tools.order_arguments import (
    AddressArguments,
    CancelArguments,
    ExchangeArguments,
    PaymentArguments,
    ReturnArguments,
)
from app.chat.tools.order_changes import CancelTool, ChangeAddressTool, ChangePaymentTool
from app.chat.tools.order_returns import ExchangeTool, ReturnTool
from app.chat.tools.support import HandOverArguments, HandOverTool, TicketArguments, TicketTool
from app.chat.tools.tool import Arguments, Caller, Outcome
from app.search.understanding.service import Understanding
from shop.orders.actions import OrderActions
from shop.orders.document import Order
from tests.memory_shop import MemoryTickets
from tests.orders import delivered, item, order
from tests.unit.orders.test_policy import ELSEWHERE, shop

ANN = Caller("s1", "m1", "ann")
JACKET = item("jacket-m", product_id="jacket", name="Rain Jacket", price="10.00")


def with_jacket(made: Order) -> Order:
    """The order as W200, of nothing but a jacket."""
    paid = [{"kind": "payment", "amount": "10.00", "method_id": "ann-card"}]
    stored = made.model_dump(mode="json")
    return Order.model_validate({**stored, "order_id": "W200", "items": [JACKET], "payments": paid})


@pytest.mark.parametrize(
    "said",
    [
        "cancel order W100, I no longer need it because I found a jacket elsewhere",
        "cancel w100, my jacket is enough",
        "cancel order #W100, not my last order",
    ],
)
async def test_the_number_that_was_said_is_the_order_that_is_cancelled(said: str) -> None:
    tool = CancelTool(shop(order(), with_jacket(order())))
    result = await tool.run(CancelArguments(order_id="W100", reason="no longer needed", said=said), ANN)
    assert result.outcome is Outcome.PROPOSED
    assert result.proposal is not None
    assert result.proposal["arguments"]["order_id"] == "W100"


async def test_the_number_that_was_said_is_the_order_that_is_returned() -> None:
    tool = ReturnTool(shop(delivered(), with_jacket(delivered())))
    said = "I want to return order W100, it does not match my jacket"
    result = await tool.run(ReturnArguments(order_id="W100", said=said), ANN)
    assert "W200" not in result.say
    assert result.facts["asks"]["order_id"] == "W100"


async def test_a_number_that_is_not_there_is_not_taken_for_another_order() -> None:
    tool = CancelTool(shop(with_jacket(order())))
    said = "cancel order W999 with the jacket, my last order"
    result = await tool.run(CancelArguments(order_id="W999", reason="no longer needed", said=said), ANN)
    assert result.outcome is Outcome.EMPTY
    assert "W999" in result.say


async def test_an_order_of_before_gives_way_to_the_one_that_is_named() -> None:
    tool = ReturnTool(shop(delivered(), with_jacket(delivered())))
    result = await tool.run(ReturnArguments(order_id="W100", said="and I want to return the jacket"), ANN)
    assert result.proposal is not None
    assert result.proposal["arguments"]["order_id"] == "W200"


@pytest.mark.parametrize(
    ("said", "method"),
    [
        ("not on a gift card please, to my visa", None),
        ("I don't want the money on a gift card", None),
        ("to my visa instead of my gift card", None),
        ("no gift card please", None),
        ("not visa but gift card", "ann-gift"),
        ("I don't want it on my visa, put it on a gift card", "ann-gift"),
        ("no, on a gift card", "ann-gift"),
    ],
)
async def test_a_gift_card_that_is_not_wanted_gets_no_refund(said: str, method: str | None) -> None:
    tool = ReturnTool(shop(delivered()))
    result = await tool.run(ReturnArguments(order_id="W100", item_ids=["mug-red"], said=said), ANN)
    assert result.proposal is not None
    assert result.proposal["arguments"]["method_id"] == method


SWAP = ExchangeArguments(order_id="W100", item_ids=["mug-red"], new_item_ids=["mug-blue"])


@pytest.mark.parametrize(
    ("tool", "made", "arguments"),
    [
        (ReturnTool, delivered(), ReturnArguments(order_id="W100", item_ids=["mug-red"])),
        (ExchangeTool, delivered(), SWAP),
        (ExchangeTool, order(), SWAP),
        (CancelTool, order(), CancelArguments(order_id="W100", reason="no longer needed")),
        (ChangeAddressTool, order(), AddressArguments(order_id="W100", address=ELSEWHERE)),
        (ChangeAddressTool, order(), AddressArguments(address=ELSEWHERE)),
        (ChangePaymentTool, order(), PaymentArguments(order_id="W100", method_id="ann-gift")),
    ],
)
async def test_a_request_that_comes_twice_is_told_twice_and_done_once(
    tool: Callable[[OrderActions], Any], made: Order, arguments: Arguments
) -> None:
    here = shop(made, balance="100.00")
    proposal = (await tool(here).run(arguments, ANN)).proposal
    assert proposal is not None
    exact = type(arguments).model_validate(proposal["arguments"])
    first = await tool(here).run(exact, ANN, True)
    stored = await here.mine("W100", "ann")
    second = await tool(here).run(exact, ANN, True)
    assert (first.outcome, second.outcome) == (Outcome.DONE, Outcome.DONE)
    assert second.say == first.say
    assert await here.mine("W100", "ann") == stored


@pytest.mark.parametrize(
    ("said", "method"),
    [
        ("gift card, no, visa", None),
        ("to the visa, no wait, my gift card", "ann-gift"),
        ("I paid with my gift card", None),
        ("the card ending in 4242", None),
    ],
)
async def test_the_money_goes_where_the_last_word_of_it_says(said: str, method: str | None) -> None:
    tool = ReturnTool(shop(delivered()))
    result = await tool.run(ReturnArguments(order_id="W100", item_ids=["mug-red"], said=said), ANN)
    assert result.proposal is not None
    assert result.proposal["arguments"]["method_id"] == method


async def test_that_money_cannot_go_where_it_is_wanted_is_told_with_the_return() -> None:
    tool = ReturnTool(shop(delivered()))
    result = await tool.run(ReturnArguments(order_id="W100", item_ids=["mug-red"], said="to my paypal"), ANN)
    assert result.say.startswith("The refund can go to the way the order was paid or a gift card of yours. Return Mug")
    assert result.outcome is Outcome.PROPOSED
    assert result.proposal is not None
    assert result.proposal["arguments"]["method_id"] is None


@pytest.mark.parametrize("said", ["cancel the mug", "I don't want the lamp any more, take it off"])
async def test_an_item_of_several_is_told_not_to_be_cancelled_by_itself(said: str) -> None:
    result = await CancelTool(shop(order())).run(CancelArguments(said=said, reason="no longer needed"), ANN)
    assert result.outcome is Outcome.EMPTY
    assert "only be cancelled as a whole" in result.say
    assert result.proposal is None


@pytest.mark.parametrize("said", ["cancel my order, I don't need the mug", "cancel w100, the mug is ugly"])
async def test_who_speaks_of_the_order_means_the_whole_of_it(said: str) -> None:
    result = await CancelTool(shop(order())).run(CancelArguments(said=said, reason="no longer needed"), ANN)
    assert result.outcome is Outcome.PROPOSED


async def test_an_order_is_paid_in_the_way_that_words_say() -> None:
    tool = ChangePaymentTool(shop(order()))
    proposed = await tool.run(PaymentArguments(order_id="W100", said="pay it with paypal instead of visa"), ANN)
    assert proposed.proposal is not None
    assert proposed.proposal["arguments"]["method_id"] == "ann-paypal"
    asked = await tool.run(PaymentArguments(said="change how I pay"), ANN)
    assert asked.facts["asks"]["missing"] == "said"
    assert "PayPal" in asked.say
    late = await ChangePaymentTool(shop(delivered())).run(PaymentArguments(said="change how I pay"), ANN)
    assert late.outcome is Outcome.REFUSED


async def test_of_several_orders_those_that_cannot_be_changed_are_told() -> None:
    tool = ChangeAddressTool(shop(order(), order(order_id="W200", status="shipped")))
    told = await tool.run(AddressArguments(said="can both my orders go there", address=ELSEWHERE), ANN)
    assert told.outcome is Outcome.PROPOSED
    assert told.say.startswith("Order W200 is on its way already")


async def test_tickets_hold_no_numbers_of_cards() -> None:
    tickets = MemoryTickets()
    card = "my card is 4111 1111 1111 1111"
    await TicketTool(tickets).run(TicketArguments(subject=card, text=card), ANN, True)
    await HandOverTool(tickets).run(HandOverArguments(summary=card), ANN)
    made = await tickets.of_customer("ann")
    assert len(made) == 2
    assert not any("4111" in f"{one.subject} {one.text}" for one in made)


@pytest.mark.parametrize(
    ("said", "items"),
    [
        ("the mug leaked over everything in the box", ["mug-red"]),
        ("the lamp is ok, just send back the mug", ["mug-red"]),
        ("return everything, the mug is chipped", ["mug-red", "lamp-oak"]),
        ("the mug looks great but does not hold water, I want to return the mug", ["mug-red"]),
        ("the mug is fine but I'd like to return it", ["mug-red"]),
        ("the mug looks great but it does not hold water", ["mug-red"]),
        ("the mug is fine but I want to return the lamp", ["lamp-oak"]),
        ("the mug is fine but the lamp is broken, I want to return it", ["lamp-oak"]),
        ("return everything, the lamp is ok", ["mug-red"]),
    ],
)
async def test_what_is_fine_and_what_was_spoilt_goes_not_back(said: str, items: list[str]) -> None:
    result = await ReturnTool(shop(delivered())).run(ReturnArguments(order_id="W100", said=said), ANN)
    assert result.proposal is not None
    assert result.proposal["arguments"]["item_ids"] == items


async def test_of_many_orders_that_are_meant_none_is_left_out() -> None:
    many = [order(order_id=f"W{number}00") for number in range(1, 7)]
    tool = CancelTool(shop(*many))
    first = await tool.run(CancelArguments(said="cancel all my orders", reason="no longer needed"), ANN)
    assert first.proposal is not None
    after = [one["arguments"]["order_id"] for one in first.proposal["then"]]
    assert {first.proposal["arguments"]["order_id"], *after} == {one.order_id for one in many}
    assert all(one in first.say for one in after)


async def test_which_of_both_orders_goes_back_first_is_asked() -> None:
    tool = ReturnTool(shop(delivered(), delivered(order_id="W200")))
    asked = await tool.run(ReturnArguments(said="return both my orders"), ANN)
    assert asked.proposal is None
    assert "W100" in asked.say
    assert "W200" in asked.say


async def test_the_second_of_two_orders_is_proposed_when_the_first_is_decided() -> None:
    here = shop(order(), order(order_id="W200"))
    box = Toolbox({"cancel": CancelTool(here)})
    said = {"said": "cancel both orders", "reason": "no longer needed"}
    first = await box.run(Plan((Call("cancel", said),)), ANN)
    assert first.proposal is not None
    yes = Reading(Intent.CONFIRM, 1.0, Told(), Pointed(), Understanding("", ()))
    second = await box.settle(yes, first.proposal, ANN)
    assert "is cancelled" in second.notes[0]
    assert second.proposal is not None
    assert second.proposal["arguments"]["order_id"] != first.proposal["arguments"]["order_id"]
    assert "then" not in second.proposal


async def test_a_no_is_one_to_what_was_to_come_after_it_too() -> None:
    box = Toolbox({"cancel": CancelTool(shop(order(), order(order_id="W200")))})
    said = {"said": "cancel both orders", "reason": "no longer needed"}
    first = await box.run(Plan((Call("cancel", said),)), ANN)
    assert first.proposal is not None
    no = Reading(Intent.DENY, 1.0, Told(), Pointed(), Understanding("", ()))
    after = await box.settle(no, first.proposal, ANN)
    assert after.proposal is None
    assert "changed nothing" in after.notes[0]


async def test_the_part_of_an_order_is_told_with_drop_and_from_my_order() -> None:
    said = "can you drop the lamp from my order"
    result = await CancelTool(shop(order())).run(CancelArguments(said=said, reason="no longer needed"), ANN)
    assert "only be cancelled as a whole" in result.say
