"""Raw rows into products, or into rejects that say why. Pure: no I/O."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import ValidationError

from ingest.feeds.row import BrokenRow, FeedRow, excerpt
from ingest.mapping.mapper import Mapper
from ingest.mapping.mistakes import ValueMistake
from shop.products.document import Product
from shop.products.reasons import sentences


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that is not loaded. `place`: its line or record, from 1; `raw`: its beginning; `cut`: the feed ended
    here before its end."""

    place: int
    reason: str
    product_id: str = ""
    raw: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that the mapping leaves out, or one that says that its product is gone."""

    place: int


@dataclass(frozen=True, slots=True)
class GoodRow:
    """A product and where it stood in its feed."""

    place: int
    product: Product


def normalize(row: FeedRow | BrokenRow, mapper: Mapper) -> Iterator[GoodRow | Reject | Skipped]:
    """What a row of a feed comes to: usually one product; several where the mapping expands it."""
    if isinstance(row, BrokenRow):
        yield Reject(row.place, row.reason, raw=row.raw, cut=row.cut)
        return
    try:
        opened = mapper.open(row.values)
    except ValueMistake as mistake:
        yield Reject(row.place, str(mistake), mapper.product_id(row.values), raw_of(row.values))
        return
    for values in opened:
        yield _one(row.place, values, mapper)


def whole_product(values: Mapping[str, Any], mapper: Mapper) -> Product | list[str]:
    """The product of an opened row, or the sentences that say why it is none."""
    mapped = mapper.apply(values)
    # What is wrong in the feed comes first; a field that failed must not be reported as missing too.
    if mapped.problems:
        return mapped.problems
    try:
        return Product.model_validate(mapped.fields)
    except ValidationError as error:
        return sentences(error)


def raw_of(values: Mapping[str, Any]) -> str:
    """The beginning of a row as JSON, for a reject."""
    try:
        return excerpt(orjson.dumps(values, default=str, option=orjson.OPT_NON_STR_KEYS))
    except TypeError:
        # Halves of characters and huge numbers, which orjson refuses.
        return excerpt(repr(values))


def _one(place: int, values: Mapping[str, Any], mapper: Mapper) -> GoodRow | Reject | Skipped:
    try:
        if mapper.skips(values) or mapper.deletes(values):
            return Skipped(place)
    except ValueMistake as mistake:
        return Reject(place, f"deleted {mistake}", mapper.product_id(values), raw_of(values))
    found = whole_product(values, mapper)
    if isinstance(found, Product):
        return GoodRow(place, found)
    return Reject(place, "; ".join(found), mapper.product_id(values), raw_of(values))
