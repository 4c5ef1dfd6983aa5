"""The job `retention`: what is older than it may be goes, in Elasticsearch and among the exported files."""

from typing import Any

from es.lease import Lease
from jobs.job import Workplace
from shop.events.store import EventStore


def run(place: Workplace, lease: Lease) -> dict[str, Any]:
    """Deletes months of events past the retention. Figures: the indices that went."""
    lease.check()
    gone = EventStore(place.client, place.names, place.events).expire(place.now)
    for index in gone:
        for path in place.folder.glob(f"{index}*"):
            path.unlink(missing_ok=True)
    return {"deleted": gone}
