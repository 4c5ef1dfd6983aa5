"""A lease in Elasticsearch: of several processes that want to do the same work (a "job"), one does.

Optimistic locking decides (`if_seq_no`), not the clocks; clocks only say when a lease has run out, so that theirs
should agree to some seconds. A thread renews the lease while the job runs.
"""

import os
import socket
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from elasticsearch import Elasticsearch
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from es.client import translated
from es.errors import EngineError, EngineRejected, EngineUnavailable, IndexMissing, LeaseLost, LeaseTaken
from es.mappings import jobs as fields
from es.names import IndexNames

_CONFLICT = 409
_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class _State:
    """What is stored of a job, and the condition under which it may be written."""

    document: dict[str, Any]
    condition: dict[str, Any]


class Leases:
    """Leases and last runs of the jobs of one shop."""

    def __init__(self, client: Elasticsearch, names: IndexNames, *, lease_s: float) -> None:
        self._client = client
        self._index = names.alias(fields.KIND)
        self._lease_s = lease_s

    @contextmanager
    def held(self, job: str) -> Iterator["Lease"]:
        """Runs the block under the lease. Raises LeaseTaken where somebody else holds it."""
        lease = self._take(job)
        try:
            with lease.renewed():
                yield lease
        finally:
            lease.release()

    def state(self, job: str) -> dict[str, Any]:
        """The stored lease and last run; empty where the job has never run."""
        return self._read(job).document

    def _take(self, job: str) -> "Lease":
        self._ensure()
        owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        # An index that somebody made a moment ago may not be readable yet.
        patient = Retrying(
            retry=retry_if_exception_type(EngineUnavailable),
            wait=wait_random_exponential(multiplier=0.2, max=2.0),
            stop=stop_after_delay(_PATIENCE_S),
            reraise=True,
        )
        stored = patient(self._read, job)
        now = datetime.now(UTC)
        held_until = stored.document.get(fields.EXPIRES_AT)
        if held_until is not None and datetime.fromisoformat(held_until) > now:
            raise LeaseTaken(f"{job} is run by {stored.document[fields.OWNER]}, until {held_until} at least.")
        started = {fields.STARTED_AT: now.isoformat()}
        lease = Lease(self._client, self._index, job, owner, self._lease_s, {**stored.document, **started})
        try:
            lease.write(stored.condition)
        except EngineRejected as error:
            if error.status != _CONFLICT:
                raise
            raise LeaseTaken(f"{job} has just been started by another process.") from error
        return lease

    def _read(self, job: str) -> _State:
        try:
            with translated():
                found = self._client.options(ignore_status=404).get(index=self._index, id=job)
        except IndexMissing:
            return _State({}, {"op_type": "create"})
        if not found.get("found"):
            return _State({}, {"op_type": "create"})
        return _State(found["_source"], {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]})

    def _ensure(self) -> None:
        try:
            with translated():
                self._client.indices.create(index=self._index, **fields.definition())
        except EngineRejected as error:
            if error.kind != "resource_already_exists_exception":
                raise


class Lease:
    """One lease that this process holds."""

    def __init__(
        self, client: Elasticsearch, index: str, job: str, owner: str, lease_s: float, document: Mapping[str, Any]
    ) -> None:
        self._client = client
        self._index = index
        self._job = job
        self._owner = owner
        self._lease_s = lease_s
        self._document = dict(document)
        self._condition: dict[str, Any] = {}
        self._valid_until = datetime.now(UTC)
        self._lock = threading.Lock()

    def check(self) -> None:
        """Raises LeaseLost once the lease is not surely ours any more; to be asked before anything is made live."""
        if datetime.now(UTC) >= self._valid_until:
            raise LeaseLost(f"The lease of {self._job} ran out; nothing was made live. Run it again.")

    def note(self, detail: Mapping[str, Any]) -> None:
        """Keeps how far the work is, for whoever takes it up after this process. Raises LeaseLost, EngineError."""
        with self._lock:
            self._document[fields.DETAIL] = dict(detail)
        try:
            self.write()
        except EngineRejected as error:
            if error.status != _CONFLICT:
                raise
            raise LeaseLost(f"Another process has taken over {self._job}; nothing was made live.") from error

    def finish(self, outcome: str, detail: Mapping[str, Any], seconds: float) -> None:
        """Notes how the run ended."""
        self._document |= {
            fields.OUTCOME: outcome,
            fields.DETAIL: dict(detail),
            fields.SECONDS: round(seconds, 2),
            fields.FINISHED_AT: datetime.now(UTC).isoformat(),
        }

    def write(self, condition: Mapping[str, Any] | None = None) -> None:
        """Takes or renews the lease. Raises EngineRejected with status 409 if somebody else wrote in between."""
        with self._lock:
            until = datetime.now(UTC) + timedelta(seconds=self._lease_s)
            held = {fields.OWNER: self._owner, fields.EXPIRES_AT: until.isoformat()}
            self._put({**self._document, **held}, condition or self._condition)
            self._valid_until = until

    def release(self) -> None:
        """Gives the lease back with the outcome of the run; where that fails, it runs out by itself."""
        with self._lock:
            try:
                self._put({**self._document, fields.OWNER: self._owner, fields.EXPIRES_AT: None}, self._condition)
            except EngineError:
                return
            finally:
                self._valid_until = datetime.now(UTC)

    @contextmanager
    def renewed(self) -> Iterator[None]:
        """Renews the lease during the block, three times in its length."""
        done = threading.Event()
        thread = threading.Thread(target=self._renew, args=(done,), name=f"lease-{self._job}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _renew(self, done: threading.Event) -> None:
        while not done.wait(self._lease_s / 3):
            try:
                self.write()
            except EngineError:
                # `check` notices when the time is up; until then the next try may succeed.
                continue

    def _put(self, document: dict[str, Any], condition: Mapping[str, Any]) -> None:
        with translated():
            answer = self._client.index(index=self._index, id=self._job, document=document, refresh=True, **condition)
        self._condition = {"if_seq_no": answer["_seq_no"], "if_primary_term": answer["_primary_term"]}
