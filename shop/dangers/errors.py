"""What can go wrong with the model of dangers."""


class DangerError(Exception):
    """Base of every error of this package; the message is a sentence that a person can act on."""


class MessagesWrong(DangerError):
    """A file of labelled messages cannot be read, or is too small to learn from."""


class DangerModelUnusable(DangerError):
    """The folder of a trained model is missing, incomplete, changed, or of another sentence model."""
