"""A series of indices behind one alias, for what is only ever added: `-000001`, `-000002` and so on.

Writes go to the newest, reads to all. A new one is begun when the newest is old or large enough (`_rollover`), and
whole indices are deleted when all in them is older than what is kept. No lifecycle policy and no data stream is
needed, so any server and any key with rights to these indices will do.
"""

import time
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from elasticsearch import AsyncElasticsearch

from es.client import translated
from es.errors import EngineRejected, IndexMissing
from es.names import IndexNames

EXISTS: Final = "resource_already_exists_exception"
MAX_SHARD_SIZE: Final = "10gb"


@dataclass(frozen=True, slots=True)
class Series:
    """The life of one series. `definition`: settings and mappings of each of its indices."""

    client: AsyncElasticsearch
    names: IndexNames
    kind: str
    definition: dict[str, Any]

    @property
    def alias(self) -> str:
        return self.names.alias(self.kind)

    async def ensure(self) -> None:
        """Begins the series where there is none yet. Raises EngineRejected, EngineUnavailable."""
        with translated():
            if await self.client.indices.exists_alias(name=self.alias):
                return
        try:
            with translated():
                await self.client.indices.create(
                    index=self.names.numbered(self.kind, 1),
                    settings=self.definition["settings"],
                    mappings=self.definition["mappings"],
                    aliases={self.alias: {"is_write_index": True}},
                )
        except EngineRejected as error:
            # Another process was faster.
            if error.kind != EXISTS:
                raise

    async def roll_over(self, after_days: float) -> str | None:
        """Begins a new index where the newest is that old, or very large; its name, or None where it is not due."""
        with translated():
            done = await self.client.indices.rollover(
                alias=self.alias,
                conditions={
                    "max_age": f"{max(1, round(after_days * 86400))}s",
                    "max_primary_shard_size": MAX_SHARD_SIZE,
                },
                settings=self.definition["settings"],
                mappings=self.definition["mappings"],
            )
        return str(done["new_index"]) if done["rolled_over"] else None

    async def expire(self, days: float) -> list[str]:
        """Deletes the indices whose last document is older than so many days; returns their names.

        The last document of an index is as old as the index after it at least, so that its age is the other's.
        """
        try:
            with translated():
                found = await self.client.indices.get_settings(index=self.alias, name="index.creation_date")
        except IndexMissing:
            return []
        names = sorted(found)
        oldest_kept_ms = (time.time() - days * 86400) * 1000
        gone = [
            name
            for name, following in pairwise(names)
            if int(found[following]["settings"]["index"]["creation_date"]) < oldest_kept_ms
        ]
        for name in gone:
            with translated():
                await self.client.indices.delete(index=name, ignore_unavailable=True)
        return gone
