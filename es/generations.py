"""Generations of an index behind an alias: create, load, check, swap, prune, roll back.

Readers only ever use the alias. A load writes into a new index that nobody reads; when its checks pass, one
atomic `_aliases` call makes it the live one. The index before it is kept, so that rolling back is the same call.
The state of a generation lives in its mapping's `_meta.generation`:

    loading -> ready        finished and checked; it may be, or has been, live
    loading -> (deleted)    given up by its loader, or left behind by one that died
    copying -> ready        the same for a copy of the live one (es/handover.py); it stays when its process dies, so
                            that another can go on with it, as long as what it copies is live
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from elasticsearch import Elasticsearch

from es.client import translated
from es.errors import EngineRejected, GenerationError, IndexMissing
from es.loader import is_dead, this_process
from es.names import IndexNames

LOADING = "loading"
COPYING = "copying"
READY = "ready"
COPY = "copy"
"""In `_meta.generation`: of which generation it is a copy (`of`), and what its maker wants to remember."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One index of a kind. `size_bytes` and `documents` are the server's; `meta` is the mapping's `_meta`."""

    index: str
    live: bool
    state: str
    created_at: datetime
    documents: int
    size_bytes: int
    meta: dict[str, Any]

    @property
    def copy_of(self) -> str | None:
        """The generation that it is, or was made as, a copy of."""
        found: str | None = self.meta.get("generation", {}).get(COPY, {}).get("of")
        return found

    @property
    def abandoned(self) -> bool:
        """Whether nobody fills it any more, where it is not finished."""
        return is_dead(self.meta.get("generation", {}).get("loader", {}), self.created_at)


@dataclass(frozen=True, slots=True)
class Written:
    """Where a change belongs: the live generation. `copy_of`: the one that it was copied from, or followed while it was
    filled; that took no more writes then, so all that it got is in this one."""

    live: str | None
    copy_of: str | None = None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check of a finished load found; `problem` is empty where it passed."""

    name: str
    problem: str = ""


Check = Callable[[Elasticsearch, str], CheckResult]


class Generations:
    """The life of one kind's generations on one server."""

    def __init__(self, client: Elasticsearch, names: IndexNames, kind: str) -> None:
        self._client = client
        self._names = names
        self._kind = kind
        self.alias = names.alias(kind)

    def create(self, definition: dict[str, Any], copy: dict[str, Any] | None = None) -> str:
        """Creates an empty generation set up for loading (no refresh, no replicas) and returns its index name.
        `copy`: it is one of the generation named `of`, and no change needs to be written to it."""
        index = self._names.generation(self._kind)
        mappings = dict(definition["mappings"])
        life = self._birth() | ({"state": COPYING, COPY: copy} if copy else {})
        mappings["_meta"] = {**mappings.get("_meta", {}), "generation": life}
        settings = {
            **definition["settings"],
            "refresh_interval": "-1",
            "number_of_replicas": 0,
            # A product deleted during the load must stay deleted when the load comes to its older row.
            "gc_deletes": "24h",
        }
        self._guard()
        with translated():
            self._client.indices.create(index=index, settings=settings, mappings=mappings)
        return index

    def finish(self, index: str, *, replicas: int = 0, merge: bool = True) -> None:
        """Ends a load: merges to one segment, puts refresh and replicas back, makes everything searchable. Without
        `merge` Elasticsearch merges by and by, as its segments become many."""
        with translated():
            patient = self._client.options(request_timeout=3600)
            self._client.indices.refresh(index=index)
            if merge:
                patient.indices.forcemerge(index=index, max_num_segments=1)
            self._client.indices.put_settings(
                index=index,
                settings={"refresh_interval": "1s", "number_of_replicas": replicas, "gc_deletes": None},
            )
            self._client.indices.refresh(index=index)

    def check(self, index: str, checks: Sequence[Check]) -> list[CheckResult]:
        """Runs every check, whatever the ones before it said."""
        with translated():
            return [check(self._client, index) for check in checks]

    def swap(self, index: str) -> str | None:
        """Makes a finished generation the live one, atomically; returns the one that was live before."""
        before = self.live()
        actions: list[dict[str, Any]] = [
            {"remove": {"index": old, "alias": self.alias}} for old in self._aliased() if old != index
        ]
        actions.append({"add": {"index": index, "alias": self.alias, "is_write_index": True}})
        self.ready(index)
        with translated():
            # One that was replaced by a copy of itself takes no writes since.
            self._client.indices.put_settings(index=index, settings={"blocks.write": None})
            self._client.indices.update_aliases(actions=actions)
        return before

    def roll_back(self) -> str:
        """Makes the newest ready generation older than the live one live again; returns its index name.

        Raises GenerationError where there is none.
        """
        live = self.live()
        older = [g for g in self.all() if g.state == READY and live is not None and g.index < live]
        if not older:
            raise GenerationError(f"There is no earlier generation of {self.alias} to go back to.")
        self.swap(older[-1].index)
        return older[-1].index

    def use(self, index: str) -> None:
        """Makes any ready generation the live one, as after a roll back. Raises GenerationError for others."""
        ready = [g.index for g in self.all() if g.state == READY]
        if index not in ready:
            raise GenerationError(f"{index} is no ready generation of {self.alias}; there are: {', '.join(ready)}.")
        self.swap(index)

    def prune(self, *, keep: int = 2) -> list[str]:
        """Deletes all but the live generation and the newest ready ones up to `keep`; returns what went.

        Generations that are still being loaded stay; those whose loader died go, and copies of what is live no more.
        """
        generations = self.all()
        ready = [g for g in generations if g.state == READY and not g.live]
        spared = {g.index for g in ready[-(keep - 1) :]} if keep > 1 else set()
        doomed = [g.index for g in ready if g.index not in spared]
        live = next((g.index for g in generations if g.live), None)
        doomed += [g.index for g in generations if g.state == LOADING and not g.live and g.abandoned]
        doomed += [g.index for g in generations if g.state == COPYING and not g.live and g.copy_of != live]
        for index in doomed:
            self.delete(index)
        return doomed

    def delete(self, index: str) -> None:
        """Deletes a generation that is not live."""
        if index == self.live():
            raise GenerationError(f"{index} is live; roll back or swap before deleting it.")
        with translated():
            self._client.indices.delete(index=index, ignore_unavailable=True)

    def live(self) -> str | None:
        """The index behind the alias; None where nothing has been loaded."""
        aliased = self._aliased()
        return aliased[-1] if aliased else None

    def meta(self, index: str) -> dict[str, Any]:
        """The `_meta` of an index: its schema, the models of its vectors, where its documents came from."""
        with translated():
            found: dict[str, Any] = self._client.indices.get_mapping(index=index)[index]["mappings"].get("_meta", {})
        return found

    def replicas(self, index: str) -> int:
        """How many replicas an index has."""
        with translated():
            found = self._client.indices.get_settings(index=index, flat_settings=True)[index]["settings"]
        return int(found.get("index.number_of_replicas", 0))

    def models(self, index: str) -> dict[str, dict[str, Any]]:
        """The `model` and `dims` of each vector field of an index."""
        found: dict[str, dict[str, Any]] = self.meta(index).get("models", {})
        return found

    def written(self) -> Written:
        """Where a change belongs. One request."""
        with translated():
            found = self._client.indices.get(
                index=self._names.generations_pattern(self._kind),
                features=["aliases", "mappings"],
                allow_no_indices=True,
                filter_path="*.aliases,*.mappings._meta",
            )
        names = sorted(name for name in found if self._names.is_generation(self._kind, name))
        every = [self._describe(name, found[name], {}) for name in names]
        live = [g for g in every if g.live]
        return Written(live[-1].index, live[-1].copy_of) if live else Written(None)

    def all(self) -> list[Generation]:
        """Every generation of the kind, oldest first."""
        with translated():
            found = self._client.indices.get(
                index=self._names.generations_pattern(self._kind),
                features=["aliases", "mappings"],
                allow_no_indices=True,
            )
            names = sorted(name for name in found if self._names.is_generation(self._kind, name))
            totals: dict[str, Any] = {}
            if names:
                totals = self._client.indices.stats(index=",".join(names), metric=["docs", "store"])["indices"]
        return [self._describe(name, found[name], totals.get(name, {})) for name in names]

    def _guard(self) -> None:
        """A write that comes late to a deleted generation must not bring it back as an index without mapping."""
        try:
            with translated():
                self._client.indices.put_index_template(
                    name=f"{self.alias}-generations",
                    index_patterns=[self._names.generations_pattern(self._kind)],
                    allow_auto_create=False,
                    priority=500,
                )
        except EngineRejected as error:
            # Keys that may touch nothing but their indices must do; the guard is a second line.
            if error.status != 403:
                raise

    def _describe(self, name: str, body: dict[str, Any], stats: dict[str, Any]) -> Generation:
        meta = body.get("mappings", {}).get("_meta", {})
        life = meta.get("generation", {})
        primaries = stats.get("primaries", {})
        return Generation(
            index=name,
            live=self.alias in body.get("aliases", {}),
            state=life.get("state", READY),
            created_at=datetime.fromisoformat(life.get("created_at", "1970-01-01T00:00:00+00:00")),
            documents=primaries.get("docs", {}).get("count", 0),
            size_bytes=primaries.get("store", {}).get("size_in_bytes", 0),
            meta=meta,
        )

    def follows(self, index: str, live: str) -> None:
        """Notes that what the live generation gets is brought to one that is filled, until it takes its place."""
        self._note(index, lambda life: {**life, COPY: {"of": live}})

    def ready(self, index: str, *, copied: bool = False) -> None:
        """Notes that a generation is finished and checked. `copied`: it holds all that the one before it got."""
        self._note(
            index,
            lambda life: {name: v for name, v in life.items() if copied or name != COPY} | {"state": READY},
        )

    def _note(self, index: str, changed: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        meta = self.meta(index)
        meta["generation"] = changed(meta.get("generation", {}))
        with translated():
            self._client.indices.put_mapping(index=index, meta=meta)

    def _aliased(self) -> list[str]:
        try:
            with translated():
                return sorted(self._client.indices.get_alias(name=self.alias))
        except IndexMissing:
            return []

    @staticmethod
    def _birth() -> dict[str, Any]:
        return {
            "state": LOADING,
            "created_at": datetime.now(UTC).isoformat(),
            "loader": this_process(),
        }
