"""What can keep a measurement from being made."""


class EvaluateError(Exception):
    """Base of everything that this package raises. The message is one sentence a person can act on."""


class DataMissing(EvaluateError):
    """The judged data is not on this machine."""


class DataWrong(EvaluateError):
    """A file of judgments cannot be read, or does not fit the products."""


class MeasurementFailed(EvaluateError):
    """What is measured did not start or did not answer."""
