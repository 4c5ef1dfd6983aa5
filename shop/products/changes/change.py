"""A change of one product, and what became of it."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from pydantic import ValidationError

from shop.pictures.vectors import PictureProblem
from shop.products.changes.versions import Clock, Order, milliseconds
from shop.products.document import Product
from shop.products.values import to_milli

ANY = "*"
"""As `Change.expected`: any product, as long as there is one."""


class Result(StrEnum):
    """What became of a change."""

    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"
    UNCHANGED = "unchanged"
    STALE = "stale"
    REFUSED = "refused"
    MISSING = "missing"
    MISMATCH = "mismatch"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one product.

    `fields`: new values by field name; None clears a field; specifications are merged by name. `whole` gives the
    product that the change is if there is none yet, or sentences that say why it is none. `replaces`: `whole` takes the
    place of what is stored. `order` decides against other changes; without one, `updated_at` does, if there is one.
    `expected`: the tag of the product that is to be changed (ANY: there must be one); `absent`: there must be none.
    `patch`: nothing is made where there is none.
    """

    product_id: str
    fields: Mapping[str, Any]
    whole: Callable[[], Product | list[str]]
    deleted: bool = False
    replaces: bool = False
    patch: bool = False
    order: Order | None = None
    expected: str = ""
    absent: bool = False

    @property
    def updated_at(self) -> datetime | None:
        moment = self.fields.get("updated_at")
        return moment if isinstance(moment, datetime) else None

    @property
    def ordered(self) -> Order | None:
        """What decides against other changes of the product; None: it is made when it comes."""
        if self.order is not None or self.updated_at is None:
            return self.order
        return Order(Clock.VERSION, milliseconds(self.updated_at))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A change and what became of it; `why`: sentences, or what makes the changed product invalid, if refused;
    `pictures`: those that the changed product goes without; `stale`: fields that newer changes have set; `tag`: of the
    product after it, empty where there is none."""

    change: Change
    result: Result
    why: list[str] | ValidationError | None = None
    pictures: tuple[PictureProblem, ...] = ()
    stale: tuple[str, ...] = ()
    tag: str = ""


def plain(product: Product) -> dict[str, Any]:
    """All that a product has but its price, as JSON values."""
    return product.model_dump(mode="json", exclude={"price"})


def tag_of(product: Product, values: dict[str, Any] | None = None) -> str:
    """Names the content of a product: the same for equal products, in whatever generation they are. `values`: its
    `plain` ones, where they are there already."""
    named = (plain(product) if values is None else values) | {"price": to_milli(product.price)}
    return hashlib.blake2b(orjson.dumps(named, option=orjson.OPT_SORT_KEYS), digest_size=12).hexdigest()
