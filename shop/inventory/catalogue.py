"""Stock as the catalogue has it: the adapter that comes with the product."""

from collections.abc import Mapping, Sequence

from es.mappings import products as fields
from shop.inventory.port import MAX_VARIANTS
from shop.inventory.stock import StockItem
from shop.products.document import Product
from shop.products.reader import ProductReader
from shop.products.stored import product_of


class CatalogueInventory:
    """InventoryPort over the live catalogue: price, stock and options as the products have them."""

    def __init__(self, reader: ProductReader, *, deadline_s: float = 5.0) -> None:
        self._reader = reader
        self._deadline_s = deadline_s

    async def items(self, item_ids: Sequence[str]) -> Mapping[str, StockItem]:
        wanted = [item for item in dict.fromkeys(item_ids) if 0 < len(item.encode("utf-8", "replace")) <= 512]
        found = await self._reader.many(wanted, deadline_s=self._deadline_s)
        return {product.product_id: stock_item(product) for product in found if product is not None}

    async def variants(self, product_id: str) -> Sequence[StockItem]:
        if not 0 < len(product_id.encode("utf-8", "replace")) <= 512:
            return []
        body = {
            "query": {"term": {fields.GROUP_ID: product_id}},
            "sort": [{fields.PRODUCT_ID: "asc"}],
            "size": MAX_VARIANTS,
            "_source": {"excludes": [fields.TEXT_VECTOR, fields.IMAGE_VECTOR]},
        }
        answer = await self._reader.search(body, deadline_s=self._deadline_s)
        return [stock_item(product_of(hit["_source"])) for hit in answer["hits"]["hits"]]


def stock_item(product: Product) -> StockItem:
    """A product of the catalogue as an item of stock."""
    return StockItem(
        item_id=product.product_id,
        product_id=product.group_id,
        name=product.name,
        price=product.price,
        currency=product.currency,
        available=product.in_stock and product.stock_quantity != 0,
        quantity=product.stock_quantity,
        options={name: str(value) for name, value in product.specifications.items() if not isinstance(value, list)},
    )
