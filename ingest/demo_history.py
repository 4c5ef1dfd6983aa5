"""The demo's history, stored once: what the demo shop recommends from."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from elasticsearch import Elasticsearch

from es.client import translated
from es.mappings import events as fields
from es.names import IndexNames
from shop.demo.history import CUSTOMER_PREFIX, history
from shop.events.intake import Intake, Taken
from shop.events.store import EventStore, Status
from shop.settings import EventSettings

FRESH = timedelta(days=14)
"""A history whose latest visit is older says nothing of what is up now; then there is a new one."""
_BATCH = 1_000


def load_history(client: Elasticsearch, names: IndexNames, rows: Sequence[Mapping[str, Any]], now: datetime) -> int:
    """Stores the history unless there is one; returns how many events were stored. Raises EngineError."""
    settings = EventSettings()
    store = EventStore(client, names, settings, retry_for_s=30)
    if _is_there(client, names, now):
        return 0
    intake = Intake(settings, history=True)
    events = history(rows, now)
    stored = 0
    while batch := list(islice(events, _BATCH)):
        taken = [found for one in batch if isinstance(found := intake.take(one, now), Taken)]
        stored += sum(status is Status.ACCEPTED for status, _ in store.write(taken))
    store.refresh()
    return stored


def _is_there(client: Elasticsearch, names: IndexNames, now: datetime) -> bool:
    wanted = [
        {"prefix": {fields.CUSTOMER_ID: CUSTOMER_PREFIX}},
        {"range": {fields.TIMESTAMP: {"gte": (now - FRESH).isoformat()}}},
    ]
    with translated():
        found = client.count(index=names.events, query={"bool": {"filter": wanted}}, ignore_unavailable=True)
    return bool(found["count"])
