"""From the live generation to a copy of it, without losing a write: for a moment the live one takes none.

    begin    a mark on the live one, then a write block; once it is acknowledged no write is under way any more
    (copy)   what was written last; writers wait meanwhile, for they are told of the block
    commit   one `_aliases` call: alias and mark go from the live one, the alias to the copy. The old one stays blocked,
             so whoever still holds its name is told, and writes to the copy
    release  instead of commit: writes go on as before

Commit fails where the mark is gone. Whoever finds the mark of a process that died takes it away first, and lets writes
go on afterwards: so a process that was only asleep cannot go live with a copy that lacks what was written since.
"""

import time
from typing import Any, Final

from elasticsearch import Elasticsearch

from es.client import translated
from es.errors import EngineRejected, EngineUnavailable, HandoverLost, IndexMissing, LeaseTaken
from es.generations import Generations
from es.lease import Leases
from es.names import IndexNames

BLOCKED: Final = "cluster_block_exception"
WORK: Final = "reindex-{kind}"
"""Name of the lease under which a copy is made and handed over."""
LEASE_S: Final = 15.0

# The mark goes with the alias, the block a moment later or earlier: looked at so often, it is no such moment.
_LOOKS = 5
_BLOCKED_BY_OTHERS: Final = (
    "Somebody has blocked writes to {index}: set its index.blocks.write to false to let them go on."
)
_MISSING = frozenset({"aliases_not_found_exception", "index_not_found_exception", "resource_not_found_exception"})


class Handover:
    """The handover of one kind's generations. Every call raises EngineError where Elasticsearch is in trouble."""

    def __init__(self, client: Elasticsearch, generations: Generations) -> None:
        self._client = client
        self._generations = generations
        self._mark = f"{generations.alias}-handover"
        self._releasing = f"{generations.alias}-released"

    def begin(self, live: str) -> None:
        """Ends writes to the live generation. Raises HandoverLost where it is not live, EngineRejected where somebody
        else has ended them, EngineUnavailable where some may still be under way; `release` then."""
        if self.blocked(live) and not self.under_way(live):
            raise EngineRejected(_BLOCKED_BY_OTHERS.format(index=live), status=403, kind=BLOCKED)
        alias = self._generations.alias
        self._change(
            live,
            [
                # Taken away and given back: it fails where another is live.
                {"remove": {"index": live, "alias": alias, "must_exist": True}},
                {"add": {"index": live, "alias": alias, "is_write_index": True}},
                {"add": {"index": live, "alias": self._mark}},
            ],
        )
        with translated():
            answer = self._client.indices.add_block(index=live, block="write")
        if not answer.get("shards_acknowledged"):
            raise EngineUnavailable(f"Writes to {live} are not surely at their end, or somebody has blocked them.")

    def commit(self, live: str, copy: str) -> None:
        """Makes the copy live. Raises HandoverLost where `live` is not, or writes to it go on; nothing changed then."""
        alias = self._generations.alias
        try:
            self._change(
                live,
                [
                    {"remove": {"index": live, "alias": alias, "must_exist": True}},
                    {"remove": {"index": live, "alias": self._mark, "must_exist": True}},
                    {"add": {"index": copy, "alias": alias, "is_write_index": True}},
                ],
            )
        except EngineUnavailable:
            # Without an answer it may be done all the same.
            if self._generations.live() != copy:
                raise
        self._generations.ready(copy, copied=True)

    def _change(self, live: str, actions: list[dict[str, Any]]) -> None:
        try:
            with translated():
                self._client.indices.update_aliases(actions=actions)
        except EngineRejected as error:
            if error.kind not in _MISSING:
                raise
            raise HandoverLost(
                f"{live} is not live any more, or was let go on, while its copy was made; the copy did not go live."
            ) from error

    def release(self) -> bool:
        """Lets writes go on where a handover ended early; whether there was one. For whoever holds the lease."""
        for index in self._marked(self._mark):
            actions: list[dict[str, Any]] = [
                {"remove": {"index": index, "alias": self._mark, "must_exist": True}},
                # Should this process die before the block is gone, another still sees that there is one to take away.
                {"add": {"index": index, "alias": self._releasing}},
            ]
            with translated():
                self._client.indices.update_aliases(actions=actions)
        released = self._marked(self._releasing)
        for index in released:
            with translated():
                self._client.indices.put_settings(index=index, settings={"blocks.write": None})
                self._client.indices.update_aliases(actions=[{"remove": {"index": index, "alias": self._releasing}}])
        return bool(released)

    def under_way(self, live: str) -> bool:
        """Whether the live generation takes no writes because of a handover."""
        return live in [*self._marked(self._mark), *self._marked(self._releasing)]

    def blocked(self, index: str) -> bool:
        """Whether an index takes no writes, whoever said so."""
        with translated():
            found = self._client.indices.get_settings(index=index, name="index.blocks.write", flat_settings=True)
        return index in found and found[index]["settings"].get("index.blocks.write") == "true"

    def _marked(self, mark: str) -> list[str]:
        try:
            with translated():
                return sorted(self._client.indices.get_alias(name=mark))
        except IndexMissing:
            return []


class BlockedWrites:
    """What a writer does that is told of a block: it waits for the end of the handover, or ends it itself where the
    process died that had begun it."""

    def __init__(self, client: Elasticsearch, names: IndexNames, generations: Generations, kind: str) -> None:
        self._handover = Handover(client, generations)
        self._generations = generations
        self._leases = Leases(client, names, lease_s=LEASE_S)
        self._work = WORK.format(kind=kind)

    def wait(self, index: str, wait_s: float) -> str:
        """The generation to write to then. Raises EngineUnavailable after `wait_s`, EngineRejected where it is not a
        handover that blocks."""
        end = time.monotonic() + wait_s
        pause_s = 0.05
        others = 0
        while True:
            live = self._generations.live()
            if live is not None and live != index:
                return live
            if self._handover.under_way(index):
                if self._ended_for_the_dead():
                    return index
            elif not self._handover.blocked(index):
                return index
            elif (others := others + 1) > _LOOKS:
                raise EngineRejected(_BLOCKED_BY_OTHERS.format(index=index), status=403, kind=BLOCKED)
            if time.monotonic() > end:
                raise EngineUnavailable("The catalogue goes over to a new generation now; try it again.")
            time.sleep(pause_s)
            pause_s = min(0.5, pause_s * 1.5)

    def _ended_for_the_dead(self) -> bool:
        """Whether nobody hands over any more, so that writes go on. A lease decides, for one may begin just now."""
        try:
            with self._leases.held(self._work):
                return self._handover.release()
        except LeaseTaken:
            return False
