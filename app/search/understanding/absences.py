"""What a shop says of things that lack something: "fragrance: none", "sugar_free: true". Pure.

"Without fragrance" is best looked for where a shop tells it, and not where no product happens to use the word.
"""

from typing import Final

from app.search.understanding.found import KINDS, Constraint, Op
from app.search.understanding.reading import Reading

COVERED: Final = 0.5
"""Share of the things asked for that must have the attribute."""
_NONE: Final = frozenset({"none", "no", "without", "not added", "nil", "zero"})


def absence_of(r: Reading, at: int, start: int, end: int) -> Constraint | None:
    """What asks for things without what the word at `at` names; None where the shop does not tell it of such things.
    The tokens [start, end) are its source."""
    stemmed = r.tokens[at].stem
    context = r.lexicon.context(r.context(range(start, end)))
    source = r.source(start, end)
    for meaning in r.lexicon.phrases.get((stemmed, "free"), ()):
        if meaning.field not in (*KINDS, "brand") and _told(r, meaning.field, meaning.matches, context):
            return Constraint(meaning.field, Op.EQ, meaning.value, source, matches=meaning.matches)
    if any(meaning.value is True for meaning in r.lexicon.phrases.get((stemmed,), ())):
        return None  # It is told by no, and left out as such.
    name = r.lexicon.attribute_names.get((stemmed,))
    values = tuple(value for value in r.lexicon.texts.get(name or "", ()) if value.lower() in _NONE)
    if name is None or not values or not _told(r, name, values, context):
        return None
    return Constraint(name, Op.EQ, values[0], source, matches=values)


def _told(r: Reading, name: str, values: tuple[str, ...], context: int) -> bool:
    having = context & r.lexicon.holding(name, values)
    return bool(having) and r.lexicon.coverage(name, context) >= COVERED
