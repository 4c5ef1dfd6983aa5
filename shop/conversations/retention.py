"""Conversations that are older than they may be. Blocking."""

from datetime import datetime, timedelta
from typing import Final

from elasticsearch import Elasticsearch

from es.client import translated
from es.errors import IndexMissing
from es.mappings import conversations as fields
from es.names import IndexNames

_DEADLINE_S: Final = 3600.0


def expire(client: Elasticsearch, names: IndexNames, now: datetime, days: int) -> int:
    """Deletes sessions that ended `days` before, and turns of analytics that are as old; how many documents. 0 days:
    none. Raises EngineError."""
    if not days:
        return 0
    oldest = (now - timedelta(days=days)).isoformat()
    ended = _delete(client, names.conversations, fields.EXPIRES_AT, oldest)
    return ended + _delete(client, names.conversation_turns, fields.AT, oldest)


def _delete(client: Elasticsearch, index: str, field: str, before: str) -> int:
    try:
        with translated():
            # The first time it may be those of years.
            answer = client.options(request_timeout=_DEADLINE_S).delete_by_query(
                index=index, query={"range": {field: {"lt": before}}}, conflicts="proceed", refresh=True
            )
    except IndexMissing:
        return 0
    return int(answer["deleted"])
