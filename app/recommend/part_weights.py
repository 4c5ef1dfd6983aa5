"""How much each part of the hybrid counts at a placement: what the job `weights` learned, else the starting weights."""

import time
from collections.abc import Mapping
from typing import Any, Final

from app.recommend.knowledge import Knowledge
from es.errors import EngineError
from es.mappings import weights as fields
from shop.recommenders.starting_weights import STARTING_WEIGHTS

_FRESH_S: Final = 60.0
_AGAIN_S: Final = 1.0
STARTING, LEARNED = "starting", "learned"


class PartWeights:
    """Weights of one shop, read once a minute; those of before stay while they cannot be read."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._by_placement: Mapping[str, Mapping[str, Any]] = {}
        self._fresh_until = float("-inf")

    async def of(self, placement: str) -> Mapping[str, float]:
        """Weights by the part's name, adding up to 1. Never fails: without Elasticsearch, the last known."""
        await self._refresh()
        weights: Mapping[str, float] = self._known(placement).get(fields.WEIGHTS, STARTING_WEIGHTS)
        return weights

    async def everything(self) -> dict[str, Any]:
        """What was learned, by placement, "*" for all others; and what a shop starts with."""
        await self._refresh()
        return {"starting": dict(STARTING_WEIGHTS), "learned": {k: dict(v) for k, v in self._by_placement.items()}}

    def kind(self, placement: str) -> str:
        """STARTING or LEARNED: what was last answered for a placement. Without evidence nothing was learned."""
        return LEARNED if self._known(placement).get(fields.EVIDENCE) else STARTING

    def _known(self, placement: str) -> Mapping[str, Any]:
        return self._by_placement.get(placement) or self._by_placement.get(fields.EVERYWHERE) or {}

    async def _refresh(self) -> None:
        if time.monotonic() < self._fresh_until:
            return
        # At once, so that of many requests one reads.
        self._fresh_until = time.monotonic() + _FRESH_S
        try:
            self._by_placement = await self._knowledge.learned.weights()
        except EngineError:
            self._fresh_until = time.monotonic() + _AGAIN_S
