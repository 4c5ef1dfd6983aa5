"""Searches and changes at a steady rate, whatever the answers take; and what the index must hold afterwards."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from evaluate import synthetic

TIMEOUT_S: Final = 60.0
# Of ten changes, so many are of these kinds; the others are new prices.
_KINDS: Final = ("price", "price", "new", "price", "price", "text", "price", "price", "deletion", "price")


@dataclass(slots=True)
class Answers:
    """Milliseconds of each answer, from the moment at which its request was due; and what failed, in words. `refused`:
    those of them that the service said early it could not do now. `due`: when each of
    `searches` was, in seconds of time.perf_counter."""

    searches: list[float] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    refused: int = 0
    due: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Expected:
    """What was acknowledged: fields by product id, None where it was deleted."""

    products: dict[str, dict[str, Any] | None] = field(default_factory=dict)


class Traffic:
    """Requests to one API. `answers` may be replaced between phases."""

    def __init__(self, url: str, products: int, *, searches_s: float, changes_s: float) -> None:
        self.answers = Answers()
        self.expected = Expected()
        self._url = url
        self._rates = {"search": searches_s, "change": changes_s}
        self._searches = (f"/api/search?{urlencode({'q': text})}" for text in synthetic.queries(3))
        self._changes = _changes(products)
        self._under_way: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """Requests until the end of the block, and the answers to the last of them."""
        async with httpx.AsyncClient(base_url=self._url, timeout=TIMEOUT_S) as client:
            kinds: list[tuple[str, Callable[[httpx.AsyncClient, float], Coroutine[Any, Any, None]]]] = [
                ("search", self._search),
                ("change", self._change),
            ]
            pacers = [asyncio.create_task(self._pace(client, self._rates[kind], one)) for kind, one in kinds]
            try:
                yield
            finally:
                for pacer in pacers:
                    pacer.cancel()
                await asyncio.gather(*pacers, *self._under_way, return_exceptions=True)

    async def _pace(
        self,
        client: httpx.AsyncClient,
        rate: float,
        one: Callable[[httpx.AsyncClient, float], Coroutine[Any, Any, None]],
    ) -> None:
        began = time.perf_counter()
        for number in itertools.count():
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            task = asyncio.create_task(one(client, due))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _search(self, client: httpx.AsyncClient, due: float) -> None:
        answers = self.answers
        if await self._ask(client, "GET", next(self._searches), None, answers):
            answers.searches.append((time.perf_counter() - due) * 1000)
            answers.due.append(due)

    async def _change(self, client: httpx.AsyncClient, due: float) -> None:
        answers = self.answers
        method, product_id, version, fields = next(self._changes)
        path = f"/api/products/{product_id}?version={version}"
        if await self._ask(client, method, path, fields, answers):
            answers.changes.append((time.perf_counter() - due) * 1000)
            self.expected.products[product_id] = fields

    async def _ask(
        self, client: httpx.AsyncClient, method: str, path: str, fields: dict[str, Any] | None, answers: Answers
    ) -> bool:
        try:
            response = await client.request(method, path, json=fields)
        except httpx.HTTPError as error:
            answers.failed.append(f"{method} {path[:80]}: {error!r}")
            return False
        if response.status_code not in (200, 201, 202):
            answers.refused += response.status_code in (429, 503) and "retry-after" in response.headers
            answers.failed.append(f"{method} {path[:80]}: {response.status_code} {response.text[:200]}")
            return False
        return True


def _changes(products: int) -> Iterator[tuple[str, str, int, dict[str, Any] | None]]:
    """Method, product id, version and fields; a product is changed again only when all others of its kind were.

    New prices go to the first half of the catalogue, new texts to the third quarter, deletions through the last.
    """
    prices = itertools.cycle(range(products // 2))
    texts = itertools.cycle(range(products // 2, products * 3 // 4))
    deletions = iter(range(products * 3 // 4, products))
    version = int(time.time() * 1000)
    for number, kind in enumerate(itertools.cycle(_KINDS)):
        version += 1
        if kind == "new":
            yield "PUT", f"new{number:07}", version, {"name": f"New lamp {number}", "price": number % 900 + 1}
        elif kind == "text":
            product_id = synthetic.product(next(texts)).product_id
            yield "PATCH", product_id, version, {"name": f"Lamp with another name {number}"}
        elif kind == "deletion" and (gone := next(deletions, None)) is not None:
            yield "DELETE", synthetic.product(gone).product_id, version, None
        else:
            yield "PATCH", synthetic.product(next(prices)).product_id, version, {"price": number % 5000 + 1}
