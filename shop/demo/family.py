"""A family of the demo catalogue: one model as its data file describes it, with its variants."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, Strict, StringConstraints, ValidationError, model_validator

from shop.demo.errors import CatalogueError
from shop.products.values import AgeGroup, Category, Gender

FAMILIES = Path(__file__).with_name("families")

Color = Literal[
    "black",
    "white",
    "gray",
    "silver",
    "gold",
    "brown",
    "beige",
    "red",
    "orange",
    "yellow",
    "green",
    "blue",
    "purple",
    "pink",
    "multicolor",
]
Occasion = Literal[
    "birthday",
    "christmas",
    "mothers_day",
    "fathers_day",
    "anniversary",
    "wedding",
    "graduation",
    "housewarming",
    "valentines_day",
    "baby_shower",
    "retirement",
    "thank_you",
    "back_to_school",
    "party",
    "everyday",
    "travel",
]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Price = Annotated[str, StringConstraints(pattern=r"^[1-9]\d*\.\d\d$")]
Stock = Annotated[int, Field(ge=0, le=5000)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
SpecKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
SpecValue = str | int | float | bool

COLORS: tuple[str, ...] = get_args(Color)
OCCASIONS: tuple[str, ...] = get_args(Occasion)
# Written by the expansion from the variant, never by hand.
VARIANT_KEYS = frozenset({"color", "color_name", "product_type"})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Choice(_Strict):
    """One value of what a buyer chooses besides the colour, such as a size; its key is the wording."""

    specifications: dict[SpecKey, SpecValue]
    price: Price | None = None


class Variant(_Strict):
    """One colour of a family. `stock` is a count, or a count for each of the family's choices."""

    color: Color
    color_name: Words
    stock: Stock | dict[str, Stock]
    price: Price | None = None


class Family(_Strict):
    """One model of the shop. Prices are US dollars with two decimals; `picture` names a render."""

    id: Slug
    brand: Words
    name: Words
    product_type: Words
    description: Annotated[str, StringConstraints(min_length=120, max_length=900, strip_whitespace=True)]
    category: Annotated[str, StringConstraints(pattern=r"^[^/]+(/[^/]+){1,3}$")]
    features: list[Words] = Field(min_length=2)
    specifications: dict[SpecKey, SpecValue] = Field(min_length=1)
    tags: list[Words] = Field(min_length=2)
    target_gender: Annotated[Gender, Strict(False)] = Gender.UNISEX
    target_age: Annotated[AgeGroup, Strict(False)] = AgeGroup.ADULTS
    occasions: list[Occasion] = Field(min_length=1)
    price: Price
    rating: Annotated[float, Field(ge=1, le=5)]
    review_count: Annotated[int, Field(ge=0)]
    picture: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{4,5}(-[0-9a-f]{4,5})*|drawn:[a-z_]+)$")]
    choices: dict[Words, Choice] = Field(default_factory=dict)
    variants: list[Variant] = Field(min_length=1)

    @model_validator(mode="after")
    def _stock_matches_choices(self) -> Self:
        for variant in self.variants:
            if isinstance(variant.stock, int) == bool(self.choices):
                raise ValueError(
                    f"the stock of {variant.color_name} must be "
                    + ("a count for each choice" if self.choices else "one count, as there are no choices")
                )
            if isinstance(variant.stock, dict) and (unknown := variant.stock.keys() - self.choices.keys()):
                raise ValueError(f"the stock of {variant.color_name} names unknown choices {sorted(unknown)}")
        return self

    @model_validator(mode="after")
    def _variant_keys_are_free(self) -> Self:
        keys = set(self.specifications).union(*(choice.specifications for choice in self.choices.values()))
        if taken := keys & VARIANT_KEYS:
            raise ValueError(f"specifications {sorted(taken)} are filled from the variant; leave them out")
        return self


def read_families(folder: Path = FAMILIES) -> Iterator[tuple[Category, Family]]:
    """Yield (category, family) from `<category>.yaml` files, in the order of the files' text.

    Raises CatalogueError with the file and the family for whatever does not fit.
    """
    for category in Category:
        path = folder / f"{category}.yaml"
        for entry in _entries(path):
            name = entry.get("id", "a family without id") if isinstance(entry, dict) else "an entry"
            try:
                family = Family.model_validate(entry)
            except ValidationError as error:
                raise CatalogueError(f"{path.name}, {name}: {_sentence(error)}") from error
            yield category, family


def slug(text: str) -> str:
    """'Forest Green, 45 L' -> 'forest-green-45-l'; accents and signs become hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _entries(path: Path) -> list[object]:
    try:
        parsed = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except FileNotFoundError as error:
        raise CatalogueError(f"{path.name} is missing from {path.parent}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path.name} is not readable YAML: {error}") from error
    if not isinstance(parsed, list) or not parsed:
        raise CatalogueError(f"{path.name} must hold a list of families")
    return parsed


def _sentence(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in problem['loc']) or 'the family'}: {problem['msg']}"
        for problem in error.errors(include_url=False)
    )
