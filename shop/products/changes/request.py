"""A change as it is asked for and as it travels: JSON in, JSON out. Pure."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import uuid4

import orjson
from pydantic import TypeAdapter, ValidationError

from shop.products.changes.change import Change
from shop.products.changes.versions import Clock, Order, milliseconds
from shop.products.document import Product, ProductId
from shop.products.merging import merged
from shop.products.reasons import sentences, shown

MAX_VERSION = 2**63 - 1
_ID: TypeAdapter[str] = TypeAdapter(ProductId)


class Op(StrEnum):
    """What a change does: writes a product whole, some of its fields, or deletes it."""

    PUT = "put"
    PATCH = "patch"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """One change that is valid as far as it can be told without what is stored.

    `version`: the shop's number that decides against other changes; None: `accepted` does, microseconds since 1970.
    `expected` and `absent` as for `Change`.
    """

    op: Op
    product_id: str
    fields: Mapping[str, Any]
    version: int | None
    accepted: int
    change_id: str
    expected: str = ""
    absent: bool = False

    @property
    def conditional(self) -> bool:
        """Whether it must be compared with what is stored before it is answered."""
        return bool(self.expected) or self.absent

    def dumped(self) -> bytes:
        """As JSON, to be read by `loaded`."""
        values = {"op": self.op, "product_id": self.product_id, "fields": self.fields, "version": self.version}
        return orjson.dumps(values | {"accepted": self.accepted, "change_id": self.change_id})

    def change(self, *, decides: bool) -> Change:
        """The change to make. `decides`: changes may come in another order than they were accepted in, so that one
        without a version may be too late as well."""
        patch = self.op is Op.PATCH
        if self.version is not None:
            order = Order(Clock.VERSION, self.version)
        else:
            order = Order(Clock.ACCEPTED, self.accepted, decides)
        return Change(
            self.product_id,
            _typed(self.product_id, self.fields) if patch else {},
            self._missing if patch else self._whole,
            deleted=self.op is Op.DELETE,
            replaces=self.op is Op.PUT,
            patch=patch,
            order=order,
            expected=self.expected,
            absent=self.absent,
        )

    def _whole(self) -> Product | list[str]:
        try:
            return Product.model_validate({**self.fields, "product_id": self.product_id})
        except ValidationError as error:
            return sentences(error)

    def _missing(self) -> Product | list[str]:
        return [f"there is no product {shown(self.product_id)} to change; PUT it whole"]


def loaded(raw: bytes) -> ChangeRequest:
    """What `dumped` wrote. Raises ValueError for anything else."""
    try:
        values = orjson.loads(raw)
        found = requested(values["op"], values["product_id"], values["fields"], values["version"])
        if isinstance(found, list):
            raise ValueError("; ".join(found))
        return replace(found, accepted=int(values["accepted"]), change_id=str(values["change_id"]))
    except (TypeError, KeyError) as error:
        raise ValueError(f"it is no change: {error!r}") from error


def requested(op: str, product_id: object, fields: object, version: object = None) -> ChangeRequest | list[str]:
    """A change, or the sentences that say why it is none. `version` may stand among the fields as well."""
    if op not in list(Op):
        return [f"op {shown(op)} is not one of put, patch, delete"]
    if not isinstance(fields, dict):
        return ["the fields of a product must be a JSON object"]
    fields = dict(fields)
    if "version" in fields:
        told = fields.pop("version")
        if version is not None and version != told:
            return ["version is given twice, and differs"]
        version = told
    problems = _id_problems(product_id, fields) + _version_problems(version)
    if problems:
        return problems
    fields.pop("product_id", None)
    moment = None
    if Op(op) is not Op.DELETE:
        checked = _checked(Op(op), str(product_id), fields)
        if isinstance(checked, list):
            return checked
        moment = checked.updated_at
    elif fields:
        return [f"a deletion has no fields, such as {shown(next(iter(fields)))}"]
    if version is None and moment is not None:
        version = milliseconds(moment)
    number = version if isinstance(version, int) else None
    return ChangeRequest(Op(op), str(product_id), fields, number, time.time_ns() // 1000, uuid4().hex)


def _id_problems(product_id: object, fields: Mapping[str, Any]) -> list[str]:
    try:
        _ID.validate_python(product_id, strict=True)
    except ValidationError as error:
        return [f"product_id {shown(product_id)} is not valid: {error.errors()[0]['msg']}"]
    if fields.get("product_id", product_id) != product_id:
        return [f"product_id {shown(fields['product_id'])} in the body is not {shown(product_id)}"]
    return []


def _version_problems(version: object) -> list[str]:
    if version is None:
        return []
    if isinstance(version, bool) or not isinstance(version, int) or not 0 < version <= MAX_VERSION:
        return [f"version {shown(version)} is not a whole number from 1 to {MAX_VERSION}"]
    return []


def _checked(op: Op, product_id: str, fields: Mapping[str, Any]) -> Product | list[str]:
    """The product, or where only some fields are there, one that has them."""
    try:
        if op is Op.PUT:
            return Product.model_validate({**fields, "product_id": product_id})
        return merged(Product.model_validate({"product_id": product_id, "name": "-", "price": 0}), fields)
    except ValidationError as error:
        return sentences(error)
    except ValueError as error:
        return [str(error)]


def _typed(product_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The moment as a moment, by which a load decides; the rest as it came."""
    if fields.get("updated_at") is None:
        return dict(fields)
    base = {"product_id": product_id, "name": "-", "price": 0, "updated_at": fields["updated_at"]}
    return {**fields, "updated_at": Product.model_validate(base).updated_at}
