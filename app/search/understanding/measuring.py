"""Which attribute of the things asked for an amount is of, and the constraint that it makes. Pure."""

from decimal import Decimal
from itertools import pairwise
from typing import Final

import numpy as np

from app.search.understanding.amounts import Amount
from app.search.understanding.found import Constraint, Op
from app.search.understanding.language.measures import ADJECTIVES, UNITS
from app.search.understanding.language.numbers import MULTIPLIERS
from app.search.understanding.lexicon import ENOUGH
from app.search.understanding.measures import OF_PEOPLE, Measured, same
from app.search.understanding.reading import Reading
from app.search.understanding.tokens import stem

COVERED: Final = 0.5
MAX_VALUES: Final = 60
ABOUT: Final = 0.1
"""How far, as a share, what is "around" an amount may be from it."""
CLOSE: Final = 0.05
"""How far, as a share, an amount may be from the one that was said to be what was meant."""
INCH: Final = 2.54
_LIMITS: Final = {"max": Op.GTE, "maximum": Op.GTE, "min": Op.LTE, "minimum": Op.LTE}
"""What a number of people must be beside an attribute that says how many it may be: "for 4" is at most `players_max`.
Other amounts are meant as they are said: a bag for laptops of up to 17 inches is no 15 inch bag."""


def places(
    r: Reading, dimension: str, i: int, end: int, exact: Amount | None, unit: str
) -> list[tuple[int, int, Measured]]:
    """Attributes of the dimension that enough of the things asked for have, with the tokens that say so: first the one
    whose name stands beside the measure, then those of which some thing has the `exact` amount, then the commonest."""
    said = r.context([*range(i, end), *_of_codes(r)])
    context = r.lexicon.things(said, r.lexicon.context(said, ENOUGH))
    found = [(r.lexicon.coverage(m.attribute, context), m) for m in r.lexicon.measured.get(dimension, [])]
    kept = [m for covered, m in sorted(found, key=lambda pair: -pair[0]) if covered >= COVERED]
    if exact is not None:
        nothing_known = context == r.lexicon.everything and bool(said)
        fitting = [
            (_fits(r, m, float(exact.value), unit, context), m) for m in kept if not (nothing_known and m.by_number)
        ]
        kept = [m for fits, m in sorted(fitting, key=lambda pair: -pair[0]) if fits]
    named = [place for m in kept if (place := _named(r, i, end, m))]
    return [*named, *((i, end, m) for m in kept)]


def _of_codes(r: Reading) -> list[int]:
    """Numbers with a multiplier at them, "4k" of "27 inch monitor 4k": few names that have both say it."""
    found = []
    for i, (number, after) in enumerate(pairwise(r.tokens)):
        if number.number is not None and after.word in MULTIPLIERS and after.start == number.end:
            found += [i, i + 1]
    return found


def _fits(r: Reading, measured: Measured, number: float, unit: str, context: int) -> int:
    """2 where one of the things asked for has this amount, 1 where theirs are of that order ("144 Hz" of monitors of
    75 and 240), 0 where it must be another thing: "5g" is no weight of a phone, nor are centimetres said of what is
    measured in inches."""
    if not measured.by_number:
        return 2  # Looked up among its values.
    wanted = number * UNITS[unit][1]
    having = r.lexicon.amounts(measured, context)
    if having.size and (limit := _limit(measured)) is not None:
        return 2 * bool(having.max() >= wanted if limit is Op.GTE else having.min() <= wanted)
    if np.any(np.abs(having - wanted) <= CLOSE * wanted):
        return 2
    if measured.dimension == "length" and _imperial(measured.factor) is not _imperial(UNITS[unit][1]):
        return 0
    return int(having.size > 0 and context != r.lexicon.everything and having.min() / 2 <= wanted <= 2 * having.max())


def _imperial(centimetres: float) -> bool:
    return centimetres % INCH == 0


def _named(r: Reading, i: int, end: int, measured: Measured) -> tuple[int, int, Measured] | None:
    """ "16 gb ram", "storage of 512 gb", "120 cm wide"."""
    names = {stem(part) for part in measured.attribute.split("_") if part not in UNITS}
    after = end + (r.word(end) in ("in", "of"))
    if r.free(end, after + 1) and (r.tokens[after].stem in names or names & ADJECTIVES.get(r.word(after), frozenset())):
        after += 1
        while r.free(after) and r.tokens[after].stem in names:
            after += 1  # "46 cm cutting width"
        return i, after, measured
    before = i - 1
    while before >= 0 and r.word(before) in ("of", "is", ":", "with", "a"):
        before -= 1
    if before >= 0 and r.tokens[before].stem in names and r.free(before, i):
        return before, end, measured
    return None


def measure_constraint(measured: Measured, op: Op, number: Amount, unit: str, source: str) -> Constraint | None:
    wanted = float(number.value) * UNITS[unit][1]
    op = _limit(measured) or op if op is Op.EQ else op
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


def other_limit(r: Reading, measured: Measured, number: Amount, unit: str, source: str) -> list[Constraint]:
    """What an amount must be beside the attribute that says the other end: of `players_max`, `players_min`."""
    swapped = {"max": "min", "min": "max", "maximum": "minimum", "minimum": "maximum"}
    name = "_".join(swapped.get(part, part) for part in measured.attribute.split("_"))
    for other in r.lexicon.measured.get(measured.dimension, ()) if _limit(measured) else ():
        if other.attribute == name and (told := measure_constraint(other, Op.EQ, number, unit, source)):
            return [told]
    return []


def _limit(measured: Measured) -> Op | None:
    """The comparison that an attribute asks for by its name."""
    said = [_LIMITS[part] for part in measured.attribute.split("_") if part in _LIMITS]
    return said[0] if said and measured.dimension in OF_PEOPLE else None


def _holds(op: Op, wanted: float, stored: float, unit: str, number: Decimal) -> bool:
    if op is Op.LTE:
        return stored <= wanted * 1.0001
    if op is Op.GTE:
        return stored >= wanted * 0.9999
    if op is Op.NEAR:
        return wanted * (1 - ABOUT) <= stored <= wanted * (1 + ABOUT)
    return same(wanted, stored, unit, number)


def _bounds(op: Op, wanted: float, unit: str, number: Decimal) -> tuple[float | None, float | None]:
    if op is Op.LTE:
        return None, wanted
    if op is Op.GTE:
        return wanted, None
    if op is Op.NEAR:
        return wanted * (1 - ABOUT), wanted * (1 + ABOUT)
    if same(wanted, wanted * 1.02, unit, number):
        return wanted * 0.99, wanted + 2.54 * 0.95
    return wanted * 0.985, wanted * 1.015


def _in_unit(base: float | None, measured: Measured) -> Decimal | None:
    return None if base is None else Decimal(repr(round(base / measured.factor, 6)))
