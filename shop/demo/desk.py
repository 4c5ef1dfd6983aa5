"""The demo shop's customers, orders and promotions, and where its documents lie."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import yaml

from shop.customers.document import Customer
from shop.demo.catalogue import read_catalogue
from shop.demo.errors import CatalogueError
from shop.orders.document import Order
from shop.promotions.document import Promotion

DESK: Final = Path(__file__).parent / "desk.yaml"
DOCUMENTS: Final = Path(__file__).parent / "documents"


def customers() -> list[Customer]:
    return [Customer.model_validate(row) for row in _read()["customers"]]


def promotions() -> list[Promotion]:
    return [Promotion.model_validate(row) for row in _read()["promotions"]]


def orders(now: datetime) -> list[Order]:
    """Orders as they would be at `now`. Raises CatalogueError where an item is no product of the demo."""
    products: dict[str, dict[str, Any]] = {str(row["product_id"]): row for row in read_catalogue()}
    families: dict[str, list[Mapping[str, Any]]] = {}
    for row in products.values():
        families.setdefault(str(row.get("parent_id") or row["product_id"]), []).append(row)
    made = []
    for row in _read()["orders"]:
        missing = [item for item in row["items"] if item not in products]
        if missing:
            raise CatalogueError(f"order {row['order_id']}: {missing[0]} is no product of the demo")
        items = [_item(products[item], families) for item in row["items"]]
        total = sum(float(str(item["price"])) for item in items)
        made.append(
            Order.model_validate(
                {
                    "order_id": row["order_id"],
                    "customer_id": row["customer_id"],
                    "status": row["status"],
                    "items": items,
                    "address": next(one.address for one in customers() if one.customer_id == row["customer_id"]),
                    "payments": [{"kind": "payment", "amount": f"{total:.2f}", "method_id": row["paid_with"]}],
                    "shipments": [{"tracking_ids": [row["tracking"]], "item_ids": row["items"]}]
                    if "tracking" in row
                    else [],
                    **dict(_moments(row, now)),
                }
            )
        )
    return made


def _moments(row: Mapping[str, Any], now: datetime) -> Iterator[tuple[str, datetime]]:
    for name in ("placed", "expected", "delivered"):
        if name in row:
            yield f"{name}_at", now - timedelta(days=row[name])


def _item(product: Mapping[str, Any], families: Mapping[str, list[Mapping[str, Any]]]) -> dict[str, Any]:
    """A product as an item: its options are what tells it from its siblings."""
    family = str(product.get("parent_id") or product["product_id"])
    siblings = [sibling["specifications"] for sibling in families[family]]
    own = product["specifications"]
    options = {
        name: str(value) for name, value in own.items() if any(sibling.get(name) != value for sibling in siblings)
    }
    return {
        "item_id": product["product_id"],
        "product_id": family,
        "name": product["name"],
        "price": product["price"],
        "options": options,
    }


def _read() -> dict[str, list[dict[str, Any]]]:
    read: dict[str, list[dict[str, Any]]] = yaml.safe_load(DESK.read_text(encoding="utf-8"))
    return read
