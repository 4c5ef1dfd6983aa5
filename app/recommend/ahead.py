"""Which candidates may be shown, looked up while the list still waits for one of its recommenders.

What is near a shopper's taste must be searched for; what is learned lies in memory. So the products that the list would
consist of without that search are looked up in the same round trip with it, and what the search finds it brings along.
Whatever the list wants besides is looked up afterwards, as all would be: the list is the same.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from app.recommend.contract import Candidate, RecommendationRequest
from app.recommend.knowledge import Knowledge
from app.recommend.lookup import Shown, Steered, allowed_body, read_allowed, read_shown
from app.recommend.reasons import product_of
from app.recommend.recommenders.hybrid import mixed
from es.errors import EngineError


class LookedUpAhead:
    """Of one request. `weights`: of the recommenders that are asked; `most`: how many candidates are looked up;
    `diverse`: whether their places are wanted too. `close` it when the list is made."""

    def __init__(
        self,
        knowledge: Knowledge,
        request: RecommendationRequest,
        weights: Mapping[str, float],
        steered: Steered,
        family: str,
        *,
        most: int,
        diverse: bool,
    ) -> None:
        self._knowledge, self._request = knowledge, request
        self._weights, self._most, self._diverse = weights, most, diverse
        self._steered, self._family = steered, family
        self._lists: dict[str, Sequence[Candidate]] = {}
        self._mixed_of: dict[str, Sequence[Candidate]] | None = None
        self._shown: dict[str, Shown] = {}
        self._ranked: list[tuple[Candidate, str]] = []
        self._asked: Sequence[str] = ()
        self._reading: asyncio.Task[Sequence[Mapping[str, Any]]] | None = None

    def proposed(self, name: str, candidates: Sequence[Candidate]) -> None:
        """What a recommender answers, or would without what it still waits for. The last one sets off the look-up."""
        self._lists[name] = candidates
        if self._reading is None and len(self._lists) == len(self._weights):
            self._mixed_of = dict(self._lists)
            self._ranked = mixed(self._lists, self._weights, self._most)
            self._asked = [candidate.product_id for candidate, _ in self._ranked]
            if self._ranked:
                self._reading = asyncio.create_task(self._read(self._ranked))

    def ranked(self, lists: Mapping[str, Sequence[Candidate]]) -> list[tuple[Candidate, str]]:
        """The best of all lists. Where they are what was proposed, they are not mixed again."""
        if self._mixed_of is not None and all(self._mixed_of.get(name) is one for name, one in lists.items()):
            return self._ranked
        return mixed(lists, self._weights, self._most)

    def brought(self, hits: Sequence[Mapping[str, Any]]) -> None:
        """Doc values of products in stock that fit the request and are not excluded (reads.SHOWN)."""
        if self._steered.always or self._steered.weighted:
            return  # rules have not been asked about them
        for values in hits:
            product_id, shown = read_shown(values)
            if not self._family or shown.group_id != self._family:
                self._shown[product_id] = shown

    async def found(self, wanted: Collection[str], *, late: bool) -> tuple[dict[str, Shown], list[str]]:
        """Those of `wanted` that are known to be allowed, and those that have not been asked about. `late`: something
        took too long, so that nothing more is waited for."""
        shown = {product_id: self._shown[product_id] for product_id in wanted if product_id in self._shown}
        asked: Collection[str] = ()
        if self._reading is not None and (self._reading.done() or not late):
            try:
                shown |= read_allowed(await self._reading, self._steered)
                asked = frozenset(self._asked)
            except EngineError:
                pass  # asked once more, and told if it fails again
        return shown, [one for one in wanted if one not in asked and one not in shown]

    async def close(self) -> None:
        """Gives up what is under way."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self, ranked: Sequence[tuple[Candidate, str]]) -> Sequence[Mapping[str, Any]]:
        """The hits; places and names are kept where the list will look for them."""
        spoken_of = dict.fromkeys(named for c, _ in ranked if (named := product_of(c.reason_data)))
        places = [self._knowledge.places.of(self._asked)] if self._diverse else []
        hits, *_ = await asyncio.gather(
            self._knowledge.products(allowed_body(self._asked, self._request, self._steered, self._family)),
            self._knowledge.places.names(spoken_of),
            *places,
        )
        found: Sequence[Mapping[str, Any]] = hits
        return found
