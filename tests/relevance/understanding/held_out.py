"""Held-out queries: a catalogue of each shop's words, and whether what was understood is right."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from app.search.understanding.found import Constraint, Op, Understanding, plain
from app.search.understanding.lexicon import Lexicon
from app.search.understanding.tokens import stems_of
from shop.products.document import Product
from shop.products.values import AgeGroup, Gender
from shop.products.vocabulary import vocabulary_of
from tests.relevance.understanding.labels import words_of

HELD_OUT = Path(__file__).parent.parent / "understanding_heldout.jsonl"
PRODUCTS = 240


def read_held_out(path: Path = HELD_OUT) -> tuple[dict[str, Lexicon], list[dict[str, Any]]]:
    """The look-ups of each shop, and the queries."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    shops = {row["shop"]: Lexicon(vocabulary_of(products(row), row["shop"])) for row in rows if row["kind"] == "shop"}
    return shops, [row for row in rows if row["kind"] == "query"]


def products(shop: Mapping[str, Any]) -> list[Product]:
    """Products that have the shop's words: every brand, category and value in turn, and the titles as they are."""
    listed = [_product(shop, i, "") for i in range(PRODUCTS)]
    return listed + [_product(shop, i, title) for i, title in enumerate(shop["titles"], start=PRODUCTS)]


def _product(shop: Mapping[str, Any], i: int, title: str) -> Product:
    said = stems_of(title)
    brand = _said(shop["brands"], said) or (
        shop["brands"][i % len(shop["brands"])] if shop["brands"] and not title else ""
    )
    category = _said(shop["categories"], said) if title else shop["categories"][(i // 3) % len(shop["categories"])]
    attributes = {}
    for n, (name, values) in enumerate(shop["attributes"].items()):
        left = tuple(stem for stem in said if stem not in stems_of(brand))
        # A title tells its own values; of what it says nothing the product has some, but no word of the title.
        free = [value for value in values if not set(stems_of(value)) & set(said)] or values
        attributes[name] = _said(values, left) or free[(i + (n + 1) * (i // len(free))) % len(free)]
    occasions = attributes.pop("occasion", None)
    return Product.model_validate(
        {
            "product_id": f"p{i}",
            "name": title or f"{brand} {category}",
            "price": 5 + (i * 37) % 400,
            "brand": brand,
            "rating": 3 + i % 3,
            "categories": [category] if category else [],
            "target_gender": list(Gender)[i % 4],
            "target_age": list(AgeGroup)[i % 5],
            "occasions": [occasions] if occasions else ["birthday"],
            "specifications": attributes,
        }
    )


def _said(values: Iterable[str], said: tuple[str, ...]) -> str:
    """The longest of the values whose words stand together in what is said."""
    found = ""
    for value in values:
        stems = stems_of(value)
        inside = any(said[i : i + len(stems)] == stems for i in range(len(said) - len(stems) + 1)) if stems else False
        if inside and len(value) > len(found):
            found = value
    return found


def right(row: Mapping[str, Any], found: Understanding) -> bool:
    """Whether all slots of a query are right, by the rules that the file opens with."""
    return slots_right(row, found) and sort_right(row, found) and text_right(row, found)


def slots_right(row: Mapping[str, Any], found: Understanding) -> bool:
    told = [_slot(one) for one in found.constraints]
    required = [_labelled(one) for one in row["constraints"]]
    groups = [[_labelled(one) for one in group] for group in row.get("any_of", ())]
    allowed = [*required, *(one for group in groups for one in group), *map(_labelled, row.get("optional", ()))]
    return (
        all(any(_same(one, other) for other in told) for one in required)
        and all(any(_same(one, other) for one in group for other in told) for group in groups)
        and all(any(_same(one, other) for other in allowed) for one in told)
    )


def wrong_budgets(row: Mapping[str, Any], found: Understanding) -> bool:
    """Whether a price is missing or invented."""
    told = {slot for one in found.constraints if (slot := _slot(one))[0] == "price"}
    required = {slot for one in row["constraints"] if (slot := _labelled(one))[0] == "price"}
    others = [*row.get("optional", ()), *(one for group in row.get("any_of", ()) for one in group)]
    return not required <= told or not told <= required | {_labelled(one) for one in others}


def sort_right(row: Mapping[str, Any], found: Understanding) -> bool:
    return (found.sort.value if found.sort else None) == row["sort"]


def text_right(row: Mapping[str, Any], found: Understanding) -> bool:
    return words_of(found.text) in {words_of(text) for text in row["text"]}


Slot = tuple[str, str, frozenset[str], str]


def _slot(one: Constraint) -> Slot:
    wish = one.field == "price" and one.op is not Op.NEAR and not any(c.isdigit() for c in one.source)
    number_word = any(word in one.source.lower() for word in ("hundred", "thousand", "ty", "grand", "ten", "five"))
    if wish and not number_word:
        return "price_words", "any", frozenset({"low" if one.op is Op.LTE else "high"}), ""
    values = one.value if isinstance(one.value, tuple) else (plain(one.value),)
    field = "category" if one.field == "shop_category" else one.field
    op = "eq" if one.op is Op.IN else one.op.value
    return field, op, frozenset(_value(value) for value in values), one.currency or ""


def _labelled(one: Mapping[str, Any]) -> Slot:
    values = one["value"] if isinstance(one["value"], list) else [one["value"]]
    if one["field"] == "price_words":
        return "price_words", "any", frozenset({"low" if one["op"] == "lte" else "high"}), ""
    op = "eq" if one["op"] == "in" else one["op"]
    return one["field"], op, frozenset(_value(value) for value in values), one.get("currency") or ""


def _value(value: object) -> str:
    return str(float(value)) if isinstance(value, int | float) and not isinstance(value, bool) else str(value).lower()


def _same(one: Slot, other: Slot) -> bool:
    return one == other
