"""What a search will want to know next goes along with it, and changes no answer."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from app.search.foreseeing import Foresight
from es.settings import EngineSettings
from es.wire import Wire
from tests.integration.search.test_no_dead_ends import goods
from tests.shops import service, shop_of


@pytest.fixture(scope="module")
def small_shop(es_url: str) -> Iterator[EngineSettings]:
    with shop_of(es_url, goods()) as engine:
        yield engine


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def app(small_shop: EngineSettings) -> AsyncIterator[FastAPI]:
    app = service(small_shop, search_deadline_s=30, semantic_floor=0.99)
    async with app.router.lifespan_context(app):
        await app.state.services.search.understanding.ready()
        if app.state.services.health.lexicon.current is None:
            await app.state.services.health.lexicon.gather()
        yield app


async def told(app: FastAPI, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The answer without what differs each time, and the round trips for searches."""
    trips = 0
    post = Wire.post

    async def counted(self: Wire, path: str, *rest: Any, **more: Any) -> Any:  # noqa: ANN401
        nonlocal trips
        trips += "search?" in path
        return await post(self, path, *rest, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Wire, "post", counted)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.example") as client:
            answer = await client.get("/api/search", params={"facets": "brand,color", **asked})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return {name: body[name] for name in body if name not in ("took_ms", "search_id")}, trips


async def unforeseen(_: Foresight, *given: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    assert given
    return []


@pytest.mark.parametrize(
    ("asked", "before", "now"),
    [
        # A word beside a kind that no product has: without it the kind is shown, and what it costs is told.
        ({"q": "blue zeppelin trekking pack between $91 and $93"}, 3, 1),
        # Values that no product has together.
        ({"q": "acme boots brown for men"}, 3, 1),
        ({"q": "red glass kettle northpeak under $50"}, 3, 1),
        ({"q": "kettle zeppelin", "mode": "lexical"}, 3, 1),
        # What is shown where words are given up is not foreseen under a budget, nor that nothing at all is alike.
        ({"q": "kettle zeppelin under $60", "mode": "lexical"}, 3, 2),
        ({"q": "kettle zeppelin"}, 3, 3),
        ({"q": "dome tent under $50", "mode": "lexical"}, 3, 3),
        # Mistyped: what was meant is there, and its list.
        ({"q": "ketttle"}, 3, 1),
        ({"q": "kettle"}, 1, 1),
        ({"q": ""}, 1, 1),
    ],
)
async def test_answers_are_the_same_in_fewer_round_trips(
    asked: dict[str, Any], before: int, now: int, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await told(app, monkeypatch, asked)
    with monkeypatch.context() as patch:
        patch.setattr(Foresight, "of", unforeseen)
        unaided = await told(app, monkeypatch, asked)

    assert answer == (unaided[0], now)
    assert unaided[1] == before


async def test_a_search_that_finds_something_takes_nothing_along(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    bodies: list[int] = []
    of = Foresight.of

    async def noted(self: Foresight, *given: Any) -> list[dict[str, Any]]:  # noqa: ANN401
        found = await of(self, *given)
        bodies.append(len(found))
        return found

    monkeypatch.setattr(Foresight, "of", noted)
    for one in goods()[::6]:
        await told(app, monkeypatch, {"q": one.name})
    assert set(bodies) == {0}
