"""Searches that go along with another, so that they need not be asked for afterwards. Only `searches` does I/O."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from shop.products.reader import ProductReader


@dataclass(slots=True)
class Ahead:
    """Searches of one request: those `wanted` go along with the first that is asked, and need not be asked again."""

    reader: ProductReader
    wanted: list[dict[str, Any]] = field(default_factory=list)
    _answers: dict[bytes, dict[str, Any]] = field(default_factory=dict)

    async def searches(self, bodies: Sequence[dict[str, Any]], *, deadline_s: float) -> list[dict[str, Any]]:
        """As ProductReader.searches, in one round trip at most."""
        if not self.wanted and not self._answers:
            return await self._asked(bodies, deadline_s)
        keys = [orjson.dumps(body) for body in bodies]
        new = {key: body for key, body in zip(keys, bodies, strict=True) if key not in self._answers}
        if new:
            new |= {orjson.dumps(body): body for body in self.wanted}
            self.wanted = []
            answers = await self._asked(list(new.values()), deadline_s)
            self._answers |= dict(zip(new, answers, strict=True))
        return [self._answers[key] for key in keys]

    async def _asked(self, bodies: Sequence[dict[str, Any]], deadline_s: float) -> list[dict[str, Any]]:
        if len(bodies) == 1:
            return [await self.reader.search(bodies[0], deadline_s=deadline_s)]
        return await self.reader.searches(bodies, deadline_s=deadline_s)
