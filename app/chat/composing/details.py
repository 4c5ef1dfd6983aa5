"""Answers about products that were shown: what their records say of what was asked. Pure."""

import re
from typing import Final

from app.chat.aspects import aspects_of, label, told_as, with_unit
from app.chat.composing.asked import (
    asked_facts,
    asked_sentences,
    cut,
    named_exactly,
    named_sentences,
    question_words,
    unanswered,
)
from app.chat.composing.composer import Brief, Sentence
from app.chat.composing.naming import short_titles
from app.chat.records import Record, RecordKind
from app.chat.wording import listed, money, named, said

_ROWS: Final = 4
_TORN: Final = 1
_WHETHER: Final = re.compile(
    r"^\W*(?:(?:and|ok|so|but|great|nice),? )*(?:is|are|does|do|can|could|will|has|have|would)\b", re.I
)
_ASKS: Final = re.compile(
    r"\b(?:what|how|is|are|does|do|can|could|will|would|which|who|when|where|why|has|have|whats|any)\b", re.IGNORECASE
)
_EVERYTHING: Final = re.compile(
    r"\b(?:tell me|more|details?|info(?:rmation)?|describe|specs?|specifications?|features"
    r"|know about)\b",
    re.IGNORECASE,
)
_DOCUMENTS: Final = frozenset({RecordKind.KNOWLEDGE, RecordKind.POLICY})


def details(brief: Brief) -> list[Sentence]:
    """What is asked of the products; all that is known of the first where nothing in particular is."""
    products = [record for record in brief.records if record.kind is RecordKind.PRODUCT]
    if not products:
        return []
    if len(products) > 1:
        return _of_several(brief.message, products)
    record = products[0]
    if answered := answer(brief.message, record, record.title):
        return answered
    if passage := next((one for one in brief.records if one.kind in _DOCUMENTS), None):
        where = f"{passage.title}, {passage.section}" if passage.section else passage.title
        return [Sentence(f"{cut(passage.text)} ({where})", (passage.id,))]
    if _WHETHER.match(brief.message) and (quoted := named_sentences(brief.message, record)):
        return [Sentence(f"The shop says of {record.title}: \u201c{quoted}\u201d", (record.id,))]
    missing = unanswered(brief.message, record)
    asks = "?" in brief.message or _ASKS.search(brief.message) is not None
    if not missing or not asks or _EVERYTHING.search(brief.message) or not question_words(brief.message, record):
        return described(record)
    return _not_said(brief.message, record, missing)


_PEOPLE: Final = {
    "kids": "children",
    "teens": "teenagers",
    "young_adults": "young adults",
    "adults": "adults",
    "seniors": "seniors",
}


_SEXES: Final = {"female": "women", "male": "men", "unisex": "women and men", "kids": "children"}


def answer(message: str, record: Record, name: str) -> list[Sentence]:
    """What the record says of what is asked; empty where it says nothing of it. `name`: what the product is called."""
    if facts := asked_facts(message, record):
        return [Sentence(fact(name, field, value), (record.id,)) for field, value in facts]
    if (people := _PEOPLE.get(str(record.fields.get("target_age")))) and any(
        a.name == "age" for a in aspects_of(message)
    ):
        return [Sentence(f"{name} is made for {people}.", (record.id,))]
    if (sex := _SEXES.get(str(record.fields.get("target_gender")))) and any(
        a.name == "gender" for a in aspects_of(message)
    ):
        return [Sentence(f"{name} is made for {sex}.", (record.id,))]
    if named_so := named_exactly(message, record):
        return [Sentence(f"{name} has \u201c{named_so}\u201d in its name.", (record.id,))]
    if quoted := asked_sentences(message, record):
        return [Sentence(f"The shop says of {name}: \u201c{quoted}\u201d", (record.id,))]
    return []


def fact(name: str, field: str, value: object) -> str:
    """A specification in a sentence; yes or no as being or having it."""
    if isinstance(value, bool):
        if field.lower() in _USES:
            return f"{name} is {'' if value else 'not '}made for {_USES[field.lower()]}."
        verb = "is" if _ADJECTIVE.search(field) else "has"
        no = "" if value else ("not " if verb == "is" else "no ")
        return f"{name} {verb} {no}{_short_word(named(field))}."
    return f"{label(field).capitalize()} of {name}: {with_unit(field, value, said(value))}."


_USES: Final = {
    "induction": "induction",
    "microwave": "the microwave",
    "oven": "the oven",
    "dishwasher": "the dishwasher",
}
_ADJECTIVE: Final = re.compile(
    r"(?:proof|less|able|ible|ed|free|ing|ant|tight|safe|organic|vegan|ic|al|ive)$", re.IGNORECASE
)


def _short_word(words: str) -> str:
    """Abbreviations in capitals: gps, hdmi."""
    return words.upper() if len(words) <= 4 and len(re.findall(r"[aeiou]", words)) <= 1 and words.isalpha() else words


def _of_several(message: str, products: list[Record]) -> list[Sentence]:
    """Of each product that tells it; which do not is said of the others together."""
    names = short_titles(products)
    told: list[Sentence] = []
    silent = []
    for record in products:
        if said_of := answer(message, record, names[record.id]):
            told += said_of[:1]
        else:
            silent.append(record)
    missing = unanswered(message, products[0]) or "that"
    if not told and missing == "that":
        return [Sentence(_priced(record), (record.id,)) for record in products]
    if not told:
        return [Sentence(f"The shop's data on these products does not tell {_what(missing)}.")]
    if silent:
        others = listed([names[record.id] for record in silent])
        told.append(Sentence(f"Of {others} the shop's data does not say.", tuple(record.id for record in silent)))
    return told


def _what(missing: str) -> str:
    if missing.startswith("\u201c"):
        # Words torn from a sentence read like nothing.
        return missing if len(missing.split()) <= _TORN else "that"
    return told_as(missing)


def _not_said(message: str, record: Record, missing: str) -> list[Sentence]:
    """That the record does not say it; of a yes-or-no question its text may tell what the record's words do not."""
    told = [Sentence(f"The shop's data on {record.title} does not tell {_what(missing)}.", (record.id,))]
    if _WHETHER.match(message) and record.text and not any(not aspect.exact for aspect in aspects_of(message)):
        told.append(Sentence(f"This is what it says: {cut(record.text)}", (record.id,)))
    return told


def described(record: Record) -> list[Sentence]:
    """Price, stock, the description and the first specifications."""
    told = [Sentence(_priced(record), (record.id,))]
    if record.text:
        told.append(Sentence(cut(record.text), (record.id,)))
    facts = list(record.fields["specifications"].items())[:_ROWS]
    if facts:
        each = [f"{named(label(name))}: {with_unit(name, value, said(value))}" for name, value in facts]
        told.append(Sentence(f"{'; '.join(each).capitalize()}.", (record.id,)))
    return told


def _priced(record: Record) -> str:
    price = money(record.fields["price"], record.fields["currency"])
    return f"{record.title} costs {price} and is {stock(record)}."


def stock(record: Record) -> str:
    """in stock; in stock, 3 left; out of stock."""
    if not record.fields["in_stock"]:
        return "out of stock"
    left = record.fields.get("stock_quantity")
    return f"in stock, {left} left" if isinstance(left, int) and 0 < left <= 5 else "in stock"
