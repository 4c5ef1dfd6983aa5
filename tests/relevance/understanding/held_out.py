"""Held-out queries: a catalogue of each shop's words, and whether what was understood is right."""

import json
import random
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from app.search.understanding.found import Applied, Constraint, Op, Understanding, plain
from app.search.understanding.lexicon import Lexicon
from app.search.understanding.measures import measure_of
from app.search.understanding.tokens import stems_of, tokenise
from shop.products.document import Product
from shop.products.values import AgeGroup, Gender
from shop.products.vocabulary import vocabulary_of
from tests.relevance.understanding.labels import words_of

HELD_OUT = Path(__file__).parent.parent / "understanding_heldout.jsonl"
PRODUCTS = 600
OF_A_TITLE = 6
"""As many products have the name of a title: families of variants, as shops have them."""
SAYS = 0.85
"""Share of the products that have each attribute: no shop fills in all."""
OCCASIONS = ("birthday", "christmas", "wedding", "anniversary", "valentine's day", "graduation", "party")
"""What a shop knows that lists none of its own."""


def read_held_out(path: Path = HELD_OUT) -> tuple[dict[str, Lexicon], list[dict[str, Any]]]:
    """The look-ups of each shop, and the queries."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    shops = {row["shop"]: Lexicon(vocabulary_of(products(row), row["shop"])) for row in rows if row["kind"] == "shop"}
    return shops, [row for row in rows if row["kind"] == "query"]


def products(shop: Mapping[str, Any]) -> list[Product]:
    """Products that have the shop's words, drawn by chance, each independent of the others, and the titles as they
    are. Half of the names say a value, as names of shops do."""
    draw = random.Random(shop["shop"])
    names = [""] * PRODUCTS + [title for title in shop["titles"] for _ in range(OF_A_TITLE)]
    return [_product(shop, i, title, draw) for i, title in enumerate(names)]


def _product(shop: Mapping[str, Any], i: int, title: str, draw: random.Random) -> Product:
    said = stems_of(title)
    # Of a title that does not say them the shop still knows both; which, the file does not tell.
    unsaid = random.Random(title) if title else draw
    category = _said(shop["categories"], said) or unsaid.choice(shop["categories"])
    makers = [one for one in shop["brands"] if category in _made_by(shop, one)] or shop["brands"]
    brand = _said(shop["brands"], said) or (unsaid.choice(makers) if makers else "")
    attributes = {}
    for name, values in shop["attributes"].items():
        left = tuple(stem for stem in said if stem not in stems_of(brand))
        # A title tells its own values; of what it says nothing the product has some, but no word of the title.
        free = [value for value in values if not set(stems_of(value)) & set(said)] or values
        value = _said(values, left) or draw.choice(free)
        if value in left or draw.random() < SAYS:
            attributes[name] = value
    occasions = attributes.pop("occasion", None) or attributes.pop("occasions", None) or draw.choice(OCCASIONS)
    telling = [value for value in attributes.values() if value.lower() not in ("yes", "no", "true", "false")]
    value = draw.choice(telling) if telling and draw.random() < 0.5 else ""
    return Product.model_validate(
        {
            "product_id": f"p{i}",
            "name": title or " ".join(part for part in (brand, value, category.rsplit("/", 1)[-1]) if part),
            "price": round(5 * 80 ** draw.random(), 2),
            "brand": brand,
            "rating": 3 + i % 3,
            "categories": [category] if category else [],
            "target_gender": draw.choice(list(Gender)),
            "target_age": draw.choice(list(AgeGroup)),
            "occasions": [occasions],
            "specifications": attributes,
        }
    )


def _made_by(shop: Mapping[str, Any], brand: str) -> set[str]:
    """What a brand makes: half of what there is, and what titles say that it makes. No brand makes everything."""
    titled = [stems_of(title) for title in shop["titles"]]
    known = {_said(shop["categories"], said) for said in titled if _said(shop["brands"], said) == brand}
    return {*known, *random.Random(brand).sample(shop["categories"], (len(shop["categories"]) + 1) // 2)}


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
    told = [_slots(one) for one in found.constraints]
    required = [_labelled(one) for one in row["constraints"]]
    groups = [[_labelled(one) for one in group] for group in row.get("any_of", ())]
    allowed = {*required, *(one for group in groups for one in group), *map(_labelled, row.get("optional", ()))}
    return (
        all(any(one in other for other in told) for one in required)
        and all(any(one in other for one in group for other in told) for group in groups)
        and all(one & allowed for one in told)
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


def _slots(one: Constraint) -> set[Slot]:
    """A constraint as labels may write it: by the value, or by the stored spellings that hold it ("blue": Dark Blue
    and Sky Blue); "not true" is false."""
    field, op, values, currency = _slot(one)
    slots = {(field, op, values, currency)}
    if one.matches and field not in ("gender", "age"):
        slots.add((field, op, frozenset(_value(match, field) for match in one.matches), currency))
    if bare := [
        token.number for value in plain_values(one) for token in tokenise(value)[:1] if token.number is not None
    ]:
        slots.add((field, op, frozenset(_value(float(number), field) for number in bare), currency))
    if op == "not" and values == {"true"}:
        slots.add((field, "eq", frozenset({"false"}), currency))
    return slots


def plain_values(one: Constraint) -> list[str]:
    """The values as texts."""
    return [str(value) for value in (one.value if isinstance(one.value, tuple) else (plain(one.value),))]


def _slot(one: Constraint) -> Slot:
    hard = one.applied is Applied.FILTER or bool(one.currency) or any(c.isdigit() for c in one.source)
    wish = one.field == "price" and one.op is not Op.NEAR and not hard
    number_word = any(word in one.source.lower() for word in ("hundred", "thousand", "ty", "grand", "ten", "five"))
    if wish and not number_word:
        return "price_words", "any", frozenset({"low" if one.op is Op.LTE else "high"}), ""
    values = one.value if isinstance(one.value, tuple) else (plain(one.value),)
    field = "category" if one.field == "shop_category" else one.field
    op = "eq" if one.op is Op.IN else one.op.value
    return field, op, frozenset(_value(value, field) for value in values), one.currency or ""


def _labelled(one: Mapping[str, Any]) -> Slot:
    values = one["value"] if isinstance(one["value"], list) else [one["value"]]
    if one["field"] == "price_words":
        low = one["value"] == "low" or one["op"] == "lte"
        return "price_words", "any", frozenset({"low" if low else "high"}), ""
    op = "eq" if one["op"] == "in" else one["op"]
    slot = one["field"], op, frozenset(_value(value, one["field"]) for value in values), one.get("currency") or ""
    return (slot[0], "eq", frozenset({"false"}), slot[3]) if slot[1:3] == ("not", frozenset({"true"})) else slot


def _value(value: object, field: str) -> str:
    """One spelling of values that are the same: numbers, "yes" and true, "500 W" and "500 watts", the last step of a
    category."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(float(value))
    text = str(value).lower()
    if field == "category":
        return " ".join(stems_of(re.split(r"\s*[/>]\s*", text)[-1]))
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return str(float(text))
    if measured := measure_of(text):
        return f"{measured[1]:g} {measured[0]}"
    return {"yes": "true", "no": "false"}.get(text, text)
