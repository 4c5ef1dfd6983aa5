"""Sizes of clothes and the like: "size 42", "xl hoodie", "medium size". Pure."""

import re
from typing import Final

from app.search.understanding.found import Constraint, Op
from app.search.understanding.language.measures import SIZE_LEADS, SIZE_SYSTEMS, SIZES, WEARING
from app.search.understanding.language.negation import NEGATORS
from app.search.understanding.language.people import GENDERS
from app.search.understanding.lexicon import ENOUGH
from app.search.understanding.reading import Reading, negator_before, says_something
from app.search.understanding.tokens import phrase_at

_MORE: Final = re.compile(r"\d*x+|extra")
COVERED: Final = 0.5
"""Share of the things asked for that must have a size at all."""


def find_sizes(r: Reading) -> None:
    """Takes "size 42", "in size M", "medium size", and bare sizes of things that mostly come in sizes."""
    i = 0
    while i < len(r.tokens):
        end = next((end for size in _SIZES if (end := size(r, i))), None) if r.free(i) else None
        i = _or_another(r, end) if end else i + 1


def _or_another(r: Reading, end: int) -> int:
    """After the sizes that may be instead: "size 39 or 40", "s or m"."""
    while r.word(end) in ("or", "and", "&", ",") and r.free(end + 1):
        found = _stored_size(r, end + 1, end + 2, [])
        before = r.constraints[-1][1]
        if found is None or found[0] != before.field or before.without or not _ends_there(r, end + 2):
            break
        _take_size(r, end + 1, end + 2, found)
        end += 2
    return end


def _ends_there(r: Reading, end: int) -> bool:
    """Whether nothing follows that a number or a letter might belong to."""
    return r.ends(end) or end in r.aside or not says_something(r.tokens[end]) or r.tokens[end].number is None


def _size_led(r: Reading, i: int) -> int | None:
    if r.word(i) not in SIZE_LEADS:
        return None
    at = i + 1
    while r.word(at) in ("is", "of", ":", "no", "number", "a", "an", "us", "uk", "eu") and r.free(at):
        at += 1
    before = _size_named_before(r, i)
    for length in (3, 2, 1):
        if r.free(at, at + length) and (found := _stored_size(r, at, at + length, [i, at])):
            return _take_size(r, before, at + length, found)
    return None


def _size_of_somebody(r: Reading, i: int) -> int | None:
    """ "he's a 44", "i wear a medium", "im usually a large": somebody's size, of what mostly comes in sizes."""
    lead = phrase_at(r.tokens, i, WEARING)
    contracted = r.word(i) in ("he", "she") and r.tokens[i].possessive  # "she's a 5"
    at = lead[1] if lead else i + contracted
    if at == i or not r.free(i, at):
        return None
    while r.word(at) in ("a", "an", "usually", "normally", "about", "size") and r.free(at):
        at += 1
    for length in (3, 2, 1):
        if r.free(at, at + length) and (found := _stored_size(r, at, at + length, [*range(i, at)])):
            context = r.lexicon.context(r.context(range(i, at + length)), ENOUGH)
            if _ends_there(r, at + length) and r.lexicon.coverage(found[0], context) >= COVERED:
                return _take_size(r, i, at + length, found)
    return None


def _size_named_before(r: Reading, i: int) -> int:
    """ "shoe size 42": the whole name of the attribute."""
    name = r.lexicon.attribute_names.get((r.tokens[i - 1].stem, "size")) if i and r.free(i - 1) else None
    return i - 1 if name else i


def _size_followed(r: Reading, i: int) -> int | None:
    """ "medium size", "x-large in size", "42 size"."""
    for length in (3, 2, 1):
        end = i + length
        after = end + (r.word(end) == "in")
        if r.word(after) in SIZE_LEADS and r.free(i, after + 1) and (found := _stored_size(r, i, end, [i, after])):
            return _take_size(r, i, after + 1, found)
    return None


def _size_coded(r: Reading, i: int) -> int | None:
    """ "w34", "65 cm", "6 years": letters and digits that are a stored size of the things asked for."""
    for length in (3, 2, 1):
        end = i + length
        if (
            not r.free(i, end)
            or not (_a_code(r, i, end) or _number_of_thing(r, i, end))
            or (stored := _stored_size(r, i, end, [])) is None
        ):
            continue
        name, spellings = stored
        for stemmed in r.context(range(i, end)):
            of_word = r.lexicon.found([stemmed], r.lexicon.everything)
            if of_word & r.lexicon.holding(name, spellings) and r.lexicon.coverage(name, of_word) >= COVERED:
                return _take_size(r, i, end, stored)
    return None


def _a_code(r: Reading, i: int, end: int) -> bool:
    """Whether the words are letters and digits, as one ("w34") or a number and its unit, and no number alone."""
    said = "".join(token.word for token in r.tokens[i:end])
    return (
        any(c.isdigit() for c in said)
        and any(c.isalpha() for c in said)
        and not any(token.mark for token in r.tokens[i:end])
    )


def _number_of_thing(r: Reading, i: int, end: int) -> bool:
    """Whether a number alone closes what is wanted: "track pants 34", "trainers, canvas, 7 or 8"."""
    if end > i + 1 or r.tokens[i].number is None or not r.free(i - 1):
        return False
    before = r.tokens[i - 1]
    if r.ends(end) or end in r.aside or r.word(end) == "or" or phrase_at(r.tokens, end, NEGATORS):
        return before.word in GENDERS or before.word == "," or r.lexicon.names_kind(before.stem)
    return r.lexicon.of_category(before.stem) and r.tokens[end].number is None and not r.tokens[end].mark


def _size_bare(r: Reading, i: int) -> int | None:
    """ "xl hoodie", "large t-shirt": only where most of such things have a size, and say of this one's word size."""
    found = phrase_at(r.tokens, i, SIZES, 3)
    if not found or not r.free(i, found[1]):
        return None
    end = found[1]
    if i and r.tokens[i - 1].number is not None:
        return None  # "50 l" are litres.
    letter = len(r.word(i)) == 1 and end - i == 1
    closes = r.ends(end) or end in r.aside or phrase_at(r.tokens, end, NEGATORS) is not None
    if letter and not closes and not (r.lexicon.names_kind(r.tokens[i - 1].stem) and r.free(i - 1)):
        return None  # "M" in "bmw m series", not in "helmet m white".
    if r.word(i - 1) in ("-", "'", "&") or r.word(end) in ("'", "&"):
        return None
    stored = _stored_size(r, i, end, [])
    if stored is None:
        return None
    name, spellings = stored
    others = r.context(range(i, end))
    context = r.lexicon.context(others, ENOUGH)
    if others and context == r.lexicon.everything:
        return None  # "Small" of a thing that nobody here knows.
    words = [token.stem for token in r.tokens[i:end]]
    titled = r.lexicon.titled(words, context)
    fitting = titled & r.lexicon.holding(name, spellings)
    if r.lexicon.coverage(name, context) < COVERED or (titled and fitting.bit_count() < titled.bit_count() / 2):
        return None
    return _take_size(r, i, end, stored)


def _stored_size(r: Reading, i: int, end: int, around: list[int]) -> tuple[str, tuple[str, ...]] | None:
    """The attribute and the stored spellings of a size; of several the one that most of the things asked for have."""
    if r.word(i - 1) and r.word(i) in ("large", "small") and _MORE.fullmatch(r.word(i - 1)):
        return None  # "3x-large", and nothing here is: not "large".
    said = " ".join(token.text.lower() for token in r.tokens[i:end])
    words = " ".join(token.word for token in r.tokens[i:end])
    context = r.lexicon.context(r.context([*range(i, end), *around]), ENOUGH)
    best: tuple[float, str, tuple[str, ...]] | None = None
    for name, known in r.lexicon.sizes.items():
        spellings = known.get(words) or known.get(said)
        if spellings:
            covered = r.lexicon.coverage(name, context)
            if best is None or covered > best[0]:
                best = (covered, name, spellings)
    return (best[1], best[2]) if best else None


def _take_size(r: Reading, i: int, end: int, found: tuple[str, tuple[str, ...]]) -> int:
    name, spellings = found
    start = negator_before(r, i)
    op = Op.EQ if start == i else Op.NOT
    source = r.source(start, end)
    r.take(start, end, [Constraint(name, op, spellings[0], source, matches=spellings, without=op is Op.NOT)])
    return end


def _size_of_system(r: Reading, i: int) -> int | None:
    """ "sneakers eu 42", "uk 8"."""
    if r.word(i) not in SIZE_SYSTEMS or i + 1 >= len(r.tokens) or r.tokens[i + 1].number is None:
        return None
    found = _stored_size(r, i + 1, i + 2, [i]) if r.free(i, i + 2) else None
    return _take_size(r, i, i + 2, found) if found else None


_SIZES: Final = (_size_led, _size_of_somebody, _size_of_system, _size_followed, _size_coded, _size_bare)
"""How sizes are said, those first that need the least evidence."""
