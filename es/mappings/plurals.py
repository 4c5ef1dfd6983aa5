"""One form for a word and its plural: as the index's filters make it, and the same in Python.

Lucene's `minimal_english` leaves apart what shops sell most: shoe and shoes, dress and dresses, box and boxes, tree and
trees, hoodie and hoodies, knife and knives. Its rules for these are here instead. Forms are compared, never shown: one
may be no word ("sho"), as long as singular and plural come to the same.
"""

import re
from typing import Any, Final

IRREGULAR: Final = {
    "men": "man", "mens": "man", "women": "woman", "womens": "woman", "children": "child", "childrens": "child",
    "knives": "knife", "shelves": "shelf", "leaves": "leaf", "loaves": "loaf", "scarves": "scarf", "halves": "half",
    "wolves": "wolf", "calves": "calf", "hooves": "hoof", "elves": "elf", "dwarves": "dwarf", "wives": "wife",
    "feet": "foot", "teeth": "tooth", "geese": "goose", "mice": "mouse", "lenses": "lens", "buses": "bus",
    "gases": "gas", "toes": "toe", "hoes": "hoe",
}  # fmt: skip

_STEPS: Final = (
    (r"(?<=.)ies?$", "y"),  # hoodie, hoodies, hoody; battery, batteries
    (r"(ss|x|ch|sh|zz)es?$", "$1"),  # dress, dresses; box, boxes; ache, aches
    (r"(?<=..)oes?$", "o"),  # shoe, shoes; tomato, tomatoes
    (r"(?<=.)([^us])s$", "$1"),  # tree, trees; but not glass, nor bus
)
_COMPILED: Final = tuple((re.compile(pattern), into.replace("$1", r"\1")) for pattern, into in _STEPS)
_ENDS: Final = ("s", "ie", "xe", "oe", "che", "she", "sse", "zze")
"""A word that ends otherwise is what it was: most are, and cost nothing."""


def filters() -> dict[str, dict[str, Any]]:
    """Token filters of an index, in their order, for words in lower case without accents."""
    irregular = {"type": "stemmer_override", "rules": [f"{many} => {one}" for many, one in IRREGULAR.items()]}
    steps = {
        f"plural_{number}": {"type": "pattern_replace", "pattern": pattern, "replacement": into, "all": False}
        for number, (pattern, into) in enumerate(_STEPS, start=1)
    }
    return {"plural_irregular": irregular, **steps}


def singular(word: str) -> str:
    """The form of a folded word that `filters` make of it."""
    word = IRREGULAR.get(word, word)
    if not word.endswith(_ENDS):
        return word
    for pattern, into in _COMPILED:
        word = pattern.sub(into, word, count=1)
    return word
