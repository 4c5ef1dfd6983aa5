"""Which of two changes of a product counts. Pure.

Every field remembers the newest change that set it, so changes may come in any order: two changes of different fields
are both made, of two changes of the same field the newer one stays. There are two clocks, compared each with itself:
versions that the shop gives, and the moments at which changes without a version were accepted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from es.mappings import products as fields
from shop.products.document import Product, clean_attributes
from shop.products.values import attribute_name

SPECIFICATIONS: Final = "specifications"
_WHOLE: Final = "*"


class Clock(StrEnum):
    """By what changes are ordered: the shop's versions, or when they were accepted."""

    VERSION = "version"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Order:
    """Where a change stands among others. `decides`: it may be too late; else it is made when it comes."""

    clock: Clock
    value: int
    decides: bool = True


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970: the version of what has no other but its time."""
    return max(0, int(moment.timestamp() * 1000))


@dataclass(frozen=True, slots=True)
class Marks:
    """By one clock: `whole`, when the product was last written whole (or deleted), and the fields set since then."""

    whole: int = 0
    since: Mapping[str, int] = field(default_factory=dict)

    @property
    def newest(self) -> int:
        return max(self.whole, *self.since.values()) if self.since else self.whole

    def of(self, name: str) -> int:
        """When a field was last set. An attribute is `specifications.<name>`."""
        found = max(self.whole, self.since.get(name, 0))
        return max(found, self.since.get(SPECIFICATIONS, 0)) if name.startswith(f"{SPECIFICATIONS}.") else found

    def with_whole(self, value: int) -> "Marks":
        whole = max(self.whole, value)
        return Marks(whole, {name: at for name, at in self.since.items() if at > whole})

    def with_fields(self, names: list[str], value: int) -> "Marks":
        return Marks(self.whole, {**self.since, **{n: max(value, self.of(n)) for n in names if value > self.whole}})


@dataclass(frozen=True, slots=True)
class Versions:
    """What a stored product remembers of its changes. `told`: it remembers them, and is not only from a load."""

    version: Marks = field(default_factory=Marks)
    accepted: Marks = field(default_factory=Marks)
    told: bool = False

    def by(self, clock: Clock) -> Marks:
        return self.version if clock is Clock.VERSION else self.accepted

    def after(self, deletion: "Versions | None") -> "Versions":
        """Of a product that is there after it was deleted once."""
        if deletion is None:
            return self
        return replace(
            self,
            version=self.version.with_whole(deletion.version.whole),
            accepted=self.accepted.with_whole(deletion.accepted.whole),
        )

    def outlived(self, deletion: "Versions | None") -> bool:
        """Whether the product is newer than its deletion; one from a load is."""
        if deletion is None or not self.told:
            return True
        return deletion.version.whole <= self.version.newest and deletion.accepted.whole <= self.accepted.newest

    def with_order(self, order: Order | None, names: list[str] | None) -> "Versions":
        """After a change of these fields; None: of the whole product."""
        if order is None:
            return self
        marks = self.by(order.clock)
        marks = marks.with_whole(order.value) if names is None else marks.with_fields(names, order.value)
        if order.clock is Clock.VERSION:
            return Versions(marks, self.accepted, True)
        return Versions(self.version, marks, True)

    def as_source(self) -> dict[str, Any]:
        """As it is stored with the product; empty where there is nothing to remember."""
        if not self.told:
            return {}
        kept = {clock: {_WHOLE: self.by(clock).whole, **self.by(clock).since} for clock in Clock}
        return {clock.value: marks for clock, marks in kept.items() if any(marks.values())}


def versions_of(source: Mapping[str, Any], product: Product | None) -> Versions:
    """Of a stored source; a product that no change has touched has the version of its `updated_at`."""
    kept = source.get(fields.CHANGE_VERSIONS)
    if kept:
        return Versions(_marks(kept.get(Clock.VERSION, {})), _marks(kept.get(Clock.ACCEPTED, {})), told=True)
    moment = product.updated_at if product is not None else None
    return Versions(Marks(milliseconds(moment)) if moment is not None else Marks())


def _marks(kept: Mapping[str, int]) -> Marks:
    return Marks(kept.get(_WHOLE, 0), {name: at for name, at in kept.items() if name != _WHOLE})


@dataclass(frozen=True, slots=True)
class Fresh:
    """What of a change is newer than what is stored: its fields, the names to remember, and those that came late."""

    fields: dict[str, Any]
    names: list[str]
    stale: list[str]


def fresh(changed: Mapping[str, Any], order: Order | None, marks: Marks, stored: Product) -> Fresh:
    """The part of a change that counts."""
    found = Fresh({}, [], [])
    changed = {name: value for name, value in changed.items() if name != fields.PRODUCT_ID}
    for name, value in changed.items():
        if name == SPECIFICATIONS and (value is None or isinstance(value, dict)):
            _fresh_attributes(value, order, marks, stored, found)
        elif _counts(order, marks, name):
            found.fields[name] = value
            found.names.append(name)
        else:
            found.stale.append(name)
    _stock_decides(changed, order, marks, stored, found)
    return found


def _stock_decides(
    changed: Mapping[str, Any], order: Order | None, marks: Marks, stored: Product, found: Fresh
) -> None:
    """A quantity alone says whether there is stock, unless a newer change has said so itself."""
    if found.fields.get(fields.STOCK) is None or fields.IN_STOCK in found.fields:
        return
    if fields.IN_STOCK not in changed and _counts(order, marks, fields.IN_STOCK):
        found.names.append(fields.IN_STOCK)
    else:
        found.fields[fields.IN_STOCK] = stored.in_stock


def _fresh_attributes(
    value: dict[str, Any] | None, order: Order | None, marks: Marks, stored: Product, found: Fresh
) -> None:
    each: dict[str, Any] = dict.fromkeys(stored.specifications) if value is None else value
    kept = {}
    for key, item in each.items():
        names = [f"{SPECIFICATIONS}.{name}" for name in _attribute_names(key, item)]
        if all(_counts(order, marks, name) for name in names):
            kept[key] = item
            found.names.extend(names)
        else:
            found.stale.extend(names)
    if value is None:
        found.names.append(SPECIFICATIONS)
    if kept:
        found.fields[SPECIFICATIONS] = kept


def _attribute_names(key: str, item: object) -> list[str]:
    """A nested object is stored as several attributes."""
    return list(clean_attributes({key: item})) if isinstance(item, dict) else [attribute_name(key)]


def _counts(order: Order | None, marks: Marks, name: str) -> bool:
    return order is None or not order.decides or order.value >= marks.of(name)


def overlaid(whole: Product, order: Order | None, marks: Marks, stored: Product) -> tuple[Product, list[str]]:
    """A whole product under the fields that newer changes have set; and their names."""
    if order is None or not order.decides:
        return whole, []
    # Sorted: what cleared all attributes comes before those that were set after it.
    newer = sorted(name for name, at in marks.since.items() if at > order.value)
    if not newer:
        return whole, []
    values = whole.model_dump()
    old = stored.model_dump()
    for name in newer:
        if name.startswith(f"{SPECIFICATIONS}."):
            key = name.removeprefix(f"{SPECIFICATIONS}.")
            values[SPECIFICATIONS].pop(key, None)
            if key in old[SPECIFICATIONS]:
                values[SPECIFICATIONS][key] = old[SPECIFICATIONS][key]
        elif name == SPECIFICATIONS:
            values[SPECIFICATIONS] = {}
        else:
            values[name] = old[name]
    return Product.model_validate(values), newer
