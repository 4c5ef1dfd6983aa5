"""From a search to its places in the index's spaces: words, a picture, liked products, or several together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from app.catalogue import Catalogue
from app.problems import BadRequest
from app.query_vectors import Made
from app.search.example import Example
from app.search.query import Mode, SearchQuery
from app.search.vector import LOOK, MEANING, Neighbours, Probe, Space
from app.settings import ServiceSettings
from embed.base import Vector
from embed.errors import PictureRefused
from shop.products.reader import Placed, ProductReader

SEMANTIC_K: Final = 200
"""Neighbours where they are the whole result, to have pages of them."""

WORDS_BESIDE_EXAMPLE: Final = 0.6
"""How far words move the place of an example: (1 - w) times its vector plus w times theirs. With .6, "blue" beside a
picture puts blue things of the same kind first (docs/explain/search-by-picture.md)."""


@dataclass(frozen=True, slots=True)
class Probes:
    """Where to look, and what has to be gone without."""

    probes: tuple[Probe, ...] = ()
    degraded: tuple[str, ...] = ()

    def has(self, space: Space) -> bool:
        return any(probe.space is space for probe in self.probes)


@dataclass(frozen=True, slots=True)
class Prober:
    """Finds the places of searches."""

    reader: ProductReader
    catalogue: Catalogue
    settings: ServiceSettings

    async def probes(self, query: SearchQuery) -> Probes:
        """Raises BadRequest for a picture that cannot be read and for liked products that do not exist, and what
        Elasticsearch's trouble is."""
        if not query.uses_vectors:
            return Probes()
        meaning, look = Made(None), Made(None)
        if query.text:
            looks = query.example is not None or self.settings.look_k > 0
            meaning, look = await self.catalogue.places_of_text(f"{query.also} {query.text}".strip(), look=looks)
        if query.example is not None:
            return await self._of_example(query, query.example, meaning.vector, look.vector)
        degraded = [f"semantic: {meaning.why_not}"] if meaning.why_not else []
        degraded += [f"pictures: {look.why_not}"] if look.why_not else []
        return Probes(self._made(query, meaning.vector, look.vector), tuple(degraded))

    def _made(self, query: SearchQuery, meaning: Vector | None, look: Vector | None) -> tuple[Probe, ...]:
        given = ((MEANING, meaning), (LOOK, look))
        return tuple(Probe(space, v, self._how(query, space)) for space, v in given if v is not None)

    def _how(self, query: SearchQuery, space: Space) -> Neighbours:
        settings = self.settings
        if query.example is not None:
            return Neighbours(SEMANTIC_K, 2 * SEMANTIC_K, settings.example_floor)
        k, candidates, floor = settings.knn_k, settings.knn_candidates, settings.semantic_floor
        if space is LOOK:
            k, candidates, floor = settings.look_k, settings.look_candidates, settings.look_floor
        if query.mode is Mode.SEMANTIC and space is MEANING:
            return Neighbours(max(k, SEMANTIC_K), max(candidates, 2 * SEMANTIC_K), floor)
        return Neighbours(k, candidates, floor)

    async def _of_example(
        self, query: SearchQuery, example: Example, words_meant: Vector | None, words_seen: Vector | None
    ) -> Probes:
        degraded: list[str] = []
        texts: list[Vector] = []
        looks: list[Vector] = []
        if example.picture is not None:
            made = await self._of_picture(example)
            if made.vector is None:
                degraded.append(f"pictures: {made.why_not}")
            else:
                looks.append(made.vector)
        if example.liked:
            placed = await self._liked(example)
            texts += [w * p.text for w, p in placed if p.text is not None]
            looks += [w * p.image for w, p in placed if p.image is not None]
        meaning = _moved(texts, words_meant)
        return Probes(self._made(query, meaning, _moved(looks, words_seen)), tuple(degraded))

    async def _of_picture(self, example: Example) -> Made:
        assert example.picture is not None
        try:
            return await self.catalogue.place_of_picture(example.picture)
        except PictureRefused as refused:
            raise BadRequest([("image", str(refused))]) from refused

    async def _liked(self, example: Example) -> list[tuple[float, Placed]]:
        ids = [liked.product_id for liked in example.liked]
        found = await self.reader.places(ids, deadline_s=self.settings.search_deadline_s)
        if missing := [i for i in ids if i not in found]:
            raise BadRequest([("like", f'There is no product "{missing[0][:100]}".')])
        return [(liked.weight, found[liked.product_id]) for liked in example.liked]


def _moved(parts: Sequence[Vector], words: Vector | None) -> Vector | None:
    """The weighted sum of the parts, moved towards the words; None without parts, or where they cancel out."""
    if not parts:
        return None
    place = _unit(np.sum(parts, axis=0, dtype=np.float32))
    if place is None or words is None:
        return place
    return _unit((1 - WORDS_BESIDE_EXAMPLE) * place + WORDS_BESIDE_EXAMPLE * words)


def _unit(vector: Vector) -> Vector | None:
    length = float(np.linalg.norm(vector))
    return None if length < 1e-6 else (vector / length).astype(np.float32)
