"""A catalogue's vocabulary made ready for looking up: what each phrase may mean, and which products tell. Pure.

Built once a generation, in some tenths of a second; a look-up is a dictionary access. The sampled products are kept
as sets of bits, so that "how many products with these words have this value" is one `and` of two long numbers.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.search.understanding.language.measures import SIZE_SYSTEMS, SIZES
from app.search.understanding.language.people import RECIPIENTS
from app.search.understanding.language.text import NO, TYPE_ATTRIBUTES, YES
from app.search.understanding.meanings import (
    Meaning,
    Phrases,
    attribute_meanings,
    category_meanings,
    variants,
    word_meanings,
)
from app.search.understanding.measures import Measured, measured_attributes
from app.search.understanding.tokens import folded_word, stems_of
from shop.products.values import from_milli
from shop.products.vocabulary import MAX_VALUE_LENGTH, Described, Vocabulary

DENSE_FROM: Final = 64


class Postings:
    """Which products have a key: long numbers, one bit a product, for common keys; short lists for rare ones."""

    def __init__(self, listed: Mapping[str, Sequence[int]]) -> None:
        self._dense = {key: _bits(ids) for key, ids in listed.items() if len(ids) >= DENSE_FROM}
        self._sparse = {key: array("I", ids) for key, ids in listed.items() if len(ids) < DENSE_FROM}

    def __contains__(self, key: str) -> bool:
        return key in self._dense or key in self._sparse

    def of(self, key: str) -> int:
        """The products that have the key, as bits; 0 where none has."""
        dense = self._dense.get(key)
        return dense if dense is not None else _bits(self._sparse.get(key, ()))

    def count(self, key: str) -> int:
        return self.of(key).bit_count()


def _bits(ids: Iterable[int]) -> int:
    found = 0
    for number in ids:
        found |= 1 << number
    return found


@dataclass(slots=True)
class _Gathered:
    """Postings under construction."""

    words: dict[str, list[int]] = field(default_factory=dict)
    names: dict[str, list[int]] = field(default_factory=dict)
    holders: dict[str, list[int]] = field(default_factory=dict)
    having: dict[str, list[int]] = field(default_factory=dict)

    def add(self, number: int, one: Described) -> None:
        name = set(stems_of(one.name))
        words = name | set(stems_of(one.brand)) | set(stems_of(one.category.replace("_", " ")))
        for text in (*one.paths, *one.tags, *one.occasions):
            words.update(stems_of(text))
        for attribute, values in one.attributes.items():
            self._hold(number, attribute, values)
            for value in values:
                if len(value) > MAX_VALUE_LENGTH:
                    continue
                # As the index does: a plain yes makes the attribute's name a word of the product.
                words.update(stems_of(attribute.replace("_", " ")) if value == "true" else stems_of(value))
        for key, held in _built_in(one):
            self._hold(number, key, held)
        for stemmed in words:
            self.words.setdefault(stemmed, []).append(number)
        for stemmed in name:
            self.names.setdefault(stemmed, []).append(number)

    def _hold(self, number: int, name: str, values: Iterable[str]) -> None:
        keys = {holder(name, value) for value in values if value and len(value) <= MAX_VALUE_LENGTH}
        for key in keys:
            self.holders.setdefault(key, []).append(number)
        if keys:
            self.having.setdefault(name, []).append(number)


def _built_in(one: Described) -> list[tuple[str, tuple[str, ...]]]:
    return [
        ("brand", (one.brand,)),
        ("category", (one.category,)),
        ("shop_category", one.paths),
        ("gender", (one.gender,)),
        ("age", (one.age,)),
        ("occasion", one.occasions),
        ("rating", ("yes",) if one.rated else ()),
    ]


def holder(name: str, value: str) -> str:
    """The key of the products that have this value, upper and lower case being the same."""
    return f"{name}\n{value.lower()}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the sample says of reading some words as a value. `found`: products that have all the words; `kept`: those
    of them that have the value; `coverage`: share of the products with the other words that have the field at all."""

    found: int
    kept: int
    coverage: float


class Lexicon:
    """The look-ups of one generation of a catalogue. `LANGUAGE_ONLY` has none: of it only language is understood."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.index = vocabulary.index
        self.currencies = tuple(sorted(vocabulary.currencies, key=lambda code: -vocabulary.currencies[code]))
        self.attributes = dict(vocabulary.attributes)
        gathered = _Gathered()
        for number, one in enumerate(vocabulary.sample):
            gathered.add(number, one)
        self._words = Postings(gathered.words)
        self._names = Postings(gathered.names)
        self._holders = Postings(gathered.holders)
        self._having = Postings(gathered.having)
        self._all = (1 << len(vocabulary.sample)) - 1
        self._prices = np.asarray([one.price_milli for one in vocabulary.sample], np.int64)
        self.rated = self._having.count("rating") > 0
        self.phrases = _phrases(vocabulary)
        self.variants = variants(self.phrases, vocabulary.brands)
        """Other ways to write a phrase -> the phrase."""
        self._long_brands = _holders_of_words(
            (stems_of(brand), self.holding("brand", (brand,))) for brand in vocabulary.brands
        )
        self.longest = max((len(phrase) for phrase in (*self.phrases, *self.variants)), default=1)
        self.sizes = _sizes(vocabulary)
        self.measured: dict[str, list[Measured]] = measured_attributes(vocabulary)
        self.occasions = _occasions(vocabulary)
        self.kinds = _kinds(vocabulary)
        """Stems of the words that name kinds of things here: the last ones of categories and types."""
        self.attribute_names = {stems_of(name.replace("_", " ")): name for name in vocabulary.attributes}

    @property
    def everything(self) -> int:
        """All sampled products, as bits."""
        return self._all

    def knows(self, stemmed: str) -> bool:
        """Whether any sampled product has the word."""
        return stemmed in self._words

    def named(self, stems: Sequence[str]) -> int:
        """How many sampled products have all these words in their name."""
        return self._with(self._names, stems).bit_count() if stems else 0

    def titled(self, stems: Sequence[str], context: int) -> int:
        """The products of `context` that have all these words in their name, as bits."""
        return context & self._with(self._names, stems) if stems else 0

    def context(self, stems: Sequence[str]) -> int:
        """The products that a text is about, as bits: those with its words, the last word, which mostly says what is
        wanted, first; words that would leave none are passed over."""
        found = self._all
        for stemmed in reversed(stems):
            narrower = found & self._words.of(stemmed)
            if narrower:
                found = narrower
        return found

    def found(self, words: Sequence[str], context: int) -> int:
        """The products of `context` that have all the words, as bits."""
        return context & self._with(self._words, words)

    def evidence(self, meaning: Meaning, words: Sequence[str], context: int) -> Evidence:
        """What speaks for `words` meaning `meaning`, among the products of `context`."""
        holding = self.holding(meaning.field, meaning.matches)
        found = context & self._with(self._words, words) & ~self.holding(meaning.field, meaning.unlike)
        if len(words) > 1 and meaning.exact:
            # Words that stand together mean more than the same words anywhere: only names count beside the value.
            found &= holding | self._with(self._names, words)
        kept = found & holding
        if kept:
            found = self.not_of_longer_brands(found, words) | kept
        having = (context & self._having.of(meaning.field)).bit_count()
        return Evidence(found.bit_count(), kept.bit_count(), having / (context.bit_count() or 1))

    def not_of_longer_brands(self, found: int, words: Sequence[str]) -> int:
        """Without the products that have a word only as part of a longer brand: "white" of White Stuff."""
        return found & ~self._long_brands.get(words[0], 0) if len(words) == 1 else found

    def holding(self, name: str, values: Iterable[str]) -> int:
        """The sampled products that have any of the values."""
        found = 0
        for value in values:
            found |= self._holders.of(holder(name, value))
        return found

    def coverage(self, name: str, context: int) -> float:
        """The share of the products that have the field."""
        return (context & self._having.of(name)).bit_count() / (context.bit_count() or 1)

    def price_quantile(self, context: int, share: float) -> Decimal | None:
        """The price in main units that this share of the products does not exceed; None of fewer than five."""
        if context.bit_count() < 5 or len(self.currencies) > 1:
            return None
        chosen = self._prices[self._mask(context)]
        return from_milli(int(np.quantile(chosen, share, method="nearest")))

    def _mask(self, bits: int) -> NDArray[np.bool_]:
        count = len(self._prices)
        raw = np.frombuffer(bits.to_bytes((count + 7) // 8, "little"), np.uint8)
        return np.unpackbits(raw, bitorder="little")[:count].astype(bool)

    def _with(self, postings: Postings, stems: Sequence[str]) -> int:
        found = self._all
        for stemmed in stems:
            found &= postings.of(stemmed)
        return found


def _phrases(vocabulary: Vocabulary) -> Phrases:
    phrases: Phrases = {}
    word_meanings(phrases, "brand", vocabulary.brands)
    category_meanings(phrases, vocabulary.shop_categories)
    for name, values in vocabulary.values.items():
        if _is_size(name):
            # "Queen" is a value as any other; what language calls sizes is found by its own rules.
            values = {value: count for value, count in values.items() if _a_word(value)}
        if name not in TYPE_ATTRIBUTES and values:
            attribute_meanings(phrases, name, values, YES, NO)
    return phrases


def _kinds(vocabulary: Vocabulary) -> frozenset[str]:
    paths = vocabulary.shop_categories
    inner = {path.rsplit("/", 1)[0] for path in paths}
    named = {path.rsplit("/", 1)[-1] for path in paths if path not in inner}
    named |= {value for name in TYPE_ATTRIBUTES for value in vocabulary.values.get(name, ())}
    return frozenset(stems[-1] for value in named if (stems := stems_of(value)))


def _occasions(vocabulary: Vocabulary) -> dict[tuple[str, ...], str]:
    """Occasions by their words; "Valentine's Day" by "valentine" too, but "Mother's Day" not by a person."""
    found: dict[tuple[str, ...], str] = {}
    for value in vocabulary.occasions:
        stems = stems_of(value.replace("_", " "))
        if len(stems) == 2 and stems[1] == "day" and stems[0] not in RECIPIENTS:
            found[stems[:1]] = value
        found[stems] = value
    return {stems: value for stems, value in found.items() if stems}


def _holders_of_words(phrases: Iterable[tuple[tuple[str, ...], int]]) -> dict[str, int]:
    """The products of each word's phrases of several words, as bits."""
    found: dict[str, int] = {}
    for stems, holding in phrases:
        for stemmed in stems if len(stems) > 1 else ():
            found[stemmed] = found.get(stemmed, 0) | holding
    return found


def _is_size(name: str) -> bool:
    return "size" in name.split("_")


def _a_word(size: str) -> bool:
    words = tuple(size.lower().replace("-", " ").split())
    return all(word.isalpha() and len(word) > 2 for word in words) and words not in SIZES


def _sizes(vocabulary: Vocabulary) -> dict[str, dict[str, tuple[str, ...]]]:
    """Attributes that are sizes: what a size is called, in lower case -> its stored spellings."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, values in vocabulary.values.items():
        if not _is_size(name):
            continue
        known: dict[str, tuple[str, ...]] = {}
        for value in values:
            key = " ".join(folded_word(part) for part in value.split())
            known[key] = (*known.get(key, ()), value)
            bare = " ".join(part for part in key.split() if part not in SIZE_SYSTEMS)
            if bare and bare != key:
                known[bare] = (*known.get(bare, ()), value)
        for said, stored in SIZES.items():
            spellings = tuple(dict.fromkeys(spelled for word in stored for spelled in known.get(word, ())))
            if spellings:
                known[" ".join(said)] = spellings
        found[name] = known
    return found


LANGUAGE_ONLY: Final = Lexicon(Vocabulary())
