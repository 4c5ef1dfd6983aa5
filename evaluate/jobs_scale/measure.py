"""`python -m evaluate jobs-scale`: each job over many events, in a process of its own: time, processor, memory.

The events are made as the files that the export writes, so that ten million need not be stored; the months are there,
empty, and the jobs find them exported. Whatever else the jobs read and write is Elasticsearch's. With `export`, so many
of the events are stored after all, and exported.
"""

import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import psutil
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from embed.load import text_embedder
from embed.settings import EmbedSettings
from es.client import connect
from es.embedded.progress import say
from es.lease import Leases
from es.mappings import events as event_fields
from es.names import IndexNames
from es.settings import EngineSettings
from evaluate.bench.catalogue import ensure_loaded
from evaluate.errors import MeasurementFailed
from evaluate.jobs_scale.made import Shop, blocks, pages, raw_events
from evaluate.server import own_server
from jobs.export import EVENT_SCHEMA, PAGE, SLICES, export_events, files_of
from jobs.job import Job, Workplace, run_job
from jobs.registry import LEARNING, job_named
from jobs.settings import JobSettings
from shop.events.intake import Intake, Taken
from shop.events.store import EventStore
from shop.settings import EventSettings

SERVER: Final = "jobs-scale"
SUFFIX: Final = "-jobs-scale"
STORED: Final = "-stored"
EXPORT: Final = "export"
HEAP: Final = "2g"
_WRITTEN: Final = 5_000
_LOOK_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Asked:
    """What is measured. `export`: events that are stored and exported after all; 0: none."""

    events: int
    products: int
    customers: int
    jobs: Sequence[str] = LEARNING
    export: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One job. `memory_mb`: the largest of its process; `disk_mb`: of what it kept on disk besides the events."""

    seconds: float
    processor_s: float
    memory_mb: float
    disk_mb: float
    figures: dict[str, Any]


@dataclass(slots=True)
class Measured:
    """What came out. `made_s`: seconds until the files were there; `files_mb`: their size."""

    asked: Asked
    events: int = 0
    rows: int = 0
    made_s: float = 0.0
    files_mb: float = 0.0
    stored_s: float = 0.0
    runs: dict[str, Run] = field(default_factory=dict)


def measure(engine: EngineSettings, asked: Asked) -> Measured:
    """Runs every job once. What was made and learned goes at the end, the catalogue stays. Raises EngineError,
    EmbedError, MeasurementFailed."""
    roomy = engine.model_copy(update={"es_heap": HEAP})
    with own_server(roomy, SERVER) as url, tempfile.TemporaryDirectory() as folder:
        apart = roomy.model_copy(update={"es_url": url, "index_prefix": f"{engine.index_prefix}{SUFFIX}"})
        ensure_loaded(apart, text_embedder(EmbedSettings()), asked.products)
        found, now = Measured(asked), datetime.now(UTC)
        shop = Shop(asked.events, asked.products, asked.customers, now)
        place = _Place(apart, folder, now)
        try:
            _make(place, shop, found)
            for name in asked.jobs:
                say(f"job {name}")
                found.runs[name] = run = _in_a_process(_job, place, name)
                say(f"{run.seconds:.0f} s, {run.processor_s:.0f} s of processor, {run.memory_mb:,.0f} MB")
            if asked.export:
                _exported(_Place(_beside(apart), folder, now), shop, found)
        finally:
            _remove(apart)
        return found


@dataclass(frozen=True, slots=True)
class _Place:
    """What a process needs to know to open its Workplace."""

    engine: EngineSettings
    folder: str
    now: datetime

    def opened(self, client: Any) -> Workplace:  # noqa: ANN401 - Elasticsearch
        names = IndexNames(self.engine.index_prefix)
        return Workplace(client, names, JobSettings(), EventSettings(), Path(self.folder), self.now, say)


def _beside(engine: EngineSettings) -> EngineSettings:
    return engine.model_copy(update={"index_prefix": f"{engine.index_prefix}{STORED}"})


def _make(place: _Place, shop: Shop, found: Measured) -> None:
    """The files of every month, each of them an empty index that they belong to."""
    began = time.monotonic()
    say(f"making {shop.events:,} events")
    with connect(place.engine) as client:
        workplace = place.opened(client)
        store = EventStore(client, workplace.names, workplace.events)
        writers: dict[str, list[pq.ParquetWriter]] = {}
        try:
            for number, block in enumerate(blocks(shop)):
                for month, rows in _by_month(block):
                    index = workplace.names.month(event_fields.KIND, month)
                    if index not in writers:
                        store.make_month(month)
                        writers[index] = [pq.ParquetWriter(p, EVENT_SCHEMA) for p in files_of(workplace, index)]
                    for page, part in enumerate(pages(rows, PAGE)):
                        writers[index][(number + page) % SLICES].write_table(part)
                found.rows += len(block)
                found.events += len(block["event_id"].unique())
        finally:
            for listed in writers.values():
                for writer in listed:
                    writer.close()
        found.files_mb = sum(p.stat().st_size for index in writers for p in files_of(workplace, index)) / 1e6
    found.made_s = time.monotonic() - began


def _by_month(block: pa.Table) -> Iterator[tuple[datetime, pa.Table]]:
    months = pc.floor_temporal(block[event_fields.TIMESTAMP], unit="month")
    for month in months.unique().to_pylist():
        yield month.replace(tzinfo=UTC), block.filter(pc.equal(months, pa.scalar(month, pa.timestamp("ms"))))


def _exported(place: _Place, shop: Shop, found: Measured) -> None:
    """Stores the first events of the shop, and exports them."""
    began, left = time.monotonic(), found.asked.export
    say(f"storing {left:,} events")
    with connect(place.engine) as client:
        workplace = place.opened(client)
        intake = Intake(workplace.events, history=True)
        store = EventStore(client, workplace.names, workplace.events)
        for block in blocks(shop):
            events = islice(raw_events(block), left)
            while batch := list(islice(events, _WRITTEN)):
                taken = [intake.take(raw, place.now) for raw in batch]
                store.write([one for one in taken if isinstance(one, Taken)])
                left -= len(batch)
            if left <= 0:
                break
    found.stored_s = time.monotonic() - began
    found.runs[EXPORT] = _in_a_process(_export, place, EXPORT)


def _in_a_process(do: Callable[..., None], place: _Place, name: str) -> Run:
    """Runs it in a new process and watches that from outside."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(target=do, args=(theirs, place, name), daemon=True)
    process.start()
    theirs.close()
    memory = disk = 0.0
    try:
        watched = psutil.Process(process.pid)
        while not ours.poll(_LOOK_S):
            memory = max(memory, watched.memory_info().rss / 1e6)
            disk = max(disk, _besides_exports(Path(place.folder)))
        seconds, processor_s, figures = ours.recv()
    except (EOFError, psutil.NoSuchProcess, FileNotFoundError) as error:
        raise MeasurementFailed(f"{name} ended before it was done; its last words are above.") from error
    finally:
        process.join()
        ours.close()
    return Run(seconds, processor_s, memory, disk, figures)


def _besides_exports(folder: Path) -> float:
    """MB of what lies there but for exported files."""
    found = 0.0
    for path in folder.rglob("*"):
        # A file may go while it is looked at.
        with suppress(FileNotFoundError):
            found += path.stat().st_size if path.is_file() and path.suffix != ".parquet" else 0.0
    return found / 1e6


def _job(pipe: Connection, place: _Place, name: str) -> None:
    job: Job = job_named(name)

    def work(workplace: Workplace) -> dict[str, Any]:
        return run_job(job, workplace, Leases(workplace.client, workplace.names, lease_s=60))

    _told(pipe, place, work)


def _export(pipe: Connection, place: _Place, name: str) -> None:
    del name

    def work(workplace: Workplace) -> dict[str, Any]:
        with Leases(workplace.client, workplace.names, lease_s=60).held(EXPORT) as lease:
            files = export_events(workplace, lease, workplace.settings.events_days)
        return {"rows": sum(pq.read_metadata(path).num_rows for path in files)}

    _told(pipe, place, work)


def _told(pipe: Connection, place: _Place, work: Callable[[Workplace], dict[str, Any]]) -> None:
    with connect(place.engine) as client:
        began, spent = time.monotonic(), time.process_time()
        figures = work(place.opened(client))
        pipe.send((time.monotonic() - began, time.process_time() - spent, figures))


def _remove(engine: EngineSettings) -> None:
    """Everything but the catalogue."""
    names = IndexNames(engine.index_prefix)
    with connect(engine) as client:
        for index in client.indices.get(index=names.everything):
            if not names.is_generation("products", index):
                client.indices.delete(index=index)


def values(measured: Measured) -> dict[str, Any]:
    """The figures as plain values."""
    return {
        "products": measured.asked.products,
        "events": measured.events,
        "rows": measured.rows,
        "made_s": round(measured.made_s, 1),
        "files_mb": round(measured.files_mb, 1),
        "stored": measured.asked.export,
        "stored_s": round(measured.stored_s, 1),
        "runs": {
            name: {
                "seconds": round(run.seconds, 1),
                "processor_s": round(run.processor_s, 1),
                "memory_mb": round(run.memory_mb),
                "disk_mb": round(run.disk_mb),
                "figures": run.figures,
            }
            for name, run in measured.runs.items()
        },
    }


def lines(measured: Measured) -> Iterator[str]:
    """The table."""
    told = values(measured)
    yield (
        f"Jobs over {told['events']:,} events ({told['rows']:,} rows, {told['files_mb']:,.0f} MB of Parquet, made in "
        f"{told['made_s']:.0f} s) of {told['products']:,} products"
    )
    for name, run in told["runs"].items():
        kept = f", {run['disk_mb']:,} MB on disk" if run["disk_mb"] else ""
        took = f"{run['seconds']:8.1f} s {run['processor_s']:8.1f} s of processor"
        yield f"  {name:<12}{took} {run['memory_mb']:6,} MB{kept}"
    if told["stored"]:
        yield f"  {told['stored']:,} events were stored in {told['stored_s']:.0f} s; export is of those."
