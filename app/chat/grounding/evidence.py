"""What a record proves: its words with and without denial, its numbers, its quantities. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from itertools import takewhile
from typing import Any, Final

import orjson

from app.chat.grounding.steering import steers
from app.chat.grounding.tokens import Token, stem, tokens
from app.chat.grounding.units import Quantity, number, quantities, quantity_of
from app.chat.grounding.words import NUMBER_WORDS, PEOPLE
from app.chat.records import Record, RecordKind

_NUMBER: Final = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?")
_WORDED: Final = re.compile(rf"\b(?:{'|'.join(NUMBER_WORDS)})\b", re.IGNORECASE)
_SENTENCES: Final = re.compile(r"(?<=[.!?])\s+|\n+")
_SIGNS: Final = {"$": "USD", "\u20ac": "EUR", "\u00a3": "GBP", "\u00a5": "JPY", "\u20b9": "INR"}
_MONEY: Final = re.compile(
    r"([$\u20ac\u00a3\u00a5\u20b9])\s?(\d[\d,]*(?:\.\d+)?)|(\d[\d,]*(?:\.\d+)?)\s?(USD|EUR|GBP|CHF|JPY|INR)\b"
)
KNOWN: Final = 1024
"""Products whose evidence is remembered: some ten megabytes."""
LONGEST: Final = 12_000
"""Of a longer text, only so many characters prove anything."""
_OF_OTHERS: Final = (RecordKind.PRODUCT, RecordKind.REVIEWS, RecordKind.TICKET)
_NO_CLAIM: Final = frozenset(("image", "currency", "product_id", "parent_id", "in_stock", "stock_quantity"))


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a record: its stems, those that are denied, and how many stretches are."""

    stems: frozenset[str]
    denied: frozenset[str]
    denials: int


@dataclass(slots=True)
class Evidence:
    """Words by stem: `said` and `denied`; `numbers` as floats; `amounts` of money and their
    `currencies`; `flags`: words of attributes that are false; `quotes`: each sentence of the prose."""

    said: set[str] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)
    numbers: set[float] = field(default_factory=set)
    amounts: set[Decimal] = field(default_factory=set)
    quantities: list[Quantity] = field(default_factory=list)
    currencies: set[str] = field(default_factory=set)
    flags: set[str] = field(default_factory=set)
    quotes: list["Quote"] = field(default_factory=list)
    plain: str = ""

    def read(self, text: str, *, quote: bool = False, money: bool = False) -> None:
        """Takes in a text. `money`: whether its amounts may be told."""
        # What comes after an order to an assistant may be part of it.
        text = "\n".join(takewhile(lambda sentence: not steers(sentence), _SENTENCES.split(text)))
        for sentence in _SENTENCES.split(text):
            found = tokens(sentence)
            self._take(found)
            if quote and sentence.strip():
                stems = frozenset(t.stem for t in found if t.text[0].isalnum())
                self.quotes.append(Quote(stems, frozenset(t.stem for t in found if t.denied), denials(found)))
        self.numbers.update(number(match) for match in _NUMBER.findall(text))
        self.numbers.update(NUMBER_WORDS[word.lower()] for word in _WORDED.findall(text))
        self.quantities.extend(quantities(_in_figures(text)))
        if money:
            self.amounts.update(Decimal((a or b).replace(",", "")) for _, a, b, _ in _MONEY.findall(text))
            self.currencies.update(_SIGNS.get(sign, code) for sign, _, _, code in _MONEY.findall(text))
        self.plain += f" {normal(text)}"

    def _take(self, found: Iterable[Token]) -> None:
        for token in found:
            (self.denied if token.denied else self.said).add(token.stem)

    def knows(self, word: str) -> bool:
        return word in self.said or word in self.denied


def _in_figures(text: str) -> str:
    """thirty hours -> 30 hours."""
    return _WORDED.sub(lambda m: str(NUMBER_WORDS[m.group().lower()]), text)


def denials(found: Iterable[Token]) -> int:
    """How many times a sentence denies something: stretches of denied words."""
    count, before = 0, False
    for token in found:
        count += token.denied and not before
        before = token.denied
    return count


def normal(text: str) -> str:
    """A text as it is compared: lower case, plain quotes, single spaces."""
    return " ".join(text.lower().replace("\u2019", "'").replace("\u201c", '"').replace("\u201d", '"').split())


@dataclass(frozen=True, slots=True)
class _Content:
    """A record by what is in it."""

    digest: bytes
    record: Record = field(compare=False)


def evidence_of(record: Record) -> Evidence:
    """All that one record proves; not to be changed. What a product proves is remembered, for the same products come
    again and again; of people's records nothing is."""
    if record.kind is not RecordKind.PRODUCT:
        return _read(record)
    content = (record.id, record.title, record.section, record.text, dict(record.fields))
    packed = orjson.dumps(content, default=repr, option=orjson.OPT_NON_STR_KEYS)
    return _known(_Content(blake2b(packed, digest_size=16).digest(), record))


@lru_cache(maxsize=KNOWN)
def _known(content: _Content) -> Evidence:
    return _read(content.record)


def _read(record: Record) -> Evidence:
    found = Evidence()
    if steers(record.text):
        # Who plants orders in a text may have written anything else in it.
        record = replace(record, text="" if record.kind in _OF_OTHERS else record.text)
    is_product = record.kind is RecordKind.PRODUCT
    found.read(record.title, money=not is_product)
    if record.section:
        found.read(record.section)
    # A shop's documents may tell prices; a product's own words may not, for anybody may have written them.
    found.read(record.text[:LONGEST], quote=True, money=record.kind in (RecordKind.KNOWLEDGE, RecordKind.POLICY))
    fields = dict(record.fields)
    specifications = fields.pop("specifications", None) or {}
    for name, value in {**fields, **specifications}.items():
        if name not in _NO_CLAIM:
            _take_field(found, name, value)
    for group in (fields.get("target_gender"), fields.get("target_age")):
        found.said.update(stem(word) for word in PEOPLE.get(str(group), ()))
    return found


def _take_field(found: Evidence, name: str, value: Any) -> None:  # noqa: ANN401 - JSON
    words = [stem(part) for part in re.split(r"[_\s]+", name.lower()) if part]
    if isinstance(value, bool):
        whole = {*words, stem("".join(name.split("_")))}
        (found.said if value else found.denied).update(whole)
        found.flags |= set() if value else whole
        return
    found.said.update(words)
    if isinstance(value, int | float | Decimal):
        found.numbers.add(float(value))
        if (quantity := quantity_of(name, value)) is not None:
            found.quantities.append(quantity)
        if re.search(r"price|cost|amount|total|value|refund|fee", name):
            found.amounts.add(Decimal(str(value)))
    elif isinstance(value, Mapping):
        for inner, item in value.items():
            _take_field(found, str(inner), item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            _take_field(found, name, item)
    elif value is not None:
        found.read(str(value).replace("_", " "), quote=name != "brand", money=True)


def evidence_of_texts(texts: Iterable[str]) -> Evidence:
    """What sentences made by the shop's own code prove."""
    found = Evidence()
    for text in texts:
        found.read(text, quote=True, money=True)
    return found
