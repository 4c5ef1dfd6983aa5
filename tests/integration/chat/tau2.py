"""The retail tasks of tau2 replayed: its data through our loads, its expected calls through our tools.

`Expected` works out the state that each task ends in from the benchmark's published policy, on the benchmark's own
data, without any code of ours.
"""

import json
import marshal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.chat.tools.tool import Caller, Outcome, ToolResult
from ingest.records.shapes import tau2_address
from shop.customers.document import Customer
from shop.orders.document import Order
from shop.products.values import attribute_name

Database = dict[str, Any]

CHANGING = frozenset(
    {
        "cancel_pending_order",
        "return_delivered_order_items",
        "exchange_delivered_order_items",
        "modify_pending_order_items",
        "modify_pending_order_address",
        "modify_pending_order_payment",
        "modify_user_address",
    }
)


def database(folder: Path) -> Database:
    read: Database = json.loads((folder / "db.json").read_text(encoding="utf-8"))
    return read


def tasks(folder: Path) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads((folder / "tasks.json").read_text(encoding="utf-8"))
    return read


def calls_of(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(task["evaluation_criteria"]["actions"] or [])


def users_found(data: Database, name: str, arguments: Mapping[str, Any]) -> set[str]:
    """The users whom a call looks for."""
    users = data["users"].items()
    if name == "find_user_id_by_email":
        return {key for key, user in users if user["email"].lower() == arguments["email"].lower()}
    wanted = [arguments[part].lower() for part in ("first_name", "last_name", "zip")]
    return {
        key
        for key, user in users
        if [*(user["name"][n].lower() for n in ("first_name", "last_name")), user["address"]["zip"]] == wanted
    }


class Expected:
    """The benchmark's data after calls. One that its policy forbids (one task tries) changes nothing."""

    def __init__(self, before: Database) -> None:
        # Calls change orders and users; products stay as they are. This is the quickest way to copy thousands.
        kept = {kind: marshal.loads(marshal.dumps(before[kind])) for kind in ("orders", "users")}
        self.data = {**before, **kept}

    def apply(self, name: str, arguments: Mapping[str, Any]) -> bool:
        """Whether the policy allows the call, which is then made."""
        if "order_id" in arguments and arguments["order_id"] not in self.data["orders"]:
            return False
        if "new_item_ids" in arguments and not self._affordable(**arguments):
            return False
        if name in CHANGING:
            getattr(self, name)(**arguments)
        return True

    def finds(self, name: str, arguments: Mapping[str, Any]) -> set[str]:
        """The users whom a call looks for."""
        return users_found(self.data, name, arguments)

    def _affordable(
        self, order_id: str, item_ids: Sequence[str], new_item_ids: Sequence[str], payment_method_id: str
    ) -> bool:
        order = self.data["orders"][order_id]
        method = self.data["users"][order["user_id"]]["payment_methods"][payment_method_id]
        return bool(method.get("balance", 1e9) >= self._difference(order, item_ids, new_item_ids))

    def cancel_pending_order(self, order_id: str, reason: str) -> None:
        order = self.data["orders"][order_id]
        order |= {"status": "cancelled", "cancel_reason": reason}
        for paid in list(order["payment_history"]):
            order["payment_history"].append({**paid, "transaction_type": "refund"})
            self._post(order, paid["payment_method_id"], paid["amount"])

    def return_delivered_order_items(self, order_id: str, item_ids: Sequence[str], payment_method_id: str) -> None:
        order = self.data["orders"][order_id]
        order |= {"status": "return requested", "return_items": sorted(item_ids)}
        order["return_payment_method_id"] = payment_method_id

    def exchange_delivered_order_items(
        self, order_id: str, item_ids: Sequence[str], new_item_ids: Sequence[str], payment_method_id: str
    ) -> None:
        order = self.data["orders"][order_id]
        order |= {"status": "exchange requested", "exchange_items": sorted(item_ids)}
        order |= {"exchange_new_items": sorted(new_item_ids), "exchange_payment_method_id": payment_method_id}
        order["exchange_price_difference"] = self._difference(order, item_ids, new_item_ids)

    def modify_pending_order_items(
        self, order_id: str, item_ids: Sequence[str], new_item_ids: Sequence[str], payment_method_id: str
    ) -> None:
        order = self.data["orders"][order_id]
        amount = self._difference(order, item_ids, new_item_ids)
        kind = "payment" if amount > 0 else "refund"
        if amount:
            paid = {"transaction_type": kind, "amount": abs(amount), "payment_method_id": payment_method_id}
            order["payment_history"].append(paid)
        self._post(order, payment_method_id, -amount)
        for old, new in zip(item_ids, new_item_ids, strict=True):
            item = next(item for item in order["items"] if item["item_id"] == old)
            variant = self._variant(item["product_id"], new)
            item |= {"item_id": new, "price": variant["price"], "options": variant["options"]}
        order["status"] = "pending (item modified)"

    def modify_pending_order_address(self, order_id: str, **address: str) -> None:
        self.data["orders"][order_id]["address"] = address

    def modify_user_address(self, user_id: str, **address: str) -> None:
        self.data["users"][user_id]["address"] = address

    def _variant(self, product_id: str, item_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.data["products"][product_id]["variants"][item_id]
        return found

    def _difference(self, order: Mapping[str, Any], old: Sequence[str], new: Sequence[str]) -> float:
        items = {item["item_id"]: item for item in order["items"]}
        pairs = [(items[a], self._variant(items[a]["product_id"], b)) for a, b in zip(old, new, strict=True)]
        return round(sum(b["price"] - a["price"] for a, b in pairs), 2)

    def _post(self, order: Mapping[str, Any], method_id: str, amount: float) -> None:
        method = self.data["users"][order["user_id"]]["payment_methods"][method_id]
        if method["source"] == "gift_card":
            method["balance"] = round(method["balance"] + amount, 2)


def theirs(order: Mapping[str, Any]) -> dict[str, Any]:
    """An order of the benchmark, as far as states are compared."""
    compared = {
        "status": order["status"],
        "customer": order["user_id"],
        "address": tau2_address(order["address"]),
        "items": [_item(i["item_id"], i["product_id"], i["price"], i["options"]) for i in order["items"]],
        "payments": [(p["transaction_type"], round(p["amount"], 2), p["payment_method_id"]) for p in
                     order["payment_history"]],
    }  # fmt: skip
    for name in (
        "cancel_reason", "return_items", "return_payment_method_id", "exchange_items", "exchange_new_items",
        "exchange_payment_method_id", "exchange_price_difference",
    ):  # fmt: skip
        if name in order:
            compared[name] = order[name]
    return compared


def ours(order: Order) -> dict[str, Any]:
    """An order of ours in the same form."""
    status = order.status.value.replace("_", " ")
    compared: dict[str, Any] = {
        "status": f"{status} (item modified)" if order.items_changed else status,
        "customer": order.customer_id,
        "address": order.address.model_dump() if order.address else None,
        "items": [_item(item.item_id, item.product_id, float(item.price), item.options) for item in order.items],
        "payments": [(paid.kind.value, float(paid.amount), paid.method_id) for paid in order.payments],
    }
    if order.cancellation:
        compared["cancel_reason"] = order.cancellation.reason
    if order.returned:
        compared |= {"return_items": order.returned.item_ids, "return_payment_method_id": order.returned.method_id}
    if order.exchanged:
        compared |= {
            "exchange_items": order.exchanged.item_ids,
            "exchange_new_items": order.exchanged.new_item_ids,
            "exchange_payment_method_id": order.exchanged.method_id,
            "exchange_price_difference": float(order.exchanged.difference),
        }
    return compared


def their_user(user: Mapping[str, Any]) -> dict[str, Any]:
    methods = {key: method.get("balance") for key, method in user["payment_methods"].items()}
    return {"address": tau2_address(user["address"]), "methods": methods}


def our_user(customer: Customer) -> dict[str, Any]:
    methods = {m.method_id: None if m.balance is None else float(m.balance) for m in customer.methods}
    return {"address": customer.address.model_dump() if customer.address else None, "methods": methods}


def _item(item_id: str, product_id: str, price: float, options: Mapping[str, str]) -> tuple[Any, ...]:
    return item_id, product_id, price, sorted((attribute_name(name), value) for name, value in options.items())


def translated(name: str, arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """One of their calls as one of ours; None for those that only look or count."""
    order = {"order_id": arguments.get("order_id")}
    swap = {"item_ids": arguments.get("item_ids"), "new_item_ids": arguments.get("new_item_ids")}
    method = {"method_id": arguments.get("payment_method_id")}
    known: dict[str, Callable[[], tuple[str, dict[str, Any]]]] = {
        "cancel_pending_order": lambda: ("cancel", order | {"reason": arguments["reason"]}),
        "return_delivered_order_items": lambda: ("return", order | {"item_ids": arguments["item_ids"]} | method),
        "exchange_delivered_order_items": lambda: ("exchange", order | swap | method),
        "modify_pending_order_items": lambda: ("exchange", order | swap | method),
        "modify_pending_order_payment": lambda: ("change_payment", order | method),
        "modify_pending_order_address": lambda: ("change_address", order | {"address": tau2_address(arguments)}),
        "modify_user_address": lambda: ("change_address", {"address": tau2_address(arguments)}),
        "get_order_details": lambda: ("order_status", order),
        "get_user_details": lambda: ("account_help", {}),
        "get_item_details": lambda: ("availability", {"product_ids": [arguments["item_id"]]}),
        "transfer_to_human_agents": lambda: ("hand_over", {"summary": arguments["summary"]}),
    }
    return known[name]() if name in known else None


class Replay:
    """Calls through our tools: proposed, and confirmed where they change something."""

    def __init__(self, tools: Mapping[str, Any]) -> None:
        self.tools = tools
        self._turn = 0

    async def call(self, tool: str, arguments: Mapping[str, Any], customer_id: str | None) -> ToolResult:
        """The result of the last step: the proposal's where that was refused, else the confirmation's."""
        used = self.tools[tool]
        checked = used.arguments.model_validate(dict(arguments))
        proposed: ToolResult = await used.run(checked, self._caller(customer_id), False)
        if not used.changes or proposed.outcome is not Outcome.PROPOSED:
            return proposed
        assert proposed.proposal is not None
        again = self.tools[proposed.proposal["tool"]]
        kept = json.loads(json.dumps(proposed.proposal["arguments"]))
        confirmed: ToolResult = await again.run(again.arguments.model_validate(kept), self._caller(customer_id), True)
        return confirmed

    async def force(self, tool: str, arguments: Mapping[str, Any], customer_id: str | None) -> ToolResult:
        """A confirmation that nothing was proposed for."""
        used = self.tools[tool]
        result: ToolResult = await used.run(
            used.arguments.model_validate(dict(arguments)), self._caller(customer_id), True
        )
        return result

    def _caller(self, customer_id: str | None) -> Caller:
        self._turn += 1
        return Caller("session", f"message-{self._turn}", customer_id)
