"""The query log's writer: searches and clicks wait in memory and are written in bulk, off every request's path.

A search never waits or fails for its log. While Elasticsearch is away things wait, up to a limit; beyond it new
ones are dropped and counted. What a process holds when it is killed is lost: at most a flush interval's worth.
"""

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import structlog
from elasticsearch import AsyncElasticsearch

from es.client import BUSY_STATUSES, translated
from es.errors import EngineError, EngineUnavailable, IndexMissing
from es.mappings import queries as fields
from es.names import IndexNames
from es.series import Series
from shop.queries.record import ADD_CLICK, Click, LoggedSearch, click_change, document
from shop.queries.waiting import Waiting
from shop.settings import QueryLogSettings
from shop.tasks import Background

log = structlog.get_logger(__name__)
T = TypeVar("T")

BATCH: Final = 500
REQUEST_S: Final = 10.0
CLOSING_S: Final = 2.0
UPKEEP_S: Final = 3600.0
BACK_OFF_MOST_S: Final = 30.0
CLICK_WAITS_S: Final = 60.0
"""A click may come before its search is written, by another process too; after so long there is no such search."""
CONFLICT_RETRIES: Final = 5


@dataclass(slots=True)
class LogStatus:
    """Counts since the process started. `unmatched`: clicks in searches that are not in the log. `trouble`: why
    the last write failed, empty where it did not."""

    enabled: bool
    waiting: int = 0
    written: int = 0
    clicks: int = 0
    dropped: int = 0
    unmatched: int = 0
    trouble: str = ""


class QueryLog:
    """Writes the log of one shop. `start` and `stop` it from the lifespan; without `start` nothing is kept."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames, settings: QueryLogSettings) -> None:
        self._client = client.options(request_timeout=REQUEST_S)
        self._settings = settings
        self._series = Series(self._client, names, fields.KIND, fields.definition())
        self._searches: Waiting[LoggedSearch] = Waiting(settings.query_log_queue)
        self._clicks: Waiting[Click] = Waiting(settings.query_log_queue)
        self._status = LogStatus(settings.query_log)
        self._writer = Background()
        self._kept_up_at = float("-inf")
        self._in_hand = 0
        self._flushing = asyncio.Lock()

    def start(self) -> None:
        if self._settings.query_log:
            self._writer.begin(self._write_on())

    async def stop(self) -> None:
        """Writes what waits, for a moment at most."""
        if not self._writer.begun:
            return
        # What is being written is not cut off: it would be written twice, or not at all.
        with contextlib.suppress(EngineError, TimeoutError):
            async with asyncio.timeout(CLOSING_S):
                await self.flush()
        await self._writer.end()

    def searched(self, search: LoggedSearch) -> None:
        """Takes note of a search; returns at once and never fails."""
        if self._writer.begun:
            self._searches.add(search)

    def clicked(self, click: Click) -> bool:
        """Takes note of a click; the same product in the same search counts once, however often it is told. False
        where there is no log, or no room."""
        return self._writer.begun and self._clicks.add(click)

    def status(self) -> LogStatus:
        self._status.waiting = len(self._searches) + len(self._clicks) + self._in_hand
        self._status.dropped = self._searches.dropped + self._clicks.dropped
        return self._status

    async def flush(self) -> None:
        """Writes what waits, after what is being written. Raises what Elasticsearch's trouble is (es.errors); what was
        not written waits on."""
        async with self._flushing:
            await self._flush()

    async def _flush(self) -> None:
        await self._keep_up()
        while batch := self._searches.take(BATCH):
            if again := await self._keeping(self._searches, batch, self._write_searches):
                self._searches.put_back(again)
                raise EngineUnavailable("Elasticsearch is too busy to write the query log.")
        # Once round: those that must wait for their search come again with the next flush.
        for _ in range(math.ceil(len(self._clicks) / BATCH)):
            clicks = self._clicks.take(BATCH)
            # Last in the row: clicks in searches that never were must not hold up the others.
            for click in await self._keeping(self._clicks, clicks, self._write_clicks):
                self._clicks.add(click)

    async def _write_on(self) -> None:
        pause = self._settings.query_log_flush_s
        while True:
            await asyncio.sleep(pause)
            try:
                await self.flush()
            except EngineError as error:
                pause = min(BACK_OFF_MOST_S, pause * 2)
                if not self._status.trouble:
                    log.warning("query log not written", reason=str(error))
                self._status.trouble = str(error)
            else:
                pause, self._status.trouble = self._settings.query_log_flush_s, ""

    async def _keep_up(self) -> None:
        """Begins the index, or a new one, and deletes the oldest. Nothing is begun before there is something to log:
        a service on an empty server leaves no trace."""
        if not self._searches or time.monotonic() - self._kept_up_at < UPKEEP_S:
            return
        await self._series.ensure()
        await self._series.roll_over(self._settings.query_log_rollover_days)
        for index in await self._series.expire(self._settings.query_log_days):
            log.info("old query log deleted", index=index)
        self._kept_up_at = time.monotonic()

    async def _keeping(
        self, waiting: Waiting[T], batch: list[T], write: Callable[[list[T]], Awaitable[list[T]]]
    ) -> list[T]:
        """Writes a batch, which waits again where that fails or is cancelled; returns what must be tried again."""
        self._in_hand = len(batch)
        try:
            return await write(batch)
        except BaseException:
            waiting.put_back(batch)
            raise
        finally:
            self._in_hand = 0

    async def _write_searches(self, batch: list[LoggedSearch]) -> list[LoggedSearch]:
        """Returns those that must be tried again."""
        operations: list[dict[str, Any]] = []
        for search in batch:
            operations += [{"create": {"_id": search.search_id, "require_alias": True}}, document(search)]
        items = await self._bulk(operations)
        if any(item["create"]["status"] == 404 for item in items):
            # Somebody deleted the series.
            await self._series.ensure()
            items = await self._bulk(operations)
        again, refused = [], 0
        for search, item in zip(batch, items, strict=True):
            status = item["create"]["status"]
            if status in BUSY_STATUSES:
                again.append(search)
            # 409: an earlier try came through although no answer did.
            elif status >= 400 and status != 409:
                refused += 1
                log.warning("a search was not logged", reason=item["create"].get("error", {}).get("reason"))
        self._searches.dropped += refused
        self._status.written += len(batch) - len(again) - refused
        return again

    async def _write_clicks(self, batch: list[Click]) -> list[Click]:
        """Adds clicks to their searches; returns those whose search may still come."""
        where = await self._logged({click.search_id for click in batch})
        oldest = time.time() - CLICK_WAITS_S
        late = [click for click in batch if click.search_id not in where]
        again = [click for click in late if click.at > oldest]
        self._status.unmatched += len(late) - len(again)
        found = [click for click in batch if click.search_id in where]
        operations: list[dict[str, Any]] = []
        for click in found:
            hit = where[click.search_id]
            operations.append(
                {"update": {"_index": hit["_index"], "_id": hit["_id"], "retry_on_conflict": CONFLICT_RETRIES}}
            )
            operations.append({"script": {"source": ADD_CLICK, "params": click_change(click, hit["_source"])}})
        for click, item in zip(found, await self._bulk(operations) if found else [], strict=True):
            status = item["update"]["status"]
            if status in BUSY_STATUSES or status == 409:
                again.append(click)
            elif status >= 400:
                self._clicks.dropped += 1
            elif item["update"].get("result") == "updated":
                self._status.clicks += 1
        return again

    async def _logged(self, ids: set[str]) -> dict[str, dict[str, Any]]:
        """Logged searches by id: their index, and what was shown in them."""
        with contextlib.suppress(IndexMissing), translated():
            answer = await self._client.search(
                index=self._series.alias,
                query={"ids": {"values": sorted(ids)}},
                size=len(ids),
                source={"includes": [fields.SHOWN, fields.FIRST_POSITION]},
            )
            return {hit["_id"]: hit for hit in answer["hits"]["hits"]}
        return {}

    async def _bulk(self, operations: list[dict[str, Any]]) -> list[dict[str, Any]]:
        with translated():
            answer = await self._client.bulk(operations=operations, index=self._series.alias)
        return list(answer["items"])
