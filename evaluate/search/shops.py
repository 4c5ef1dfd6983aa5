"""The shop that judged queries are put to: a service in this process, or one that runs elsewhere."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol
from urllib.parse import urlencode, urlsplit

from app.problems import BadRequest
from evaluate.bench.client import Client, Target
from evaluate.bench.workload import Call
from evaluate.errors import DataWrong, MeasurementFailed
from evaluate.relevance.runs import Searcher
from evaluate.search.configs import SearchConfig

BATCH: Final = 200
MOST_BRANDS: Final = 1_000


class Shop(Protocol):
    """Answers searches as GET /api/search does."""

    async def answer(self, config: SearchConfig, asked: Mapping[str, str]) -> dict[str, Any]:
        """The answer to the parameters of the configuration and `asked`. Raises MeasurementFailed or DataWrong."""

    async def known(self, product_ids: Iterable[str]) -> set[str]:
        """Those of the products that the shop has."""


class OwnShop:
    """A service opened in this process: settings of the service can differ from one configuration to the next."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._by_config: dict[str, Searcher] = {}

    async def answer(self, config: SearchConfig, asked: Mapping[str, str]) -> dict[str, Any]:
        if config.name not in self._by_config:
            self._by_config[config.name] = self._searcher.with_settings(config.settings)
        try:
            return await self._by_config[config.name].answer({**config.asked, **asked})
        except BadRequest as error:
            said = " ".join(message for _, message in error.errors)
            raise DataWrong(f'The configuration "{config.name}" cannot be asked: {said}') from error

    async def known(self, product_ids: Iterable[str]) -> set[str]:
        return await self._searcher.known(product_ids)


class RunningShop:
    """The API at a URL, over one connection; close it. Its settings are its own."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise DataWrong(f'"{url}" is not the address of a shop; write it like http://localhost:8000.')
        self._path = parts.path.rstrip("/")
        self._client = Client(Target(url))

    def open(self) -> None:
        """Connects. Raises MeasurementFailed where nothing answers."""
        self._client.open()

    def close(self) -> None:
        self._client.close()

    async def answer(self, config: SearchConfig, asked: Mapping[str, str]) -> dict[str, Any]:
        if config.settings:
            raise DataWrong(
                f'The configuration "{config.name}" sets {", ".join(config.settings)}, which a running shop decides '
                "itself; compare what its parameters can ask for, or measure without --url."
            )
        query = urlencode({**config.asked, **asked})
        return await self._asked(Call("GET", f"{self._path}/api/search?{query}"))

    async def known(self, product_ids: Iterable[str]) -> set[str]:
        ids = list(product_ids)
        found: set[str] = set()
        for start in range(0, len(ids), BATCH):
            body = json.dumps({"product_ids": ids[start : start + BATCH]}).encode()
            answer = await self._asked(Call("POST", f"{self._path}/api/products/batch", body, "application/json"))
            found |= {product["product_id"] for product in answer["products"]}
        return found

    async def _asked(self, call: Call) -> dict[str, Any]:
        body = await asyncio.to_thread(self._client.ask, call)
        try:
            answer: dict[str, Any] = json.loads(body)
        except ValueError as error:
            raise MeasurementFailed(f"{call.path[:100]} answered something other than JSON.") from error
        return answer


LEXICAL: Final = SearchConfig("words alone", {"mode": "lexical"})


async def brands_of(shop: Shop) -> list[str]:
    """The brands of most products, at most 1,000."""
    answer = await shop.answer(LEXICAL, {"facets": "brand", "facet_size": str(MOST_BRANDS), "size": "0"})
    return [value["value"] for value in answer["facets"]["brand"]]


async def matches_of(shop: Shop, query: str) -> int:
    """How many products the words of the query find."""
    total: int = (await shop.answer(LEXICAL, {"q": query, "size": "0"}))["total"]
    return total
