"""A product as the index keeps it, and back again. Pure: no I/O.

The stored source holds the product's own fields under their own names (price as exact thousandths) plus what is
derived for searching: paths of categories, words to be found by, attributes for filters, the card of a result list.
"""

import base64
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from es.mappings import products as fields
from shop.products.document import AttributeValue, Product
from shop.products.values import from_milli, sortable, to_milli

# Longer texts say the same again, and cost embedding time by their length.
EMBEDDED_DESCRIPTION = 400
EMBEDDED_ATTRIBUTES = 250
EMBEDDED_ATTRIBUTE_VALUE = 40
MAX_DETAILS = 10_000

# Names of products in an answer's list; the same wherever a product is shown.
CARD_FIELDS = (
    "product_id", "parent_id", "name", "brand", "category", "currency", "rating", "review_count", "in_stock",
)  # fmt: skip

_KEPT_AS_THEY_ARE = (
    "product_id", "parent_id", "name", "description", "category", "currency", "brand", "rating", "review_count",
    "images", "specifications", "tags", "target_gender", "target_age", "occasions", "features", "in_stock",
    "stock_quantity", "created_at", "updated_at", "margin", "categories", "identifiers",
)  # fmt: skip

_SKU: Final = re.compile(r"(?=.{4,16}$)(?:[A-Za-z]{1,5}[-_./]?\d{2,}|\d{5,})(?:[-_./]?[A-Za-z0-9]{1,5})?")


def stored_form(
    product: Product,
    text_vector: NDArray[np.float32] | None = None,
    image_vector: NDArray[np.float32] | None = None,
) -> dict[str, Any]:
    """The document to index. `text_vector`: shape (dims,), unit length; None leaves the product to lexical search.
    `image_vector` likewise, of its pictures; None leaves it out of search by picture."""
    values = product.model_dump(mode="json", exclude={"price"}, exclude_none=True)
    document = {key: values[key] for key in _KEPT_AS_THEY_ARE if values.get(key) not in (None, "", [], {})}
    document[fields.PRICE] = to_milli(product.price)
    document[fields.GROUP_ID] = product.group_id
    document[fields.IN_STOCK] = product.in_stock
    document[fields.REVIEW_COUNT] = product.review_count
    if product.categories:
        document[fields.SHOP_CATEGORY] = category_paths(product.categories)
    document[fields.DETAILS] = " \n".join(details(product))[:MAX_DETAILS]
    document |= _attributes(product.specifications)
    document[fields.CARD] = base64.b64encode(orjson.dumps(card(product))).decode()
    if text_vector is not None:
        document[fields.TEXT_VECTOR] = packed(text_vector)
    if image_vector is not None:
        document[fields.IMAGE_VECTOR] = packed(image_vector)
    return document


def product_of(source: dict[str, Any]) -> Product:
    """The product that a stored source was made from."""
    values = {key: source[key] for key in _KEPT_AS_THEY_ARE if key in source}
    return Product.model_validate({**values, "price": from_milli(source[fields.PRICE])})


def card(product: Product) -> dict[str, Any]:
    """What a result list shows of a product; `price` is a JSON number in main units, `image` the first picture."""
    shown: dict[str, Any] = {name: getattr(product, name) for name in CARD_FIELDS}
    shown["price"] = shown_price(product.price)
    # A picture inside the address itself would make every hit as large as the picture.
    shown["image"] = next((address for address in product.images if not address.startswith("data:")), None)
    return shown


def shown_price(price: Decimal) -> float:
    """The price as a JSON number: the double nearest to the exact amount prints as that amount."""
    return float(from_milli(to_milli(price)))


def details(product: Product) -> list[str]:
    """Words beside name, brand and description that a product should be found by; its id too, where that is a code that
    somebody may type off an invoice (BN1004, 30571-B), and no address or key of a database."""
    words = [product.category.words] if product.category else []
    words += [path.replace("/", " ") for path in product.categories]
    words += [*product.tags, *product.features, *product.occasions]
    if _SKU.fullmatch(product.product_id):
        words.append(product.product_id)
    for name, value in product.specifications.items():
        words += _attribute_words(name, value)
    return words


def embedding_text(product: Product) -> str:
    """The text whose vector stands for the product: what it is, then what is said of it, then its attributes."""
    parts = [product.name]
    if product.brand and product.brand.lower() not in product.name.lower():
        parts.append(product.brand)
    parts += [path.rsplit("/", 1)[-1] for path in product.categories[:1]]
    parts.append(product.description[:EMBEDDED_DESCRIPTION])
    said = "; ".join(
        f"{name.replace('_', ' ')}: {value}"
        for name, value in product.specifications.items()
        if isinstance(value, str) and len(value) < EMBEDDED_ATTRIBUTE_VALUE
    )
    parts.append(said[:EMBEDDED_ATTRIBUTES])
    return ". ".join(part for part in parts if part)


def category_paths(paths: Iterable[str]) -> list[str]:
    """Each path with its ancestors: "Men/Tops/Hoodies" -> "Men", "Men/Tops", "Men/Tops/Hoodies"."""
    found: dict[str, None] = {}
    for path in paths:
        steps = [step.strip() for step in path.split("/") if step.strip()]
        for depth in range(1, len(steps) + 1):
            found["/".join(steps[:depth])] = None
    return list(found)


def packed(vector: NDArray[np.float32]) -> str:
    """A vector as base64 of big-endian 32-bit floats: a fifth of the bytes of decimal text, nothing to print."""
    return base64.b64encode(vector.astype(">f4").tobytes()).decode()


def _attributes(specifications: dict[str, Any]) -> dict[str, Any]:
    words: dict[str, list[str]] = {}
    numbers: dict[str, list[str]] = {}
    for name, value in specifications.items():
        for item in value if isinstance(value, list) else [value]:
            words.setdefault(name, []).append(attribute_text(item))
            if isinstance(item, int | float) and not isinstance(item, bool):
                numbers.setdefault(name, []).append(sortable(float(item)))
    document: dict[str, Any] = {}
    if words:
        document[fields.ATTRIBUTES] = words
        document[fields.ATTRIBUTE_NAMES] = list(words)
    if numbers:
        document[fields.ATTRIBUTE_NUMBERS] = numbers
        document[fields.NUMBER_NAMES] = list(numbers)
    return document


def attribute_text(value: AttributeValue) -> str:
    """An attribute's value as it is filtered and faceted: true, 12, 12.5, Red."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return str(value)


def _attribute_words(name: str, value: object) -> list[str]:
    """Words of an attribute: its text values, and its name where the value is a plain yes."""
    items = value if isinstance(value, list) else [value]
    words = [item for item in items if isinstance(item, str)]
    return [*words, name.replace("_", " ")] if any(item is True for item in items) else words
