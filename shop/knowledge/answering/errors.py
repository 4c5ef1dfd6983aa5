"""What can go wrong with the model of answers."""


class AnswerError(Exception):
    """Base of every error of this package; the message is a sentence that a person can act on."""


class LibraryWrong(AnswerError):
    """A file of documents and questions to learn from cannot be read, or is too small."""


class AnswerModelUnusable(AnswerError):
    """The folder of a trained model is missing, incomplete, changed, or of another sentence model."""
