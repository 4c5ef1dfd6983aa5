"""`python -m ingest stream`: the changes that the API has put into Redis, made, looked at, replayed."""

import argparse
import asyncio
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any, TypeVar

import orjson

from es.errors import EngineError
from es.settings import EngineSettings
from ingest.connection import Connection, connected
from ingest.errors import IngestError
from ingest.progress import Progress
from ingest.settings import IngestSettings
from shop.products.changes.apply import ProductUpserts
from shop.products.changes.consumer import Consumer
from shop.products.changes.deletions import Deletions
from shop.products.changes.errors import StreamUnavailable
from shop.products.changes.stream import ChangeStream
from shop.settings import ChangeSettings

T = TypeVar("T")

# Elasticsearch is asked again for so long within one try; between tries the consumer says that it waits.
RETRY_FOR_S = 5.0
FORGET_EVERY_S = 3600.0


class NoStream(IngestError):
    """There is no Redis to work with; the message says what to do."""


def add(verbs: Any) -> None:  # noqa: ANN401 - argparse's own private type
    """The commands `stream run`, `status`, `dead` and `replay`."""
    stream = verbs.add_parser("stream", help="the changes that wait in Redis: make them, look at them, replay them")
    stream.set_defaults(strict=False)
    actions = stream.add_subparsers(dest="action", required=True, metavar="ACTION")
    made = actions.add_parser("run", help="make changes as they come, until stopped; start several for more speed")
    made.add_argument("--no-vectors", action="store_true", help="make no text vectors")
    made.add_argument("--until-empty", action="store_true", help="end when nothing waits")
    made.set_defaults(verb=run)
    told = actions.add_parser("status", help="how many wait, and for how long")
    told.set_defaults(verb=status)
    dead = actions.add_parser("dead", help="changes that could not be made, and why; a line of JSON each")
    dead.add_argument("--count", type=int, default=100, help="at most so many, oldest first (100)")
    dead.set_defaults(verb=letters)
    again = actions.add_parser("replay", help="try dead letters again")
    again.add_argument("letter", nargs="?", default="", help="id of one of them (all)")
    again.set_defaults(verb=replay)


def run(options: argparse.Namespace, stop: threading.Event) -> bool:
    """`stream run`; returns False."""
    settings = IngestSettings(retry_for_s=RETRY_FOR_S)
    progress = Progress([], sys.stderr, quiet=False)
    with connected(settings, progress, stop, text=not options.no_vectors, remembered=True) as found:
        counts = _with_stream(lambda stream, kept: _consume(stream, kept, found, options.until_empty))
    sys.stdout.write(orjson.dumps(counts).decode() + "\n")
    return False


def status(_options: argparse.Namespace, _stop: threading.Event) -> bool:
    """`stream status`; returns False."""
    found = _with_stream(lambda stream, _: stream.status())
    sys.stdout.write(orjson.dumps(asdict(found)).decode() + "\n")
    return False


def letters(options: argparse.Namespace, _stop: threading.Event) -> bool:
    """`stream dead`; returns False."""
    for letter in _with_stream(lambda stream, _: stream.dead(options.count)):
        told = {"id": letter.letter_id, "reason": letter.reason, "change": letter.change.decode("utf-8", "replace")}
        sys.stdout.write(orjson.dumps(told).decode() + "\n")
    return False


def replay(options: argparse.Namespace, _stop: threading.Event) -> bool:
    """`stream replay`; returns False."""
    moved = _with_stream(lambda stream, _: stream.replay(options.letter))
    if options.letter and not moved:
        raise NoStream(f"There is no dead letter {options.letter}; `python -m ingest stream dead` lists them.")
    sys.stdout.write(f"{moved} changes are tried again\n")
    return False


def _with_stream(work: Callable[[ChangeStream, ChangeSettings], Awaitable[T]]) -> T:
    settings = ChangeSettings()
    url = settings.redis_url.get_secret_value()
    if not url:
        raise NoStream("SHOPSCOUT_REDIS_URL is not set: changes are made by the API itself, and nothing waits.")

    async def opened() -> T:
        stream = ChangeStream(url, EngineSettings().index_prefix)
        try:
            return await work(stream, settings)
        finally:
            await stream.close()

    try:
        return asyncio.run(opened())
    except StreamUnavailable as error:
        raise NoStream(f"{error}; check SHOPSCOUT_REDIS_URL.") from error


async def _consume(
    stream: ChangeStream, settings: ChangeSettings, found: Connection, until_empty: bool
) -> dict[str, int]:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    upserts = ProductUpserts(found.client, found.store)
    consumer = Consumer(stream, lambda: upserts, settings)
    beside = [asyncio.create_task(_forget(found, settings))]
    if until_empty:
        beside.append(asyncio.create_task(_stop_when_empty(stream, stop)))
    sys.stderr.write(f"consumer {consumer.name} makes changes\n")
    try:
        await consumer.run(stop)
    finally:
        for task in beside:
            task.cancel()
    return dict(consumer.counts)


async def _stop_when_empty(stream: ChangeStream, stop: asyncio.Event) -> None:
    while (await stream.load())[0]:
        await asyncio.sleep(0.2)
    stop.set()


async def _forget(found: Connection, settings: ChangeSettings) -> None:
    """Drops what is remembered of deletions long ago, an hour after another."""
    deletions = Deletions(found.client, found.store.names)
    while True:
        try:
            await asyncio.to_thread(deletions.forget, timedelta(days=settings.deletions_days))
        except EngineError as error:
            sys.stderr.write(f"deletions are not looked through: {error}\n")
        await asyncio.sleep(FORGET_EVERY_S)
