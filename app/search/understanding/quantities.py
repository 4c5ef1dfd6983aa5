"""Sizes and measures: "size 42", "7 inch tablet", "at least 16 gb ram", "2 litre". Pure.

Matched against the attributes that the catalogue has, with units converted; where no attribute tells, the words stay.
"""

from decimal import Decimal
from typing import Final

from app.search.understanding.amounts import Amount, number_at
from app.search.understanding.found import Constraint, Op
from app.search.understanding.language.measures import SIZE_LEADS, SIZES, UNITS
from app.search.understanding.language.money import AT_LEAST, AT_LEAST_AFTER, AT_MOST, AT_MOST_AFTER, WEIGHT_OR_MONEY
from app.search.understanding.measures import Measured, same
from app.search.understanding.reading import Reading
from app.search.understanding.tokens import phrase_at, stem

COVERED: Final = 0.5
MAX_VALUES: Final = 60


def find_sizes(r: Reading) -> None:
    """Takes "size 42", "in size M", "medium size", and bare sizes of things that mostly come in sizes."""
    i = 0
    while i < len(r.tokens):
        end = (_size_led(r, i) or _size_followed(r, i) or _size_bare(r, i)) if r.free(i) else None
        i = end if end else i + 1


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


def _size_bare(r: Reading, i: int) -> int | None:
    """ "xl hoodie", "large t-shirt": only where most of such things have a size, and say of this one's word size."""
    found = phrase_at(r.tokens, i, SIZES, 3)
    if not found or not r.free(i, found[1]):
        return None
    end = found[1]
    if i and r.tokens[i - 1].number is not None:
        return None  # "50 l" are litres.
    if len(r.word(i)) == 1 and end - i == 1 and i + 1 < len(r.tokens) and not r.ends(i + 1):
        return None
    if r.word(i - 1) in ("-", "'", "&") or r.word(end) in ("'", "&"):
        return None
    stored = _stored_size(r, i, end, [])
    if stored is None:
        return None
    name, spellings = stored
    context = r.lexicon.context(r.context(range(i, end)))
    words = [token.stem for token in r.tokens[i:end]]
    titled = r.lexicon.titled(words, context)
    fitting = titled & r.lexicon.holding(name, spellings)
    if r.lexicon.coverage(name, context) < COVERED or (titled and fitting.bit_count() < titled.bit_count() / 2):
        return None
    return _take_size(r, i, end, stored)


def _stored_size(r: Reading, i: int, end: int, around: list[int]) -> tuple[str, tuple[str, ...]] | None:
    """The attribute and the stored spellings of a size; of several the one that most of the things asked for have."""
    said = " ".join(token.text.lower() for token in r.tokens[i:end])
    words = " ".join(token.word for token in r.tokens[i:end])
    context = r.lexicon.context(r.context([*range(i, end), *around]))
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
    source = r.source(i, end)
    r.take(i, end, [Constraint(name, Op.EQ, spellings[0], source, matches=spellings)])
    return end


def find_measures(r: Reading) -> None:
    """Takes numbers with a unit that an attribute of the things asked for is measured in, and bare numbers after the
    name of a measured attribute ("weight under 500")."""
    i = 0
    while i < len(r.tokens):
        end = _measure(r, i) if r.free(i) else None
        i = end if end else i + 1


def _measure(r: Reading, i: int) -> int | None:
    at, op = _comparative(r, i)
    number = number_at(r, at)
    if number is None or not number.digits:
        return None
    unit = r.word(number.end)
    if not r.free(number.end) or unit not in UNITS or (unit == "in" and not _inches(r, number)):
        return None
    end = number.end + 1
    if WEIGHT_OR_MONEY.get(unit) in r.lexicon.currencies:
        return None  # Pounds of a British shop are money.
    for listed, meant in ((AT_LEAST_AFTER, Op.GTE), (AT_MOST_AFTER, Op.LTE)):
        after = phrase_at(r.tokens, end, listed)
        if op is Op.EQ and after and r.free(end, after[1]):
            op, end = meant, after[1]
            break
    dimension, factor = UNITS[unit]
    candidates = _candidates(r, dimension, i, end)
    if not candidates:
        return None
    start, end, measured = _named(r, i, end, candidates)
    constraint = _constraint(measured, op, number, factor, unit, r.source(start, end))
    if constraint is None:
        return None
    r.take(start, end, [constraint])
    return end


def _inches(r: Reading, number: Amount) -> bool:
    """Whether "in" after a number means inches: "15 in laptop", but not "2 in 1" nor "50 in total"."""
    after = r.tokens[number.end + 1] if number.end + 1 < len(r.tokens) else None
    return after is not None and after.number is None and after.word not in ("a", "one", "total", "the", "stock", "my")


def _comparative(r: Reading, i: int) -> tuple[int, Op]:
    for listed, op in ((AT_MOST, Op.LTE), (AT_LEAST, Op.GTE)):
        found = phrase_at(r.tokens, i, listed)
        if found and r.free(i, found[1]):
            return found[1], op
    return i, Op.EQ


def _candidates(r: Reading, dimension: str, i: int, end: int) -> list[Measured]:
    """Attributes of the dimension that enough of the things asked for have, the commonest first."""
    context = r.lexicon.context(r.context(range(i, end)))
    found = [(r.lexicon.coverage(m.attribute, context), m) for m in r.lexicon.measured.get(dimension, [])]
    kept = [(covered, m) for covered, m in found if covered >= COVERED]
    return [m for _, m in sorted(kept, key=lambda pair: -pair[0])]


def _named(r: Reading, i: int, end: int, candidates: list[Measured]) -> tuple[int, int, Measured]:
    """The attribute whose name stands beside the measure ("16 gb ram", "storage of 512 gb"), else the commonest."""
    for measured in candidates:
        names = {stem(part) for part in measured.attribute.split("_") if part not in UNITS}
        if end < len(r.tokens) and r.tokens[end].stem in names and r.free(end):
            return i, end + 1, measured
        before = i - 1
        while before >= 0 and r.word(before) in ("of", "is", ":", "with", "a"):
            before -= 1
        if before >= 0 and r.tokens[before].stem in names and r.free(before, i):
            return before, end, measured
    return i, end, candidates[0]


def _constraint(measured: Measured, op: Op, number: Amount, factor: float, unit: str, source: str) -> Constraint | None:
    wanted = float(number.value) * factor
    if measured.by_number:
        value = Decimal(repr(round(wanted / measured.factor, 6)))
        low, high = _bounds(op, wanted, unit, number.value)
        return Constraint(
            measured.attribute,
            op,
            value.normalize(),
            source,
            within=(_in_unit(low, measured), _in_unit(high, measured)),
        )
    matching = [
        spelled for spelled, stored in measured.spelled.items() if _holds(op, wanted, stored, unit, number.value)
    ]
    if not matching or len(matching) > MAX_VALUES:
        return None
    matching.sort(key=lambda spelled: abs(measured.spelled[spelled] - wanted))
    value_said = matching[0] if op is Op.EQ else source
    if op is Op.EQ:
        return Constraint(measured.attribute, op, value_said, source, matches=tuple(matching))
    said = Decimal(str(number.value))
    return Constraint(measured.attribute, op, f"{said.normalize():f} {unit}", source, matches=tuple(matching))


def _holds(op: Op, wanted: float, stored: float, unit: str, number: Decimal) -> bool:
    if op is Op.LTE:
        return stored <= wanted * 1.0001
    if op is Op.GTE:
        return stored >= wanted * 0.9999
    return same(wanted, stored, unit, number)


def _bounds(op: Op, wanted: float, unit: str, number: Decimal) -> tuple[float | None, float | None]:
    if op is Op.LTE:
        return None, wanted
    if op is Op.GTE:
        return wanted, None
    if same(wanted, wanted * 1.02, unit, number):
        return wanted * 0.99, wanted + 2.54 * 0.95
    return wanted * 0.985, wanted * 1.015


def _in_unit(base: float | None, measured: Measured) -> Decimal | None:
    return None if base is None else Decimal(repr(round(base / measured.factor, 6)))
