"""Feeds of other programs as rows of ours. Pure.

tau2: the retail database of the tau2 benchmark, one JSON object of products, users and orders by id.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ingest.mapping.mistakes import ValueMistake

_STATUSES: Final = {"exchange requested": "exchange_requested", "return requested": "return_requested"}


def tau2_orders(database: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Its orders. They have no dates."""
    for order in _section(database, "orders"):
        yield {
            "order_id": order["order_id"],
            "customer_id": order["user_id"],
            "status": _STATUSES.get(order["status"], order["status"]),
            "items": [
                {
                    "item_id": item["item_id"],
                    "product_id": item["product_id"],
                    "name": item["name"],
                    "price": item["price"],
                    "options": item["options"],
                }
                for item in order["items"]
            ],
            "address": tau2_address(order["address"]),
            "shipments": [
                {"tracking_ids": sent["tracking_id"], "item_ids": sent["item_ids"]} for sent in order["fulfillments"]
            ],
            "payments": [
                {
                    "kind": payment["transaction_type"],
                    "amount": payment["amount"],
                    "method_id": payment["payment_method_id"],
                }
                for payment in order["payment_history"]
            ],
        }


def tau2_customers(database: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Its users."""
    for user in _section(database, "users"):
        yield {
            "customer_id": user["user_id"],
            "first_name": user["name"]["first_name"],
            "last_name": user["name"]["last_name"],
            "email": user["email"],
            "address": tau2_address(user["address"]),
            "methods": [
                {
                    "method_id": method["id"],
                    "type": method["source"],
                    "brand": method.get("brand", ""),
                    "ending": method.get("last_four", ""),
                    **({"balance": method["balance"]} if "balance" in method else {}),
                }
                for method in user["payment_methods"].values()
            ],
        }


def tau2_products(database: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Its products, one row a variant, for `python -m ingest load`."""
    for product in _section(database, "products"):
        for variant in product["variants"].values():
            yield {
                "product_id": variant["item_id"],
                "parent_id": product["product_id"],
                "name": product["name"],
                "price": variant["price"],
                "in_stock": variant["available"],
                "specifications": variant["options"],
            }


def tau2_address(address: Mapping[str, Any]) -> dict[str, Any]:
    """An address of theirs as ours."""
    return {
        "line1": address["address1"],
        "line2": address["address2"],
        "city": address["city"],
        "region": address["state"],
        "postcode": address["zip"],
        "country": address["country"],
    }


def _section(database: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    section = database.get(name)
    if not isinstance(section, Mapping):
        raise ValueMistake(f"the file has no object {name}")
    yield from section.values()


SHAPES: Final = {
    "orders": {"tau2": tau2_orders},
    "customers": {"tau2": tau2_customers},
    "products": {"tau2": tau2_products},
}
"""For each kind of record the shapes that are known."""
