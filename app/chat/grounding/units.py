"""Numbers with units, in text and in the names of attributes. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

_UNITS: Final[tuple[tuple[str, float, str], ...]] = (
    ("mass", 0.001, "mg milligram milligrams"),
    ("mass", 1, "g gram grams gramme grammes"),
    ("mass", 1000, "kg kgs kilo kilos kilogram kilograms"),
    ("mass", 28.349523, "oz ounce ounces"),
    ("mass", 453.59237, "lb lbs pound pounds"),
    ("volume", 1, "ml milliliter milliliters millilitre millilitres"),
    ("volume", 10, "cl"),
    ("volume", 1000, "l liter liters litre litres"),
    ("volume", 3785.4118, "gallon gallons"),
    ("length", 0.1, "mm millimeter millimeters millimetre millimetres"),
    ("length", 1, "cm centimeter centimeters centimetre centimetres"),
    ("length", 100, "m meter meters metre metres"),
    ("length", 2.54, 'inch inches in "'),
    ("length", 30.48, "ft foot feet"),
    ("length", 100000, "km kilometer kilometers kilometre kilometres"),
    ("length", 160934.4, "mile miles"),
    ("data", 0.001, "mb megabyte megabytes"),
    ("data", 1, "gb gigabyte gigabytes"),
    ("data", 1024, "tb terabyte terabytes"),
    ("power", 1, "w watt watts"),
    ("power", 1000, "kw kilowatt kilowatts"),
    ("voltage", 1, "v volt volts"),
    ("charge", 1, "mah"),
    ("charge", 1000, "ah"),
    ("torque", 1, "nm"),
    ("frequency", 1, "hz hertz"),
    ("frequency", 1e6, "mhz"),
    ("frequency", 1e9, "ghz"),
    ("pixels", 1, "mp megapixel megapixels"),
    ("light", 1, "lm lumen lumens"),
    ("sound", 1, "db decibel decibels"),
    ("time", 1 / 60, "second seconds sec secs"),
    ("time", 1, "min mins minute minutes"),
    ("time", 60, "h hr hrs hour hours"),
    ("time", 1440, "day days night nights"),
    ("time", 10080, "week weeks"),
    ("age", 1, "month months"),
    ("age", 12, "year years yr yrs"),
    ("count", 1, "piece pieces pcs pack count"),
    ("people", 1, "person persons people seater seats"),
    ("players", 1, "player players"),
    ("pages", 1, "page pages"),
    ("gears", 1, "gear gears speed"),
    ("carats", 1, "carat carats ct"),
    ("share", 1, "% percent"),
    ("heat", 1, "\u00b0c celsius"),
    ("speed", 1, "km/h kph"),
    ("speed", 1.609344, "mph"),
)
UNITS: Final = {word: (kind, size) for kind, size, words in _UNITS for word in words.split()}
# In names of attributes, short words are no units unless they end the name.
_LETTERS: Final = "|".join(sorted((re.escape(u) for u in UNITS if u[0].isalpha()), key=len, reverse=True))
_QUANTITY: Final = re.compile(
    rf"(?<![\w.,])(?P<number>\d[\d,]*(?:\.\d+)?)(?:[\s\u00a0-]?(?P<unit>{_LETTERS}|\u00b0c)(?![\w])|\s?(?P<sign>%|\"))",
    re.IGNORECASE,
)
# What a length is a length of, by words beside the number.
SIDES: Final = {
    "height": ("high", "tall", "height"),
    "width": ("wide", "width"),
    "length": ("long", "length"),
    "depth": ("deep", "depth"),
    "diameter": ("diameter", "across"),
    "thickness": ("thick", "thickness"),
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit: `size` in the kind's base unit, `number` as it was written. `of`: the name of the
    attribute that it was read from, empty where it stands in text."""

    kind: str
    size: float
    number: float
    unit: str
    of: str = ""
    start: int = 0
    end: int = 0
    number_end: int = 0

    def same(self, other: "Quantity") -> bool:
        """Whether two quantities say the same, allowing for what rounding a conversion loses."""
        if self.kind != other.kind:
            return False
        if UNITS[self.unit] == UNITS[other.unit]:
            return abs(self.number - other.number) < 1e-9
        rounded = float(f"{other.size / (self.size / self.number):.3g}") if self.number else 0.0
        return rounded == float(f"{self.number:.3g}") or abs(self.size - other.size) <= 0.005 * max(
            abs(self.size), abs(other.size)
        )


def number(text: str) -> float:
    return float(text.replace(",", ""))


def quantities(text: str) -> Iterator[Quantity]:
    """The numbers with units of a text, where they stand."""
    for match in _QUANTITY.finditer(text):
        unit = (match.group("unit") or match.group("sign")).lower()
        kind, size = UNITS[unit]
        value = number(match.group("number"))
        yield Quantity(kind, value * size, value, unit, "", match.start(), match.end(), match.end("number"))


def quantity_of(name: str, value: Any) -> Quantity | None:  # noqa: ANN401 - JSON
    """An attribute such as weight_g: 249 as a quantity."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    for part in reversed(name.lower().split("_")):
        if part in UNITS:
            kind, size = UNITS[part]
            return Quantity(kind, value * size, float(value), part, name.lower())
    return None
