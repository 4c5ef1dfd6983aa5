"""What is there to be sold: the port that a stock system is connected by."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from shop.inventory.stock import StockItem

MAX_VARIANTS: Final = 200


class InventoryPort(Protocol):
    """Stock of one shop. May raise EngineError."""

    async def items(self, item_ids: Sequence[str]) -> Mapping[str, StockItem]:
        """Items by id; those that there are not are left out."""
        ...

    async def variants(self, product_id: str) -> Sequence[StockItem]:
        """Every variant of a family, at most MAX_VARIANTS, by id."""
        ...
