"""What is older than it may be goes: conversations that ended, and their turns."""

from dataclasses import replace
from datetime import timedelta

from es.lease import Leases
from es.mappings import conversations as fields
from jobs import retention
from jobs.job import Workplace
from shop.settings import EventSettings


def test_conversations_go_when_they_ended_too_long_ago(place: Workplace, leases: Leases) -> None:
    sessions, turns = place.names.conversations, place.names.conversation_turns
    place.client.indices.create(index=sessions, **fields.sessions())
    place.client.indices.create(index=turns, **fields.turns())
    for name, days in (("old", 91), ("new", 89)):
        at = (place.now - timedelta(days=days)).isoformat()
        place.client.index(index=sessions, id=name, document={fields.EXPIRES_AT: at})
        place.client.index(index=turns, id=name, document={fields.AT: at}, refresh=True)
    place.client.indices.refresh(index=sessions)

    def run(days: int) -> int:
        with leases.held("retention") as lease:
            kept = replace(place, events=EventSettings(retention_days=days))
            return int(retention.run(kept, lease)["conversations"])

    assert run(0) == 0
    assert run(90) == 2
    assert run(90) == 0
    assert [hit["_id"] for hit in place.client.search(index=f"{sessions},{turns}")["hits"]["hits"]] == ["new", "new"]


def test_a_shop_where_nobody_spoke_has_nothing_to_lose(place: Workplace, leases: Leases) -> None:
    with leases.held("retention") as lease:
        assert retention.run(place, lease) == {"deleted": [], "conversations": 0}
