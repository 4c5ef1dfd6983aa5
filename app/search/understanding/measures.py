"""Attributes that are measures: which there are, and in which units their values stand. Pure.

An attribute is a measure by its values ("500 GB", "0.5 l") or, where they are bare numbers, by its name: the last
part that is a unit (weight_g, screen_inches).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from app.search.understanding.language.measures import UNIT_OF_NAME, UNITS
from app.search.understanding.tokens import tokenise
from shop.products.vocabulary import Vocabulary

OF_PEOPLE: Final = ("people", "players")
"""Dimensions that count people."""
LEAST_MEASURES: Final = 0.5
"""Share of an attribute's values that must be measures of one dimension."""


@dataclass(frozen=True, slots=True)
class Measured:
    """An attribute and its dimension. Either its values are numbers of which `factor` times makes the dimension's
    base, or `spelled` holds each stored text with what it is in the base."""

    attribute: str
    dimension: str
    factor: float = 1.0
    spelled: Mapping[str, float] = field(default_factory=dict)

    @property
    def by_number(self) -> bool:
        return not self.spelled


def measured_attributes(vocabulary: Vocabulary) -> dict[str, list[Measured]]:
    """The measured attributes of each dimension, those that most products have first; what is the most before what is
    the least."""
    found: dict[str, list[Measured]] = {}
    counts = vocabulary.attributes
    for name in sorted(counts, key=lambda name: (-counts[name], "min" in name.split("_"))):
        measured = _by_values(name, vocabulary.values.get(name, {}))
        if measured is None:
            measured = _by_name(name)
            if measured and name not in vocabulary.number_attributes:
                measured = _bare_numbers(measured, vocabulary.values.get(name, {}))
        if measured is not None:
            found.setdefault(measured.dimension, []).append(measured)
    return found


def _by_name(name: str) -> Measured | None:
    parts = name.split("_")
    units = [UNIT_OF_NAME[part] for part in parts if part in UNIT_OF_NAME]
    named = [part for part in parts[1:] if part in UNITS] or [part for part in parts if len(part) > 2 and part in UNITS]
    if named == ["min"]:
        # `players_min` is no time.
        named = [part for part in parts if part in UNITS and UNITS[part][0] in OF_PEOPLE] or named
    unit = named[-1] if named else units[-1] if units else ""
    if not unit:
        return None
    dimension, factor = UNITS[unit]
    return Measured(name, dimension, factor)


def _bare_numbers(measured: Measured, values: Mapping[str, int]) -> Measured | None:
    """The measure of an attribute whose values are numbers written as text: "15.6" of screen_inches."""
    known = {value: tokens[0].number for value in values if len(tokens := tokenise(value)) == 1}
    spelled = {value: float(number) * measured.factor for value, number in known.items() if number is not None}
    if not spelled or len(spelled) < LEAST_MEASURES * len(values):
        return None
    return Measured(measured.attribute, measured.dimension, spelled=spelled)


def _by_values(name: str, values: Mapping[str, int]) -> Measured | None:
    spelled: dict[str, dict[str, float]] = {}
    for value in values:
        if (read := measure_of(value)) is not None:
            spelled.setdefault(read[0], {})[value] = read[1]
    for dimension, known in spelled.items():
        if len(known) >= LEAST_MEASURES * len(values):
            return Measured(name, dimension, spelled=known)
    return None


def amounts_of(measured: Measured, values: Iterable[str]) -> list[float]:
    """What stored numbers are in the base of the dimension."""
    numbers = [tokens[0].number for value in values if len(tokens := tokenise(value)) == 1]
    return [float(number) * measured.factor for number in numbers if number is not None]


def measure_of(text: str) -> tuple[str, float] | None:
    """Dimension and amount in its base of a stored text that begins with a number and its unit."""
    tokens = tokenise(text)
    if len(tokens) < 2 or tokens[0].number is None or tokens[1].word not in UNITS:
        return None
    dimension, factor = UNITS[tokens[1].word]
    return dimension, float(tokens[0].number) * factor


def same(wanted: float, stored: float, unit: str, number: Decimal) -> bool:
    """Whether a stored measure is what was asked for: within 1.5 %, or, of whole inches, up to the next one (a screen
    of 15.6 inches is called a 15 inch screen)."""
    if unit in ("in", "inch", "inches", '"') and number == number.to_integral_value() and wanted >= 2.54 * 7:
        return wanted * 0.99 <= stored < wanted + 2.54 * 0.95
    return abs(stored - wanted) <= 0.015 * max(abs(wanted), 1e-9)
