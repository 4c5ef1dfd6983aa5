"""What a job is, and one run of it under its lease."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from es.lease import Lease, Leases
from es.names import IndexNames
from jobs.settings import JobSettings
from shop.settings import EventSettings

DONE, FAILED = "done", "failed"


@dataclass(frozen=True, slots=True)
class Workplace:
    """What jobs work with. `now`: the moment that a run counts from. `say`: progress, for people."""

    client: Elasticsearch
    names: IndexNames
    settings: JobSettings
    events: EventSettings
    folder: Path
    now: datetime
    say: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Job:
    """A job: `run` does it and returns figures (plain JSON values). It may be killed at any point and run again; it
    asks `lease.check()` before it makes anything live."""

    name: str
    description: str
    every: timedelta
    run: Callable[[Workplace, Lease], dict[str, Any]]


def run_job(job: Job, place: Workplace, leases: Leases) -> dict[str, Any]:
    """One run; its figures. Raises LeaseTaken where the job runs elsewhere, and what the job raises."""
    started = time.monotonic()
    with leases.held(job.name) as lease:
        try:
            figures = job.run(place, lease)
        except BaseException as error:
            lease.finish(FAILED, {"error": f"{type(error).__name__}: {error}"[:500]}, time.monotonic() - started)
            raise
        seconds = time.monotonic() - started
        lease.finish(DONE, figures, seconds)
        return {"job": job.name, "seconds": round(seconds, 2), **figures}
