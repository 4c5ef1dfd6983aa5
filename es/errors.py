"""What can go wrong between us and Elasticsearch.

    EngineError                 anything below
    |- EngineSetupError         the embedded server cannot be fetched or started (a person must act)
    |- EngineUnavailable        no answer, refused, or overloaded (try again later: `retry_after_s`)
    |- EngineTimeout            no answer inside the deadline
    |- EngineRejected           the server understood and said no (a defect of ours, or a wrong setting)
    |  `- IndexMissing          the index or alias does not exist yet
    |- LeaseTaken               another process does this work now
    |- LeaseLost                the lease of this work ran out, and another may have begun it
    `- GenerationError          a generation cannot be created, checked, swapped or rolled back
       |- NothingLoaded         there is no live generation yet
       |- HandoverLost          a generation was not made live, for the live one is another by now
       `- ModelMismatch         its vectors were made by another model than ours

Exceptions of the elasticsearch package are translated in es/client.py and seen nowhere else.
"""


class EngineError(Exception):
    """Base of everything that this package raises. The message is one sentence a person can act on."""


class EngineSetupError(EngineError):
    """The embedded server cannot be had on this machine; the message says how to mend it."""


class EngineUnavailable(EngineError):
    """Elasticsearch does not answer, or says that it is overloaded."""

    def __init__(self, message: str, *, retry_after_s: float = 2.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class EngineTimeout(EngineUnavailable):
    """Elasticsearch did not answer within the deadline of the request."""


class EngineRejected(EngineError):
    """Elasticsearch refused the request (4xx); `status` is its HTTP status, `kind` its error type."""

    def __init__(self, message: str, *, status: int = 400, kind: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind


class IndexMissing(EngineRejected):
    """The index or alias asked for does not exist: nothing has been loaded yet."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status=404, kind="index_not_found_exception")


class LeaseTaken(EngineError):
    """Another process does this work; the message says which and until when."""


class LeaseLost(EngineError):
    """This process was too slow to renew its lease; what it did is not made live."""


class GenerationError(EngineError):
    """A step in the life of a generation was refused; the message says which and why."""


class NothingLoaded(GenerationError):
    """There is no live generation yet."""


class HandoverLost(GenerationError):
    """The generation to be replaced is not live any more, or somebody has let writes go on; nothing changed."""


class ModelMismatch(GenerationError):
    """Vectors are needed that only the model which made those of the generation could make."""
