"""The job `bots`: sessions with more events in a minute than any shopper makes are marked, all of their events.

What comes in is marked by rate too, but by each process for itself and only from the limit on.
"""

from typing import Any

from es.client import translated
from es.lease import Lease
from es.mappings import events as fields
from jobs.job import Workplace

_MOST_SESSIONS = 10_000


def run(place: Workplace, lease: Lease) -> dict[str, Any]:
    """Figures: `sessions` found now, `marked`: events that were not marked before."""
    limit = place.events.bot_events_per_minute
    sessions = [session for session in _busy(place, limit) if _is_fast(place, session, limit)]
    marked = 0
    for start in range(0, len(sessions), 1000):
        lease.check()
        with translated():
            answer = place.client.options(request_timeout=3600).update_by_query(
                index=place.names.events,
                query={
                    "bool": {
                        "filter": {"terms": {fields.SESSION_ID: sessions[start : start + 1000]}},
                        "must_not": {"term": {fields.BOT: True}},
                    }
                },
                script={"source": f"ctx._source.{fields.BOT} = true", "lang": "painless"},
                conflicts="proceed",
                refresh=True,
                ignore_unavailable=True,
            )
        marked += answer["updated"]
    return {"sessions": len(sessions), "marked": marked}


def _busy(place: Workplace, limit: int) -> list[str]:
    """Sessions with at least `limit` events in all: only they can have as many in a minute."""
    with translated():
        answer = place.client.options(request_timeout=600).search(
            index=place.names.events,
            ignore_unavailable=True,
            size=0,
            aggs={"sessions": {"terms": {"field": fields.SESSION_ID, "size": _MOST_SESSIONS, "min_doc_count": limit}}},
        )
    return [bucket["key"] for bucket in answer.get("aggregations", {}).get("sessions", {}).get("buckets", [])]


def _is_fast(place: Workplace, session: str, limit: int) -> bool:
    """Whether a session has a calendar minute with at least `limit` events."""
    minutes = {"field": fields.TIMESTAMP, "fixed_interval": "1m", "min_doc_count": limit}
    with translated():
        answer = place.client.options(request_timeout=600).search(
            index=place.names.events,
            size=0,
            query={"term": {fields.SESSION_ID: session}},
            aggs={"minutes": {"date_histogram": minutes}},
        )
    return bool(answer["aggregations"]["minutes"]["buckets"])
