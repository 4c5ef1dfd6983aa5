"""Events over HTTP into a real Elasticsearch: what is acknowledged is there, once, whatever else happens."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.recommend.reads import Reads
from app.recommend.shoppers import Shoppers
from es.client import connect
from es.mappings import events as fields
from es.names import IndexNames
from es.settings import EngineSettings
from es.wire import Wire
from evaluate.faults.proxy import State, proxy_to
from shop.events.document import TYPES
from shop.settings import EventSettings
from tests.factory import event
from tests.shops import api

pytestmark = pytest.mark.needs_es


@pytest_asyncio.fixture
async def client(engine_settings: EngineSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with api(engine_settings) as opened:
        yield opened


def stored(engine: EngineSettings) -> dict[str, dict[str, Any]]:
    """Every stored event by its id; an id that is there twice fails."""
    names = IndexNames(engine.index_prefix)
    with connect(engine) as es:
        es.indices.refresh(index=names.events, ignore_unavailable=True)
        hits = es.search(index=names.events, size=10_000, ignore_unavailable=True)["hits"]["hits"]
    assert len({hit["_id"] for hit in hits}) == len(hits)
    return {hit["_id"]: hit["_source"] for hit in hits}


async def send(client: httpx.AsyncClient, events: Any) -> dict[str, Any]:  # noqa: ANN401
    response = await client.post("/api/events", json=events)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_every_type_is_stored_and_read_back(client: httpx.AsyncClient, engine_settings: EngineSettings) -> None:
    answer = await send(client, {"events": [event(kind, event_id=f"e-{kind}") for kind in TYPES]})
    assert (answer["accepted"], answer["duplicates"], answer["refused"]) == (len(TYPES), 0, 0)
    assert [item["event_id"] for item in answer["events"]] == [f"e-{kind}" for kind in TYPES]
    found = stored(engine_settings)
    assert {key: document["type"] for key, document in found.items()} == {f"e-{kind}": kind for kind in TYPES}


async def test_a_single_event_and_a_bare_list_are_bodies_too(
    client: httpx.AsyncClient, engine_settings: EngineSettings
) -> None:
    one = await send(client, event("view_product", product_id="p-9"))
    two = await send(client, [event("search"), event("scroll")])
    assert (one["accepted"], two["accepted"]) == (1, 2)
    assert {one["events"][0]["event_id"]} <= set(stored(engine_settings))
    assert await send(client, []) == {"accepted": 0, "duplicates": 0, "refused": 0, "events": []}


async def test_one_bad_event_in_500_loses_nothing(client: httpx.AsyncClient, engine_settings: EngineSettings) -> None:
    events = [event("view_product", event_id=f"e{n}", product_id=f"p{n}") for n in range(500)]
    events[250] = event("view_product", event_id="bad", product_id="")
    answer = await send(client, {"events": events})
    assert (answer["accepted"], answer["refused"]) == (499, 1)
    assert answer["events"][250]["status"] == "refused"
    assert "product_id" in answer["events"][250]["why"]
    assert set(stored(engine_settings)) == {f"e{n}" for n in range(500) if n != 250}


async def test_a_number_that_is_none_in_one_event_loses_no_other(
    client: httpx.AsyncClient, engine_settings: EngineSettings
) -> None:
    good = orjson.dumps(event("view_product", event_id="good"))
    bad = b'{"type": "dwell", "session_id": "s", "seconds": NaN}'
    response = await client.post("/api/events", content=b"[" + good + b"," + bad + b"]")
    assert [item["status"] for item in response.json()["events"]] == ["accepted", "refused"]
    assert set(stored(engine_settings)) == {"good"}


async def test_the_same_event_twice_is_one(client: httpx.AsyncClient, engine_settings: EngineSettings) -> None:
    now = datetime.now(UTC).isoformat()
    dated = [event("view_product", timestamp=now, product_id=f"p{n}") for n in range(5)]
    named = [event("view_product", event_id=f"e{n}") for n in range(5)]
    first = await send(client, dated + named + named[:1])
    before = stored(engine_settings)
    second = await send(client, named + dated)
    assert (first["accepted"], first["duplicates"]) == (10, 1)
    assert (second["accepted"], second["duplicates"]) == (0, 10)
    assert stored(engine_settings) == before


async def test_late_events_go_to_their_own_month_and_meet_themselves_there(
    engine_settings: EngineSettings,
) -> None:
    now = datetime.now(UTC)
    events = [
        event("view_product", event_id=f"e{days}", timestamp=(now - timedelta(days=days)).isoformat())
        for days in (3, 0, 40, 20, 75)
    ]
    engine = engine_settings
    async with api(engine) as other:
        assert [item["status"] for item in (await send(other, events))["events"]].count("refused") == 3
    async with api(engine, events=EventSettings(late_days=100)) as patient:
        answer = await send(patient, events)
        again = await send(patient, list(reversed(events)))
    assert (answer["accepted"], answer["duplicates"]) == (3, 2)
    assert again["duplicates"] == 5
    assert len(stored(engine)) == 5
    with connect(engine) as es:
        names = IndexNames(engine.index_prefix)
        indices = set(es.indices.get_alias(name=names.events))
    moments = [now - timedelta(days=days) for days in (3, 0, 40, 20, 75)]
    assert indices == {names.month(fields.KIND, moment) for moment in moments}


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (b"", 400, "Send JSON"),
        (b"{", 400, "Send JSON"),
        (b'"view_product"', 400, "Send JSON"),
        (b"null", 400, "Send JSON"),
        (b"\xff\xfe", 400, "Send JSON"),
        (b"[" * 100_000, 400, "Send JSON"),
        (b'{"events": [], "more": 1}', 400, "nothing is expected"),
        (b"[" + b",".join([b"{}"] * 5001) + b"]", 413, "at most 5,000"),
        (b'"' + b"x" * 10_000_000 + b'"', 413, "smaller batches"),
    ],
)
async def test_a_body_without_events_is_refused_as_a_whole(
    client: httpx.AsyncClient, content: bytes, status: int, told: str
) -> None:
    response = await client.post("/api/events", content=content)
    assert response.status_code == status
    assert told in response.json()["detail"]
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_body_that_does_not_say_its_length_is_cut_off(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"x" * 100_000

    response = await client.post("/api/events", content=endless())
    assert response.status_code == 413


async def test_ten_megabytes_of_events_are_a_batch(client: httpx.AsyncClient, engine_settings: EngineSettings) -> None:
    filler = {"note": "x" * 3900}
    events = [event("view_product", event_id=f"e{n}", extra=filler) for n in range(2400)]
    body = orjson.dumps(events)
    assert 9_000_000 < len(body) < 10_000_000
    response = await client.post("/api/events", content=body)
    assert response.json()["accepted"] == 2400
    assert len(stored(engine_settings)) == 2400


async def test_too_many_batches_at_once_are_sent_back_and_nothing_is_lost(engine_settings: EngineSettings) -> None:
    batches = [[event("view_product", event_id=f"b{b}-{n}") for n in range(200)] for b in range(12)]
    async with api(engine_settings, event_writers=1, max_waiting_events=600) as client:
        responses = await asyncio.gather(*(client.post("/api/events", json=batch) for batch in batches))
        statuses = [response.status_code for response in responses]
        assert set(statuses) == {200, 503}
        for response in responses:
            if response.status_code == 503:
                assert int(response.headers["retry-after"]) >= 1
                assert "same again" in response.json()["detail"]
        acknowledged = {item["event_id"] for r in responses if r.status_code == 200 for item in r.json()["events"]}
        assert set(stored(engine_settings)) == acknowledged
        for batch, status in zip(batches, statuses, strict=True):
            if status == 503:
                await send(client, batch)
    assert len(stored(engine_settings)) == 12 * 200


async def test_a_month_deleted_meanwhile_is_made_again_with_its_mapping(
    client: httpx.AsyncClient, engine_settings: EngineSettings
) -> None:
    await send(client, event("view_product", event_id="before"))
    names = IndexNames(engine_settings.index_prefix)
    index = names.month(fields.KIND, datetime.now(UTC))
    with connect(engine_settings) as es:
        es.indices.delete(index=index)
        assert (await send(client, event("view_product", event_id="after")))["accepted"] == 1
        assert es.indices.get_mapping(index=index)[index]["mappings"]["dynamic"] == "false"
    assert set(stored(engine_settings)) == {"after"}


async def looked_at(engine: EngineSettings, customer_id: str = "", session_id: str = "") -> list[str]:
    """What recommenders know that somebody did, the newest first."""
    wire = Wire(engine)
    try:
        shoppers = Shoppers(Reads(wire, deadline_s=10), IndexNames(engine.index_prefix))
        past = await shoppers.past(customer_id, session_id, settled_days=1)
    finally:
        await wire.close()
    return [done.product_id for done in reversed(past.history)]


async def test_a_click_is_read_back_within_a_second(client: httpx.AsyncClient, engine_settings: EngineSettings) -> None:
    assert await looked_at(engine_settings, session_id="s-1") == []
    await send(client, [event("view_product", product_id="p-1"), event("view_product", session_id="other")])
    await asyncio.sleep(0.9)
    assert await looked_at(engine_settings, session_id="s-1") == ["p-1"]


async def test_recent_events_are_newest_first_and_no_bots(
    client: httpx.AsyncClient, engine_settings: EngineSettings
) -> None:
    now = datetime.now(UTC)
    events = [
        event("view_product", product_id=f"p{n}", timestamp=(now - timedelta(minutes=n + 1)).isoformat())
        for n in range(4)
    ]
    events.append(event("view_product", product_id="crawled", user_agent="Googlebot/2.1"))
    events.append(event("view_product", product_id="mine", session_id="another", customer_id="c-1"))
    await send(client, events)
    stored(engine_settings)  # refreshes
    assert await looked_at(engine_settings, "c-1", "s-1") == ["mine", "p0", "p1", "p2", "p3"]


@pytest.mark.parametrize("kind", ["click", "purchase", "like", "dislike", "dismiss"])
async def test_feedback_is_an_event(client: httpx.AsyncClient, engine_settings: EngineSettings, kind: str) -> None:
    body = {
        "recommendation_id": "r-1",
        "interaction_type": kind,
        "product_id": "p-1",
        "session_id": "s",
        "event_id": "f",
    }
    first, second = [(await client.post("/api/feedback", json=body)).json() for _ in range(2)]
    assert (first, second["status"]) == ({"event_id": "f", "status": "accepted"}, "duplicate")
    document = stored(engine_settings)["f"]
    assert document["type"] == ("recommendation_click" if kind == "click" else "recommendation_feedback")
    assert document.get("verdict") == (None if kind == "click" else kind)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"recommendation_id": "r", "interaction_type": "click", "session_id": "s"}, "product_id is missing"),
        ({"recommendation_id": "r", "interaction_type": "like"}, "customer_id and session_id"),
        ({"recommendation_id": "r", "interaction_type": "buy", "session_id": "s"}, "interaction_type"),
        ({"interaction_type": "like", "session_id": "s"}, "recommendation_id"),
    ],
)
async def test_wrong_feedback_is_refused(client: httpx.AsyncClient, body: dict[str, Any], told: str) -> None:
    response = await client.post("/api/feedback", json=body)
    assert response.status_code == 400
    assert told in response.json()["detail"]


_BATCHES = st.lists(
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from([0, 1, 5]), st.booleans()), min_size=1, max_size=12),
    min_size=1,
    max_size=6,
)


def _examples(count: int) -> list[list[list[tuple[int, int, bool]]]]:
    """Batches of (number of an event, days that it is late, whether it is bad), drawn by Hypothesis."""
    found: list[list[list[tuple[int, int, bool]]]] = []

    @settings(max_examples=count, suppress_health_check=list(HealthCheck))
    @given(_BATCHES)
    def collect(batches: list[list[tuple[int, int, bool]]]) -> None:
        found.append(batches)

    collect()
    return found


async def test_what_is_acknowledged_is_findable_and_replays_change_nothing(
    client: httpx.AsyncClient, engine_settings: EngineSettings
) -> None:
    """For any batches of events, late, repeated and bad ones among them, in any order."""
    now = datetime.now(UTC)
    for batches in _examples(15):
        run = uuid4().hex
        bodies = [
            [
                event(
                    "view_product",
                    event_id=f"{run}-{number}-{days}",
                    # The time belongs to the event: the same id always has the same.
                    timestamp=(now - timedelta(days=days)).isoformat(),
                    product_id="" if bad else f"p{number}",
                )
                for number, days, bad in batch
            ]
            for batch in batches
        ]
        acknowledged: set[str] = set()
        for body in bodies:
            answer = await send(client, body)
            acknowledged |= {item["event_id"] for item in answer["events"] if item["status"] != "refused"}
        found = {key: value for key, value in stored(engine_settings).items() if key.startswith(run)}
        assert set(found) == acknowledged
        for body in reversed(bodies):
            assert (await send(client, body))["accepted"] == 0
        assert {key: value for key, value in stored(engine_settings).items() if key.startswith(run)} == found


async def test_elasticsearch_goes_away_and_comes_back(engine_settings: EngineSettings) -> None:
    batch = [event("view_product", event_id=f"e{n}") for n in range(50)]
    async with proxy_to(engine_settings.es_url) as proxy:
        through = engine_settings.model_copy(update={"es_url": proxy.url})
        async with api(through, events_deadline_s=1.0) as client:
            for state in (State.CUT, State.SILENT):
                proxy.set(state)
                started = time.monotonic()
                response = await client.post("/api/events", json=batch)
                assert time.monotonic() - started < 4
                assert response.status_code == 503, response.text
                assert int(response.headers["retry-after"]) >= 1
                proxy.set(State.OPEN)
            # As a shop does: what was not stored in time is sent again.
            until = time.monotonic() + 60
            while (response := await client.post("/api/events", json=batch)).status_code == 503:
                assert time.monotonic() < until, response.text
            answer = response.json()
            # What was sent while nobody answered may have arrived: then it is a duplicate now, and counted once.
            assert answer["accepted"] + answer["duplicates"] == 50
    assert set(stored(engine_settings)) == {f"e{n}" for n in range(50)}
