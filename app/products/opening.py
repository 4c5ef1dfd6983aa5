"""The road of changes, opened for the service and closed with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.products.changes import ChangeService
from app.query_vectors import QueryVectors
from app.road_watch import watched
from app.settings import ServiceSettings
from app.waiting import time_left
from es.client import connect
from es.names import IndexNames
from es.settings import EngineSettings
from shop.products.changes.apply import ProductUpserts
from shop.products.changes.direct import DirectRoad
from shop.products.changes.queued import QueuedRoad, change_stream
from shop.products.changes.road import Road
from shop.products.store import ProductStore
from shop.settings import ChangeSettings

# What the server was too busy for is tried again for this part of the deadline.
RETRY_SHARE = 4


@asynccontextmanager
async def open_changes(
    engine: EngineSettings, es_url: str, vectors: QueryVectors, settings: ServiceSettings, streaming: ChangeSettings
) -> AsyncIterator[ChangeService]:
    """The service of changes; neither Elasticsearch, Redis nor the model need be there yet."""
    deadline_s = settings.changes_deadline_s
    with connect(engine, es_url) as connected:
        client = connected.options(request_timeout=deadline_s)
        names = IndexNames(engine.index_prefix)

        def upserts() -> ProductUpserts:
            store = ProductStore(client, names, vectors.meaning.embedder, retry_for_s=deadline_s / RETRY_SHARE)
            return ProductUpserts(client, store)

        most = settings.max_waiting_changes
        direct = DirectRoad(upserts, most_waiting=most, deadline_s=deadline_s, left=time_left)
        url = streaming.redis_url.get_secret_value()
        stream = change_stream(url, engine.index_prefix) if url else None
        road: Road = direct
        if stream is not None:
            most = streaming.changes_queue
            road = QueuedRoad(stream, direct, most_waiting=most, deadline_s=deadline_s, left=time_left)
        try:
            async with watched("changes", road.status):
                yield ChangeService(road, direct)
        finally:
            await direct.close()
            if stream is not None:
                await stream.close()
