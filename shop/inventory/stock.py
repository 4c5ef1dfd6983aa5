"""What a stock system says of one thing. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


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
