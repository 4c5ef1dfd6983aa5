"""Places of one kind at the door, and who waits for one; which requests are of which kind."""

import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from starlette.types import Scope

from app.access.scopes import Need, Rule
from app.admission import Admission
from app.waiting import Waiting
from shop.keys.key import Scope as Access

_ONE_PRODUCT: Final = "/api/products/"
_SPARING: Final = frozenset({"/api/recommendations", "/api/suggest"})

_Item = TypeVar("_Item")


class Lane(Admission, Generic[_Item]):
    """At most `most` under way, fewer while they take longer than `slow_s`; as many wait."""

    def __init__(self, most: int, slow_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(most, slow_s, clock)
        self.waiting: Waiting[_Item] = Waiting(most, clock)

    @property
    def free(self) -> bool:
        """Whether somebody may begin."""
        return self.under_way < int(self.limit)

    def at_once(self) -> float | None:
        """Takes a place for who has just come; None where there is none, or others wait for it."""
        since = None if self.waiting else self.enter()
        if since is not None:
            self.waiting.passed()
        return since


def is_free(need: Need, method: str) -> bool:
    """Requests that take no place: pages, health, and what browsers ask before a request."""
    return need is Rule.OPEN or method == "OPTIONS"


def one_product(scope: Scope) -> bool:
    """A product by its id."""
    path: str = scope["path"]
    return scope["method"] == "GET" and path.startswith(_ONE_PRODUCT) and path.find("/", len(_ONE_PRODUCT)) < 0


def can_spare(scope: Scope) -> bool:
    """Requests that can be answered from memory."""
    return scope["path"] in _SPARING and scope["method"] == "GET"


def takes_long(path: str, need: Need) -> bool:
    """Requests that may wait for a model, or do much at once: their time says nothing of how busy the service is."""
    return need is Access.CHAT or need is Access.ADMIN or path.endswith(("/_bulk", "/image"))
