"""The demo's visits, stored once: what the demo shop recommends from. Searches and conversations are yours to add."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from elasticsearch import Elasticsearch

from es.client import translated
from es.mappings import events as fields
from es.names import IndexNames
from ingest.simulation.plan import SESSION_PREFIX, Plan
from ingest.simulation.stock import demo_stock
from ingest.simulation.traffic import simulate
from ingest.simulation.writing import store_events

FRESH = timedelta(days=14)
"""Visits of which the latest is older say nothing of what is up now; then there are new ones."""


def load_visits(client: Elasticsearch, names: IndexNames, rows: Iterable[Mapping[str, Any]], now: datetime) -> int:
    """Stores visits unless there are some; returns how many events were stored. Raises EngineError."""
    if _are_there(client, names, now):
        return 0
    return store_events(client, names, simulate(Plan(now), demo_stock(rows)), now)


def _are_there(client: Elasticsearch, names: IndexNames, now: datetime) -> bool:
    wanted = [
        {"prefix": {fields.SESSION_ID: SESSION_PREFIX}},
        {"range": {fields.TIMESTAMP: {"gte": (now - FRESH).isoformat()}}},
    ]
    with translated():
        found = client.count(index=names.events, query={"bool": {"filter": wanted}}, ignore_unavailable=True)
    return bool(found["count"])
