"""How long a request may take in all, by what it asks for. What it waits for a place is a part of that."""

from dataclasses import dataclass
from typing import Final

from app.access.scopes import Need
from app.recommend.settings import RecommendSettings
from app.settings import ServiceSettings
from shop.keys.key import Scope

_LISTS: Final = "/api/recommendations"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds; as the settings have them where nothing else is said. Searches are all that is read of the catalogue.
    The conversation has none in all: it never waits for a place at the door, and each of its steps has its own."""

    search_s: float = 2.0
    lists_s: float = 0.8
    events_s: float = 5.0
    changes_s: float = 10.0

    def of(self, path: str, need: Need) -> float:
        """Of a request for this path, which needs that scope."""
        if path == _LISTS:
            return self.lists_s
        if need is Scope.EVENTS:
            return self.events_s
        return self.changes_s if need is Scope.CATALOGUE else self.search_s


def deadlines_of(service: ServiceSettings, recommend: RecommendSettings) -> Deadlines:
    """As these settings have them."""
    return Deadlines(
        service.search_deadline_s, recommend.deadline_s, service.events_deadline_s, service.changes_deadline_s
    )
