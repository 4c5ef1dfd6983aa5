"""What the conversation works with besides the catalogue: documents, orders, customers and tickets. Are they there?"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from es.errors import EngineError

Count = Callable[[], Awaitable[int | None]]
"""How many there are; None where nobody ever set it up."""

_LIMIT_S: Final = 0.5
# What is said where the shop never had any, and where it had some and has none now.
_NEVER: Final[Mapping[str, str]] = {
    "knowledge": "no documents were ever loaded, so questions about the shop find no answer in the conversation; run "
    "`python -m ingest knowledge PATH...`",
    "orders": "no orders were ever loaded; the conversation finds none",
    "customers": "no customers were ever loaded; the conversation knows nobody's account",
    "tickets": "no tickets yet; the first one makes their index",
}
_NONE: Final[Mapping[str, str]] = {
    "knowledge": "all documents are gone, so questions about the shop find no answer in the conversation; run "
    "`python -m ingest knowledge PATH...`",
    "orders": "all orders are gone; run `python -m ingest orders FILE`",
    "customers": "all customers are gone; run `python -m ingest customers FILE`",
}
_WHAT: Final = {"knowledge": "passages of documents"}


@dataclass(frozen=True, slots=True)
class DeskHealth:
    """`counts`: how many there are of each, by name."""

    counts: Mapping[str, Count]

    async def looked_at(self) -> dict[str, tuple[str, str]]:
        """`{name: (status, detail)}`; off where the shop never set it up; degraded where a store does not answer, or is
        empty though it was set up."""
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
        if found is None:
            return "off", _NEVER[name]
        if not found and name in _NONE:
            return "degraded", _NONE[name]
        return "ok", f"{found} {_WHAT.get(name, name)}"
