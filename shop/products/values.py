"""Names and amounts that products share: categories, price ranges, genders, ages, exact money, attributes.

The enumerations are those of the product model that shopscout was specified with; a shop's own category tree
stands beside the ten categories, in `Product.categories`.
"""

import re
import struct
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final


class Category(StrEnum):
    ELECTRONICS = "electronics"
    CLOTHING = "clothing"
    HOME_GARDEN = "home_garden"
    SPORTS_OUTDOORS = "sports_outdoors"
    BOOKS = "books"
    TOYS_GAMES = "toys_games"
    HEALTH_BEAUTY = "health_beauty"
    AUTOMOTIVE = "automotive"
    JEWELRY = "jewelry"
    GIFTS = "gifts"

    @property
    def words(self) -> str:
        """The name as a person would type it: "home garden"."""
        return self.value.replace("_", " ")


class Gender(StrEnum):
    MALE = "male"
    FEMALE = "female"
    UNISEX = "unisex"
    KIDS = "kids"


class AgeGroup(StrEnum):
    KIDS = "kids"  # 0 to 12
    TEENS = "teens"  # 13 to 19
    YOUNG_ADULTS = "young_adults"  # 20 to 35
    ADULTS = "adults"  # 36 to 55
    SENIORS = "seniors"  # over 55


class PriceRange(StrEnum):
    """Named price ranges in main units of the currency; lower bound included, upper bound not."""

    BUDGET = "budget"
    AFFORDABLE = "affordable"
    MODERATE = "moderate"
    PREMIUM = "premium"
    LUXURY = "luxury"

    @property
    def bounds_milli(self) -> tuple[int, int | None]:
        """[from, to) in thousandths of the main unit; None: no upper bound."""
        return _BOUNDS[self]


_BOUNDS: Final[dict[PriceRange, tuple[int, int | None]]] = {
    PriceRange.BUDGET: (0, 25_000),
    PriceRange.AFFORDABLE: (25_000, 100_000),
    PriceRange.MODERATE: (100_000, 500_000),
    PriceRange.PREMIUM: (500_000, 2_000_000),
    PriceRange.LUXURY: (2_000_000, None),
}

MAX_PRICE: Final = Decimal(10) ** 12
"""Prices from here on are refused: they are mistakes, and sums of them would leave 64 bits."""


def to_milli(amount: Decimal) -> int:
    """Money in main units -> thousandths of the main unit, half up beyond three decimals."""
    return int((amount * 1000).to_integral_value(ROUND_HALF_UP))


def from_milli(milli: int) -> Decimal:
    """Thousandths of the main unit -> money in main units, without trailing zeros beyond two decimals."""
    amount = Decimal(milli) / 1000
    return amount.quantize(Decimal("0.01")) if milli % 10 == 0 else amount.quantize(Decimal("0.001"))


def sortable(number: float) -> str:
    """A number as 16 hex digits whose alphabetical order is the numerical order (negative ones too).

    The sign bit of the IEEE 754 double is flipped for positive numbers, all bits for negative ones.
    """
    bits = int(struct.unpack(">Q", struct.pack(">d", number + 0.0))[0])
    flipped = bits ^ (0xFFFF_FFFF_FFFF_FFFF if bits >> 63 else 0x8000_0000_0000_0000)
    return f"{flipped:016x}"


def number_of(sorted_form: str) -> float:
    """The number that `sortable` wrote."""
    flipped = int(sorted_form, 16)
    bits = flipped ^ (0x8000_0000_0000_0000 if flipped >> 63 else 0xFFFF_FFFF_FFFF_FFFF)
    return float(struct.unpack(">d", struct.pack(">Q", bits))[0])


LOWEST_SORTABLE: Final = "0" * 16
HIGHEST_SORTABLE: Final = "f" * 16

_NOT_WORD = re.compile(r"[\W_]+")
MAX_ATTRIBUTE_NAME: Final = 64


@lru_cache(maxsize=50_000)  # Feeds repeat their names in every row.
def attribute_name(raw: str) -> str:
    """The form of an attribute's name under which it is stored, filtered and faceted: `Product Colour` ->
    `product_color`. Empty if nothing is left. British "colour" and American "color" are one name."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", raw) if not unicodedata.combining(c))
    name = _NOT_WORD.sub("_", unicodedata.normalize("NFC", letters).lower()).strip("_")
    return name.replace("colour", "color")[:MAX_ATTRIBUTE_NAME]


def same_word(value: str) -> str:
    """ASCII lower case: the form in which the engine's case-insensitive filters compare values."""
    return value.translate(_ASCII_LOWER)


def folded(value: str) -> str:
    """Lower case without accents: nearly the form in which the engine compares brands (it writes "ø" as "o" too)."""
    letters = unicodedata.normalize("NFKD", value.lower())
    return "".join(c for c in letters if not unicodedata.combining(c))


_ASCII_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
