"""What the conversation works with besides the catalogue: documents, orders, customers and tickets. Are they there?"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from es.errors import EngineError

Count = Callable[[], Awaitable[int]]

_LIMIT_S: Final = 0.5
# What is said where there is none of them; True: the conversation goes without something that every shop has.
_NONE: Final[Mapping[str, tuple[bool, str]]] = {
    "knowledge": (True, "no documents are loaded, so questions about the shop find no answer in the conversation; run "
                        "`python -m ingest knowledge PATH...`"),
    "orders": (False, "no orders are loaded; the conversation finds none"),
    "customers": (False, "no customers are loaded; the conversation knows nobody's account"),
    "tickets": (False, "no tickets yet; the first one makes their index"),
}  # fmt: skip
_WHAT: Final = {"knowledge": "passages of documents"}


@dataclass(frozen=True, slots=True)
class DeskHealth:
    """`counts`: how many there are of each, by name; 0 where there is no index."""

    counts: Mapping[str, Count]

    async def looked_at(self) -> dict[str, tuple[str, str]]:
        """`{name: (status, detail)}`; degraded where a store does not answer, or what every shop has is missing."""
        told = await asyncio.gather(*(self._one(name, count) for name, count in self.counts.items()))
        return dict(zip(self.counts, told, strict=True))

    async def _one(self, name: str, count: Count) -> tuple[str, str]:
        try:
            async with asyncio.timeout(_LIMIT_S):
                found = await count()
        except EngineError as error:
            return "degraded", str(error)
        except TimeoutError:
            return "degraded", f"the index of {name} does not answer in time"
        if found:
            return "ok", f"{found} {_WHAT.get(name, name)}"
        missed, said = _NONE[name]
        return "degraded" if missed else "ok", said
