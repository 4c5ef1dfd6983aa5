"""Measures: "7 inch tablet", "at least 16 gb ram", "2 litre", "13 to 15 inches". Pure.

Matched against the attributes that the catalogue has, with units converted; where no attribute tells, the words stay.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from app.search.understanding.amounts import Amount, number_at
from app.search.understanding.found import Constraint, Op
from app.search.understanding.language.measures import (
    ADJECTIVES,
    AT_LEAST_LONG,
    AT_LEAST_LONG_AFTER,
    AT_MOST_LONG,
    AT_MOST_LONG_AFTER,
    BUNDLES,
    BY,
    DIRECTIONS,
    PIECES,
    UNITS,
)
from app.search.understanding.language.money import (
    ABOUT,
    AT_LEAST,
    AT_LEAST_AFTER,
    AT_MOST,
    AT_MOST_AFTER,
    WEIGHT_OR_MONEY,
)
from app.search.understanding.language.negation import NEGATORS
from app.search.understanding.language.numbers import NUMBER_WORDS
from app.search.understanding.language.people import YEARS_OLD
from app.search.understanding.language.text import PREPOSITIONS
from app.search.understanding.lexicon import ENOUGH
from app.search.understanding.measures import OF_PEOPLE, Measured
from app.search.understanding.measuring import COVERED, measure_constraint, other_limit, places
from app.search.understanding.reading import Reading, negator_before
from app.search.understanding.tokens import phrase_at

_COMPARATIVES: Final = (
    (AT_MOST_LONG, Op.LTE),
    (AT_LEAST_LONG, Op.GTE),
    (AT_MOST, Op.LTE),
    (AT_LEAST, Op.GTE),
    (ABOUT, Op.NEAR),
)
_COMPARATIVES_AFTER: Final = (
    (AT_LEAST_AFTER, Op.GTE),
    (AT_MOST_AFTER, Op.LTE),
    (AT_LEAST_LONG_AFTER, Op.GTE),
    (AT_MOST_LONG_AFTER, Op.LTE),
)
MOST_PEOPLE: Final = 12
_NOT_AFTER_WORDS: Final = frozenset({"in", "m", "l", "g", "h", "a", "v", "w", '"'})
"""Too short to be a unit after a number in words: "one in", "two a"."""


def find_measures(r: Reading) -> None:
    """Takes numbers with a unit that an attribute of the things asked for is measured in, and bare numbers after the
    name of a measured attribute ("weight under 500")."""
    i = 0
    while i < len(r.tokens):
        found = r.free(i) and (_bundle(r, i) or _either(r, i) or _measure(r, i) or _for_so_many(r, i))
        end = found or (_named_number(r, i) if r.free(i) else None)
        i = end if end else i + 1


def _measure(r: Reading, i: int) -> int | None:
    op, numbers = _numbers(r, i)
    if not numbers:
        return None
    unit, end = _unit(r, numbers[-1])
    unit = unit or _unit_of_attribute(r, i, end)
    if not unit or phrase_at(r.tokens, end - 1, YEARS_OLD) or _of_several(r, numbers[0].start, end):
        return None  # "2 year old" is somebody's age.
    for listed, meant in _COMPARATIVES_AFTER:
        after = phrase_at(r.tokens, end, listed)
        if op is Op.EQ and after and r.free(end, after[1]):
            op, end = meant, after[1]
            break
    ops = [Op.GTE, Op.LTE] if len(numbers) == 2 else [op]
    refused = None
    for start, last, measured in places(r, UNITS[unit][0], i, end, numbers[0] if ops == [Op.EQ] else None, unit):
        if not _of_that_kind(r, i, last, measured):
            refused = last
            continue
        if start < i and ops == [Op.EQ]:
            start, *ops = _compared_before(r, start)  # "min load 150 kg"
        source = r.source(start, last)
        found = [measure_constraint(measured, how, n, unit, source) for how, n in zip(ops, numbers, strict=True)]
        told = [one for one in found if one is not None]
        if len(told) == len(ops):
            told += other_limit(r, measured, numbers[0], unit, source) if ops == [Op.EQ] else []
            _take(r, start, last, told)
            return last
    return refused


def _unit_of_attribute(r: Reading, i: int, end: int) -> str:
    """The unit of what an adjective says of, where a number has none: centimetres of "at least 140 wide"."""
    told = ADJECTIVES.get(r.word(end), frozenset()) if r.free(end) else frozenset()
    if not told & DIRECTIONS:
        return ""
    context = r.lexicon.context(r.context(range(i, end + 1)), ENOUGH)
    fitting = [m for m in r.lexicon.measured.get("length", ()) if told & set(m.attribute.split("_"))]
    factors = [m.factor for m in fitting if m.by_number and r.lexicon.coverage(m.attribute, context) >= COVERED]
    return next((unit for unit, known in UNITS.items() if factors and known == ("length", factors[0])), "")


def _compared_before(r: Reading, at: int) -> tuple[int, Op]:
    """Where a comparative begins that ends before the name of an attribute at `at`, and which it is."""
    for start in range(max(0, at - 4), at):
        end, op = _comparative(r, start)
        if end == at:
            return start, op
    return at, Op.EQ


def _take(r: Reading, start: int, last: int, told: list[Constraint]) -> None:
    """Takes a measure with what turns it round."""
    before = negator_before(r, start)
    if _none_before(r, start) and told[0].op is Op.LTE:
        # What it says of stays a word: "no plant taller than 50 cm".
        none = start - 1 - (r.word(start - 1) != "nothing")
        r.take(none, none + 1)
    elif before < start:
        told = [_turned_round(one) for one in told if one.matches and len(told) == 1]
        start = before
    if told:
        r.take(start, last, told)


def _bundle(r: Reading, i: int) -> int | None:
    """ "set of 4", "a pack of six": how many there are, where the things asked for say that."""
    if r.word(i) not in BUNDLES or r.word(i + 1) != "of" or not r.free(i, i + 2):
        return None
    number = number_at(r, i + 2)
    if number is None or (r.free(number.end) and r.word(number.end) in UNITS):
        return None
    for start, last, measured in places(r, "count", i, number.end, number, PIECES):
        if told := measure_constraint(measured, Op.EQ, number, PIECES, r.source(start, last)):
            r.take(start, last, [told])
            return last
    return None


def _either(r: Reading, i: int) -> int | None:
    """ "16 or 32 gb", "750 ml or 1 l": either amount of one attribute will do."""
    first = number_at(r, i)
    if first is None:
        return None
    own, at = _unit(r, first)
    second = number_at(r, at + 1) if r.word(at) in ("or", "/") and r.free(at) else None
    unit, end = _unit(r, second) if second is not None else ("", at)
    if second is None or not unit or UNITS[own or unit][0] != UNITS[unit][0]:
        return None
    for start, last, measured in places(r, UNITS[unit][0], i, end, second, unit):
        source = r.source(start, last)
        amounts = ((first, own or unit), (second, unit))
        told = [measure_constraint(measured, Op.EQ, amount, said, source) for amount, said in amounts]
        if all(told):
            r.take(start, last, [one for one in told if one is not None])
            return last
    return None


def _for_so_many(r: Reading, i: int) -> int | None:
    """ "tent for four", "game for a family of five": how many people it is for, where things asked for tell that."""
    if r.word(i) != "for":
        return None
    at = i + 1
    if r.word(at + 2) == "of" and r.word(at + 1) in ("family", "group", "party"):
        at += 3
    number = number_at(r, at) if r.free(i, at + 1) else None
    if number is None or not 1 <= number.value <= MOST_PEOPLE or not (r.ends(number.end) or _goes_on(r, number.end)):
        return None
    for dimension in OF_PEOPLE:
        for start, last, measured in places(r, dimension, i, number.end, number, dimension):
            source = r.source(start, last)
            if told := measure_constraint(measured, Op.EQ, number, dimension, source):
                r.take(start, last, [told, *other_limit(r, measured, number, dimension, source)])
                return last
    return None


def _goes_on(r: Reading, at: int) -> bool:
    """Whether another phrase begins: "for four under 200", not "for four hours"."""
    listed = (AT_MOST, AT_LEAST, NEGATORS)
    return r.word(at) in PREPOSITIONS | {"and", "but"} or any(phrase_at(r.tokens, at, one) for one in listed)


def _of_several(r: Reading, i: int, end: int) -> bool:
    """Whether the number at `i`, with its unit before `end`, is a part of something longer: of a model
    ("i7-10750h"), or one of several that no attribute holds together ("80 in x 60 in", "30 x 46 cm")."""
    if i and r.hyphenated(i - 1) and r.tokens[i - 1].number is None and any(c.isdigit() for c in r.word(i - 1)):
        return True
    before = i - 2 - (r.word(i - 2) in UNITS)
    last = r.word(i - 1) in BY and before >= 0 and r.tokens[before].number is not None
    return last or (r.word(end) in BY and end + 1 < len(r.tokens) and r.tokens[end + 1].number is not None)


def _of_that_kind(r: Reading, i: int, end: int, measured: Measured) -> bool:
    """Whether the attribute may be what an adjective or a comparative says of: "wider than 20 cm" is no height."""
    said = [ADJECTIVES[word] for at in range(i, end + 1) if (word := r.word(at)) in ADJECTIVES]
    parts = set(measured.attribute.split("_"))
    return not said or any(parts & names for names in said) or not parts & DIRECTIONS


def _turned_round(one: Constraint) -> Constraint:
    """ "not 7 inch"."""
    return replace(one, op=Op.NOT, without=True)


def _named_number(r: Reading, i: int) -> int | None:
    """A number beside the name of an attribute that has it as a value: "spf 30", "400 thread count"."""
    token = r.tokens[i]
    if token.word in NUMBER_WORDS and NUMBER_WORDS[token.word] > 1:
        token = replace(token, text=str(NUMBER_WORDS[token.word]), number=Decimal(NUMBER_WORDS[token.word]))
    if token.number is None or not r.free(i) or (r.word(i + 1) in UNITS and r.tokens[i + 1].start == token.end):
        return None
    if (end := _either_named(r, i)) is not None:
        return end
    for length in (3, 2, 1):
        for start, end in ((i - length, i), (i + 1, i + 1 + length)):
            if not r.free(start, end):
                continue
            name = r.lexicon.attribute_names.get(tuple(t.stem for t in r.tokens[start:end]))
            if name and r.lexicon.holding(name, (token.text,)):
                first, last = min(start, i), max(end, i + 1)
                texts = [token.text]
                while last > end and r.word(last) in ("or", "and", "/") and r.free(last, last + 2):
                    if not r.lexicon.holding(name, (r.tokens[last + 1].text,)) or not r.ends_number(last + 2):
                        break
                    texts, last = [*texts, r.tokens[last + 1].text], last + 2  # "spf 30 or 50"
                source = r.source(first, last)
                found = [Constraint(name, Op.EQ, text, source, matches=(text,)) for text in texts]
                r.take(first, last, found)
                return last
    return None


def _either_named(r: Reading, i: int) -> int | None:
    """ "73 or 88 keys": either number of an attribute whose name follows."""
    if r.word(i + 1) not in ("or", "/") or not r.free(i, i + 4) or r.tokens[i + 2].number is None:
        return None
    texts = (r.tokens[i].text, r.tokens[i + 2].text)
    for last in (i + 6, i + 5, i + 4):
        name = r.lexicon.attribute_names.get(tuple(t.stem for t in r.tokens[i + 3 : last]))
        if name and r.free(i, last) and all(r.lexicon.holding(name, (text,)) for text in texts):
            r.take(i, last, [Constraint(name, Op.EQ, text, r.source(i, last), matches=(text,)) for text in texts])
            return last
    return None


def _numbers(r: Reading, i: int) -> tuple[Op, list[Amount]]:
    """The number at `i` and how it is compared; of a range ("13 to 15 inch") both, the lower one first."""
    at, op = _comparative(r, i)
    between = r.word(at) in ("between", "from") and r.free(at)
    number = number_at(r, at + between)
    if number is None or (not number.digits and r.word(number.end) in _NOT_AFTER_WORDS):
        return op, []
    joint, high = number.end, None
    if r.word(joint) in UNITS and r.word(joint) == r.word(joint + 3):
        joint += 1  # "500 g to 800 g"
    if r.word(joint) in ("-", "to") or (between and r.word(joint) == "and"):
        high = number_at(r, joint + 1)
    if high is None:
        return op, [] if between else [number]
    return op, sorted((number, high), key=lambda one: one.value) if high.value > number.value else []


def _unit(r: Reading, number: Amount) -> tuple[str, int]:
    """The unit after a number, and the token after it; none where it is no unit."""
    unit = r.word(number.end)
    if not r.free(number.end) or unit not in UNITS or (unit == "in" and not _inches(r, number)):
        return "", number.end
    if WEIGHT_OR_MONEY.get(unit) in r.lexicon.currencies:
        return "", number.end  # Pounds of a British shop are money.
    return unit, number.end + 1


def _inches(r: Reading, number: Amount) -> bool:
    """Whether "in" after a number means inches: "15 in laptop", but not "2 in 1" nor "50 in total"."""
    after = r.tokens[number.end + 1] if number.end + 1 < len(r.tokens) else None
    if after is None:
        return number.digits  # "monitor, 32 in"
    return after.number is None and after.word not in ("a", "one", "total", "the", "stock", "my")


def _comparative(r: Reading, i: int) -> tuple[int, Op]:
    for listed, op in _COMPARATIVES:
        found = phrase_at(r.tokens, i, listed)
        if found and r.free(i, found[1]):
            turned = listed is AT_LEAST_LONG and _none_before(r, i)
            return found[1], Op.LTE if turned else op
    return i, Op.EQ


def _none_before(r: Reading, i: int) -> bool:
    """Whether it is said of what must not be: "no pot wider than 20 cm", "nothing longer than 2 m"."""
    return r.word(i - 1) == "nothing" or r.word(i - 2) == "no"
