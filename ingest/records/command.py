"""`python -m ingest orders | customers | reviews | promotions`: from their options to a printed summary."""

import argparse
import asyncio
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
from elasticsearch import AsyncElasticsearch

from es.client import connect_async
from es.names import IndexNames
from es.reach import ensure_server
from es.settings import EngineSettings
from ingest.errors import FeedError, LoadRefused
from ingest.feeds.feed import FeedOptions, open_feeds
from ingest.feeds.row import FeedRow, RowSource
from ingest.mapping.mistakes import ValueMistake
from ingest.progress import Progress
from ingest.records.load import RecordKind, RecordLoad, RecordSummary
from ingest.records.shapes import SHAPES
from ingest.rejects import RejectsFile, rejects_path
from ingest.settings import IngestSettings
from shop.customers.document import Customer
from shop.customers.store import CustomerStore
from shop.orders.document import Order
from shop.orders.store import OrderStore
from shop.promotions.document import Promotion
from shop.promotions.store import PromotionStore
from shop.reviews.document import Review
from shop.reviews.store import ReviewStore

Kinds = Callable[[AsyncElasticsearch, IndexNames], RecordKind[Any]]


def _orders(client: AsyncElasticsearch, names: IndexNames) -> RecordKind[Order]:
    return RecordKind("orders", "order_id", Order, OrderStore(client, names, deadline_s=60).load)


def _customers(client: AsyncElasticsearch, names: IndexNames) -> RecordKind[Customer]:
    return RecordKind("customers", "customer_id", Customer, CustomerStore(client, names, deadline_s=60).load)


def _reviews(client: AsyncElasticsearch, names: IndexNames) -> RecordKind[Review]:
    return RecordKind("reviews", "review_id", Review, ReviewStore(client, names, deadline_s=60).load)


def _promotions(client: AsyncElasticsearch, names: IndexNames) -> RecordKind[Promotion]:
    return RecordKind("promotions", "promotion_id", Promotion, PromotionStore(client, names, deadline_s=60).load)


KINDS: Mapping[str, Kinds] = {
    "orders": _orders,
    "customers": _customers,
    "reviews": _reviews,
    "promotions": _promotions,
}


class ShapedFeed:
    """A file in another program's shape, as rows of ours. Raises FeedError where it is not in that shape."""

    unit = "record"

    def __init__(self, path: str, kind: str, shape: str) -> None:
        self.label = Path(path).name
        self._path = Path(path)
        self._rows = SHAPES[kind][shape]
        self._shape = shape
        if not self._path.is_file():
            raise FeedError(f"There is no file {path}.")
        self.size_bytes: int | None = self._path.stat().st_size

    def bytes_read(self) -> int:
        """All of it: it is read at once."""
        return self.size_bytes or 0

    def rows(self) -> Iterator[FeedRow]:
        """Every record of the kind."""
        try:
            database = orjson.loads(self._path.read_bytes())
            if not isinstance(database, dict):
                raise ValueMistake("the file is no JSON object")
            for place, values in enumerate(self._rows(database), start=1):
                yield FeedRow(place, values)
        except (orjson.JSONDecodeError, ValueMistake, KeyError, TypeError, AttributeError) as error:
            raise FeedError(f"{self.label} is not of the shape {self._shape}: {error}") from error


def records(options: argparse.Namespace, stop: threading.Event) -> bool:
    """Loads records of `options.command`; returns whether rows were rejected."""
    settings = IngestSettings() if options.wait is None else IngestSettings(retry_for_s=options.wait)
    feeds = _feeds(options)
    rejects = RejectsFile(options.rejects or rejects_path(feeds[0].label, settings.rejects_dir), "id")
    progress = Progress(feeds, sys.stderr, quiet=options.quiet, noun=options.command)
    summary = asyncio.run(_load(options, settings, feeds, rejects, progress, stop))
    for line in [orjson.dumps(summary.as_dict()).decode()] if options.json else summary.lines():
        sys.stdout.write(line + "\n")
    if summary.read and summary.rejected == summary.read:
        raise LoadRefused(f"All {summary.rejected:,} rows were rejected; nothing was stored.")
    return summary.rejected > 0


async def _load(
    options: argparse.Namespace,
    settings: IngestSettings,
    feeds: Sequence[RowSource],
    rejects: RejectsFile,
    progress: Progress,
    stop: threading.Event,
) -> RecordSummary:
    engine = EngineSettings()
    async with connect_async(engine, ensure_server(engine)) as client:
        kind = KINDS[options.command](client, IndexNames(engine.index_prefix))
        columns = dict(options.field)
        run = RecordLoad(kind, rejects, columns=columns, retry_for_s=settings.retry_for_s, progress=progress, stop=stop)
        try:
            return await run.run(feeds)
        finally:
            run.summary.rejects_file = rejects.close()


def _feeds(options: argparse.Namespace) -> list[RowSource]:
    if options.shape:
        return [ShapedFeed(path, options.command, options.shape) for path in options.files]
    asked = FeedOptions(options.format, options.records, "", options.encoding or "utf-8")
    return list(open_feeds(options.files, asked))
