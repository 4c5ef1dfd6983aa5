"""From a change and what is stored to the lines to send, or to an outcome where there are none. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from pydantic import ValidationError

from embed.base import Vector
from es.mappings import products as fields
from shop.pictures.vectors import PictureProblem
from shop.products.changes.change import ANY, Change, Outcome, Result, tag_of
from shop.products.changes.versions import Order, Versions, fresh, overlaid, versions_of
from shop.products.document import Product
from shop.products.merging import merged
from shop.products.reasons import sentences
from shop.products.stored import embedding_text, product_of, stored_form

VECTORS = (fields.TEXT_VECTOR, fields.IMAGE_VECTOR)


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored of one product: the document as it was read, the product (None: there is none, or it is only the
    rest of one that was deleted), and what is remembered of its changes."""

    doc: Mapping[str, Any]
    product: Product | None
    versions: Versions
    deletion: Versions | None = None

    @property
    def found(self) -> bool:
        return bool(self.doc["found"])


@dataclass(frozen=True, slots=True)
class Plan:
    """A change with what it makes of a product: `product` is written (None: nothing is, or it is deleted)."""

    stored: Stored
    outcome: Outcome
    product: Product | None = None
    versions: Versions = field(default_factory=Versions)


@dataclass(frozen=True, slots=True)
class Step:
    """What to send for one change: the lines, or nothing where the outcome is known already."""

    plan: Plan
    outcome: Outcome
    lines: tuple[bytes, ...] = ()


@dataclass(slots=True)
class NewVectors:
    """Vectors to store, by product id. Who is not in `text` or `image` keeps what is stored; None: without one."""

    text: dict[str, Vector | None] = field(default_factory=dict)
    image: dict[str, Vector | None] = field(default_factory=dict)
    problems: list[PictureProblem] = field(default_factory=list)


def stored_of(doc: Mapping[str, Any], deletion: Versions | None) -> Stored:
    """A document of an `_mget`, given whether and when the product was deleted."""
    product = product_of(doc["_source"]) if doc["found"] else None
    versions = versions_of(doc["_source"], product) if doc["found"] else Versions()
    if not versions.outlived(deletion):
        return Stored(doc, None, versions, deletion)
    return Stored(doc, product, versions, deletion)


def planned(change: Change, stored: Stored) -> Plan:
    """What a change comes to."""
    order = change.ordered
    refusal = _refusal(change, stored)
    if refusal is not None:
        return Plan(stored, refusal)
    if change.deleted:
        # Of what outlived its deletion nothing is left to decide; the rest of what did not is swept away.
        gone = stored.found and (stored.product is not None or not stored.versions.outlived(stored.deletion))
        result = Result.DELETED if gone else Result.UNCHANGED
        return Plan(stored, Outcome(change, result))
    if stored.product is None:
        return _created(change, stored, order)
    return _changed(change, stored, stored.product, order)


def _refusal(change: Change, stored: Stored) -> Outcome | None:
    """Why nothing may be made of a change, whatever is in it."""
    tag = tag_of(stored.product) if stored.product is not None else ""
    if change.absent and tag:
        return Outcome(change, Result.MISMATCH, ["there is a product of this id already"], tag=tag)
    if change.expected and change.expected not in ((ANY, tag) if tag else ()):
        why = "it has been changed by somebody else: read it again" if tag else "there is no product of this id"
        return Outcome(change, Result.MISMATCH, [why], tag=tag)
    order = change.ordered
    if order is None or not order.decides:
        return None
    deleted = stored.deletion.by(order.clock).whole if stored.deletion is not None else 0
    if stored.product is None:
        if change.deleted or not deleted or order.value > deleted:
            return None
        return Outcome(change, Result.STALE, ["the product was deleted by a newer change"])
    marks = stored.versions.by(order.clock)
    limit = marks.newest if change.deleted else marks.whole
    if order.value >= limit:
        return None
    return Outcome(change, Result.STALE, [f"version {order.value} is older than {limit}, which is stored"], tag=tag)


def _created(change: Change, stored: Stored, order: Order | None) -> Plan:
    whole = change.whole()
    if not isinstance(whole, Product):
        return Plan(stored, Outcome(change, Result.MISSING if change.patch else Result.REFUSED, whole))
    versions = Versions().with_order(_not_before(order, stored), None).after(stored.deletion)
    return Plan(stored, Outcome(change, Result.CREATED, tag=tag_of(whole)), whole, versions)


def _changed(change: Change, stored: Stored, product: Product, order: Order | None) -> Plan:
    order = _not_before(order, stored)
    marks = stored.versions.by(order.clock) if order is not None else stored.versions.version
    try:
        if change.replaces:
            whole = change.whole()
            if not isinstance(whole, Product):
                return Plan(stored, _refused(change, whole))
            after, stale = overlaid(whole, order, marks, product)
            names = None
        else:
            part = fresh(change.fields, order, marks, product)
            after, stale, names = merged(product, part.fields), part.stale, part.names
    except ValidationError as error:
        return Plan(stored, _refused(change, error))
    if names == [] and stale:
        why = ["newer changes have set " + ", ".join(stale)]
        return Plan(stored, Outcome(change, Result.STALE, why, stale=tuple(stale), tag=tag_of(product)))
    versions = stored.versions.with_order(order, names).after(stored.deletion)
    result = Result.UNCHANGED if after == product else Result.CHANGED
    outcome = Outcome(change, result, stale=tuple(stale), tag=tag_of(after))
    same = result is Result.UNCHANGED and versions.as_source() == stored.versions.as_source()
    return Plan(stored, outcome, None if same else after, versions)


def _not_before(order: Order | None, stored: Stored) -> Order | None:
    """A change that is made when it comes counts as newer than all before it."""
    if order is None or order.decides:
        return order
    newest = stored.versions.by(order.clock).newest
    return replace(order, value=max(order.value, newest))


def step_of(plan: Plan, new: NewVectors) -> Step:
    """The lines of a plan."""
    doc, change = plan.stored.doc, plan.outcome.change
    condition: dict[str, Any] = {"_id": change.product_id}
    if plan.stored.found:
        condition |= {"if_seq_no": doc["_seq_no"], "if_primary_term": doc["_primary_term"]}
    if plan.product is None:
        rest = plan.stored.found and plan.stored.product is None
        deletes = rest or plan.outcome.result is Result.DELETED
        return Step(plan, plan.outcome, (orjson.dumps({"delete": condition}),) if deletes else ())
    document = document_of(plan, new)
    if plan.stored.found:
        renewed = {fields.TEXT_VECTOR: new.text, fields.IMAGE_VECTOR: new.image}
        kept = [name for name in VECTORS if name in doc["_source"] and change.product_id not in renewed[name]]
        document = {**{name: doc["_source"][name] for name in kept}, **document}
    verb = "index" if plan.stored.found else "create"
    pictures = tuple(p for p in new.problems if p.product_id == change.product_id)
    lines = (orjson.dumps({verb: condition}), orjson.dumps(document, default=float))
    return Step(plan, replace(plan.outcome, pictures=pictures), lines)


def document_of(plan: Plan, new: NewVectors) -> dict[str, Any]:
    """The document of a plan that writes one, with its new vectors."""
    assert plan.product is not None
    product_id = plan.product.product_id
    document = stored_form(plan.product, new.text.get(product_id), new.image.get(product_id))
    kept = plan.versions.as_source()
    return {**document, fields.CHANGE_VERSIONS: kept} if kept else document


def by_id(products: Sequence[Product], vectors: Sequence[Vector | None]) -> dict[str, Vector | None]:
    """Vectors by the products' ids."""
    return {product.product_id: vector for product, vector in zip(products, vectors, strict=True)}


def same_text(stored: Stored, product: Product) -> bool:
    """Whether the stored vector still fits: the product had one, and its text is as it was."""
    if not stored.found or fields.TEXT_VECTOR not in stored.doc["_source"]:
        return False
    return embedding_text(product_of(stored.doc["_source"])) == embedding_text(product)


def same_pictures(stored: Stored, product: Product) -> bool:
    """Whether the stored vector, or that there is none, still fits: the pictures are called as they were."""
    return stored.found and list(stored.doc["_source"].get("images", [])) == product.images


def lost(product_id: str) -> PictureProblem:
    """A product whose new pictures nobody here can look at."""
    why = "its pictures have changed, and nobody here knows where to find them"
    return PictureProblem(product_id, "", f"{why}; `python -m ingest embed --pictures PLACE` makes their vector")


def _refused(change: Change, why: list[str] | ValidationError) -> Outcome:
    return Outcome(change, Result.REFUSED, why)


def sentences_of(outcome: Outcome) -> list[str]:
    """Why a change came to what it did."""
    return sentences(outcome.why) if isinstance(outcome.why, ValidationError) else list(outcome.why or [])
