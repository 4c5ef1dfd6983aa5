"""Runs each job when it is due; as many processes as you like may do so, for a job's lease is one."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from es.errors import EngineError, LeaseTaken
from es.lease import Leases
from es.mappings import jobs as fields
from jobs.errors import JobError
from jobs.job import Job
from jobs.registry import JOBS, interval
from jobs.settings import JobSettings

# A job that failed is tried again after this time, or its own if that is shorter.
AFTER_FAILURE = timedelta(minutes=10)


def due(job: Job, state: dict[str, Any], settings: JobSettings, now: datetime) -> bool:
    """Whether a job should run, by its last run."""
    finished = state.get(fields.FINISHED_AT)
    if finished is None:
        return True
    every = interval(job, settings)
    if state.get(fields.OUTCOME) == "failed":
        every = min(every, AFTER_FAILURE)
    return datetime.fromisoformat(finished) + every <= now


def run_due(
    leases: Leases, settings: JobSettings, now: datetime, run: Callable[[Job], object], complain: Callable[[str], None]
) -> int:
    """Runs what is due, one after the other; a failure is told and does not keep the others from running.

    Returns how many ran to their end.
    """
    done = 0
    for job in JOBS:
        try:
            if due(job, leases.state(job.name), settings, now):
                run(job)
                done += 1
        except LeaseTaken:
            continue
        except (JobError, EngineError) as error:
            complain(f"{job.name}: {error}")
    return done


def keep_running(look: Callable[[], object], settings: JobSettings, stop: threading.Event) -> None:
    """Looks at what is due until told to stop."""
    while not stop.is_set():
        look()
        stop.wait(settings.look_every_s)
