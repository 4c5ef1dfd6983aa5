"""Backups of one shop: snapshots of all of its indices in a repository of Elasticsearch."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from elasticsearch import Elasticsearch

from es.client import translated
from es.errors import EngineError, EngineRejected
from es.names import IndexNames

POLL_S = 0.5
NOTE = "backup-note"
RUNNING = frozenset({"INIT", "STARTED", "IN_PROGRESS"})
NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,127}")
_NO_FOLDER = (
    "Elasticsearch may not write there: add the folder to `path.repo` in its elasticsearch.yml and start it again, "
    "or name a repository that it knows with SHOPSCOUT_ES_BACKUP_REPOSITORY."
)


class BackupError(EngineError):
    """A backup cannot be made or brought back as asked; what there is stays as it is."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One snapshot. `state`: SUCCESS, PARTIAL, IN_PROGRESS or FAILED; `reason`: of a failure; times are UTC."""

    name: str
    state: str
    begun: datetime
    seconds: float
    indices: tuple[str, ...]
    reason: str = ""

    @property
    def whole(self) -> bool:
        return self.state == "SUCCESS"


class Backups:
    """Backups of the shop of `names` in one repository, which shops may share.

    `repository`: one that the server knows (S3, GCS, Azure, a shared folder); without it one is made of `folder`, a
    path on the server's machine, absolute or inside of its `path.repo`.
    """

    def __init__(
        self, client: Elasticsearch, names: IndexNames, repository: str = "", folder: str = "shopscout"
    ) -> None:
        self._client = client.options(request_timeout=600)
        self._names = names
        self._given = bool(repository)
        self.repository = repository or f"{names.prefix}-backups"
        self._folder = folder
        self._is_open = False

    def make(self, name: str = "", told: Callable[[float], None] = lambda _: None) -> Backup:
        """A new backup; `told` hears the share that is done. Only what changed since the last is copied.

        Raises BackupError where there is nothing to back up, the name is taken or the repository refuses; one that
        is not whole is kept, and told as a BackupError.
        """
        name = name or f"{self._names.prefix}-{datetime.now(UTC):%Y%m%d-%H%M%S}".lower()
        if not NAME.fullmatch(name):
            raise BackupError(f"{name!r} is no name of a backup: use lower-case letters, digits, '-', '_' and '.'.")
        self._open()
        indices = self._indices()
        if not indices:
            raise BackupError(f"There is no index under the prefix {self._names.prefix!r}; nothing was backed up.")
        if any(other.name == name for other in self.all(own=False)):
            raise BackupError(f"There is a backup {name!r} already; give another name.")
        indices = self._with_aliases(indices)
        with translated():
            self._client.snapshot.create(
                repository=self.repository,
                snapshot=name,
                indices=indices,
                include_global_state=False,
                metadata={"shopscout": self._names.prefix},
                wait_for_completion=False,
            )
        made = self._finished(name, told)
        if not made.whole:
            raise BackupError(f"The backup {name!r} is {made.state}: {made.reason or 'see the log of Elasticsearch'}.")
        return made

    def all(self, *, own: bool = True) -> list[Backup]:
        """Backups, oldest first: of this shop, or with `own=False` of every shop in the repository."""
        self._open()
        with translated():
            answer = self._client.snapshot.get(
                repository=self.repository, snapshot="*", sort="start_time", ignore_unavailable=True
            )
        mine = {"shopscout": self._names.prefix}
        return [_backup(one) for one in answer["snapshots"] if not own or one.get("metadata") == mine]

    def restore(
        self, name: str, *, prefix: str = "", replace: bool = False, told: Callable[[float], None] = lambda _: None
    ) -> list[str]:
        """Brings a backup back; the names of its indices.

        With another `prefix` it becomes a second shop beside the one that runs. Under its own, every index of the
        shop that is there must go first, which `replace` allows; it is asked for before anything is touched.
        Raises BackupError, where nothing was changed unless it says so.
        """
        found = self._known(name)
        if not found.whole:
            raise BackupError(f"The backup {name!r} is {found.state} and cannot be brought back as a whole.")
        target = IndexNames(prefix) if prefix else self._names
        old, there = self._names.prefix, self._indices(target)
        if there and not replace:
            raise BackupError(
                f"{len(there)} indices of {target.prefix!r} are there; `--replace` deletes them first, `--as PREFIX` "
                "brings the backup back beside them."
            )
        with translated():
            if there:
                self._client.indices.delete(index=",".join(there))
            self._client.snapshot.restore(
                repository=self.repository,
                snapshot=name,
                indices=list(found.indices),
                include_global_state=False,
                # Elasticsearch renames indices, not aliases: under another prefix they are made from our note.
                include_aliases=target.prefix == old,
                rename_pattern=f"^{re.escape(old)}-(.+)$",
                rename_replacement=f"{target.prefix}-$1",
                wait_for_completion=False,
            )
        renamed = [target.prefix + index.removeprefix(old) for index in found.indices]
        self._recovered(renamed, told)
        if target.prefix != old:
            self._make_aliases(old, target)
        return renamed

    def delete(self, name: str) -> None:
        """Deletes one backup; what other backups share with it stays."""
        self._known(name)
        self._delete(name)

    def _delete(self, name: str) -> None:
        with translated():
            self._client.snapshot.delete(repository=self.repository, snapshot=name)

    def prune(self, keep: int) -> list[str]:
        """Deletes the oldest whole backups of this shop but `keep`; their names."""
        whole = [one.name for one in self.all() if one.whole]
        gone = whole[: max(0, len(whole) - keep)]
        for name in gone:
            self._delete(name)
        return gone

    def _open(self) -> None:
        """The repository, looked for once, and made where it is ours to make."""
        if self._is_open:
            return
        try:
            with translated():
                if self._given:
                    self._client.snapshot.get_repository(name=self.repository)
                else:
                    place = {"type": "fs", "settings": {"location": self._folder, "compress": True}}
                    self._client.snapshot.create_repository(name=self.repository, body=place)
            self._is_open = True
        except EngineRejected as error:
            if self._given:
                raise BackupError(f"Elasticsearch has no repository {self.repository!r}: {error}") from error
            raise BackupError(f"No backups at {self._folder!r}. {_NO_FOLDER}") from error

    def _known(self, name: str) -> Backup:
        there = self.all()
        for one in there:
            if one.name == name:
                return one
        listed = ", ".join(one.name for one in there[-5:]) or "none"
        raise BackupError(f"There is no backup {name!r} of {self._names.prefix!r}; the newest: {listed}.")

    def _indices(self, names: IndexNames | None = None) -> list[str]:
        """The shop's indices, but not those of a shop whose prefix begins as its own does: shop-two beside shop."""
        names = names or self._names
        with translated():
            found = self._client.indices.get(index=names.everything, expand_wildcards="open", features="settings")
        products = re.compile(re.escape(names.prefix) + r"-.+(?=-products-g\d{20}$)")
        others = tuple(f"{shop[0]}-" for shop in map(products.match, found) if shop)
        return sorted(index for index in found if not index.startswith(others))

    def _with_aliases(self, indices: Sequence[str]) -> list[str]:
        """The indices, and the one that notes their aliases."""
        note = self._names.alias(NOTE)
        with translated():
            there = self._client.indices.get_alias(index=",".join(indices))
            aliases = {index: one["aliases"] for index, one in there.items() if one["aliases"]}
            mappings = {"dynamic": False, "properties": {}}
            if not self._client.indices.exists(index=note):
                self._client.indices.create(index=note, mappings=mappings, settings={"number_of_replicas": 0})
            self._client.index(index=note, id=NOTE, document={"prefix": self._names.prefix, "aliases": aliases})
        return sorted({*indices, note})

    def _make_aliases(self, old: str, target: IndexNames) -> None:
        def new(name: str) -> str:
            return target.prefix + name.removeprefix(old)

        with translated():
            noted = self._client.get(index=target.alias(NOTE), id=NOTE)["_source"]["aliases"]
            actions = [
                {"add": {**how, "index": new(index), "alias": new(alias)}}
                for index, aliases in noted.items()
                for alias, how in aliases.items()
            ]
            if actions:
                self._client.indices.update_aliases(actions=actions)

    def _finished(self, name: str, told: Callable[[float], None]) -> Backup:
        while True:
            with translated():
                state = self._client.snapshot.status(repository=self.repository, snapshot=name)["snapshots"][0]
            shards = state["shards_stats"]
            told(shards["done"] / max(1, shards["total"]))
            # Its last file is written after its last shard is done.
            if state["state"] not in RUNNING and (made := self._known(name)).state not in RUNNING:
                return made
            time.sleep(POLL_S)

    def _recovered(self, indices: Sequence[str], told: Callable[[float], None]) -> None:
        while True:
            with translated():
                health = self._client.cluster.health(index=list(indices), level="indices", timeout="1s")
            # Not by colour: what is still being brought back is yellow.
            states = health["indices"].values()
            there = sum(one["active_primary_shards"] == one["number_of_shards"] for one in states)
            told(there / max(1, len(indices)))
            if there == len(indices):
                return
            time.sleep(POLL_S)


def _backup(given: dict[str, Any]) -> Backup:
    failures = given.get("failures") or []
    return Backup(
        given["snapshot"],
        given["state"],
        datetime.fromisoformat(given["start_time"].replace("Z", "+00:00")),
        given.get("duration_in_millis", 0) / 1000,
        tuple(sorted(given["indices"])),
        given.get("reason", "") or (failures[0].get("reason", "") if failures else ""),
    )
