"""The commands of `python -m jobs`, from their options to printed lines."""

import argparse
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from es.client import connect
from es.lease import Leases
from es.mappings import jobs as fields
from es.names import IndexNames
from es.reach import ensure_server
from es.settings import EngineSettings
from jobs import answers, dangers
from jobs.errors import JobFailed
from jobs.intents import train, write_conversations
from jobs.job import Job, Workplace, run_job
from jobs.registry import JOBS, LEARNING, interval, job_named
from jobs.schedule import keep_running, run_due
from jobs.settings import JobSettings
from shop.conversations.export import exported
from shop.persons import Persons
from shop.settings import EventSettings

KEPT_ORDERS = (
    "What was bought, when and for how much is kept for the accounts, as tax law asks of most shops; the customer's "
    "id, address, parcels and ways to pay are gone from it. With --orders it is deleted too."
)
UNDER_NAME = "Reviews name their authors, and others may bear the name; delete those that are the person's."


def listing(_options: argparse.Namespace, _stop: threading.Event) -> None:
    """`list`: one line a job."""
    with _opened() as (place, leases):
        for job in JOBS:
            state = leases.state(job.name)
            last = (
                f"{state.get(fields.OUTCOME)} {state[fields.FINISHED_AT]}" if fields.FINISHED_AT in state else "never"
            )
            hours = interval(job, place.settings).total_seconds() / 3600
            sys.stdout.write(f"{job.name:12} every {hours:g} h  last: {last}  {job.description}\n")


def run(options: argparse.Namespace, _stop: threading.Event) -> None:
    """`run NAME..`, or `run all` in the order of the schedule; the first that fails ends it."""
    jobs = JOBS if options.names == ["all"] else [job_named(name) for name in options.names]
    with _opened() as (place, leases):
        for job in jobs:
            _print(run_job(job, replace(place, now=datetime.now(UTC)), leases))


def schedule(options: argparse.Namespace, stop: threading.Event) -> None:
    """`schedule`: until told to stop, or once."""
    with _opened() as (place, leases):

        def one(job: Job) -> None:
            _print(run_job(job, replace(place, now=datetime.now(UTC)), leases))

        def look() -> None:
            run_due(leases, place.settings, datetime.now(UTC), one, _say)

        if options.once:
            look()
        else:
            keep_running(look, place.settings, stop)


def erase_person(options: argparse.Namespace, _stop: threading.Event) -> None:
    """`erase-person ID`: in every index, and in the files exported for the jobs. What is kept, or may be the person's,
    is named. Raises LeaseTaken while a job runs."""
    with _opened() as (place, leases), ExitStack() as stack:
        # A job that read the person before would write them again after.
        for name in LEARNING:
            stack.enter_context(leases.held(name))
        # Exported files hold the person too; the next job makes them anew.
        files = [path for path in place.folder.glob("*") if path.is_file()]
        erased = Persons(place.client, place.names).erase(options.person, orders=options.orders)
        for path in files:
            path.unlink(missing_ok=True)
        told = {"person": options.person, "deleted": erased.total, "by_index": erased.deleted, "files": len(files)}
        kept = {"orders": erased.kept, "why": KEPT_ORDERS} if erased.kept else {}
        named = {"ids": erased.by_name, "why": UNDER_NAME} if erased.by_name else {}
        _print({**told, "kept": kept, "reviews_under_the_name": named})


def export_person(options: argparse.Namespace, _stop: threading.Event) -> None:
    """`export-person ID`: one line a document."""
    with _opened() as (place, _):
        for record in Persons(place.client, place.names).records(options.person):
            _print({"index": record.index, "id": record.record_id, "document": record.document})


def export_conversations(options: argparse.Namespace, _stop: threading.Event) -> None:
    """`export-conversations`: to a file, which is whole or not there, or to standard output."""
    with _opened() as (place, _):
        found = exported(place.client, place.names, place.now - timedelta(days=options.days))
        if options.out is None:
            write_conversations(found, sys.stdout)
            return
        part = options.out.with_name(f"{options.out.name}.part")
        try:
            with part.open("w", encoding="utf-8") as out:
                count = write_conversations(found, out)
            part.replace(options.out)
        except OSError as error:
            raise JobFailed(f"{options.out} cannot be written: {error}") from error
        finally:
            part.unlink(missing_ok=True)
    _print({"out": str(options.out), "conversations": count})


def train_intents(options: argparse.Namespace, _stop: threading.Event) -> None:
    """`train-intents FILE... --out DIR`: needs no Elasticsearch."""
    _print(train(options))


def train_dangers(options: argparse.Namespace, _stop: threading.Event) -> None:
    """`train-dangers [FILE...] --out DIR`: needs no Elasticsearch."""
    _print(dangers.train(options))


def train_answers(options: argparse.Namespace, _stop: threading.Event) -> None:
    """`train-answers [FILE...] --out DIR`: needs no Elasticsearch."""
    _print(answers.train(options))


@contextmanager
def _opened() -> Iterator[tuple[Workplace, Leases]]:
    engine, settings = EngineSettings(), JobSettings()
    with connect(engine, ensure_server(engine)) as client:
        names = IndexNames(engine.index_prefix)
        folder = (settings.folder if settings.folder != Path() else engine.cache_dir / "jobs") / engine.index_prefix
        folder.mkdir(parents=True, exist_ok=True)
        place = Workplace(client, names, settings, EventSettings(), folder, datetime.now(UTC), _say)
        yield place, Leases(client, names, lease_s=settings.lease_s)


def _say(message: str) -> None:
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()


def _print(values: dict[str, Any]) -> None:
    sys.stdout.write(orjson.dumps(values).decode() + "\n")
    sys.stdout.flush()
