"""A stored product and the fields that a change brings, as one product. Pure."""

from collections.abc import Mapping
from typing import Any

from shop.products.document import Product, clean_attributes
from shop.products.values import attribute_name


def merged(stored: Product, changed: Mapping[str, Any]) -> Product:
    """A product with some fields changed: None clears a field, specifications are merged by name, and the stock
    decides about `in_stock` where only it is told. Raises pydantic's ValidationError."""
    values = stored.model_dump()
    if changed.get("stock_quantity") is not None and "in_stock" not in changed:
        del values["in_stock"]
    for name, value in changed.items():
        if name == "specifications" and isinstance(value, dict):
            gone = {attribute_name(key) for key, item in value.items() if item is None}
            # Values that clean_attributes drops must not take the stored ones' place.
            kept = {key: item for key, item in values[name].items() if key not in gone}
            values[name] = kept | clean_attributes({k: v for k, v in value.items() if v is not None})
        elif value is None and name not in ("product_id", "name", "price"):
            values.pop(name, None)
        else:
            values[name] = value
    return Product.model_validate(values)
