"""A list goes on the same whichever worker answers its next page: one that knows the words of the catalogue, or one
that has just started and knows none of them yet."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.lexicon import LexiconKeeper
from app.search.cursor import Cursor
from app.search.understanding import service as understanding
from es.errors import EngineTimeout
from es.settings import EngineSettings
from shop.products.document import Product
from tests.factory import product
from tests.shops import api, no_models, shop_of

pytestmark = pytest.mark.needs_es

Workers = tuple[httpx.AsyncClient, httpx.AsyncClient, httpx.AsyncClient]


def things() -> list[Product]:
    return [
        product(
            f"{kind}{n}",
            name=f"Harbor {kind} {n}",
            price=str(5 + n),
            brand=["Acme", "Northpeak"][n % 2],
            categories=[f"Kitchen/{kind.title()}s"],
            specifications={"color": ["Green", "Red", "Blue", "Blue"][n % 4], "material": "clay"},
        )
        for kind in ("mug", "bowl")
        for n in range(18)
    ]


@pytest.fixture(scope="module")
def engine(es_url: str) -> Iterator[EngineSettings]:
    with shop_of(es_url, things()) as engine:
        yield engine


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def workers(engine: EngineSettings) -> AsyncIterator[Workers]:
    """One that is ready, one that has read nothing of the catalogue, and one that has no model."""

    async def unread(*_: object, **__: object) -> None:
        raise EngineTimeout("not read yet")

    async with api(engine, search_deadline_s=30) as ready:
        await until_words_are_known(ready)
        async with api(engine, no_models(), search_deadline_s=30) as modelless:
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(understanding, "read_vocabulary", unread)
                patched.setattr(LexiconKeeper, "start", lambda _: None)
                async with api(engine, search_deadline_s=30) as starting:
                    yield ready, starting, modelless


async def until_words_are_known(client: httpx.AsyncClient) -> None:
    for _ in range(300):
        answer = (await client.get("/api/search", params={"q": "harbro mug", "mode": "lexical"})).json()
        if answer["corrected"] and answer["understood"]["constraints"]:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("The words of the catalogue are not read.")


async def walked(asked: dict[str, Any], turns: Sequence[httpx.AsyncClient]) -> list[str]:
    """Ids of a whole list, its pages answered by turns; the first one by the first."""
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for n in range(60):
        answer = await turns[n % len(turns)].get("/api/search", params={**asked, "size": 3, **cursor})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        seen += [hit["product_id"] for hit in body["hits"]]
        if not body["next_cursor"]:
            return seen
        cursor = {"cursor": body["next_cursor"]}
    raise AssertionError("The list has no end.")


ASKED: list[dict[str, Any]] = [
    {"q": "mug under $20"},
    {"q": "red or blue mug, not acme", "mode": "lexical"},
    {"q": "cheapest northpeak bowl"},
    {"q": "harbro bowl", "mode": "lexical"},
    {"q": "harbro bowl", "mode": "lexical", "understand": "false"},
    {"q": "red mug acme"},
    {"q": "harbor zeppelin", "mode": "lexical", "understand": "false"},
    {"q": "red mug", "group": "parent"},
    {"q": "harbor", "sort": "price"},
]


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: "-".join(asked.values()))
async def test_a_worker_that_knows_no_words_goes_on(workers: Workers, asked: dict[str, Any]) -> None:
    ready, starting, _ = workers
    expected = await walked(asked, [ready])
    assert len(expected) > 3
    assert await walked(asked, [ready, starting]) == expected
    assert len(set(expected)) == len(expected)


async def test_what_left_nothing_is_given_up_once(workers: Workers) -> None:
    """No red mug is one of Acme: colour and brand are given up on the first page, and nothing more on the next."""
    ready, starting, _ = workers
    asked = {"q": "red mug acme", "size": "2"}
    first = (await ready.get("/api/search", params=asked)).json()
    assert first["relaxation"]["dropped"]
    second = (await starting.get("/api/search", params={**asked, "cursor": first["next_cursor"]})).json()
    assert second["understood"] == first["understood"]
    assert second["total"] == first["total"]
    assert second["relaxation"] is None


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: "-".join(asked.values()))
async def test_what_began_without_words_goes_on_without(workers: Workers, asked: dict[str, Any]) -> None:
    """A list is not changed midway by a worker that would have understood more."""
    ready, starting, _ = workers
    expected = await walked(asked, [starting])
    assert await walked(asked, [starting, ready]) == expected


async def test_what_began_without_a_model_goes_on_without(workers: Workers) -> None:
    ready, _, modelless = workers
    for asked in ({"q": "harbor mug"}, {"q": "harbor mug", "group": "parent"}):
        expected = await walked(asked, [modelless])
        assert await walked(asked, [modelless, ready]) == expected


async def test_cursors_of_before_are_taken(workers: Workers) -> None:
    """They hold a place and whose it is, nothing else."""
    ready, *_ = workers
    for asked in ({"q": "mug under $20"}, {"q": "harbro bowl", "mode": "lexical"}):
        body = (await ready.get("/api/search", params={**asked, "size": "3"})).json()
        cursor = Cursor.decode(body["next_cursor"])
        assert cursor.kept is not None
        old = replace(cursor, kept=None).encode()
        pages = [
            (await ready.get("/api/search", params={**asked, "size": "3", "cursor": token})).json()["hits"]
            for token in (body["next_cursor"], old)
        ]
        assert pages[0]
        assert pages[0] == pages[1]


async def test_a_cursor_of_other_words_is_refused_by_all(workers: Workers) -> None:
    ready, starting, _ = workers
    body = (await ready.get("/api/search", params={"q": "mug under $20", "size": "3"})).json()
    for worker in (ready, starting):
        answer = await worker.get("/api/search", params={"q": "bowl", "size": "3", "cursor": body["next_cursor"]})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["parameter"] == "cursor"
