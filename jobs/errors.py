"""What can go wrong with a job as a whole.

JobError             anything below; the message is a sentence that a person can act on
|- UnknownJob        there is no job of this name
`- JobFailed         the job found its input unusable

That it runs elsewhere, or has lost its lease, is told by LeaseTaken and LeaseLost of es/errors.py.
"""


class JobError(Exception):
    """Base of every error of this package."""


class UnknownJob(JobError):
    """There is no job of this name; the message lists those there are."""


class JobFailed(JobError):
    """The job cannot do its work; the message says what to do."""
