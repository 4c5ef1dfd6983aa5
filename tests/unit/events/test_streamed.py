"""Events as they travel through the stream, and where each goes by what Elasticsearch says."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import cast

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from es.errors import EngineRejected, EngineUnavailable
from shop.events.intake import Taken
from shop.events.store import Answer, EventStore, Status
from shop.events.streamed import EventWork, dumped, loaded
from shop.settings import EventSettings
from shop.stream.redis_stream import Entry

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@given(
    st.text(min_size=1, max_size=20, alphabet=st.characters(exclude_categories=["Cs"])),
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)),
    st.integers(-12, 12),
    st.booleans(),
)
def test_what_is_sent_arrives(event_id: str, at: datetime, hours: int, dated: bool) -> None:
    moment = at.replace(tzinfo=timezone(timedelta(hours=hours)))
    sent = Taken(event_id, moment, {"type": "search", "query": "größe ☂"}, dated)
    assert loaded(dumped(sent)) == sent


GOOD = orjson.loads(dumped(Taken("e1", NOON, {"type": "scroll"})))


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"[]", b"null", b"7", b"\xff\xfe", b"{}",
        *(orjson.dumps({name: value for name, value in GOOD.items() if name != gone}) for gone in GOOD),
        *(orjson.dumps(GOOD | wrong) for wrong in (
            {"event_id": ""}, {"event_id": 7}, {"document": "x"}, {"moment": "noon"}, {"moment": 5},
            {"moment": "2026-03-01T12:00:00"},
        )),
    ],
)  # fmt: skip
def test_what_is_no_event_says_so(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        loaded(raw)


class Elastic:
    """Answers by the id of each event; a request with one called `whole` is refused as a whole."""

    def __init__(self) -> None:
        self.requests: list[list[str]] = []

    def write(self, events: Sequence[Taken]) -> list[Answer]:
        ids = [event.event_id for event in events]
        self.requests.append(ids)
        if "away" in ids:
            raise EngineUnavailable("nobody answers")
        if any(one.startswith("whole") for one in ids):
            raise EngineRejected("the request is too strange")
        told = {"twice": Status.DUPLICATE, "busy": Status.BUSY, "bad": Status.REFUSED}
        return [(told.get(one, Status.ACCEPTED), "no good" if one == "bad" else "") for one in ids]


def entries(*ids: str, tries: int = 0) -> list[Entry]:
    return [Entry(f"{n}-0", dumped(Taken(one, NOON, {"type": "scroll"})), tries) for n, one in enumerate(ids)]


def settled_by(elastic: Elastic, found: Sequence[Entry]) -> tuple[list[str], list[str], list[str], list[str]]:
    settled = EventWork(cast(EventStore, elastic), EventSettings(tries=3))(found)
    later, dead = [e for e, _ in settled.later], [e for e, _ in settled.dead]
    groups = (settled.done, later, dead, settled.again)
    assert sorted(e.entry_id for group in groups for e in group) == sorted(e.entry_id for e in found)
    done, later_ids, dead_ids, again = ([loaded(e.payload).event_id for e in group] for group in groups)
    return done, later_ids, dead_ids, again


def test_each_event_is_settled_by_its_own_answer() -> None:
    assert settled_by(Elastic(), entries("new", "twice", "busy", "bad")) == (["new", "twice"], ["bad"], [], ["busy"])


def test_what_is_refused_again_and_again_is_a_dead_letter() -> None:
    assert settled_by(Elastic(), entries("bad", tries=1)) == ([], ["bad"], [], [])
    assert settled_by(Elastic(), entries("bad", tries=2)) == ([], [], ["bad"], [])


def test_while_nobody_answers_everything_waits_and_nothing_dies() -> None:
    assert settled_by(Elastic(), entries("a", "away", "b", tries=9)) == ([], [], [], ["a", "away", "b"])


def test_an_event_that_spoils_its_request_takes_no_other_with_it() -> None:
    elastic = Elastic()
    ids = [f"e{n}" for n in range(61)] + ["whole"] + [f"f{n}" for n in range(40)]
    done, later, dead, again = settled_by(elastic, entries(*ids))
    assert (later, dead, again) == (["whole"], [], [])
    assert done == [one for one in ids if one != "whole"]
    assert len(elastic.requests) < 20
