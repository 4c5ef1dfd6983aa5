"""Orders and customers for tests, with readable overrides."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from shop.customers.document import Customer
from shop.inventory.stock import StockItem
from shop.orders.document import Order

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
ADDRESS = {"line1": "1 High Street", "city": "Leeds", "region": "", "postcode": "LS1 1AA", "country": "UK"}


def item(item_id: str = "mug-red", **values: Any) -> dict[str, Any]:  # noqa: ANN401
    """A mug, or what `values` say."""
    return {"item_id": item_id, "product_id": "mug", "name": "Mug", "price": "12.50", "options": {}, **values}


def order(**values: Any) -> Order:  # noqa: ANN401
    """A pending order of Ann's: a mug and a lamp, paid by card."""
    lamp = item("lamp-oak", product_id="lamp", name="Oak Lamp", price="40.00")
    made: dict[str, Any] = {
        "order_id": "W100",
        "customer_id": "ann",
        "status": "pending",
        "items": [item(options={"color": "red"}), lamp],
        "address": ADDRESS,
        "placed_at": NOW - timedelta(days=2),
        "payments": [{"kind": "payment", "amount": "52.50", "method_id": "ann-card"}],
    }
    return Order.model_validate({**made, **values})


def delivered(**values: Any) -> Order:  # noqa: ANN401
    """The same, delivered five days ago."""
    made = {"status": "delivered", "placed_at": NOW - timedelta(days=9), "delivered_at": NOW - timedelta(days=5)}
    return order(**{**made, **values})


def customer(customer_id: str = "ann", balance: str = "30.00", **values: Any) -> Customer:  # noqa: ANN401
    """Ann, with a card, a gift card and PayPal."""
    made: dict[str, Any] = {
        "customer_id": customer_id,
        "first_name": customer_id.capitalize(),
        "last_name": "Lee",
        "email": f"{customer_id}@example.com",
        "address": ADDRESS,
        "methods": [
            {"method_id": f"{customer_id}-card", "type": "credit_card", "brand": "visa", "ending": "4242"},
            {"method_id": f"{customer_id}-gift", "type": "gift_card", "balance": balance},
            {"method_id": f"{customer_id}-paypal", "type": "paypal"},
        ],
    }
    return Customer.model_validate({**made, **values})


def stock(item_id: str, product_id: str = "mug", price: str = "12.50", **values: Any) -> StockItem:  # noqa: ANN401
    """A mug in stock."""
    made: dict[str, Any] = {"name": "Mug", "currency": "USD", "available": True, "options": {"color": "blue"}}
    return StockItem(item_id=item_id, product_id=product_id, price=Decimal(price), **{**made, **values})
