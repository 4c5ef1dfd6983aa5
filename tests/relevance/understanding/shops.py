"""The little catalogues of the labelled queries, as products."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from app.search.understanding.lexicon import Lexicon
from shop.products.document import Product
from shop.products.vocabulary import vocabulary_of

SHOPS = Path(__file__).with_name("shops.yaml")


@cache
def lexicons() -> dict[str, Lexicon]:
    """The look-ups of each shop, by its name."""
    shops = yaml.safe_load(SHOPS.read_text(encoding="utf-8"))
    return {name: Lexicon(vocabulary_of(products(shop), name)) for name, shop in shops.items()}


def products(shop: Mapping[str, Any]) -> list[Product]:
    """Every product of a shop."""
    numbers = count(1)
    listed = [product for family in shop["families"] for product in _family(family, shop["currency"], numbers)]
    for title in shop.get("titles", ()):
        fields = {key: title[key] for key in ("name", "brand", "category", "price") if key in title}
        listed.append(_product({**fields, **_about(title, 0)}, shop["currency"], next(numbers)))
    return listed


def _family(family: Mapping[str, Any], currency: str, numbers: Iterator[int]) -> Iterator[Product]:
    low, high = family["price"]
    for i in range(family["count"]):
        brand, style = _turn(family["brands"], i), _turn(family["styles"], i // len(family["brands"]))
        share = i / max(1, family["count"] - 1)
        words = (family["noun"], style) if str(style).startswith("for ") else (style, family["noun"])
        fields = {
            "name": " ".join([brand, *map(str, words)]),
            "brand": brand,
            "category": family.get("category"),
            "price": round(low * (high / low) ** share, 2),
            "rating": round(3 + 2 * share, 1) if family.get("rating") else None,
            **_about(family, i),
        }
        yield _product(fields, currency, next(numbers))


def _about(given: Mapping[str, Any], i: int) -> dict[str, Any]:
    """What the i-th product of a family says of itself: each value in turn, every attribute a little further in each
    round, so that values do not go along."""
    attributes = given.get("attributes", {})
    return {
        "categories": [given["path"]],
        "target_gender": _turn(given["gender"], i) if "gender" in given else None,
        "target_age": _turn(given["age"], i) if "age" in given else None,
        "occasions": _turn(given["occasions"], i) if "occasions" in given else [],
        "specifications": {
            name: _turn(values, i + (n + 1) * (i // len(values))) if isinstance(values, list) else values
            for n, (name, values) in enumerate(attributes.items())
        },
    }


def _product(fields: Mapping[str, Any], currency: str, number: int) -> Product:
    known = {key: value for key, value in fields.items() if value is not None}
    return Product.model_validate({"product_id": f"p{number}", "currency": currency, **known})


def _turn(values: Any, i: int) -> Any:  # noqa: ANN401 - whatever stands in the file
    return values[i % len(values)] if isinstance(values, Sequence) and not isinstance(values, str) else values
