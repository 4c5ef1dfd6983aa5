"""The demo catalogue as plain product rows, one for each variant of each family."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shop.demo.errors import CatalogueError
from shop.demo.family import FAMILIES, Family, SpecValue, Variant, read_families, slug
from shop.products.values import Category

# Dates are drawn from the ids, so that every reading gives the same two years.
_FIRST_ADDED = datetime(2024, 9, 1, 8, 0, tzinfo=UTC)
_LAST_UPDATED = datetime(2026, 9, 30, 18, 0, tzinfo=UTC)
_ADDED_OVER_DAYS = 730


def read_catalogue(folder: Path = FAMILIES) -> Iterator[dict[str, object]]:
    """Yield every product of the demo as a row: field name -> plain value.

    `price` is a decimal string in US dollars, dates are ISO 8601 in UTC, `images` are paths that
    the shop serves ("/pictures/<product_id>.webp"), `parent_id` is the family that variants share.
    Raises CatalogueError, naming file and family, for data that contradicts itself.
    """
    families: set[str] = set()
    products: set[str] = set()
    types: dict[str, type] = {}
    for category, family in read_families(folder):
        place = f"{category}.yaml, {family.id}"
        if family.id in families:
            raise CatalogueError(f"{place}: another family has this id")
        families.add(family.id)
        for row in _expand(category, family):
            product_id = str(row["product_id"])
            if product_id in products:
                raise CatalogueError(f"{place}: two variants are both {product_id}; name their colours apart")
            products.add(product_id)
            _check_types(types, row["specifications"], place)
            yield row


def _expand(category: Category, family: Family) -> Iterator[dict[str, object]]:
    for variant in family.variants:
        if isinstance(variant.stock, int):
            yield _row(category, family, variant, "", variant.stock)
        else:
            for choice, stock in variant.stock.items():
                yield _row(category, family, variant, choice, stock)


def _row(category: Category, family: Family, variant: Variant, choice: str, stock: int) -> dict[str, object]:
    chosen = family.choices.get(choice)
    product_id = "-".join(filter(None, (family.id, slug(choice), slug(variant.color_name))))
    created, updated = _dates(family.id, product_id)
    specifications: dict[str, SpecValue] = {
        "product_type": family.product_type,
        "color": variant.color,
        "color_name": variant.color_name,
        **family.specifications,
        **(chosen.specifications if chosen else {}),
    }
    return {
        "product_id": product_id,
        "parent_id": family.id,
        "name": ", ".join(filter(None, (f"{family.brand} {family.name}", choice, variant.color_name))),
        "description": family.description,
        "category": category.value,
        "categories": [family.category],
        "price": (chosen.price if chosen else None) or variant.price or family.price,
        "currency": "USD",
        "brand": family.brand,
        "rating": family.rating,
        "review_count": family.review_count,
        "images": [f"/pictures/{product_id}.webp"],
        "specifications": specifications,
        "tags": list(family.tags),
        "target_gender": family.target_gender.value,
        "target_age": family.target_age.value,
        "occasions": list(family.occasions),
        "features": list(family.features),
        "in_stock": stock > 0,
        "stock_quantity": stock,
        "created_at": created,
        "updated_at": updated,
    }


def _dates(family_id: str, product_id: str) -> tuple[str, str]:
    """When the product was added (its family's day, give or take some weeks) and last changed."""
    created = _FIRST_ADDED + timedelta(
        days=_draw(family_id, _ADDED_OVER_DAYS - 60) + _draw(product_id, 45),
        minutes=_draw(f"{product_id} minute", 600),
    )
    days_left = (_LAST_UPDATED - created).days
    updated = created + timedelta(days=_draw(f"{product_id} updated", min(days_left, 240) + 1))
    return created.isoformat(), min(updated, _LAST_UPDATED).isoformat()


def _draw(key: str, below: int) -> int:
    """A whole number in [0, below) that depends on the key alone."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) % below


def _check_types(types: dict[str, type], specifications: object, place: str) -> None:
    assert isinstance(specifications, dict)
    for key, value in specifications.items():
        # A length of 12 and one of 12.5 are both numbers; True is not one.
        kind = float if type(value) is int else type(value)
        if types.setdefault(key, kind) is not kind:
            raise CatalogueError(
                f"{place}: specification {key} is {value!r}, yet other families give it as {types[key].__name__}"
            )
