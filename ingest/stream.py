"""`python -m ingest stream`: changes of products and shoppers' events that the API has put into Redis: done, looked at,
replayed."""

import argparse
import asyncio
import re
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final, TypeVar

import orjson

from es.errors import EngineError
from es.settings import EngineSettings
from ingest.connection import Connection, connected
from ingest.errors import IngestError
from ingest.options import Verbs
from ingest.progress import Progress
from ingest.settings import IngestSettings
from shop.events.store import EventStore
from shop.events.streamed import EventWork, event_stream
from shop.products.changes.apply import ProductUpserts
from shop.products.changes.deletions import Deletions
from shop.products.changes.queued import change_stream
from shop.products.changes.work import ChangeWork
from shop.settings import ChangeSettings, EventSettings
from shop.stream.consumer import Consumer, Pace
from shop.stream.errors import StreamUnavailable
from shop.stream.redis_stream import RedisStream
from shop.tasks import cancelled

T = TypeVar("T")
CHANGES, EVENTS = "changes", "events"
_STREAMS: Final = {CHANGES: change_stream, EVENTS: event_stream}
Streams = Mapping[str, RedisStream]

# Elasticsearch is asked again for so long within one try; between tries the consumer says that it waits.
RETRY_FOR_S = 5.0
FORGET_EVERY_S = 3600.0
# Recommendations know what was done just now from Redis; analytics do not miss a tenth of a second.
EVENTS_LINGER_S = 0.1


class NoStream(IngestError):
    """There is no Redis to work with; the message says what to do."""


def _letter(text: str) -> str:
    if text and not re.fullmatch(r"\d{1,20}(-\d{1,20})?", text):
        raise argparse.ArgumentTypeError(f"{text} is no id of a dead letter; `python -m ingest stream dead` shows them")
    return text


def add(verbs: Verbs) -> None:
    """The commands `stream run`, `status`, `dead` and `replay`."""
    stream = verbs.add_parser("stream", help="changes and events that wait in Redis: do, look at, replay them")
    stream.set_defaults(strict=False)
    kind = argparse.ArgumentParser(add_help=False)
    kind.add_argument(
        "--kind", action="append", choices=list(_STREAMS), help="changes of products or shoppers' events alone (both)"
    )
    actions = stream.add_subparsers(dest="action", required=True, metavar="ACTION")
    made = actions.add_parser(
        "run", parents=[kind], help="make changes and store events until stopped; start several for more speed"
    )
    made.add_argument("--no-vectors", action="store_true", help="make no text vectors")
    made.add_argument("--until-empty", action="store_true", help="end when nothing waits")
    made.set_defaults(verb=run)
    told = actions.add_parser("status", parents=[kind], help="how many wait, and for how long; a line of JSON each")
    told.set_defaults(verb=status)
    dead = actions.add_parser("dead", parents=[kind], help="what could not be done, and why; a line of JSON each")
    dead.add_argument("--count", type=int, default=100, help="at most so many of a kind, oldest first (100)")
    dead.set_defaults(verb=letters)
    again = actions.add_parser("replay", parents=[kind], help="try dead letters again")
    again.add_argument("letter", type=_letter, nargs="?", default="", help="id of one of them (all)")
    again.set_defaults(verb=replay)


def run(options: argparse.Namespace, stop: threading.Event) -> bool:
    """`stream run`; returns False."""
    settings = IngestSettings(retry_for_s=RETRY_FOR_S)
    progress = Progress([], sys.stderr, quiet=False)
    kinds = options.kind or list(_STREAMS)
    products = CHANGES in kinds
    text = products and not options.no_vectors
    with connected(settings, progress, stop, text=text, remembered=products) as found:
        counts = _with_streams(kinds, lambda streams: _consume(streams, found, options.until_empty))
    sys.stdout.write(orjson.dumps(counts).decode() + "\n")
    return False


def status(options: argparse.Namespace, _stop: threading.Event) -> bool:
    """`stream status`; returns False."""

    async def asked(streams: Streams) -> list[dict[str, Any]]:
        return [{"kind": kind, **asdict(await stream.status())} for kind, stream in streams.items()]

    for told in _with_streams(options.kind, asked):
        sys.stdout.write(orjson.dumps(told).decode() + "\n")
    return False


def letters(options: argparse.Namespace, _stop: threading.Event) -> bool:
    """`stream dead`; returns False."""

    async def asked(streams: Streams) -> list[dict[str, str]]:
        return [
            {"kind": kind, "id": one.letter_id, "reason": one.reason, kind[:-1]: one.payload.decode("utf-8", "replace")}
            for kind, stream in streams.items()
            for one in await stream.dead(options.count)
        ]

    for told in _with_streams(options.kind, asked):
        sys.stdout.write(orjson.dumps(told).decode() + "\n")
    return False


def replay(options: argparse.Namespace, _stop: threading.Event) -> bool:
    """`stream replay`; returns False."""

    async def replayed(streams: Streams) -> dict[str, int]:
        return {kind: await stream.replay(options.letter) for kind, stream in streams.items()}

    moved = _with_streams(options.kind, replayed)
    if options.letter and not any(moved.values()):
        raise NoStream(f"There is no dead letter {options.letter}; `python -m ingest stream dead` lists them.")
    told = " and ".join(f"{count} {kind}" for kind, count in moved.items())
    sys.stdout.write(f"{told} are tried again\n")
    return False


def _with_streams(kinds: Sequence[str] | None, work: Callable[[Streams], Awaitable[T]]) -> T:
    url = ChangeSettings().redis_url.get_secret_value()
    if not url:
        raise NoStream(
            "SHOPSCOUT_REDIS_URL is not set: changes are made and events stored by the API itself, and nothing waits."
        )

    async def opened() -> T:
        async with AsyncExitStack() as stack:
            streams = {}
            for kind in dict.fromkeys(kinds or _STREAMS):
                streams[kind] = _STREAMS[kind](url, EngineSettings().index_prefix)
                stack.push_async_callback(streams[kind].close)
            return await work(streams)

    try:
        return asyncio.run(opened())
    except StreamUnavailable as error:
        raise NoStream(f"{error}; check SHOPSCOUT_REDIS_URL.") from error


async def _consume(streams: Streams, found: Connection, until_empty: bool) -> dict[str, dict[str, int]]:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    consumers = {kind: _consumer(kind, stream, found) for kind, stream in streams.items()}
    beside = [asyncio.create_task(_forget(found))] if CHANGES in streams else []
    if until_empty:
        beside.append(asyncio.create_task(_stop_when_empty(streams, stop)))
    for kind, consumer in consumers.items():
        sys.stderr.write(f"consumer {consumer.name} does {kind}\n")
    try:
        await asyncio.gather(*(consumer.run(stop) for consumer in consumers.values()))
    finally:
        await cancelled(*beside)
    return {kind: dict(consumer.counts) for kind, consumer in consumers.items()}


def _consumer(kind: str, stream: RedisStream, found: Connection) -> Consumer:
    if kind == CHANGES:
        changes = ChangeSettings()
        upserts = ProductUpserts(found.client, found.store)
        return Consumer(
            stream, ChangeWork(lambda: upserts, changes), Pace(changes.changes_batch, changes.changes_claim_s)
        )
    events = EventSettings()
    store = EventStore(found.client, found.store.names, events, retry_for_s=RETRY_FOR_S)
    return Consumer(stream, EventWork(store, events), Pace(events.batch, events.claim_s, EVENTS_LINGER_S))


async def _stop_when_empty(streams: Streams, stop: asyncio.Event) -> None:
    while any([(await stream.load())[0] for stream in streams.values()]):
        await asyncio.sleep(0.2)
    stop.set()


async def _forget(found: Connection) -> None:
    """Drops what is remembered of deletions long ago, an hour after another."""
    deletions = Deletions(found.client, found.store.names)
    while True:
        try:
            await asyncio.to_thread(deletions.forget, timedelta(days=ChangeSettings().deletions_days))
        except EngineError as error:
            sys.stderr.write(f"deletions are not looked through: {error}\n")
        await asyncio.sleep(FORGET_EVERY_S)
