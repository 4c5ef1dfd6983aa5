"""Filters of a search: which there are and how a caller names them. Pure.

A filter is known by one name everywhere: as a query parameter, in a POST body and as a facet. Any attribute of the
catalogue is a filter under its own name, or as `attr.<name>` where that name means something else here (`attr.size`).
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.search.spans import SpanFilter
from es.mappings import products as fields
from shop.products.reader import CatalogueFacts
from shop.products.values import AgeGroup, Category, Gender, PriceRange, attribute_name

MAX_FILTER_VALUES: Final = 100
MAX_VALUES_IN_ALL: Final = 500
MAX_VALUE_LENGTH: Final = 512
ATTRIBUTE_PREFIX: Final = "attr."
NOT_PREFIX: Final = "not_"
WORDS: Final = "words"
"""What `not_words` leaves out: words, wherever a product says what it is."""


@dataclass(frozen=True, slots=True)
class WordFilter:
    """One of `values`, upper and lower case being the same. `also_in`: filters of other attributes that say the same of
    other products, as `cable_color` beside `color`; any of them may have it."""

    name: str
    values: tuple[str, ...]
    also_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RangeFilter:
    """At least `gte` and at most `lte`, both included; None leaves that side open. Prices in main units."""

    name: str
    gte: Decimal | None = None
    lte: Decimal | None = None


@dataclass(frozen=True, slots=True)
class FlagFilter:
    """Exactly this truth value."""

    name: str
    value: bool


@dataclass(frozen=True, slots=True)
class NotFilter:
    """None of `values`; products that have no value at all pass. `of`: the filter that it turns round, or `words`:
    then no name, attribute, tag or feature may hold the words. Its own name is no facet's, so it is no selection.
    `also_in`: filters of other attributes that may not hold them either."""

    of: str
    values: tuple[str, ...]
    also_in: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return NOT_PREFIX + self.of


Filter = WordFilter | RangeFilter | FlagFilter | SpanFilter | NotFilter


@dataclass(frozen=True, slots=True)
class WordField:
    """A filter by words: its field and, for a closed list, the values there are."""

    field: str
    description: str
    choices: type[StrEnum] | None = None
    any_case: bool = True


WORD_FIELDS: Final[dict[str, WordField]] = {
    "category": WordField(fields.CATEGORY, "Category.", Category, any_case=False),
    "shop_category": WordField(fields.SHOP_CATEGORY, 'The shop\'s own category path or an ancestor of it: "Men/Tops".'),
    "brand": WordField(fields.BRAND_KEY, "Brand; upper and lower case are the same.", any_case=False),
    "gender": WordField(fields.GENDER, "Whom the product is made for.", Gender, any_case=False),
    "age": WordField(fields.AGE, "Age group that the product is made for.", AgeGroup, any_case=False),
    "occasion": WordField(fields.OCCASIONS, "Occasion such as birthday."),
    "tags": WordField(fields.TAGS, "Tag of the product."),
    "price_range": WordField(
        fields.PRICE,
        "Named price range: budget under 25, affordable to 100, moderate to 500, premium to 2000, luxury above.",
        PriceRange,
    ),
    "currency": WordField(fields.CURRENCY, "Currency of the price, such as USD."),
    "group_id": WordField(fields.GROUP_ID, "Family whose variants are wanted."),
}

RANGE_FIELDS: Final[dict[str, str]] = {"price": fields.PRICE, "rating": fields.RATING}
HIGHEST: Final[dict[str, int]] = {"price": 10**12, "rating": 5}
"""Highest bound of each range; the lowest is 0."""
FLAG_FIELDS: Final[dict[str, str]] = {"in_stock": fields.IN_STOCK}
ALIASES: Final = {"colour": "color", "tag": "tags", "occasions": "occasion"}

BUILT_IN: Final = (*WORD_FIELDS, *RANGE_FIELDS, *FLAG_FIELDS)


def canonical(name: str) -> str:
    """The name under which a filter or facet is known: aliases resolved, attributes in their stored form."""
    name = name.strip()
    if name.startswith(ATTRIBUTE_PREFIX):
        stored = attribute_name(name.removeprefix(ATTRIBUTE_PREFIX))
        return ATTRIBUTE_PREFIX + stored if stored in _RESERVED else stored
    name = ALIASES.get(name, name)
    return name if name in BUILT_IN else attribute_name(name)


# Attribute names that mean something else as a parameter; reached as attr.<name>.
_RESERVED: Final = frozenset(BUILT_IN) | {
    "q", "facets", "facet_size", "sort", "page", "size", "cursor", "mode", "fusion", "explain", "correct", "filters",
    "session_id", "group", "device", "segment",
    "understand", "relax", "keep_words", WORDS,
}  # fmt: skip


def attribute_of(name: str) -> str:
    """The stored attribute that a canonical filter name stands for."""
    return name.removeprefix(ATTRIBUTE_PREFIX)


def filter_names(facts: CatalogueFacts | None) -> list[str]:
    """Every filter there is, built-in ones first, then attributes by how many products have them."""
    ranges = [f"{side}_{name}" for name in RANGE_FIELDS for side in ("min", "max")]
    return [*WORD_FIELDS, *ranges, *FLAG_FIELDS, *attribute_filters(facts)]


def attribute_filters(facts: CatalogueFacts | None) -> list[str]:
    """The names by which the catalogue's attributes are asked for, those of most products first."""
    return [attribute_parameter(attribute) for attribute in (facts.attributes if facts else {})]


def attribute_parameter(attribute: str) -> str:
    """The name by which an attribute is asked for: its own, or attr.<name> where that means something else."""
    return ATTRIBUTE_PREFIX + attribute if _means_else(attribute) else attribute


def _means_else(attribute: str) -> bool:
    """Whether the plain name, as a parameter, is not the attribute."""
    return attribute in _RESERVED or attribute in ALIASES or attribute.startswith(("min_", "max_", NOT_PREFIX))
