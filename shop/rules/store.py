"""Rules in Elasticsearch: read, changed with a check that nobody else did, every former version kept.

A rule's document holds its last change: version, who, when, before and after. Before it is replaced, that change is
written to the history, so there is no moment at which a version could be lost: a crash between the two leaves a copy
in the history of what the document still says. A deleted rule keeps its document, marked, so that it can be undone.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from elasticsearch import AsyncElasticsearch
from pydantic import ValidationError

from es.client import translated
from es.errors import EngineRejected, EngineUnavailable, IndexMissing
from es.indices import make_index, shards_started
from es.mappings import rules as fields
from es.missing import document_if_any
from es.names import IndexNames
from shop.rules.document import Rule
from shop.rules.errors import RuleConflict, RuleMissing, RuleRefused
from shop.rules.stored import DONE, Change, ChangeType, StoredRule, change_of, dumped, source_of, stored_of

MAX_RULES: Final = 5_000
MAX_HISTORY: Final = 500


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All rules there are at one state of the store. `unreadable`: ids of documents that are no rules of ours, as
    another version of this product wrote them."""

    state: str
    rules: tuple[StoredRule, ...] = ()
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Held:
    """A document with what Elasticsearch needs to know that it is still the same."""

    change: Change
    seq_no: int
    primary_term: int


class RuleStore:
    """Rules of one shop. Every call raises EngineError where Elasticsearch is in trouble."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames, *, deadline_s: float = 5.0) -> None:
        self._client = client.options(request_timeout=deadline_s)
        self._index = names.rules
        self._history = names.rules_history

    async def state(self) -> str:
        """Names the state of the store: another one after every change. One small search; empty: there is no rule.

        The highest sequence number and the number of documents; the clock of no machine is in it.
        """
        highest = {"seq_no": {"max": {"field": fields.SEQ_NO}}}
        try:
            with translated():
                answer = await self._client.search(index=self._index, size=0, track_total_hits=True, aggs=highest)
        except IndexMissing:
            return ""
        top = answer["aggregations"]["seq_no"]["value"]
        return f"{answer['hits']['total']['value']}-{int(top)}" if top is not None else ""

    async def clock_ahead_s(self, now: datetime) -> float | None:
        """Seconds by which `now` is ahead of Elasticsearch's clock, to the second; None where it does not tell."""
        try:
            with translated():
                rows: Any = await self._client.cat.health(h=["epoch"], format="json")
        except EngineRejected:
            return None  # the right to ask may be missing
        return now.timestamp() - float(rows[0]["epoch"])

    async def snapshot(self) -> Snapshot:
        """Every rule that is not deleted, by id."""
        state = await self.state()
        try:
            with translated():
                answer = await self._client.search(
                    index=self._index,
                    size=MAX_RULES,
                    query={"term": {fields.DELETED: False}},
                    sort=[{fields.RULE_ID: "asc"}],
                    allow_partial_search_results=False,
                )
        except IndexMissing:
            return Snapshot("")
        found, unreadable = [], []
        for hit in answer["hits"]["hits"]:
            try:
                found.append(stored_of(change_of(hit["_source"])))
            except (ValidationError, RuleMissing, KeyError, ValueError, TypeError):
                unreadable.append(str(hit["_id"]))
        return Snapshot(state, tuple(found), tuple(unreadable))

    async def get(self, rule_id: str) -> StoredRule:
        """Raises RuleMissing."""
        return stored_of((await self._held(rule_id)).change)

    async def create(self, rule: Rule, by: str) -> StoredRule:
        """Raises RuleConflict where the id is taken, RuleRefused where there are too many rules."""
        await self._make_room()
        held = await self._find(rule.id)
        if held is not None and held.change.after is not None:
            raise RuleConflict(f'There is a rule "{rule.id}" already; change that one, or choose another id.')
        return stored_of(await self._write(held, rule.id, "create", by, dumped(rule)))

    async def update(self, rule: Rule, version: int, by: str) -> StoredRule:
        """Replaces the rule. `version` is the one that the editor saw. Raises RuleMissing, RuleConflict."""
        held = await self._seen(rule.id, version)
        return stored_of(await self._write(held, rule.id, "update", by, dumped(rule)))

    async def delete(self, rule_id: str, version: int, by: str) -> Change:
        """Raises RuleMissing, RuleConflict."""
        held = await self._seen(rule_id, version)
        return await self._write(held, rule_id, "delete", by, None)

    async def undo(self, rule_id: str, version: int, by: str, to_version: int | None = None) -> Change:
        """Makes the rule what it was before its last change, or what version `to_version` had made it.

        An undone creation is a deletion. Raises RuleMissing, RuleConflict, and RuleRefused where there is no such
        version to go back to.
        """
        held = await self._find(rule_id)
        if held is None:
            raise RuleMissing(f'There has never been a rule "{rule_id}".')
        _check_version(held, version)
        if to_version is None:
            return await self._write(held, rule_id, "undo", by, held.change.before)
        for change in await self.history(rule_id):
            if change.version == to_version:
                return await self._write(held, rule_id, "undo", by, change.after)
        raise RuleRefused(f'Rule "{rule_id}" has no version {to_version}; its history lists those there are.')

    async def history(self, rule_id: str) -> list[Change]:
        """Changes of a rule, deleted or not, newest first, at most MAX_HISTORY. Raises RuleMissing."""
        held = await self._find(rule_id)
        if held is None:
            raise RuleMissing(f'There has never been a rule "{rule_id}".')
        found = {held.change.version: held.change}
        try:
            with translated():
                answer = await self._client.search(
                    index=self._history,
                    size=MAX_HISTORY,
                    query={"term": {fields.RULE_ID: rule_id}},
                    sort=[{fields.VERSION: "desc"}],
                )
        except IndexMissing:
            return list(found.values())
        for hit in answer["hits"]["hits"]:
            change = change_of(hit["_source"])
            found.setdefault(change.version, change)
        return [found[version] for version in sorted(found, reverse=True)]

    async def _make_room(self) -> None:
        await self._make_indices()
        try:
            count = await self._count()
        except EngineUnavailable:
            # Where somebody else makes the index at this moment, it cannot be searched yet.
            await shards_started(self._client, self._index)
            count = await self._count()
        if count >= MAX_RULES:
            raise RuleRefused(f"There are {MAX_RULES} rules, which is the most; delete some first.")

    async def _count(self) -> int:
        with translated():
            found = await self._client.count(index=self._index, query={"term": {fields.DELETED: False}})
        return int(found["count"])

    async def _make_indices(self) -> None:
        for index in (self._index, self._history):
            await make_index(self._client, index, fields.definition())

    async def _find(self, rule_id: str) -> _Held | None:
        found = await document_if_any(self._client, self._index, rule_id)
        if found is None:
            return None
        return _Held(change_of(found["_source"]), found["_seq_no"], found["_primary_term"])

    async def _held(self, rule_id: str) -> _Held:
        held = await self._find(rule_id)
        if held is None or held.change.after is None:
            raise RuleMissing(f'There is no rule "{rule_id}".')
        return held

    async def _seen(self, rule_id: str, version: int) -> _Held:
        held = await self._held(rule_id)
        _check_version(held, version)
        return held

    async def _write(
        self, held: _Held | None, rule_id: str, action: ChangeType, by: str, after: dict[str, Any] | None
    ) -> Change:
        before, version = (held.change.after, held.change.version) if held else (None, 0)
        change = Change(rule_id, version + 1, action, datetime.now(UTC), by, before, after)
        if held is not None:
            await self._make_indices()
            with translated():
                await self._client.index(
                    index=self._history,
                    id=f"{rule_id}:{version}",
                    document=source_of(held.change),
                    refresh="true",
                )
        # Nobody may have written it since it was read, nor made it where there was none.
        unchanged: dict[str, Any] = (
            {"if_seq_no": held.seq_no, "if_primary_term": held.primary_term} if held else {"op_type": "create"}
        )
        try:
            with translated():
                await self._client.index(
                    index=self._index, id=rule_id, document=source_of(change), refresh="true", **unchanged
                )
        except EngineRejected as error:
            if error.status == 409:
                raise RuleConflict(
                    f'Rule "{rule_id}" was changed by somebody else at the same moment; read it again and repeat '
                    "your change."
                ) from error
            raise
        return change


def _check_version(held: _Held, version: int) -> None:
    last = held.change
    if last.version != version:
        raise RuleConflict(
            f'Rule "{last.rule_id}" is at version {last.version}, {DONE[last.action]} by {last.by} at '
            f"{last.at:%Y-%m-%d %H:%M:%S} UTC; your change was made to version {version}. Read it again and repeat "
            "your change."
        )
