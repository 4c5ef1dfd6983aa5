"""Attributes that are sizes, and how their values are called. Pure."""

from app.search.understanding.language.measures import SIZE_SYSTEMS, SIZES
from app.search.understanding.tokens import folded_word
from shop.products.vocabulary import Vocabulary


def is_size(name: str) -> bool:
    return "size" in name.split("_")


def a_word(size: str) -> bool:
    words = tuple(size.lower().replace("-", " ").split())
    return all(word.isalpha() and len(word) > 2 for word in words) and words not in SIZES


def stored_sizes(vocabulary: Vocabulary) -> dict[str, dict[str, tuple[str, ...]]]:
    """Attributes that are sizes: what a size is called, in lower case -> its stored spellings."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, values in vocabulary.values.items():
        if not is_size(name):
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
