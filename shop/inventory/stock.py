"""What a stock system says of one thing. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from shop.products.values import attribute_name


@dataclass(frozen=True, slots=True)
class StockItem:
    """One thing that can be bought. `product_id`: the family that its variants share. `quantity` None: not counted."""

    item_id: str
    product_id: str
    name: str
    price: Decimal
    currency: str
    available: bool
    quantity: int | None = None
    options: Mapping[str, str] = field(default_factory=dict)


def told_by(options: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """The options that are among the `known` ones by name, however it is written ("backrest height" is
    backrest_height); all of them where none is known."""
    names = {attribute_name(name) for name in known or options}
    return {name: value for name, value in options.items() if attribute_name(name) in names}
