"""What can go wrong when a language model is asked. Each message is a sentence that may be shown to an operator."""


class LanguageModelError(Exception):
    """Anything that goes wrong here; whoever asked goes on without the model."""


class ModelOff(LanguageModelError):
    """There is no key, or the client of the provider is not installed."""


class ModelBusy(LanguageModelError):
    """Too many calls are in flight, or the breaker is open: nothing was sent."""


class CapReached(LanguageModelError):
    """A cap of cost would be exceeded: nothing was sent."""


class ModelRefused(LanguageModelError):
    """The provider refuses the request as it is (400, 404, 422) or the key (401, 403); the same again is no use."""

    def __init__(self, message: str, *, key: bool = False) -> None:
        super().__init__(message)
        self.key = key


class ModelUnavailable(LanguageModelError):
    """No answer, or a broken one: overload, a server's error, a connection that was cut. May work later.

    `retry_after_s`: what the provider asked for, where it did.
    """

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ModelTimeout(ModelUnavailable):
    """No answer within the deadline."""


class AnswerUnusable(LanguageModelError):
    """The model answered with something that cannot be used."""
