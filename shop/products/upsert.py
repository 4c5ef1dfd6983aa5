"""Changes of single products: some fields of ones that exist, whole new ones, deletions.

Read, merge, write under the condition that nobody wrote in between, and again if somebody did: no change is lost,
whoever else writes at the same time. A change reaches the live generation and those that a load is filling.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from elasticsearch import Elasticsearch
from pydantic import ValidationError

from embed.base import Vector
from es.client import BUSY_STATUSES, translated
from es.errors import GenerationError
from es.mappings import products as fields
from shop.pictures.vectors import PictureProblem
from shop.products.document import Product
from shop.products.merging import merged
from shop.products.store import ProductStore
from shop.products.stored import embedding_text, product_of, stored_form

# Each time somebody else was faster; with so many tries only a fault keeps a change from its turn.
MAX_TRIES = 20
_JSON = {
    "accept": "application/vnd.elasticsearch+json; compatible-with=9",
    "content-type": "application/vnd.elasticsearch+json; compatible-with=9",
}
VECTORS = (fields.TEXT_VECTOR, fields.IMAGE_VECTOR)


class Result(StrEnum):
    """What became of a change."""

    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"
    UNCHANGED = "unchanged"
    STALE = "stale"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one product.

    `fields`: new values by field name; None clears a field; specifications are merged by name. `whole` gives the
    product that the change is if there is none yet, or sentences that say why it is none. A change whose
    `updated_at` is older than the stored one is stale and changes nothing.
    """

    product_id: str
    fields: Mapping[str, Any]
    whole: Callable[[], Product | list[str]]
    deleted: bool = False

    @property
    def updated_at(self) -> datetime | None:
        moment = self.fields.get("updated_at")
        return moment if isinstance(moment, datetime) else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A change and what became of it; `why`: sentences, or what makes the changed product invalid, if refused;
    `pictures`: those that the changed product goes without."""

    change: Change
    result: Result
    why: list[str] | ValidationError | None = None
    pictures: tuple[PictureProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Step:
    """What to send for one change: the lines, or nothing where the outcome is known already."""

    outcome: Outcome
    product: Product | None = None
    lines: tuple[bytes, ...] = ()


@dataclass(slots=True)
class _NewVectors:
    """Vectors to store, by product id. Who is not in `text` or `image` keeps what is stored; None: without one."""

    text: dict[str, Vector | None] = field(default_factory=dict)
    image: dict[str, Vector | None] = field(default_factory=dict)
    problems: list[PictureProblem] = field(default_factory=list)


class ProductUpserts:
    """Changes the products of one shop."""

    def __init__(self, client: Elasticsearch, store: ProductStore) -> None:
        self._client = client
        self._store = store
        self._vector_fields: dict[str, frozenset[str]] = {}

    def apply(self, changes: Sequence[Change]) -> list[Outcome]:
        """Makes changes of distinct products; outcomes in order, as of the live generation.

        Raises GenerationError where nothing is live or another model made the live vectors, EngineUnavailable.
        """
        generations = self._store.generations
        live = self._store.retrying(generations.live)
        if live is None:
            raise GenerationError("Nothing is loaded yet, so there is nothing to change; load a catalogue first.")
        steps = self._apply_to(live, changes)
        done = {live}
        # Twice: a load may have begun while the first round was written.
        for _ in range(2):
            for index in self._store.retrying(generations.loading):
                if index not in done:
                    done.add(index)
                    self._follow(index, steps)
        return [step.outcome for step in steps]

    def _apply_to(self, index: str, changes: Sequence[Change]) -> list[_Step]:
        found: dict[str, _Step] = {}
        pending = list(changes)
        for attempt in range(MAX_TRIES):
            steps = self._plan(index, pending)
            busy = self._send(index, [step for step in steps if step.lines])
            found |= {step.outcome.change.product_id: step for step in steps}
            pending = [change for change in pending if change.product_id in busy]
            if not pending:
                return [found[change.product_id] for change in changes]
            time.sleep(min(1.0, 0.01 * 2**attempt))
        for change in pending:
            found[change.product_id] = _Step(_refused(change, ["others keep changing this product; try it again"]))
        return [found[change.product_id] for change in changes]

    def _plan(self, index: str, changes: Sequence[Change]) -> list[_Step]:
        """The steps of changes, given what is stored now."""
        stored = self._read(index, [change.product_id for change in changes])
        plans = [
            (change, doc, _merged(change, product_of(doc["_source"]) if doc["found"] else None))
            for change, doc in zip(changes, stored, strict=True)
        ]
        vectors = self._new_vectors(index, [(doc, found) for _, doc, found in plans if isinstance(found, Product)])
        return [_step(change, doc, found, vectors) for change, doc, found in plans]

    def _new_vectors(self, index: str, plans: Sequence[tuple[Any, Product]]) -> _NewVectors:
        """Vectors of the products whose text or pictures are new; the others keep those they have."""
        new = _NewVectors()
        kinds = self._kinds(index)
        if fields.TEXT_VECTOR in kinds:
            due = [product for doc, product in plans if not _same_text(doc, product)]
            new.text = _by_id(due, self._store.vectors(due)) if due else {}
        due = [product for doc, product in plans if not _same_pictures(doc, product)]
        if due:
            # Where nobody can look at the new pictures, the vector of the old ones would be wrong.
            new.image = {product.product_id: None for product in due}
            if fields.IMAGE_VECTOR in kinds:
                found = self._store.picture_vectors(due)
                new.image |= _by_id(due, found.vectors)
                new.problems = found.problems
            else:
                had = {doc["_id"] for doc, _ in plans if doc["found"] and fields.IMAGE_VECTOR in doc["_source"]}
                new.problems = [_lost(product_id) for product_id in new.image if product_id in had]
        return new

    def _send(self, index: str, steps: Sequence[_Step]) -> set[str]:
        """Sends the lines; returns the ids whose turn has not come. Refusals of the server raise."""
        if not steps:
            return set()
        items = self._store.bulk(index, [line for step in steps for line in step.lines])
        busy = set()
        for item in items:
            answer = next(iter(item.values()))
            if answer["status"] == 409 or answer["status"] in BUSY_STATUSES:
                busy.add(answer["_id"])
            elif answer.get("error") and answer["status"] != 404:
                reason = answer["error"].get("reason", answer["status"])
                raise GenerationError(f"Elasticsearch refused product {answer['_id']}: {reason}")
        return busy

    def _follow(self, index: str, steps: Sequence[_Step]) -> None:
        """Brings changes made to the live generation to one that is being loaded.

        What the load has written already is changed there as well. What it has not is written whole, with a
        version by which it wins against the load's older row.
        """
        made = [s for s in steps if s.outcome.result in (Result.CREATED, Result.CHANGED, Result.DELETED)]
        if not made:
            return
        there = self._read(index, [step.outcome.change.product_id for step in made])
        known = [step for step, doc in zip(made, there, strict=True) if doc["found"] and step.product is not None]
        self._apply_to(index, [step.outcome.change for step in known])
        rest = [step for step in made if step not in known]
        written = [step.product for step in rest if step.product is not None]
        new = self._new_vectors(index, [({"found": False}, product) for product in written])
        lines: list[bytes] = []
        for step in rest:
            change = step.outcome.change
            moment = change.updated_at
            version = int(moment.timestamp() * 1000) if moment is not None else time.time_ns() // 1_000_000
            action = {"_id": change.product_id, "version": version, "version_type": "external_gte"}
            if step.product is None:
                lines.append(orjson.dumps({"delete": action}))
            else:
                lines.append(orjson.dumps({"index": action}))
                lines.append(orjson.dumps(_document(step.product, new)))
        if lines:
            # A conflict here means that the load had a newer row: then that one counts.
            self._store.bulk(index, lines)

    def _read(self, index: str, ids: Sequence[str]) -> list[dict[str, Any]]:
        def request() -> list[dict[str, Any]]:
            with translated():
                # By path: the client's mget does not know the parameter that brings the vectors along.
                answer = self._client.perform_request(
                    "POST",
                    f"/{index}/_mget",
                    params={"_source_exclude_vectors": "false"},
                    headers=_JSON,
                    body={"ids": list(ids)},
                )
            return list(answer.body["docs"])

        return self._store.retrying(request) if ids else []

    def _kinds(self, index: str) -> frozenset[str]:
        if index not in self._vector_fields:
            self._vector_fields[index] = self._store.retrying(lambda: self._store.vector_fields(index))
        return self._vector_fields[index]


def _merged(change: Change, stored: Product | None) -> Product | Outcome:
    """The product after the change, or the outcome where there is nothing to write."""
    if stored is None:
        if change.deleted:
            return Outcome(change, Result.UNCHANGED)
        whole = change.whole()
        return whole if isinstance(whole, Product) else _refused(change, whole)
    moment = change.updated_at
    if moment is not None and stored.updated_at is not None and moment < stored.updated_at:
        return Outcome(change, Result.STALE)
    if change.deleted:
        return Outcome(change, Result.DELETED)
    try:
        product = merged(stored, change.fields)
    except ValidationError as error:
        return _refused(change, error)
    return Outcome(change, Result.UNCHANGED) if product == stored else product


def _step(change: Change, doc: Mapping[str, Any], found: Product | Outcome, new: _NewVectors) -> _Step:
    condition = {"_id": change.product_id}
    if doc["found"]:
        condition |= {"if_seq_no": doc["_seq_no"], "if_primary_term": doc["_primary_term"]}
    if isinstance(found, Outcome):
        deletes = found.result is Result.DELETED
        return _Step(found, None, (orjson.dumps({"delete": condition}),) if deletes else ())
    document = _document(found, new)
    if doc["found"]:
        renewed = {fields.TEXT_VECTOR: new.text, fields.IMAGE_VECTOR: new.image}
        kept = [name for name in VECTORS if name in doc["_source"] and change.product_id not in renewed[name]]
        document = {**{name: doc["_source"][name] for name in kept}, **document}
    verb = "index" if doc["found"] else "create"
    result = Result.CHANGED if doc["found"] else Result.CREATED
    outcome = Outcome(change, result, pictures=tuple(p for p in new.problems if p.product_id == change.product_id))
    return _Step(outcome, found, (orjson.dumps({verb: condition}), orjson.dumps(document, default=float)))


def _document(product: Product, new: _NewVectors) -> dict[str, Any]:
    return stored_form(product, new.text.get(product.product_id), new.image.get(product.product_id))


def _by_id(products: Sequence[Product], vectors: Sequence[Vector | None]) -> dict[str, Vector | None]:
    return {product.product_id: vector for product, vector in zip(products, vectors, strict=True)}


def _same_text(doc: Mapping[str, Any], product: Product) -> bool:
    """Whether the stored vector still fits: the product had one, and its text is as it was."""
    if not doc["found"] or fields.TEXT_VECTOR not in doc["_source"]:
        return False
    return embedding_text(product_of(doc["_source"])) == embedding_text(product)


def _same_pictures(doc: Mapping[str, Any], product: Product) -> bool:
    """Whether the stored vector, or that there is none, still fits: the pictures are called as they were."""
    return bool(doc["found"]) and list(doc["_source"].get("images", [])) == product.images


def _lost(product_id: str) -> PictureProblem:
    return PictureProblem(product_id, "", "its pictures have changed, and --pictures does not say where they are")


def _refused(change: Change, why: list[str] | ValidationError) -> Outcome:
    return Outcome(change, Result.REFUSED, why)
