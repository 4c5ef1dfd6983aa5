"""Changes of single products: some fields of ones that exist, whole new ones, deletions.

Read, merge, write under the condition that nobody wrote in between, and again if somebody did: no change is lost,
whoever else writes at the same time. A change is written to the live generation alone; one that is filled beside it
(a load, a reindex) takes from it what it got.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from elasticsearch import Elasticsearch

from es.client import BUSY_STATUSES, translated
from es.errors import EngineUnavailable, GenerationError, NothingLoaded
from es.handover import BLOCKED, LEASE_S, BlockedWrites
from es.mappings import products as fields
from shop.products.changes.change import Change, Outcome, Result
from shop.products.changes.deletions import Deletions
from shop.products.changes.steps import (
    NewVectors,
    Plan,
    Step,
    Stored,
    by_id,
    document_of,
    lost,
    planned,
    same_pictures,
    same_text,
    step_of,
    stored_of,
)
from shop.products.changes.versions import Clock, Order, milliseconds
from shop.products.store import ProductStore

# Each time somebody else was faster; with so many tries only a fault keeps a change from its turn.
MAX_TRIES = 20
# A handover is over in a second or so; where its process died, in as many as its lease has.
HANDOVER_WAIT_S = LEASE_S + 5.0
_JSON = {
    "accept": "application/vnd.elasticsearch+json; compatible-with=9",
    "content-type": "application/vnd.elasticsearch+json; compatible-with=9",
}


@dataclass(slots=True)
class _Sent:
    """Ids whose lines did not count: somebody else was faster, or the generation takes no writes any more."""

    beaten: set[str] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)


class ProductUpserts:
    """Changes the products of one shop."""

    def __init__(self, client: Elasticsearch, store: ProductStore) -> None:
        self._client = client
        self._store = store
        self._deletions = Deletions(client, store.names)
        self._blocked = BlockedWrites(client, store.names, store.generations, fields.KIND)
        self._vector_fields: dict[str, frozenset[str]] = {}

    def apply(self, changes: Sequence[Change]) -> list[Outcome]:
        """Makes changes of distinct products; outcomes in order, as of the live generation. They are durable then.

        Raises NothingLoaded, ModelMismatch where another model made the live vectors and a new one is needed,
        EngineUnavailable, GenerationError where the server refuses a product in a generation that is live. Whatever it
        raises, the same changes may be made again.
        """
        generations = self._store.generations
        live = self._store.retrying(generations.written).live
        if live is None:
            raise NothingLoaded("Nothing is loaded yet, so there is nothing to change; load a catalogue first.")
        self._remember([c for c in changes if c.deleted and not c.expected])
        steps = self._apply_to(live, changes)
        self._remember([s.outcome.change for s in steps if s.outcome.change.expected and _is(s, Result.DELETED)])
        steps = self._checked(live, steps)
        done = {live}
        # Another generation may have been made live by hand while this was written; and one more while that was.
        while index := self._another(done):
            done.add(index)
            self._follow(index, steps)
        return [step.outcome for step in steps]

    def _another(self, done: set[str]) -> str | None:
        found = self._store.retrying(self._store.generations.written)
        # What the one took before it was handed over is in the one that followed it.
        return None if found.live in done or found.copy_of in done else found.live

    def _remember(self, changes: Sequence[Change]) -> None:
        """Deletions are written first: whoever creates the product meanwhile looks at them afterwards."""
        now = Order(Clock.ACCEPTED, time.time_ns() // 1_000_000)
        orders = {change.product_id: change.ordered or now for change in changes}
        self._store.retrying(lambda: self._deletions.write(orders))

    def _checked(self, index: str, steps: list[Step]) -> list[Step]:
        """Takes back what was created while a newer change deleted it."""
        created = [step.outcome.change for step in steps if _is(step, Result.CREATED)]
        deletions = self._store.retrying(lambda: self._deletions.read([change.product_id for change in created]))
        versions = {step.outcome.change.product_id: step.plan.versions for step in steps}
        late = [c for c in created if not versions[c.product_id].outlived(deletions.get(c.product_id))]
        again = dict(zip((c.product_id for c in late), self._apply_to(index, late), strict=True))
        return [again.get(step.outcome.change.product_id, step) for step in steps]

    def _apply_to(self, index: str, changes: Sequence[Change]) -> list[Step]:
        found: dict[str, Step] = {}
        pending = list(changes)
        for attempt in range(MAX_TRIES):
            if not pending:
                break
            steps = self._plan(index, pending)
            sent = self._send(index, [step for step in steps if step.lines])
            found |= {step.outcome.change.product_id: step for step in steps}
            pending = [change for change in pending if change.product_id in sent.beaten | sent.blocked]
            if sent.blocked:
                index = self._blocked.wait(index, HANDOVER_WAIT_S)
            elif pending:
                time.sleep(min(1.0, 0.01 * 2**attempt))
        if pending:
            raise EngineUnavailable(f"Others keep changing product {pending[0].product_id}; try it again.")
        return [found[change.product_id] for change in changes]

    def _plan(self, index: str, changes: Sequence[Change]) -> list[Step]:
        """The steps of changes, given what is stored now."""
        ids = [change.product_id for change in changes]
        # Before the products: whatever is read of them is then no older than what is known of their deletion.
        deletions = self._store.retrying(lambda: self._deletions.read(ids))
        stored = [stored_of(doc, deletions.get(doc["_id"])) for doc in self._read(index, ids)]
        plans = [planned(change, found) for change, found in zip(changes, stored, strict=True)]
        vectors = self._new_vectors(index, plans)
        return [step_of(plan, vectors) for plan in plans]

    def _new_vectors(self, index: str, plans: Sequence[Plan]) -> NewVectors:
        """Vectors of the products whose text or pictures are new; the others keep those they have."""
        new = NewVectors()
        written = [(plan.stored, plan.product) for plan in plans if plan.product is not None]
        due = [product for stored, product in written if not same_text(stored, product)]
        if due and fields.TEXT_VECTOR in self._kinds(index):
            new.text = by_id(due, self._store.vectors(due))
        due = [product for stored, product in written if not same_pictures(stored, product)]
        if due:
            # Where nobody can look at the new pictures, the vector of the old ones would be wrong.
            new.image = {product.product_id: None for product in due}
            if any(product.images for product in due) and fields.IMAGE_VECTOR in self._kinds(index):
                found = self._store.picture_vectors(due)
                new.image |= by_id(due, found.vectors)
                new.problems = found.problems
            else:
                had = {s.doc["_id"] for s, _ in written if s.found and fields.IMAGE_VECTOR in s.doc["_source"]}
                new.problems = [lost(p.product_id) for p in due if p.product_id in had and p.images]
        return new

    def _send(self, index: str, steps: Sequence[Step]) -> _Sent:
        """Sends the lines; tells the ids that somebody else wrote in between. Refusals of the server raise."""
        sent = _Sent()
        if not steps:
            return sent
        items = self._store.bulk(index, [line for step in steps for line in step.lines])
        for item in items:
            answer = next(iter(item.values()))
            if answer["status"] == 409:
                sent.beaten.add(answer["_id"])
            elif _blocked(answer):
                sent.blocked.add(answer["_id"])
            else:
                _raise_refused(index, answer)
        return sent

    def _follow(self, index: str, steps: Sequence[Step]) -> None:
        """Brings changes made to one generation to another that is live now.

        What that has is changed there as well. What it has not is written whole. Refusals of the server raise.
        """
        made = [s for s in steps if s.plan.product is not None or s.outcome.result is Result.DELETED]
        if not made:
            return
        there = self._read(index, [step.outcome.change.product_id for step in made])
        known: list[Step] = []
        rest: list[Step] = []
        for step, doc in zip(made, there, strict=True):
            (known if doc["found"] and step.plan.product is not None else rest).append(step)
        self._apply_to(index, [_unconditional(step.outcome.change) for step in known])
        fresh = [
            Plan(Stored({"found": False}, None, s.plan.versions), s.outcome, s.plan.product, s.plan.versions)
            for s in rest
        ]
        new = self._new_vectors(index, fresh)
        lines: list[bytes] = []
        for step in rest:
            change = step.outcome.change
            moment = change.updated_at
            version = milliseconds(moment) if moment is not None else time.time_ns() // 1_000_000
            # A copy of the live generation has the versions that this has.
            version = max(version, int(step.plan.stored.doc.get("_version", 0)) + 1)
            action = {"_id": change.product_id, "version": version, "version_type": "external_gte"}
            if step.plan.product is None:
                lines.append(orjson.dumps({"delete": action}))
            else:
                lines.append(orjson.dumps({"index": action}))
                lines.append(orjson.dumps(document_of(step.plan, new), default=float))
        for item in self._store.bulk(index, lines) if lines else []:
            answer = next(iter(item.values()))
            # A conflict here means that the load had a newer row: then that one counts.
            if answer["status"] != 409:
                _raise_refused(index, answer)

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


def _blocked(answer: Mapping[str, Any]) -> bool:
    """Whether the generation takes no writes, as by the line's answer."""
    return answer["status"] == 403 and (answer.get("error") or {}).get("type") == BLOCKED


def _raise_refused(index: str, answer: Mapping[str, Any]) -> None:
    """Raises where a line was not done, whatever the reason is; that what is deleted is not there is none."""
    reason = (answer.get("error") or {}).get("reason", answer["status"])
    if answer["status"] in BUSY_STATUSES or _blocked(answer):
        raise EngineUnavailable(f"Elasticsearch takes no changes of {index} now: {reason}")
    if answer.get("error") and answer["status"] != 404:
        raise GenerationError(f"Elasticsearch refused product {answer['_id']} in {index}: {reason}")


def _is(step: Step, result: Result) -> bool:
    return step.outcome.result is result


def _unconditional(change: Change) -> Change:
    """A change that was made already is made elsewhere whatever is there."""
    order = replace(change.order, decides=False) if change.order is not None else None
    return replace(change, expected="", absent=False, order=order)
