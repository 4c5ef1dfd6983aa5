"""Calls that break the shop's policy are refused, asked for or forced, and change nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from app.chat.tools.tool import Outcome
from ingest.records.shapes import tau2_address
from tests.integration.chat.tau2 import Database
from tests.integration.chat.test_tau2_tasks import Opened, Shop, data, filled, needs_data, opened, products

pytestmark = pytest.mark.needs_es
__all__ = ["data", "filled", "opened", "products"]

Row = dict[str, Any]
NO_LONGER = "no longer needed"


@dataclass(frozen=True)
class Call:
    """A call that breaks the policy. `first`: allowed calls before it."""

    tool: str
    arguments: Row
    user_id: str | None
    first: tuple[tuple[str, Row], ...] = ()


class Pick:
    """Orders, items and payment methods of the benchmark's data, by what they are like."""

    def __init__(self, data: Database) -> None:
        self.data = data

    def order(self, status: str, also: Callable[[Row], bool] = lambda _: True) -> Row:
        found: Row = next(o for o in self.data["orders"].values() if o["status"] == status and also(o))
        return found

    def methods(self, order: Row) -> dict[str, Row]:
        found: dict[str, Row] = self.data["users"][order["user_id"]]["payment_methods"]
        return found

    def paid_with(self, order: Row) -> str:
        return str(order["payment_history"][0]["payment_method_id"])

    def other(self, user_id: str) -> str:
        return next(user for user in self.data["users"] if user != user_id)

    def variant(self, order: Row, also: Callable[[Row], bool]) -> str:
        """A variant of the first item, not the item itself."""
        item = order["items"][0]
        variants = self.data["products"][item["product_id"]]["variants"]
        return next(v["item_id"] for v in variants.values() if v["item_id"] != item["item_id"] and also(v))

    def swappable(self, order: Row) -> bool:
        variants = self.data["products"][order["items"][0]["product_id"]]["variants"].values()
        return any(v["available"] and v["item_id"] != order["items"][0]["item_id"] for v in variants)

    def sold_out(self, order: Row) -> bool:
        variants = self.data["products"][order["items"][0]["product_id"]]["variants"].values()
        return any(not v["available"] and v["item_id"] != order["items"][0]["item_id"] for v in variants)

    def dearer(self, order: Row) -> str | None:
        """A variant of the first item that costs more than any gift card of the customer covers."""
        item = order["items"][0]
        card = self.gift_card(order)
        if card is None:
            return None
        for variant in self.data["products"][item["product_id"]]["variants"].values():
            if variant["available"] and variant["price"] - item["price"] > self.methods(order)[card]["balance"]:
                return str(variant["item_id"])
        return None

    def gift_card(self, order: Row) -> str | None:
        return next((key for key, m in self.methods(order).items() if m["source"] == "gift_card"), None)

    def not_original(self, order: Row) -> str | None:
        """A method of the customer that is neither the original one nor a gift card."""
        kinds = {key: m["source"] for key, m in self.methods(order).items()}
        return next((k for k, s in kinds.items() if s != "gift_card" and k != self.paid_with(order)), None)

    # Calls, allowed or not.

    def cancel(self, order: Row, reason: str = NO_LONGER) -> Row:
        return {"order_id": order["order_id"], "reason": reason}

    def give_back(self, order: Row, **more: Any) -> Row:  # noqa: ANN401
        made = {"item_ids": [order["items"][0]["item_id"]], "method_id": self.paid_with(order)}
        return {"order_id": order["order_id"], **made, **more}

    def swap(self, order: Row, **more: Any) -> Row:  # noqa: ANN401
        made: Row = {"item_ids": [order["items"][0]["item_id"]], "method_id": self.paid_with(order)}
        if "new_item_ids" not in more:
            made["new_item_ids"] = [self.variant(order, lambda v: bool(v["available"]))]
        return {"order_id": order["order_id"], **made, **more}

    def address(self, order: Row) -> Row:
        elsewhere = self.data["users"][self.other(order["user_id"])]["address"]
        return {"order_id": order["order_id"], "address": tau2_address(elsewhere)}

    def payable_by_card(self, order: Row) -> bool:
        return not self.paid_with(order).startswith("gift_card") and self.swappable(order)


def _cancellations(p: Pick) -> Mapping[str, Call]:
    pending, delivered = p.order("pending"), p.order("delivered", p.payable_by_card)
    changed = p.order("pending", p.payable_by_card)
    calls = {
        f"cancel {status}": Call("cancel", p.cancel(order), order["user_id"])
        for status in ("processed", "delivered", "cancelled")
        if (order := p.order(status))
    }
    reasons = ("changed my mind", "too expensive", "NO LONGER NEEDED!", "found it cheaper", "ordered by my cat")
    calls |= {f"cancel as {why}": Call("cancel", p.cancel(pending, why), pending["user_id"]) for why in reasons}
    return {
        **calls,
        "cancel anothers": Call("cancel", p.cancel(pending), p.other(pending["user_id"])),
        "cancel by nobody": Call("cancel", p.cancel(pending), None),
        "cancel what is not there": Call("cancel", {"order_id": "#W0", "reason": NO_LONGER}, pending["user_id"]),
        "cancel twice": Call("cancel", p.cancel(pending), pending["user_id"], (("cancel", p.cancel(pending)),)),
        "cancel after a return": Call(
            "cancel", p.cancel(delivered), delivered["user_id"], (("return", p.give_back(delivered)),)
        ),
        "cancel after its items changed": Call(
            "cancel", p.cancel(changed), changed["user_id"], (("exchange", p.swap(changed)),)
        ),
    }


def _returns(p: Pick) -> Mapping[str, Call]:
    order = p.order("delivered", lambda o: p.payable_by_card(o))
    user = order["user_id"]
    elsewhere = p.order("delivered", lambda o: p.not_original(o) is not None)
    item = order["items"][0]["item_id"]
    many = {"item_ids": [item] * (sum(i["item_id"] == item for i in order["items"]) + 1)}
    foreign = p.data["users"][p.other(user)]["payment_methods"]
    calls = {
        f"return {status}": Call("return", p.give_back(other), other["user_id"])
        for status in ("pending", "processed", "cancelled")
        if (other := p.order(status))
    }
    return {
        **calls,
        "return what is not in it": Call("return", p.give_back(order, item_ids=["1"]), user),
        "return more than there is": Call("return", p.give_back(order, **many), user),
        "return to anothers card": Call("return", p.give_back(order, method_id=next(iter(foreign))), user),
        "return to no method": Call("return", p.give_back(order, method_id="credit_card_0"), user),
        "return to a method that did not pay": Call(
            "return", p.give_back(elsewhere, method_id=p.not_original(elsewhere)), elsewhere["user_id"]
        ),
        "return anothers": Call("return", p.give_back(order), p.other(user)),
        "return by nobody": Call("return", p.give_back(order), None),
        "return twice": Call("return", p.give_back(order), user, (("return", p.give_back(order)),)),
        "return after an exchange": Call("return", p.give_back(order), user, (("exchange", p.swap(order)),)),
    }


def _exchanges(p: Pick) -> Mapping[str, Call]:
    calls: dict[str, Call] = {}
    for status in ("delivered", "pending"):
        order = p.order(status, p.payable_by_card)
        user, item = order["user_id"], order["items"][0]
        scarce = p.order(status, p.sold_out)
        poor = p.order(status, lambda o: p.dearer(o) is not None)
        family = next(f for f in p.data["products"].values() if f["product_id"] != item["product_id"])
        strange = next(v["item_id"] for v in family["variants"].values() if v["available"])
        gone = p.variant(scarce, lambda v: not v["available"])
        two = [p.swap(order)["new_item_ids"][0]] * 2
        rich = p.data["users"][p.other(user)]["payment_methods"]
        calls |= {
            f"{status}: for another product": Call("exchange", p.swap(order, new_item_ids=[strange]), user),
            f"{status}: for what is sold out": Call("exchange", p.swap(scarce, new_item_ids=[gone]), scarce["user_id"]),
            f"{status}: for nothing known": Call("exchange", p.swap(order, new_item_ids=["1"]), user),
            f"{status}: for the same": Call("exchange", p.swap(order, new_item_ids=[item["item_id"]]), user),
            f"{status}: one for two": Call("exchange", p.swap(order, new_item_ids=two), user),
            f"{status}: what is not in it": Call("exchange", p.swap(order, item_ids=["1"]), user),
            f"{status}: paid by another": Call("exchange", p.swap(order, method_id=next(iter(rich))), user),
            f"{status}: paid with too little": Call(
                "exchange", p.swap(poor, new_item_ids=[p.dearer(poor)], method_id=p.gift_card(poor)), poor["user_id"]
            ),
            f"{status}: anothers": Call("exchange", p.swap(order), p.other(user)),
            f"{status}: by nobody": Call("exchange", p.swap(order), None),
            f"{status}: twice": Call("exchange", p.swap(order), user, (("exchange", p.swap(order)),)),
        }
    for status in ("processed", "cancelled"):
        order = p.order(status, p.swappable)
        calls[f"exchange {status}"] = Call("exchange", p.swap(order), order["user_id"])
    return calls


def _changes(p: Pick) -> Mapping[str, Call]:
    pending = p.order("pending", p.payable_by_card)
    user = pending["user_id"]
    poor = p.order("pending", lambda o: _too_poor(p, o))
    rich = p.data["users"][p.other(user)]["payment_methods"]
    calls: dict[str, Call] = {}
    for status in ("processed", "delivered", "cancelled"):
        order = p.order(status)
        pay = {"order_id": order["order_id"], "method_id": next(iter(p.methods(order)))}
        calls |= {
            f"address {status}": Call("change_address", p.address(order), order["user_id"]),
            f"payment {status}": Call("change_payment", pay, order["user_id"]),
        }
    after = (("exchange", p.swap(pending)),)
    number = {"order_id": pending["order_id"]}
    return {
        **calls,
        "address of anothers": Call("change_address", p.address(pending), p.other(user)),
        "address by nobody": Call("change_address", p.address(pending), None),
        "address of nobodys account": Call("change_address", {"address": p.address(pending)["address"]}, None),
        "address after its items changed": Call("change_address", p.address(pending), user, after),
        "payment with the same": Call("change_payment", number | {"method_id": p.paid_with(pending)}, user),
        "payment with anothers": Call("change_payment", number | {"method_id": next(iter(rich))}, user),
        "payment with too little": Call(
            "change_payment", {"order_id": poor["order_id"], "method_id": p.gift_card(poor)}, poor["user_id"]
        ),
        "payment of anothers": Call("change_payment", number | {"method_id": p.paid_with(pending)}, p.other(user)),
    }


def _too_poor(p: Pick, order: Row) -> bool:
    card = p.gift_card(order)
    paid = order["payment_history"][0]["amount"]
    return card is not None and card != p.paid_with(order) and p.methods(order)[card]["balance"] < paid


def all_calls(data: Database) -> dict[str, Call]:
    pick = Pick(data)
    return {**_cancellations(pick), **_returns(pick), **_exchanges(pick), **_changes(pick)}


@needs_data
async def test_every_call_that_breaks_the_policy_is_refused_and_changes_nothing(opened: Opened, data: Database) -> None:
    calls = all_calls(data)
    assert len(calls) >= 40
    let_through = []
    for name, call in calls.items():
        owner = data["orders"].get(call.arguments.get("order_id"), {}).get("user_id")
        shop: Shop = await opened({user for user in (owner, call.user_id) if user})
        for tool, arguments in call.first:
            done = await shop.replay.call(tool, arguments, owner)
            assert done.outcome is Outcome.DONE, (name, done.say)
        before = await shop.state(data)
        asked = await shop.replay.call(call.tool, call.arguments, call.user_id)
        forced = await shop.replay.force(call.tool, call.arguments, call.user_id)
        after = await shop.state(data)
        refused = {asked.outcome, forced.outcome} <= {Outcome.REFUSED, Outcome.EMPTY}
        if not refused or after[0] != before[0] or not asked.say:
            let_through.append((name, asked.say, forced.say))
        await shop.reset()
    assert not let_through
