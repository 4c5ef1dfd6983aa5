"""Which sampled products have which words and values, as sets of bits. Pure."""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.search.understanding.language.measures import UNITS
from app.search.understanding.language.text import PREPOSITIONS
from app.search.understanding.language.things import LOOKS
from app.search.understanding.tokens import Token, is_break, stems_of, tokenise
from shop.products.vocabulary import MAX_VALUE_LENGTH, Described

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
class Gathered:
    """The words, names and values of products, each with the places of the products that have it. `heads`: the
    products of whose names each word says the thing; `leads`: how many begin with it."""

    words: dict[str, list[int]] = field(default_factory=dict)
    names: dict[str, list[int]] = field(default_factory=dict)
    holders: dict[str, list[int]] = field(default_factory=dict)
    having: dict[str, list[int]] = field(default_factory=dict)
    heads: dict[str, list[int]] = field(default_factory=dict)
    leads: Counter[str] = field(default_factory=Counter)

    def add(self, number: int, one: Described) -> None:
        said = stems_of(one.name)
        name = set(said)
        self.heads.setdefault(head_of(one.name), []).append(number)
        self.leads.update(said[:1])
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


def head_of(name: str) -> str:
    """The stem of the word that says what a product is: the last one of its name before a sign or what it has, but no
    unit of a number ("Garden Hose 15 m") nor what it looks like ("Border Spade Stainless Steel")."""
    return next(reversed(first_words(tokenise(name))), "")


def first_words(tokens: Sequence[Token]) -> list[str]:
    """The stems of a name up to the word that says the thing, the last of them; none of a name without words."""
    said: list[Token] = []
    for place, token in enumerate(tokens):
        if said and ends_the_thing(token):
            break
        if not token.mark and token.number is None and not is_unit(tokens, place):
            said.append(token)
    return [token.stem for token in without_looks(said)]


def ends_the_thing(token: Token) -> bool:
    return is_break(token) or token.word in PREPOSITIONS or token.word == "-"


def is_unit(tokens: Sequence[Token], place: int) -> bool:
    """Whether the unit of a number stands there."""
    return place > 0 and tokens[place - 1].number is not None and tokens[place].word in UNITS


def without_looks(said: Sequence[Token]) -> Sequence[Token]:
    """The words of a name without those at its end that say what the thing looks like or is made of."""
    end = len(said)
    while end > 1 and said[end - 1].word in LOOKS:
        end -= 1
    return said[:end]


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
