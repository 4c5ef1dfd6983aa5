"""How many events a second the API takes in: batches over several connections to one process or more, every event
acknowledged as stored; and the same documents sent to Elasticsearch by hand, in turn, for the ratio."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

import numpy as np
import orjson
import psutil
from elasticsearch import Elasticsearch

from app.settings import ServiceSettings
from embed.load import text_embedder
from embed.settings import EmbedSettings
from es.client import connect
from es.embedded.progress import say
from es.mappings import events as fields
from es.names import IndexNames
from es.settings import EngineSettings
from evaluate.bench.api_process import running_api
from evaluate.bench.catalogue import ensure_loaded
from evaluate.bench.client import Client, Target, engine_target
from evaluate.bench.workload import Call
from evaluate.errors import MeasurementFailed
from evaluate.server import own_server
from evaluate.shoppers.visits import events
from shop.events.intake import Intake, Taken
from shop.settings import EventSettings

SERVER: Final = "events-rate"
SUFFIX: Final = "-events-rate"
HEAP: Final = "1g"
API, RAW = "api", "raw_bulk"
_PRODUCTS: Final = 20_000
_CATALOGUE: Final = 200
_TRIES: Final = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """What to measure. `batch`: events of a request."""

    seconds: float = 30.0
    batch: int = 500
    connections: int = 4
    workers: int = 1


@dataclass(slots=True)
class Side:
    """What one side took in. `batch_ms`: milliseconds of each batch; `cpu_s`: of its processes (of the API alone).
    `sent_again`: batches that were refused for a moment."""

    events: int = 0
    seconds: float = 0.0
    cpu_s: float = 0.0
    sent_again: int = 0
    batch_ms: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Events a second by the clock."""
        return self.events / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """Both sides, and how many events were found stored after all."""

    asked: Asked
    sides: dict[str, Side]
    stored: int


def measure(engine: EngineSettings, asked: Asked) -> Measured:
    """Runs for about `asked.seconds`, in turns of both sides. Its indices go at the end. Raises EngineError,
    MeasurementFailed; the latter too where an acknowledged event is not stored."""
    roomy = engine.model_copy(update={"es_heap": HEAP})
    with own_server(roomy, SERVER) as url:
        apart = roomy.model_copy(update={"es_url": url, "index_prefix": engine.index_prefix + SUFFIX})
        names = IndexNames(apart.index_prefix)
        settings = ServiceSettings().model_copy(update={"workers": asked.workers})
        with connect(apart) as client:
            _remove(client, names)
            try:
                # An API without a catalogue does not call itself ready.
                ensure_loaded(apart, text_embedder(EmbedSettings()), _CATALOGUE)
                client.indices.create(index=f"{names.prefix}-raw", **fields.definition())
                with running_api(settings, apart, EmbedSettings()) as api:
                    targets = {API: api.target, RAW: engine_target(apart)}
                    sides = _turns(targets, asked, f"{names.prefix}-raw")
                client.indices.refresh(index=names.events)
                stored = int(client.count(index=names.events)["count"])
            finally:
                _remove(client, names)
    if stored != sides[API].events:
        raise MeasurementFailed(f"{sides[API].events:,} events were acknowledged, and {stored:,} are stored.")
    return Measured(asked, sides, stored)


def _remove(client: Elasticsearch, names: IndexNames) -> None:
    for index in client.indices.get(index=names.everything, allow_no_indices=True):
        client.indices.delete(index=index, ignore_unavailable=True)


def _turns(targets: dict[str, Target], asked: Asked, index: str) -> dict[str, Side]:
    sides = {name: Side() for name in targets}
    made = events(_PRODUCTS, datetime.now(UTC), days=1)
    end = time.monotonic() + asked.seconds
    say(f"batches of {asked.batch} over {asked.connections} connections, in turns")
    while time.monotonic() < end:
        # Made before the clock runs; each event once, for one sent again is a duplicate.
        batches = [list(islice(made, asked.batch)) for _ in range(8 * asked.connections)]
        for name, target in targets.items():
            calls = [_raw(batch, index) if name == RAW else _sent(batch) for batch in batches]
            _send(target, calls, asked, sides[name], name)
    return sides


def _send(target: Target, calls: Sequence[Call], asked: Asked, side: Side, name: str) -> None:
    """Sends the calls over the connections, each connection one after the other."""
    failures: list[Exception] = []
    lock = threading.Lock()

    def work(mine: Sequence[Call]) -> None:
        try:
            with closing(Client(target)) as client:
                client.open()
                for call in mine:
                    started = time.perf_counter()
                    answer, again = _answered(client, call)
                    taken = (time.perf_counter() - started) * 1000
                    # What was sent again may be stored already.
                    accepted = answer["accepted"] + answer["duplicates"] if name == API else len(answer["items"])
                    if accepted != asked.batch:
                        raise MeasurementFailed(f"{name} took {accepted} of {asked.batch} events.")
                    with lock:
                        side.batch_ms.append(taken)
                        side.events += accepted
                        side.sent_again += again
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(calls[n :: asked.connections],)) for n in range(asked.connections)]
    before, started = _cpu_of_children(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    side.seconds += time.perf_counter() - started
    side.cpu_s += _cpu_of_children() - before
    if failures:
        raise failures[0]


def _answered(client: Client, call: Call) -> tuple[dict[str, Any], int]:
    """The answer, and how often the batch was refused for a moment before, as a server under pressure may. Raises
    MeasurementFailed."""
    for again in range(_TRIES):
        try:
            return orjson.loads(client.ask(call)), again
        except MeasurementFailed as error:
            if "answered 503" not in str(error) and "answered 429" not in str(error):
                raise
            time.sleep(0.2 * (again + 1))
    raise MeasurementFailed(f"A batch was refused {_TRIES} times.")


def _cpu_of_children() -> float:
    """Processor seconds of the API's processes; Elasticsearch is no child of ours."""
    children = [child for child in psutil.Process(os.getpid()).children() if "python" in child.name()]
    return float(sum(child.cpu_times().user + child.cpu_times().system for child in children))


def _sent(batch: Sequence[dict[str, Any]]) -> Call:
    return Call("POST", "/api/events", orjson.dumps({"events": batch}), "application/json")


def _raw(batch: Sequence[dict[str, Any]], index: str) -> Call:
    """The stored forms of the events, as somebody would send them who checks nothing."""
    intake, now = Intake(EventSettings()), datetime.now(UTC)
    lines: list[bytes] = []
    for event in batch:
        taken = intake.take(event, now)
        if not isinstance(taken, Taken):
            raise MeasurementFailed(f"A made-up event is refused: {taken.why}")
        lines += (orjson.dumps({"index": {"_id": taken.event_id}}), orjson.dumps(taken.document))
    return Call("POST", f"/{index}/_bulk", b"\n".join(lines) + b"\n", "application/x-ndjson")


def values(measured: Measured) -> dict[str, Any]:
    """The figures as plain values."""
    told: dict[str, Any] = {
        "batch": measured.asked.batch,
        "connections": measured.asked.connections,
        "workers": measured.asked.workers,
        "stored": measured.stored,
    }
    for name, side in measured.sides.items():
        told[name] = {
            "events": side.events,
            "per_s": round(side.rate, 1),
            **{f"batch_p{part}_ms": round(float(np.percentile(side.batch_ms, part)), 1) for part in (50, 95)},
        }
    api = measured.sides[API]
    told[API]["sent_again"] = api.sent_again
    told[API]["cpu_ms_per_1000_events"] = round(api.cpu_s * 1e6 / max(1, api.events), 1)
    told["ratio"] = round(api.rate / max(measured.sides[RAW].rate, 1e-9), 3)
    return told


def lines(measured: Measured) -> Iterator[str]:
    """The table."""
    told = values(measured)
    yield f"Events in batches of {told['batch']}, {told['connections']} connections, {told['workers']} process(es)"
    for name, what in ((API, "POST /api/events"), (RAW, "raw _bulk, checking nothing")):
        one = told[name]
        yield (
            f"  {what:<28}{one['per_s']:10,.0f} events/s   batch p50 {one['batch_p50_ms']:.0f} ms, "
            f"p95 {one['batch_p95_ms']:.0f} ms"
        )
    yield f"  the API's processor time: {told[API]['cpu_ms_per_1000_events']:.0f} ms a thousand events"
    yield f"  batches refused for a moment and sent again: {told[API]['sent_again']}"
    yield f"  {told['ratio']:.2f} of raw; all {told['stored']:,} acknowledged events are stored"
