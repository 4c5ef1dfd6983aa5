"""What is there to be sold: the port that a stock system is connected by."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from shop.inventory.stock import StockItem


class InventoryPort(Protocol):
    """Stock of one shop. May raise EngineError."""

    async def items(self, item_ids: Sequence[str]) -> Mapping[str, StockItem]:
        """Items by id; those that there are not are left out."""
        ...
