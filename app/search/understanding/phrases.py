"""The phrases of a catalogue's vocabulary: what each may mean, and which name kinds of things and occasions. Pure."""

from collections.abc import Collection, Iterable
from typing import Final

from app.search.understanding.language.people import RECIPIENTS
from app.search.understanding.language.text import NO, TYPE_ATTRIBUTES, YES
from app.search.understanding.meanings import Phrases, attribute_meanings, category_meanings, word_meanings
from app.search.understanding.stored_sizes import a_word, is_size
from app.search.understanding.tokens import stems_of
from shop.products.vocabulary import Vocabulary

TWIN: Final = 0.7
"""Share of an attribute's values that must be names of categories or brands to say no more than those do."""
EVERYWHERE: Final = 0.9
"""Share of the products that have an attribute that says what kind of thing each is."""
LEAST_TWINS: Final = 5
"""Of fewer values nothing is said of all."""


def phrases_of(vocabulary: Vocabulary) -> Phrases:
    """What each phrase may mean: a brand, a category, a value of an attribute."""
    phrases: Phrases = {}
    word_meanings(phrases, "brand", vocabulary.brands)
    category_meanings(phrases, vocabulary.shop_categories)
    named = {stems_of(path.rsplit("/", 1)[-1]) for path in vocabulary.shop_categories}
    makers = {stems_of(brand) for brand in vocabulary.brands}
    for name, values in vocabulary.values.items():
        everywhere = vocabulary.attributes.get(name, 0) >= EVERYWHERE * vocabulary.products
        if (everywhere and _mostly(values, named)) or _mostly(values, makers):
            continue  # It says again what category or brand say, or whose things it goes with.
        if is_size(name):
            # "Queen" is a value as any other; what language calls sizes is found by its own rules.
            values = {value: count for value, count in values.items() if a_word(value)}
        if name not in TYPE_ATTRIBUTES and values:
            attribute_meanings(phrases, name, values, YES, NO)
    return phrases


def kinds_of(vocabulary: Vocabulary) -> frozenset[str]:
    """Stems of the last words of the narrowest categories and of types, which say what kind of thing it is."""
    paths = vocabulary.shop_categories
    inner = {path.rsplit("/", 1)[0] for path in paths}
    named = {path.rsplit("/", 1)[-1] for path in paths if path not in inner}
    named |= {value for name in TYPE_ATTRIBUTES for value in vocabulary.values.get(name, ())}
    return frozenset(stems[-1] for value in named if (stems := stems_of(value)))


def occasions_of(vocabulary: Vocabulary) -> dict[tuple[str, ...], str]:
    """Occasions by their words; "Valentine's Day" by "valentine" too, but "Mother's Day" not by a person."""
    found: dict[tuple[str, ...], str] = {}
    for value in vocabulary.occasions:
        stems = stems_of(value.replace("_", " "))
        if len(stems) == 2 and stems[1] == "day" and stems[0] not in RECIPIENTS:
            found[stems[:1]] = value
        found[stems] = value
    return {stems: value for stems, value in found.items() if stems}


def holders_of_words(phrases: Iterable[tuple[tuple[str, ...], int]]) -> dict[str, int]:
    """The products of each word's phrases of several words, as bits."""
    found: dict[str, int] = {}
    for stems, holding in phrases:
        for stemmed in stems if len(stems) > 1 else ():
            found[stemmed] = found.get(stemmed, 0) | holding
    return found


def _mostly(values: Iterable[str], known: Collection[tuple[str, ...]]) -> bool:
    """Whether most of an attribute's values are names of another field."""
    stems = [stems_of(value) for value in values]
    return len(stems) >= LEAST_TWINS and sum(one in known for one in stems) >= TWIN * len(stems)
