"""What can go wrong with intents."""


class IntentError(Exception):
    """Base of every error of this package; the message is a sentence that a person can act on."""


class ExamplesWrong(IntentError):
    """A file of examples cannot be read, or is too small to learn from."""


class IntentModelUnusable(IntentError):
    """The folder of a trained model is missing, incomplete, changed, or of another sentence model."""
