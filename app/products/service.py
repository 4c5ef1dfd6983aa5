"""Products by id."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.problems import NotFound
from app.settings import ServiceSettings
from app.waiting import time_left
from shop.products.changes.change import plain, tag_of
from shop.products.document import Product
from shop.products.reader import ProductReader
from shop.products.stored import shown_price

# Elasticsearch refuses ids of more than 512 bytes; ours are shorter, so a longer one is simply unknown.
MAX_ID_BYTES = 512


@dataclass(frozen=True, slots=True)
class ProductService:
    """Reads products of the live catalogue."""

    reader: ProductReader
    settings: ServiceSettings

    async def one(self, product_id: str) -> tuple[dict[str, Any], str]:
        """A product and its tag, which changes with it. Raises NotFound."""
        found = await self._many([product_id])
        if found[0] is None:
            raise NotFound(f'There is no product "{product_id[:100]}".')
        values = plain(found[0])
        return _shown(found[0], values), tag_of(found[0], values)

    async def batch(self, product_ids: Sequence[str]) -> dict[str, Any]:
        ids = list(dict.fromkeys(product_ids))
        found = await self._many(ids)
        return {
            "products": [shown(product) for product in found if product is not None],
            "missing": [i for i, product in zip(ids, found, strict=True) if product is None],
        }

    async def _many(self, ids: Sequence[str]) -> list[Product | None]:
        possible = [i for i in ids if 0 < len(i.encode("utf-8", "replace")) <= MAX_ID_BYTES]
        found = await self.reader.many(possible, deadline_s=time_left(self.settings.search_deadline_s))
        by_id = dict(zip(possible, found, strict=True))
        return [by_id.get(i) for i in ids]


def shown(product: Product) -> dict[str, Any]:
    """A product as JSON: its own fields, the price as a number, the first picture as `image`. What it earns the shop
    is nobody else's affair."""
    return _shown(product, plain(product))


def _shown(product: Product, values: dict[str, Any]) -> dict[str, Any]:
    """`values`: the product's own, as `plain` gives them."""
    return {
        **{name: value for name, value in values.items() if name != "margin"},
        "price": shown_price(product.price),
        "image": product.images[0] if product.images else None,
    }
