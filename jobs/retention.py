"""The job `retention`: what is older than it may be goes, in Elasticsearch and among the exported files."""

from typing import Any

from es.lease import Lease
from jobs.job import Workplace
from shop.conversations.retention import expire
from shop.events.store import EventStore


def run(place: Workplace, lease: Lease) -> dict[str, Any]:
    """Deletes what is past the retention. Figures: the indices of months of events that went, and how many sessions and
    turns of conversations."""
    lease.check()
    gone = EventStore(place.client, place.names, place.events).expire(place.now)
    for index in gone:
        for path in place.folder.glob(f"{index}*"):
            path.unlink(missing_ok=True)
    return {"deleted": gone, "conversations": expire(place.client, place.names, place.now, place.events.retention_days)}
