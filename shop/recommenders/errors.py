"""What can keep a recommender from learning."""


class RecommenderError(Exception):
    """Base of everything that this package raises. The message is one sentence a person can act on."""


class RecommenderUnavailable(RecommenderError):
    """A package that the model needs is not installed."""


class NothingToLearn(RecommenderError):
    """The histories hold too little to learn from."""
