"""Every job by its name, and how often it runs unless SHOPSCOUT_JOBS_EVERY_H says otherwise."""

from datetime import timedelta

from jobs import bots, factors, feedback, learned_weights, neighbours, pairs, profiles, retention, successors, trends
from jobs.errors import UnknownJob
from jobs.job import Job
from jobs.settings import JobSettings

HOURLY, DAILY, WEEKLY = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)

# In the order in which they run where several are due: bots are marked before anything is learned.
JOBS: tuple[Job, ...] = (
    Job("bots", "marks the events of sessions that are too fast for a person", HOURLY, bots.run),
    Job("retention", "deletes events and conversations that are older than they may be", DAILY, retention.run),
    Job("trends", "what is looked at and bought now, and what suddenly is, by category", HOURLY, trends.run),
    Job("pairs", "which products are viewed together, bought together, bought after", DAILY, pairs.run),
    Job("successors", "what goes on from each product: the sequential model", DAILY, successors.run),
    Job("neighbours", "what goes on from each product, by the learned hybrid", DAILY, neighbours.run),
    Job("factors", "products as vectors, by matrix factorisation", DAILY, factors.run),
    Job("profiles", "what each customer likes, and the segments they belong to", WEEKLY, profiles.run),
    Job("feedback", "what became of recommendations, by algorithm and placement", DAILY, feedback.run),
    Job("weights", "how much each part of the hybrid counts, by what came of it", DAILY, learned_weights.run),
)

LEARNING = ("trends", "pairs", "successors", "neighbours", "factors", "profiles", "feedback")
"""Jobs that read the events of persons from exported files."""


def job_named(name: str) -> Job:
    """Raises UnknownJob."""
    for job in JOBS:
        if job.name == name:
            return job
    raise UnknownJob(f'There is no job "{name}"; there are {", ".join(job.name for job in JOBS)}.')


def interval(job: Job, settings: JobSettings) -> timedelta:
    """The time between two runs of a job. Raises UnknownJob where the settings name a job that there is not."""
    for name in settings.every_h:
        job_named(name)
    hours = settings.every_h.get(job.name)
    return job.every if hours is None else timedelta(hours=hours)
