"""What is shown when nothing can be read: the last good answers, and a shelf of popular products kept in memory."""

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.recommend.contract import RecommendationRequest

_KEPT: Final = 1_000
_STALE_S: Final = 3600.0
Key = tuple[Any, ...]
Item = dict[str, Any]


def key_of(request: RecommendationRequest, device: str, segment: str) -> Key:
    """Everything that an answer to nobody in particular depends on."""
    return (
        request.placement, request.product_id, request.category, request.cart, request.limit, request.min_similarity,
        request.budget, device, segment,
    )  # fmt: skip


class Shelf:
    """Items of answers by key, for `fresh_s`; and popular products as items, for when there is nothing else."""

    def __init__(self, *, fresh_s: float) -> None:
        self._fresh_s = fresh_s
        self._answers: OrderedDict[Key, tuple[float, Sequence[Item]]] = OrderedDict()
        self.popular: Sequence[Item] = ()
        self._why_not = ""

    def fill(self, popular: Sequence[Item]) -> None:
        """Popular products, as they are now."""
        self.popular = popular
        self._why_not = ""

    def unfilled(self, why: str) -> bool:
        """Whether it is news that popular products could not be read: an empty shop is looked at every other second."""
        known, self._why_not = self._why_not, why
        return why != known

    def keep(self, key: Key, items: Sequence[Item]) -> None:
        self._answers[key] = (time.monotonic(), items)
        self._answers.move_to_end(key)
        if len(self._answers) > _KEPT:
            self._answers.popitem(last=False)

    def fresh(self, key: Key) -> Sequence[Item] | None:
        """The items of a moment ago; None where there are none."""
        return self._younger(key, self._fresh_s)

    def ageing(self, key: Key) -> bool:
        """Whether the items of a moment ago are over half of the time that they are good for."""
        return self._younger(key, self._fresh_s / 2) is None

    def fallback(self, key: Key, request: RecommendationRequest, most_s: float = _STALE_S) -> list[Item]:
        """The items for this key that were made within `most_s`, or popular ones: those that are neither excluded nor
        over the budget, as far as is known here."""
        for items in (self._younger(key, most_s) or (), self.popular):
            fitting = [item for item in items if _fits(item, request)][: request.limit]
            if fitting:
                return [{**item, "position": place} for place, item in enumerate(fitting, start=1)]
        return []

    def _younger(self, key: Key, most_s: float) -> Sequence[Item] | None:
        made_at, items = self._answers.get(key, (float("-inf"), ()))
        return items if time.monotonic() - made_at < most_s else None


def _fits(item: Mapping[str, Any], request: RecommendationRequest) -> bool:
    excluded = item["product_id"] in request.exclude or item["product_id"] in (request.product_id, *request.cart)
    category = not request.category or request.category == item.get("category")
    return not excluded and category and (request.budget is None or item["price"] <= request.budget)
