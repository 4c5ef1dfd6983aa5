"""The road of shoppers' events, opened for the service and closed with it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from app.events.service import EventService
from app.events.streamed import EventWrites, StreamedWrites
from app.events.writes import GroupedWrites
from app.meter import meter
from app.road_watch import watched
from app.settings import ServiceSettings
from es.client import connect
from es.names import IndexNames
from es.settings import EngineSettings
from shop.events.intake import Intake
from shop.events.recent import RecentEvents
from shop.events.store import EventStore
from shop.events.streamed import event_stream
from shop.queries.log import QueryLog
from shop.settings import EventSettings

# A batch that the server was too busy for is tried again for this part of the deadline.
RETRY_SHARE = 4


@asynccontextmanager
async def open_events(
    engine: EngineSettings, es_url: str, settings: ServiceSettings, kept: EventSettings, redis_url: str, log: QueryLog
) -> AsyncIterator[EventService]:
    """The service of events; clicks in searches are told to `log` too. Neither Elasticsearch nor Redis (`redis_url`;
    empty: there is none) need be there yet."""
    deadline_s = settings.events_deadline_s
    async with AsyncExitStack() as opened:
        client = opened.enter_context(connect(engine, es_url, meter().engine_call))
        patient = client.options(request_timeout=deadline_s)
        store = EventStore(patient, IndexNames(engine.index_prefix), kept, retry_for_s=deadline_s / RETRY_SHARE)
        direct = GroupedWrites(
            store.write,
            writers=settings.event_writers,
            most_waiting=settings.max_waiting_events,
            deadline_s=deadline_s,
        )
        writes: EventWrites = direct
        recent = None
        if redis_url:
            stream = event_stream(redis_url, engine.index_prefix)
            opened.push_async_callback(stream.close)
            recent = RecentEvents(redis_url, engine.index_prefix)
            opened.push_async_callback(recent.close)
            writes = StreamedWrites(stream, recent, direct, most_waiting=kept.queue, deadline_s=deadline_s)
        await opened.enter_async_context(watched("events", writes.status))
        yield EventService(writes, Intake(kept), log, recent)
