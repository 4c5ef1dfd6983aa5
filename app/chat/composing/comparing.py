"""A comparison in sentences: what was asked, else the price, the rating and what else differs. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.chat.aspects import Aspect, aspects_of, label, told_as, with_unit
from app.chat.composing.choosing import choosing
from app.chat.composing.composer import Brief, Sentence
from app.chat.composing.naming import short_titles
from app.chat.reading import language
from app.chat.records import Record, RecordKind
from app.chat.wording import listed, money, said

_ROWS: Final = 4
# Facts that tell products apart and help nobody to choose.
_LAST: Final = ("review_count", "brand", "color_name", "product_type", "in_stock", "type")
_PRICE: Final = re.compile(r"\b(?:price|costs?|cheap\w*|expensive|money|dollars|how much)\b", re.IGNORECASE)
_RATED: Final = re.compile(
    r"\b(?:rat(?:ed|ing|ings)|reviews?|better|best|quality|pick|choose|recommend|prefer|worth|would you|should i)\b",
    re.I,
)
_EST: Final = re.compile(
    r"\b(?:(?:most|least|more|less) [a-z]+|[a-z]{3,}(?:est"
    r"|er)(?<!other)(?<!better)(?<!best))\b(?! than)",
    re.IGNORECASE,
)
_EXTREMES: Final[Mapping[str, tuple[bool, str]]] = {
    "weight": (False, "is the lightest"),
    "battery life": (True, "has the longest battery life"),
    "rating": (True, "is the best rated"),
}
_SUPERLATIVE: Final = re.compile(
    r"\b(?:(?:most|least) (?P<matter>[a-z]+)|(?P<est>[a-z]{3,}est)(?<!best))\b", re.IGNORECASE
)
_LEAST: Final = re.compile(r"light|small|short|quiet|thin|narrow|low|slim|few|flat|least", re.IGNORECASE)


def compared(brief: Brief) -> list[Sentence]:
    """What the table says of the products, in words; empty where there is no table."""
    products = [record for record in brief.records if record.kind is RecordKind.PRODUCT]
    table: Sequence[Mapping[str, Any]] = brief.facts.get("table") or ()
    if len(products) < 2 or not table:
        return []
    if language.CHOOSE.search(brief.message) and not aspects_of(brief.message):
        return choosing(brief, products)
    names = short_titles(products)
    told = _asked(brief, products, table, names)
    if told:
        return told
    ids = tuple(record.id for record in products)
    if language.WHICH.search(brief.message) and (how := _EST.search(brief.message)) is not None:
        unsaid = Sentence(f"Which of them is “{how.group().lower()}”, the shop's data does not say.")
        return [unsaid, *_prices(brief, products, names)]
    told = [Sentence(f"{listed([names[i] for i in ids])}, side by side.", ids), *_prices(brief, products, names)]
    rows = [row for row in table if row["differs"] and row["name"] != "price"]
    rows.sort(key=lambda row: row["name"] in _LAST)
    return [*told, *(_row(row, products, names) for row in rows[:_ROWS])]


def _asked(
    brief: Brief, products: Sequence[Record], table: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> list[Sentence]:
    told: list[Sentence] = []
    by_name = {row["name"]: row for row in table}
    for aspect in aspects_of(brief.message):
        found = [row for name, row in by_name.items() if aspect.attributes & set(name.lower().split("_"))]
        for row in found[:1]:
            how = extreme(aspect, brief.message)
            told += [_row(row, products, names), *_extreme(how, row, products, names)]
        if not found:
            which = "" if " it " in f"{aspect.name} " else " of these"
            told.append(Sentence(f"The shop's data does not tell {told_as(aspect.name)}{which}."))
    if _PRICE.search(brief.message):
        told += _prices(brief, products, names)
    if not told and _RATED.search(brief.message) and "rating" in by_name:
        row = by_name["rating"]
        told = [
            *_extreme(_EXTREMES["rating"], row, products, names),
            _row(row, products, names),
            *_prices(brief, products, names),
        ]
    return told


def _prices(brief: Brief, products: Sequence[Record], names: Mapping[str, str]) -> list[Sentence]:
    ids = tuple(record.id for record in products)
    each = [f"{names[r.id]} costs {money(r.fields['price'], r.fields['currency'])}" for r in products]
    told = [Sentence(f"{listed(each)}.", ids)]
    difference, cheapest = brief.facts.get("price_difference"), brief.facts.get("cheapest_id")
    if difference and isinstance(cheapest, str) and cheapest in names:
        less = money(difference, brief.facts["currency"])
        how = f"less than {names[_other(products, cheapest)]}" if len(products) == 2 else "less than the dearest"
        told.append(Sentence(f"{names[cheapest]} costs {less} {how}.", ids))
    return told


def _other(products: Sequence[Record], product_id: str) -> str:
    return next(record.id for record in products if record.id != product_id)


def _row(row: Mapping[str, Any], products: Sequence[Record], names: Mapping[str, str]) -> Sentence:
    told = [
        (record, _value(row["name"], value, record))
        for record, value in zip(products, row["values"], strict=True)
        if value is not None
    ]
    each = listed([f"{value} for {names[record.id]}" for record, value in told])
    return Sentence(f"{label(row['name']).capitalize()}: {each}.", tuple(record.id for record, _ in told))


def _value(name: str, value: object, record: Record) -> str:
    if name == "price" and isinstance(value, int | float):
        return money(value, record.fields["currency"])
    if name == "in_stock":
        return "in stock" if value else "out of stock"
    return with_unit(name, value, said(value))


def extreme(aspect: Aspect, message: str) -> tuple[bool, str] | None:
    """Whether the most or the least of an aspect is asked for, and how a sentence says who has it; None where a message
    asks for neither."""
    found = _SUPERLATIVE.search(message)
    if found is None:
        return _EXTREMES.get(aspect.name)
    word = found.group().lower()
    most = _LEAST.match(word) is None
    if found["est"] and aspect.asked.fullmatch(word):
        return most, f"is the {word}"
    after = message[found.start("matter") if found["matter"] else found.end() :].lower()
    matter = aspect.asked.search(after)
    if matter is None:
        return None
    return most, f"has the {word if found['est'] else word.split()[0]} {matter.group()}"


def winner(message: str, records: Sequence[Record], table: Sequence[Mapping[str, Any]]) -> Record | None:
    """The one of the products compared that has the most, or the least, of what is asked; None where none is told."""
    for aspect in aspects_of(message):
        how = extreme(aspect, message)
        row = next((row for row in table if aspect.attributes & set(row["name"].lower().split("_"))), None)
        if how is not None and row is not None:
            return _first(how[0], row, records)
    return None


def _first(most: bool, row: Mapping[str, Any], products: Sequence[Record]) -> Record | None:
    values = row["values"]
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        return None
    best = (max if most else min)(values)
    return products[values.index(best)] if values.count(best) == 1 else None


def _extreme(
    how: tuple[bool, str] | None, row: Mapping[str, Any], products: Sequence[Record], names: Mapping[str, str]
) -> list[Sentence]:
    """Which of them has the most, or the least, of it; nothing where it is a draw or not known of all."""
    record = None if how is None else _first(how[0], row, products)
    if how is None or record is None:
        return []
    return [Sentence(f"{names[record.id]} {how[1]}.", tuple(one.id for one in products))]
