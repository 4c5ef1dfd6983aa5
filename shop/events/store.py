"""The event store: writes that meet their duplicates, retention, and the marks of bots. Blocking."""

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, cast

import orjson
from elasticsearch import Elasticsearch
from tenacity import (
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_delay,
    stop_any,
    stop_when_event_set,
    wait_random_exponential,
)

from es.client import BUSY_STATUSES, translated
from es.errors import EngineRejected, EngineUnavailable, IndexMissing
from es.mappings import events as fields
from es.names import IndexNames
from shop.events.intake import Taken
from shop.settings import EventSettings

# An event that came without a time is in the month of its receipt. Sent again just after the turn of the month, it
# would not meet itself; so long after the turn the month before is asked too.
ASKED_AFTER_TURN = timedelta(days=1)
_FIRST_WAIT_S = 0.05
_RETRY_WAIT_MAX_S = 10.0


class Status(StrEnum):
    """What became of an event that was to be stored."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    BUSY = "busy"


# The status of an event and, where it was refused, why.
Answer = tuple[Status, str]


class EventStore:
    """Events of one shop on one server. May be used by several threads.

    `retry_for_s`: how long a write is tried again while Elasticsearch is away or overloaded; with `stop` set it is
    not tried again.
    """

    def __init__(
        self,
        client: Elasticsearch,
        names: IndexNames,
        settings: EventSettings,
        *,
        retry_for_s: float = 0.0,
        stop: threading.Event | None = None,
        on_wait: Callable[[float, Exception], None] | None = None,
    ) -> None:
        self._client = client
        self._names = names
        self._settings = settings
        self._retry_for_s = retry_for_s
        self._stop = stop or threading.Event()
        self._on_wait = on_wait
        self._known: set[str] = set()

    def write(self, events: Sequence[Taken]) -> list[Answer]:
        """Stores events that are not there yet; answers in order. What is answered ACCEPTED or DUPLICATE is durable.

        BUSY: the server was too busy for this event however often it was tried; send it again.
        Raises EngineUnavailable where there is no answer at all: then any of the events may be stored or not, and
        sending the same again is harmless.
        """
        answers: list[Answer] = [(Status.BUSY, "")] * len(events)
        left: list[int] | None = None
        for attempt in self._retries():
            with attempt:
                if left is None:
                    left = self._not_of_last_month(events, answers)
                left = self._send(events, left, answers)
                if left and self._retry_for_s:
                    raise EngineUnavailable("Elasticsearch is overloaded.")
        return answers

    def months(self) -> dict[str, datetime]:
        """The indices there are, with the first moment of the month of each; oldest first."""
        with translated():
            found = self._client.indices.get(
                index=self._names.months_pattern(fields.KIND), features=["aliases"], allow_no_indices=True
            )
        months = {index: self._names.month_of(fields.KIND, index) for index in found}
        return {index: month for index, month in sorted(months.items()) if month is not None}

    def make_month(self, at: datetime) -> str:
        """The index of the month that `at` lies in, made where there is none."""
        index = self._names.month(fields.KIND, at)
        self._ensure([index])
        return index

    def expire(self, now: datetime) -> list[str]:
        """Deletes the months whose last moment is older than the retention; returns their indices."""
        if not self._settings.retention_days:
            return []
        oldest = now - timedelta(days=self._settings.retention_days)
        gone = [index for index, month in self.months().items() if next_month(month) <= oldest]
        for index in gone:
            self._known.discard(index)
            with translated():
                self._client.indices.delete(index=index, ignore_unavailable=True)
        return gone

    def refresh(self) -> None:
        """Makes everything written so far findable."""
        with translated():
            self._client.indices.refresh(index=self._names.events, ignore_unavailable=True)

    def _retries(self) -> Retrying:
        return Retrying(
            retry=retry_if_exception_type(EngineUnavailable),
            wait=wait_random_exponential(multiplier=_FIRST_WAIT_S, max=_RETRY_WAIT_MAX_S),
            stop=stop_any(stop_after_delay(self._retry_for_s), stop_when_event_set(self._stop)),
            sleep=sleep_using_event(self._stop),
            before_sleep=self._tell,
            reraise=True,
        )

    def _tell(self, state: Any) -> None:  # noqa: ANN401 - tenacity's RetryCallState
        if self._on_wait is not None and state.outcome is not None:
            self._on_wait(state.next_action.sleep, state.outcome.exception())

    def _send(self, events: Sequence[Taken], left: Sequence[int], answers: list[Answer]) -> list[int]:
        """One bulk request for the events at `left`; fills in their answers and returns those left to send."""
        if not left:
            return []
        indices = [self._names.month(fields.KIND, events[i].moment) for i in left]
        self._ensure(set(indices))
        lines: list[bytes] = []
        for i, index in zip(left, indices, strict=True):
            lines.append(orjson.dumps({"create": {"_index": index, "_id": events[i].event_id}}))
            lines.append(orjson.dumps(events[i].document))
        with translated():
            answer = self._client.bulk(
                operations=cast(Any, lines), filter_path="items.*.status,items.*.error.type,items.*.error.reason"
            )
        again = []
        for i, index, item in zip(left, indices, answer["items"], strict=True):
            found = self._answer(item["create"], index)
            answers[i] = found
            if found[0] is Status.BUSY:
                again.append(i)
        return again

    def _answer(self, result: dict[str, Any], index: str) -> Answer:
        status, error = result["status"], result.get("error", {})
        if status == 201:
            return Status.ACCEPTED, ""
        if status == 409:
            return Status.DUPLICATE, ""
        if error.get("type") == "index_not_found_exception":
            # Somebody deleted the month meanwhile; it is made again before the next try.
            self._known.discard(index)
            return Status.BUSY, ""
        if status in BUSY_STATUSES:
            return Status.BUSY, ""
        return Status.REFUSED, f"Elasticsearch refused it: {error.get('reason', status)}"

    def _not_of_last_month(self, events: Sequence[Taken], answers: list[Answer]) -> list[int]:
        """Positions of the events to send: without those that came without a time and are in the month before."""
        asked = [i for i, e in enumerate(events) if not e.dated and e.moment - month_start(e.moment) < ASKED_AFTER_TURN]
        if not asked:
            return list(range(len(events)))
        before = self._names.month(fields.KIND, month_start(events[asked[0]].moment) - timedelta(days=1))
        there = self._existing(before, [events[i].event_id for i in asked])
        for i in asked:
            if events[i].event_id in there:
                answers[i] = (Status.DUPLICATE, "")
        return [i for i in range(len(events)) if answers[i][0] is not Status.DUPLICATE]

    def _existing(self, index: str, ids: Sequence[str]) -> set[str]:
        try:
            with translated():
                found = self._client.mget(index=index, ids=list(ids), source=False)["docs"]
        except IndexMissing:
            return set()
        return {doc["_id"] for doc in found if doc.get("found")}

    def _ensure(self, indices: Iterable[str]) -> None:
        for index in sorted(set(indices) - self._known):
            self._create(index)
            self._known.add(index)

    def _create(self, index: str) -> None:
        """Makes a month, or brings the mapping of one that is there up to date."""
        definition = fields.definition(shards=self._settings.shards, replicas=self._settings.replicas)
        self._guard()
        try:
            with translated():
                self._client.indices.create(index=index, **definition, aliases={self._names.events: {}})
        except EngineRejected as error:
            if error.kind != "resource_already_exists_exception":
                raise
            with translated():
                self._client.indices.put_mapping(index=index, properties=definition["mappings"]["properties"])

    def _guard(self) -> None:
        """A write that comes late to a deleted month must not bring it back as an index without mapping."""
        try:
            with translated():
                self._client.indices.put_index_template(
                    name=f"{self._names.events}-months",
                    index_patterns=[self._names.months_pattern(fields.KIND)],
                    allow_auto_create=False,
                    priority=500,
                )
        except EngineRejected as error:
            # Keys that may touch nothing but their indices must do; the guard is a second line.
            if error.status != 403:
                raise


def month_start(moment: datetime) -> datetime:
    """The first moment of the month (UTC) that `moment` lies in."""
    moment = moment.astimezone(UTC)
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def next_month(month: datetime) -> datetime:
    """The first moment of the month after."""
    return month_start(month + timedelta(days=32 - month.day))
