"""Events on their way through the stream: as they travel, and what a consumer does with them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import orjson

from es.errors import EngineError, EngineUnavailable
from shop.events.intake import Taken
from shop.events.store import Answer, EventStore, Status
from shop.settings import EventSettings
from shop.stream.consumer import Settled
from shop.stream.redis_stream import Entry, RedisStream

FIELD: Final = "event"


def event_stream(url: str, prefix: str) -> RedisStream:
    """The stream of shoppers' events of the shop with this prefix."""
    return RedisStream(url, f"{prefix}:events", FIELD)


def dumped(event: Taken) -> bytes:
    """As JSON, to be read by `loaded`: the stored form, so nothing of a person that is not to be stored."""
    moment = event.moment.astimezone(UTC).isoformat()
    values = {"event_id": event.event_id, "moment": moment, "dated": event.dated}
    return orjson.dumps(values | {"document": event.document})


def loaded(raw: bytes) -> Taken:
    """What `dumped` wrote. Raises ValueError for anything else."""
    try:
        values = orjson.loads(raw)
        event_id, document, dated = values["event_id"], values["document"], values["dated"]
        moment = datetime.fromisoformat(values["moment"])
    except (TypeError, KeyError) as error:
        raise ValueError(f"{error!r} is wrong or missing") from error
    if not (isinstance(event_id, str) and event_id and isinstance(document, dict) and moment.tzinfo is not None):
        raise ValueError("event_id, moment and document do not fit")
    return Taken(event_id, moment, document, dated=bool(dated))


class EventWork:
    """Stores events. One that is there already counts as stored, so that doing it twice is as doing it once."""

    def __init__(self, store: EventStore, settings: EventSettings) -> None:
        self._store = store
        self._settings = settings

    def __call__(self, entries: Sequence[Entry]) -> Settled:
        """As shop.stream.consumer.Work."""
        settled = Settled()
        readable: list[tuple[Entry, Taken]] = []
        for entry in entries:
            try:
                readable.append((entry, loaded(entry.payload)))
            except ValueError as error:
                settled.bury(entry, f"it is no event: {error}")
        answers = self._written([event for _, event in readable])
        for (entry, _), answer in zip(readable, answers, strict=True):
            self._sort(entry, answer, settled)
        return settled

    def _written(self, events: Sequence[Taken]) -> list[Answer | EngineError]:
        """An answer each. One for which Elasticsearch refuses a whole request takes no other with it."""
        if not events:
            return []
        try:
            return list(self._store.write(events))
        except EngineUnavailable as error:
            return [error] * len(events)
        except EngineError as error:
            if len(events) == 1:
                return [error]
            half = len(events) // 2
            return [*self._written(events[:half]), *self._written(events[half:])]

    def _sort(self, entry: Entry, answer: Answer | EngineError, settled: Settled) -> None:
        """Where an entry goes by its answer."""
        if isinstance(answer, EngineUnavailable):
            settled.hold(entry, str(answer))
        elif isinstance(answer, EngineError):
            self._put_off(entry, str(answer), settled)
        elif answer[0] is Status.BUSY:
            settled.hold(entry, "Elasticsearch is overloaded.")
        elif answer[0] is Status.REFUSED:
            self._put_off(entry, answer[1], settled)
        else:
            settled.succeed(entry, answer[0].value)

    def _put_off(self, entry: Entry, why: str, settled: Settled) -> None:
        settled.put_off(entry, why, tries=self._settings.tries, base_s=self._settings.retry_s)
