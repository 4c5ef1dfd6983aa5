"""What can go wrong with a job as a whole.

JobError             anything below; the message is a sentence that a person can act on
|- UnknownJob        there is no job of this name
|- LeaseTaken        the job is running elsewhere
|- LeaseLost         the lease ran out while the job was running, and another may have begun
`- JobFailed         the job found its input unusable
"""


class JobError(Exception):
    """Base of every error of this package."""


class UnknownJob(JobError):
    """There is no job of this name; the message lists those there are."""


class LeaseTaken(JobError):
    """Another process runs the job; the message says which and until when."""


class LeaseLost(JobError):
    """This process was too slow to renew its lease; what it did is not made live."""


class JobFailed(JobError):
    """The job cannot do its work; the message says what to do."""
