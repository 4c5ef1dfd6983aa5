"""An event as Elasticsearch keeps it: es/mappings/events.py names the fields."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from es.mappings import events as fields
from shop.events.document import CheckoutStarted, Event, OrderPlaced
from shop.events.parts import Line, Shown
from shop.events.privacy import address_form
from shop.products.values import to_milli
from shop.settings import EventSettings

_PLAIN = {
    "customer_id": fields.CUSTOMER_ID, "session_id": fields.SESSION_ID, "category": fields.CATEGORY,
    "order_id": fields.ORDER_ID, "quantity": fields.QUANTITY, "currency": fields.CURRENCY, "query": fields.QUERY,
    "search_id": fields.SEARCH_ID, "recommendation_id": fields.RECOMMENDATION_ID, "placement": fields.PLACEMENT,
    "algorithm": fields.ALGORITHM, "position": fields.POSITION, "verdict": fields.VERDICT,
    "seconds": fields.SECONDS, "depth": fields.DEPTH, "rating": fields.RATING, "results": fields.RESULTS,
    "comment": fields.COMMENT, "user_agent": fields.AGENT, "page_url": fields.PAGE,
    "referrer_url": fields.REFERRER, "extra": fields.EXTRA,
}  # fmt: skip


def stored_form(event: Any, moment: datetime, received_at: datetime, settings: EventSettings) -> dict[str, Any]:  # noqa: ANN401
    """The document of an event that happened at `moment`; fields without a value are not there."""
    document: dict[str, Any] = {
        fields.TYPE: event.type,
        fields.TIMESTAMP: _written(moment),
        fields.RECEIVED_AT: _written(received_at),
    }
    present = event.model_fields_set | {"quantity"}
    for name, field in _PLAIN.items():
        if name in present and (value := getattr(event, name, None)) is not None:
            document[field] = value
    if event.ip_address is not None and (address := address_form(event.ip_address, settings)):
        document[fields.ADDRESS] = address
    _add_products(document, event)
    return document


def _add_products(document: dict[str, Any], event: Event) -> None:
    lines = event.lines()
    if not lines:
        return
    ids = list(dict.fromkeys(line.product_id for line in lines))
    document[fields.PRODUCT_ID] = ids[0] if len(ids) == 1 else ids
    items = [_item(line) for line in lines]
    # One product of which there is no more to say needs no list.
    if len(items) > 1 or len(items[0]) > 1:
        document[fields.ITEMS] = items
    bought = [line for line in lines if isinstance(line, Line)]
    if isinstance(event, OrderPlaced | CheckoutStarted):
        document[fields.QUANTITY] = sum(line.quantity for line in bought)
    value = getattr(event, "total", None)
    if value is None and bought and all(line.price is not None for line in bought):
        value = sum(((line.price or Decimal(0)) * line.quantity for line in bought), Decimal(0))
    if value is not None:
        document[fields.VALUE] = to_milli(value)


def _item(line: Line | Shown) -> dict[str, Any]:
    item: dict[str, Any] = {fields.PRODUCT_ID: line.product_id}
    if isinstance(line, Line):
        if line.quantity != 1 or line.price is not None:
            item[fields.QUANTITY] = line.quantity
        if line.price is not None:
            item[fields.ITEM_PRICE] = to_milli(line.price)
        return item
    found = {
        fields.POSITION: line.position,
        fields.ALGORITHM: line.algorithm,
        fields.ITEM_PROPENSITY: line.propensity,
        fields.ITEM_SCORE: line.score,
    }
    return item | {name: value for name, value in found.items() if value is not None}


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
