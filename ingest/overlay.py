"""A row of a feed under what was changed in the live catalogue while the feed was loaded. Pure.

Field by field: what nobody changed is the feed's. A change that by the shop's own versions is older than the row does
not count.
"""

from collections.abc import Mapping
from typing import Any, Final

from es.mappings import products as fields
from shop.products.changes.versions import SPECIFICATIONS, Marks, Versions, milliseconds, versions_of
from shop.products.document import Product
from shop.products.since import StoredWrite
from shop.products.store import VersionedProduct
from shop.products.stored import product_of

_ATTRIBUTE: Final = f"{SPECIFICATIONS}."


class ChangedMeanwhile:
    """Brings changes to products that a full load has written. Remembers which fields of which it has brought."""

    whole = False

    def __init__(self) -> None:
        self._brought: dict[str, set[str]] = {}

    def item(
        self, write: StoredWrite, before: StoredWrite | None, there: Mapping[str, Any] | None
    ) -> VersionedProduct | None:
        """As Bringing.item: whole where the feed has no such product, or nobody knows how it was."""
        live = product_of(write.source)
        versions = versions_of(write.source, live)
        if before is None or there is None:
            self._brought[write.product_id] = set(_flat(live))
            return _item(live, versions)
        row, old = product_of(dict(there)), product_of(before.source)
        names = changed(old, live, versions_of(before.source, old), versions, row)
        names |= self._brought.get(write.product_id, set())
        if not names:
            return None
        self._brought[write.product_id] = names
        return _item(overlaid(row, live, names), _versions(versions_of(there, row), versions, names))


def changed(old: Product, live: Product, before: Versions, after: Versions, row: Product) -> set[str]:
    """Names of the fields that a change has set and that are not older than the row; an attribute is
    `specifications.<name>`."""
    had, has = _flat(old), _flat(live)
    if (before.version.whole, before.accepted.whole) != (after.version.whole, after.accepted.whole):
        # Written whole: what stayed the same was meant, too.
        found = {*had, *has}
    else:
        found = {name for name in {*had, *has} if had.get(name) != has.get(name)}
    marked = {*after.version.since, *after.accepted.since}
    found |= {name for name in marked if (before.version.of(name), before.accepted.of(name)) != _marks(after, name)}
    if row.updated_at is None:
        return found
    newest = milliseconds(row.updated_at)
    return {name for name in found if not _older(name, before, after, newest)}


def _older(name: str, before: Versions, after: Versions, row: int) -> bool:
    """Whether only the shop's versions speak of this change, and the row's is newer."""
    told = after.version.of(name)
    return before.accepted.of(name) == after.accepted.of(name) and before.version.of(name) != told and told < row


def _marks(versions: Versions, name: str) -> tuple[int, int]:
    return versions.version.of(name), versions.accepted.of(name)


def overlaid(row: Product, live: Product, names: set[str]) -> Product:
    """The row with these fields as they are live."""
    values, theirs = row.model_dump(), live.model_dump()
    for name in names:
        if name.startswith(_ATTRIBUTE):
            key = name.removeprefix(_ATTRIBUTE)
            values[SPECIFICATIONS].pop(key, None)
            if key in theirs[SPECIFICATIONS]:
                values[SPECIFICATIONS][key] = theirs[SPECIFICATIONS][key]
        elif name != SPECIFICATIONS:
            values[name] = theirs[name]
    return Product.model_validate(values)


def _flat(product: Product) -> dict[str, Any]:
    values = product.model_dump()
    attributes = values.pop(SPECIFICATIONS)
    return {**values, **{f"{_ATTRIBUTE}{name}": value for name, value in attributes.items()}}


def _versions(row: Versions, live: Versions, names: set[str]) -> Versions:
    """What the product remembers: of these fields what the live one does."""

    def marks(ours: Marks, theirs: Marks) -> Marks:
        since = {name: theirs.of(name) for name in names if theirs.of(name) > ours.of(name)}
        return Marks(ours.whole, {**ours.since, **since})

    return Versions(marks(row.version, live.version), marks(row.accepted, live.accepted), told=row.told or live.told)


def _item(product: Product, versions: Versions) -> VersionedProduct:
    kept = versions.as_source()
    return VersionedProduct(product, 0, {fields.CHANGE_VERSIONS: kept} if kept else {})
