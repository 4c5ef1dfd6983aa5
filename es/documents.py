"""JSON documents by key, each change checked against what it was made from. One index a kind, made when first written.

A document is kept whole, with a few fields beside it to be found by. Whoever writes names the state that was read, so
that two changes at once cannot both win.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from elasticsearch import AsyncElasticsearch

from es.client import raise_for_item, translated
from es.errors import EngineRejected, IndexMissing
from es.indices import make_index
from es.mappings.keyed import DOCUMENT, definition
from es.missing import count_if_any

MAX_LISTED: Final = 1000
_NO_INDEX: Final = "index_not_found_exception"


class DocumentChanged(Exception):
    """Somebody else wrote the document since it was read; read it again."""


@dataclass(frozen=True, slots=True)
class State:
    """What a document was when it was read; None in its place: there was none."""

    seq_no: int
    primary_term: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A document with its state."""

    key: str
    document: dict[str, Any]
    state: State


@dataclass(frozen=True, slots=True)
class Writing:
    """One document to write. `found_by`: values of the fields that it is found by."""

    key: str
    document: Mapping[str, Any]
    found_by: Mapping[str, Any]
    state: State | None


class Documents:
    """Documents of one kind. Every call raises EngineError where Elasticsearch is in trouble.

    `found_by`: fields to be found by, with their mappings.
    """

    def __init__(
        self,
        client: AsyncElasticsearch,
        index: str,
        found_by: Mapping[str, Mapping[str, Any]],
        *,
        deadline_s: float = 5.0,
    ) -> None:
        self._client = client.options(request_timeout=deadline_s)
        self._index = index
        self._found_by = dict(found_by)

    async def get(self, key: str) -> Stored | None:
        """The document of a key."""
        found = await self.many([key])
        return found.get(key)

    async def many(self, keys: Sequence[str]) -> dict[str, Stored]:
        """Documents by key; keys that there are not are left out."""
        if not keys:
            return {}
        try:
            with translated():
                answer = await self._client.mget(index=self._index, ids=list(keys))
        except IndexMissing:
            return {}
        for doc in answer["docs"]:
            if doc.get("error", {}).get("type") != _NO_INDEX:
                raise_for_item(doc)
        return {doc["_id"]: _stored(doc) for doc in answer["docs"] if doc.get("found")}

    async def find(self, query: Mapping[str, Any], *, newest: str | None = None, limit: int = 100) -> list[Stored]:
        """Documents that a query over the `found_by` fields finds; `newest`: a date by which the latest come first."""
        sort: list[dict[str, Any]] = (
            [{newest: {"order": "desc", "missing": "_last"}}, {"key": "asc"}] if newest else [{"key": "asc"}]
        )
        try:
            with translated():
                answer = await self._client.search(
                    index=self._index,
                    query=dict(query),
                    sort=sort,
                    size=min(limit, MAX_LISTED),
                    seq_no_primary_term=True,
                    allow_partial_search_results=False,
                )
        except IndexMissing:
            return []
        return [_stored(hit) for hit in answer["hits"]["hits"]]

    async def write(self, writing: Writing) -> State:
        """Writes a document whose state is still the one that was read. Raises DocumentChanged."""
        await make_index(self._client, self._index, definition(self._found_by))
        unchanged: dict[str, Any] = (
            {"op_type": "create"}
            if writing.state is None
            else {"if_seq_no": writing.state.seq_no, "if_primary_term": writing.state.primary_term}
        )
        try:
            with translated():
                answer = await self._client.index(
                    index=self._index, id=writing.key, document=_source(writing), refresh="true", **unchanged
                )
        except EngineRejected as error:
            if error.status == 409:
                raise DocumentChanged(f'"{writing.key}" was changed by somebody else at the same moment.') from error
            raise
        return State(answer["_seq_no"], answer["_primary_term"])

    async def write_many(self, writings: Sequence[Writing]) -> list[str]:
        """Writes many in one request; an empty string for each that was written, or else why not."""
        if not writings:
            return []
        await make_index(self._client, self._index, definition(self._found_by))
        operations: list[dict[str, Any]] = []
        for writing in writings:
            action: dict[str, Any] = {"_id": writing.key}
            if writing.state is not None:
                action |= {"if_seq_no": writing.state.seq_no, "if_primary_term": writing.state.primary_term}
            operations += [{"index" if writing.state else "create": action}, _source(writing)]
        with translated():
            answer = await self._client.bulk(index=self._index, operations=operations, refresh="true")
        problems = []
        for item in answer["items"]:
            (told,) = item.values()
            error = told.get("error")
            problems.append(str(error.get("reason", error)) if error else "")
        return problems

    async def delete(self, keys: Sequence[str]) -> None:
        """Deletes documents; those that are not there are none the less gone."""
        if not keys:
            return
        try:
            with translated():
                await self._client.bulk(
                    index=self._index, operations=[{"delete": {"_id": key}} for key in keys], refresh="true"
                )
        except IndexMissing:
            return

    async def count(self) -> int:
        """How many there are."""
        return await self.loaded() or 0

    async def loaded(self) -> int | None:
        """How many there are; None where they have no index, as nobody ever wrote one."""
        return await count_if_any(self._client, self._index)


def _source(writing: Writing) -> dict[str, Any]:
    return {**writing.found_by, "key": writing.key, DOCUMENT: dict(writing.document)}


def _stored(hit: Mapping[str, Any]) -> Stored:
    return Stored(hit["_id"], hit["_source"][DOCUMENT], State(hit["_seq_no"], hit["_primary_term"]))
