"""By vectors: products like the one that is looked at, by text or by looks, and products like a shopper's taste."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import numpy as np

from app.recommend.contract import PER_RECOMMENDER, Candidate, RecommendationRequest
from app.recommend.knowledge import Knowledge
from app.recommend.listings import asked_for
from app.recommend.places import Near
from app.recommend.recommenders.evidence import weights_of
from embed.similarity import Scale
from es.mappings import products as fields
from es.mappings import profiles

SOURCES: Final = 3
"""Products whose neighbours are looked for, where the list is about several."""
_TASTE: Final = 20
_AFFINITY: Final = 0.5
_OFTEN: Final = 0.2
"""Share of the profile from which a brand or category is a reason."""
_LEAST_COSINE: Final = 0.0

ScaleOf = Callable[[str], Awaitable[Scale]]
"""The scale of the live index's vectors by field name."""


class Similar:
    """Products whose texts (`text_vector`) or pictures (`image_vector`) are near those of what the list is about: the
    page's product, the cart, what was looked at last."""

    def __init__(self, knowledge: Knowledge, scale_of: ScaleOf, field: str, least: float) -> None:
        self._knowledge, self._scale_of, self._field, self._least = knowledge, scale_of, field, least

    @property
    def name(self) -> str:
        return "similar" if self._field == fields.TEXT_VECTOR else "similar_looks"

    async def read_ahead(self, request: RecommendationRequest) -> None:
        if request.named:
            await self._near(request, PER_RECOMMENDER)

    async def candidates(self, request: RecommendationRequest, k: int) -> Sequence[Candidate]:
        scale, least, found = await self._near(request, k)
        best: dict[str, Candidate] = {}
        for source, nears in found.items():
            for near in nears:
                similarity = scale.similarity(near.cosine)
                reason = {"kind": self.name, "product_id": source, "similarity": round(similarity, 4)}
                if similarity >= least and (near.product_id not in best or similarity > best[near.product_id].score):
                    best[near.product_id] = Candidate(near.product_id, max(similarity, 1e-6), reason)
        return sorted(best.values(), key=lambda c: (-c.score, c.product_id))[:k]

    async def _near(self, request: RecommendationRequest, k: int) -> tuple[Scale, float, dict[str, list[Near]]]:
        """The scale, the least similarity, and k neighbours of each product that the list is about."""
        sources = request.about[: 1 if request.product_id else SOURCES]
        # Both spaces of the page's product are read at once, whoever asks first.
        looks = bool(request.product_id) or self._field == fields.IMAGE_VECTOR
        places = await self._knowledge.places.of(sources, looks=looks)
        scale = await self._scale_of(self._field)
        least = self._least if request.min_similarity is None else request.min_similarity
        floor, without = scale.cosine(least), request.exclude | set(request.about)
        near_to = self._knowledge.places.near_product
        found = await asyncio.gather(
            *(near_to(self._field, source, place, k, floor=floor, without=without) for source, place in places.items())
        )
        return scale, least, dict(zip(places, found, strict=True))


class ContentBased:
    """Products near the mean of what the shopper did, more so of brands and categories of their profile."""

    name = "content"

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    async def candidates(self, request: RecommendationRequest, k: int) -> Sequence[Candidate]:
        weights = weights_of(request, _TASTE)
        places = await self._knowledge.places.of(weights)
        vectors = [(weight, place.text) for product, weight in weights.items()
                   if (place := places.get(product)) is not None and place.text is not None]  # fmt: skip
        if not vectors and profiles.VECTOR in request.profile:
            # What they did has left the catalogue, or has no text; their taste is known all the same.
            vectors = [(1.0, np.asarray(request.profile[profiles.VECTOR], dtype=np.float32))]
        if not vectors:
            return []
        mean = np.sum([weight * vector for weight, vector in vectors], axis=0)
        length = float(np.linalg.norm(mean))
        if length < 1e-6:
            return []
        nears = await self._knowledge.places.near(
            fields.TEXT_VECTOR,
            mean / length,
            k,
            floor=_LEAST_COSINE,
            within=asked_for(request),
            without=request.exclude | set(request.about),
            whole=request.ahead is not None,
        )
        if request.ahead is not None:
            request.ahead.brought([near.values for near in nears])
        liked = _shares(request)
        rated = [_rated(near, liked) for near in nears if near.cosine > 0]
        return sorted(rated, key=lambda c: (-c.score, c.product_id))


def _rated(near: Near, liked: dict[tuple[str, str], float]) -> Candidate:
    """cosine * (1 + AFFINITY * (share of the brand + share of the category in the profile))."""
    shares = {
        (field, value): liked.get((field, value), 0.0)
        for field, value in (("brand", near.brand), ("category", near.category))
    }
    (field, value), share = max(shares.items(), key=lambda item: item[1])
    reason = (
        {"kind": "affinity", "field": field, "value": value, "share": share} if share >= _OFTEN else {"kind": "taste"}
    )
    return Candidate(near.product_id, near.cosine * (1 + _AFFINITY * sum(shares.values())), reason)


def _shares(request: RecommendationRequest) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    for field, part in (("brand", profiles.BRANDS), ("category", profiles.CATEGORIES)):
        for liked in request.profile.get(part, ()):
            found[field, liked["value"]] = float(liked["share"])
    return found
