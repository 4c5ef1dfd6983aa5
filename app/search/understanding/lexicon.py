"""A catalogue's vocabulary made ready for looking up: what each phrase may mean, and which products tell. Pure.

Built once a generation, in some tenths of a second; a look-up is a dictionary access. The sampled products are kept
as sets of bits, so that "how many products with these words have this value" is one `and` of two long numbers.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.search.understanding.meanings import Meaning, shared_meanings, variants
from app.search.understanding.measures import Measured, amounts_of, measured_attributes
from app.search.understanding.phrases import holders_of_words, kinds_of, occasions_of, phrases_of
from app.search.understanding.postings import Gathered, Postings, holder
from app.search.understanding.stored_sizes import stored_sizes
from app.search.understanding.tokens import stems_of
from app.search.understanding.tree import categories_beside, kinds_above
from shop.products.values import from_milli
from shop.products.vocabulary import Described, Vocabulary

MOSTLY: Final = 0.5
LEAST_HEADS: Final = 2
"""Of the names that have a word, as many and that share must be of what the word says, for it to name a thing."""
LEAST_OPEN: Final = 100
OPEN: Final = 0.2
"""As many values, and as many for each product that has the attribute, make a list that is never complete."""
NOW_AND_THEN: Final = 0.02
"""Share of the products that must have an attribute for it to be one that things of the kind may have."""
ENOUGH: Final = 5
"""As many products of a kind tell what things of that kind have."""


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
        self.texts = vocabulary.values
        """The values of each attribute, as they are stored."""
        gathered = Gathered()
        for number, one in enumerate(vocabulary.sample):
            gathered.add(number, one)
        self._words = Postings(gathered.words)
        self._names = Postings(gathered.names)
        self._heads = Counter({head: len(having) for head, having in gathered.heads.items()})
        self._things = Postings({head: having for head, having in gathered.heads.items() if len(having) >= ENOUGH})
        self._leads = gathered.leads
        self._holders = Postings(gathered.holders)
        self._having = Postings(gathered.having)
        self._all = (1 << len(vocabulary.sample)) - 1
        self._prices = np.asarray([one.price_milli for one in vocabulary.sample], np.int64)
        self.rated = self._having.count("rating") > 0
        self.phrases = phrases_of(vocabulary)
        self._kinds = frozenset(
            stems[-1] for path in vocabulary.shop_categories if (stems := stems_of(path.rsplit("/", 1)[-1]))
        )
        self.above = kinds_above(vocabulary.shop_categories)
        """Last word of a category -> last words of those that it stands below."""
        self.beside = categories_beside(vocabulary)
        """Path of a category -> paths below it that only go with the thing."""
        self.variants = variants(self.phrases, vocabulary.brands)
        """Other ways to write a phrase -> the phrase."""
        self._long_brands = holders_of_words(
            (stems_of(brand), self.holding("brand", (brand,))) for brand in vocabulary.brands
        )
        self.longest = max((len(phrase) for phrase in (*self.phrases, *self.variants)), default=1)
        self.sizes = stored_sizes(vocabulary)
        self.measured: dict[str, list[Measured]] = measured_attributes(vocabulary)
        self.open = frozenset(
            name
            for name, values in vocabulary.values.items()
            if len(values) >= LEAST_OPEN and len(values) >= OPEN * vocabulary.attributes.get(name, 0)
        )
        """Attributes with a value of its own for nearly every product or two: names more than words."""
        self._amounts = {
            m.attribute: _amounts(m, vocabulary.sample)
            for listed in self.measured.values()
            for m in listed
            if m.by_number
        }
        self.occasions = occasions_of(vocabulary)
        self.kinds = kinds_of(vocabulary)
        """Stems of the words that name kinds of things here: the last ones of categories and types."""
        self.attribute_names = {stems_of(name.replace("_", " ")): name for name in vocabulary.attributes}

    @property
    def everything(self) -> int:
        """All sampled products, as bits."""
        return self._all

    def knows(self, stemmed: str) -> bool:
        """Whether any sampled product has the word."""
        return stemmed in self._words

    def amounts(self, measured: Measured, context: int) -> NDArray[np.float64]:
        """What the products of `context` have of an attribute whose values are numbers, in the base: (n,)."""
        products, amounts = self._amounts[measured.attribute]
        return amounts[self._mask(context)[products]]

    def named(self, stems: Sequence[str]) -> int:
        """How many sampled products have all these words in their name."""
        return self._with(self._names, stems).bit_count() if stems else 0

    def is_thing(self, stemmed: str) -> bool:
        """Whether the word mostly says what a product is, where it stands in a name: "card" of "gift card"."""
        heads = self._heads[stemmed]
        return heads >= LEAST_HEADS and heads >= MOSTLY * self._names.count(stemmed)

    def names_things(self, stemmed: str) -> bool:
        """Whether the word says in enough names what the product is, be it that it stands in many more."""
        return stemmed in self._things

    def leads_names(self, stemmed: str) -> bool:
        """Whether names that have the word mostly begin with it, as with a maker's name."""
        leads = self._leads[stemmed]
        return leads >= LEAST_HEADS and leads >= MOSTLY * self._names.count(stemmed)

    def _by_telling(self, stems: Sequence[str]) -> list[str]:
        last_first = [*reversed(stems)]
        return sorted(last_first, key=lambda stemmed: (not self.names_kind(stemmed), self._is_value(stemmed)))

    def _is_value(self, stemmed: str) -> bool:
        """Whether the word may say what a thing is like: "glass" of a kettle."""
        return any(meaning.field not in ("shop_category", "brand") for meaning in self.phrases.get((stemmed,), ()))

    def of_category(self, stemmed: str) -> bool:
        """Whether a category is named by the word, or by more that end with it."""
        return stemmed in self._kinds

    def names_kind(self, stemmed: str) -> bool:
        """Whether the word says what kind of thing it is: of a category, or of names."""
        return self.of_category(stemmed) or self.is_thing(stemmed)

    def titled(self, stems: Sequence[str], context: int) -> int:
        """The products of `context` that have all these words in their name, as bits."""
        return context & self._with(self._names, stems) if stems else 0

    def context(self, stems: Sequence[str], least: int = 1) -> int:
        """The products that a text is about, as bits: those with its words, first those that say what a product is,
        the last word, which mostly does, before the others; words that would leave none, or of the products found so
        far fewer than `least`, are passed over."""
        found = self._all
        for stemmed in self._by_telling(stems):
            narrower = found & self._words.of(stemmed)
            if narrower and (found == self._all or narrower.bit_count() >= least):
                found = narrower
        return found

    def things(self, stems: Sequence[str], context: int) -> int:
        """Those of the products of `context` that are by their names what the words say, the last of which tells most:
        monitors, of all that has to do with monitors; `context` where too few are, or a category says what they are."""
        for stemmed in reversed(stems):
            if self.of_category(stemmed):
                return context
            named = context & self._things.of(stemmed)
            if named.bit_count() >= ENOUGH:
                return named
        return context

    def found(self, words: Sequence[str], context: int) -> int:
        """The products of `context` that have all the words, as bits."""
        return context & self._with(self._words, words)

    def evidence(self, meaning: Meaning, words: Sequence[str], context: int, wide: int = 0) -> Evidence:
        """What speaks for `words` meaning `meaning`, among the products of `context`; those of `wide`, where it is
        given, tell what has the field at all."""
        holding = self.held(meaning)
        found = context & self._with(self._words, words) & ~self.holding(meaning.field, meaning.unlike)
        if len(words) > 1 and meaning.exact:
            # Words that stand together mean more than the same words anywhere: only names count beside the value.
            found &= holding | self._with(self._names, words)
        kept = found & holding
        if kept:
            found = self.not_of_longer_brands(found, words) | kept
        return Evidence(found.bit_count(), kept.bit_count(), self.covered(meaning.fields, wide or context))

    def not_of_longer_brands(self, found: int, words: Sequence[str]) -> int:
        """Without the products that have a word only as part of a longer brand: "white" of White Stuff."""
        return found & ~self._long_brands.get(words[0], 0) if len(words) == 1 else found

    def holding(self, name: str, values: Iterable[str]) -> int:
        """The sampled products that have any of the values."""
        found = 0
        for value in values:
            found |= self._holders.of(holder(name, value))
        return found

    def held(self, meaning: Meaning) -> int:
        """The sampled products that have the value in any of its attributes."""
        found = 0
        for name in meaning.fields:
            found |= self.holding(name, meaning.matches)
        return found

    def shared(self, meanings: Sequence[Meaning], context: int) -> list[Meaning]:
        """Values that attributes of one property say of different things, such as `color` and `cable_color`, in those
        attributes that products of the context have; first the one in which most of them have it."""
        found = []
        for shared in shared_meanings(meanings, self.open):
            having = [name for name in shared.fields if self.coverage(name, context) >= NOW_AND_THEN]
            having.sort(key=lambda name: -(context & self.holding(name, shared.matches)).bit_count())
            if len(having) > 1:
                found.append(replace(shared, field=having[0], also_in=tuple(having[1:])))
        return found

    def called(self, stemmed: str, name: str) -> bool:
        """Whether things that have the attribute are mostly called by the word: cables have `cable_color`."""
        having = self._having.of(name)
        return (having & self._names.of(stemmed)).bit_count() >= MOSTLY * having.bit_count() > 0

    def coverage(self, name: str, context: int) -> float:
        """The share of the products that have the field."""
        return self.covered((name,), context)

    def covered(self, names: Iterable[str], context: int) -> float:
        """The share of the products that have any of the fields."""
        having = 0
        for name in names:
            having |= self._having.of(name)
        return (context & having).bit_count() / (context.bit_count() or 1)

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


def _amounts(measured: Measured, sample: Sequence[Described]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Products, by their place in the sample, and what each has of the attribute, in the base: (n,) both."""
    found = [
        (place, amount)
        for place, one in enumerate(sample)
        for amount in amounts_of(measured, one.attributes.get(measured.attribute, ()))
    ]
    return np.asarray([place for place, _ in found], np.int64), np.asarray([amount for _, amount in found], np.float64)


LANGUAGE_ONLY: Final = Lexicon(Vocabulary())
