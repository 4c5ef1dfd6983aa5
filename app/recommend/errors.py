"""What can go wrong with recommendations."""


class RecommendationError(Exception):
    """Base of everything that this package raises. The message is one sentence a person can act on."""


class RecommenderUnavailable(RecommendationError):
    """A recommender lacks something; the list is made without it, and says so."""


class PlacementsInvalid(RecommendationError):
    """The file of placements cannot be used; the message names every mistake and what would be right."""
