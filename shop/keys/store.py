"""API keys in Elasticsearch. Revoked keys stay, so that it can be told what happened to one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from elasticsearch import AsyncElasticsearch

from es.client import translated
from es.errors import IndexMissing
from es.indices import make_index
from es.mappings import keys as fields
from es.missing import document_if_any
from es.names import IndexNames
from shop.keys.errors import KeyRefused
from shop.keys.key import ApiKey, KeyKind, Scope, new_key

MAX_KEYS: Final = 2_000


@dataclass(frozen=True, slots=True)
class KeySnapshot:
    """All keys at one state of the store, by id."""

    state: str
    keys: Mapping[str, ApiKey]


class KeyStore:
    """Keys of one shop. Every call raises EngineError where Elasticsearch is in trouble."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames, *, deadline_s: float = 5.0) -> None:
        self._client = client.options(request_timeout=deadline_s)
        self._index = names.keys

    async def state(self) -> str:
        """Names the state of the store: another one after every change. One small search; empty: there never was a
        key."""
        highest = {"seq_no": {"max": {"field": fields.SEQ_NO}}}
        try:
            with translated():
                answer = await self._client.search(index=self._index, size=0, track_total_hits=True, aggs=highest)
        except IndexMissing:
            return ""
        top = answer["aggregations"]["seq_no"]["value"]
        # Not empty where all keys were pruned: a shop that ever had one stays closed.
        return f"{answer['hits']['total']['value']}-{int(top or 0)}"

    async def snapshot(self) -> KeySnapshot:
        """Every key there is. The state is taken before, so that what changes meanwhile is noticed at the next look."""
        state = await self.state()
        if not state:
            return KeySnapshot("", {})
        with translated():
            answer = await self._client.search(index=self._index, size=MAX_KEYS, sort=[{fields.CREATED: "asc"}])
        return KeySnapshot(state, {hit["_id"]: _read(hit["_source"]) for hit in answer["hits"]["hits"]})

    async def add(self, key: ApiKey) -> None:
        """Keeps a new key. Raises KeyRefused where there are too many."""
        await make_index(self._client, self._index, fields.definition())
        with translated():
            count = await self._client.count(index=self._index)
        if count["count"] >= MAX_KEYS:
            raise KeyRefused(f"There are {MAX_KEYS} keys, which is the most; `keys prune` forgets revoked ones.")
        with translated():
            await self._client.create(index=self._index, id=key.key_id, document=_written(key), refresh="true")

    async def revoke(self, key_id: str) -> ApiKey:
        """Ends a key now. Revoking it again changes nothing. Raises KeyRefused where there is no such key."""
        key = await self._get(key_id)
        if key.revoked is not None:
            return key
        ended = replace(key, revoked=datetime.now(UTC))
        await self._change(key_id, {fields.REVOKED: _moment(ended.revoked)})
        return ended

    async def rotate(self, key_id: str, overlap: timedelta) -> tuple[ApiKey, str]:
        """A new key like this one; the old one is good for `overlap` more, or as long as it would have been.

        Raises KeyRefused where there is no such key or it is not in use any more.
        """
        now = datetime.now(UTC)
        old = await self._get(key_id)
        if (state := old.state(now)) != "active":
            raise KeyRefused(f"Key {key_id} is {state}; make a new one with `keys create`.")
        lasts = old.expires - old.created if old.expires is not None else None
        new, written = new_key(
            old.name,
            old.kind,
            sorted(old.scopes),
            origins=sorted(old.origins),
            per_minute=old.per_minute,
            lasts=lasts,
            replaces=key_id,
            now=now,
        )
        await self.add(new)
        ends = now + overlap if old.expires is None else min(old.expires, now + overlap)
        await self._change(key_id, {fields.EXPIRES: _moment(ends)})
        return new, written

    async def prune(self) -> int:
        """Forgets keys that are revoked or expired for 30 days; returns how many."""
        before = (datetime.now(UTC) - timedelta(days=30)).isoformat()
        long_over = [{"range": {field: {"lt": before}}} for field in (fields.REVOKED, fields.EXPIRES)]
        try:
            with translated():
                answer = await self._client.delete_by_query(
                    index=self._index, query={"bool": {"should": long_over, "minimum_should_match": 1}}, refresh=True
                )
        except IndexMissing:
            return 0
        return int(answer["deleted"])

    async def used(self, last: Mapping[str, datetime]) -> None:
        """Takes note of when keys were last used. A key that is gone meanwhile is passed over."""
        operations: list[dict[str, Any]] = []
        for key_id, at in last.items():
            operations += [
                {"update": {"_id": key_id, "retry_on_conflict": 3}},
                {"doc": {fields.LAST_USED: _moment(at)}},
            ]
        if operations:
            with translated():
                await self._client.bulk(index=self._index, operations=operations)

    async def _get(self, key_id: str) -> ApiKey:
        found = await document_if_any(self._client, self._index, key_id)
        if found is None:
            raise KeyRefused(f"There is no key {key_id}; `python -m app keys list` shows them.")
        return _read(found["_source"])

    async def _change(self, key_id: str, part: dict[str, Any]) -> None:
        with translated():
            await self._client.update(index=self._index, id=key_id, doc=part, refresh="true", retry_on_conflict=5)


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds") if at is not None else None


def _written(key: ApiKey) -> dict[str, Any]:
    return {
        fields.KEY_ID: key.key_id,
        fields.NAME: key.name,
        fields.KEY_KIND: key.kind.value,
        fields.HASH: key.sha256,
        fields.SCOPES: sorted(key.scopes),
        fields.ORIGINS: sorted(key.origins),
        fields.PER_MINUTE: key.per_minute,
        fields.CREATED: _moment(key.created),
        fields.EXPIRES: _moment(key.expires),
        fields.REVOKED: _moment(key.revoked),
        fields.REPLACES: key.replaces,
        fields.LAST_USED: _moment(key.last_used),
    }


def _read(source: Mapping[str, Any]) -> ApiKey:
    def moment(name: str) -> datetime | None:
        text = source.get(name)
        return datetime.fromisoformat(text) if text else None

    created = moment(fields.CREATED)
    assert created is not None
    return ApiKey(
        key_id=source[fields.KEY_ID],
        name=source[fields.NAME],
        kind=KeyKind(source[fields.KEY_KIND]),
        sha256=source[fields.HASH],
        # A scope that another version knows opens nothing here.
        scopes=frozenset(Scope(name) for name in source[fields.SCOPES] if name in set(Scope)),
        created=created,
        origins=frozenset(source.get(fields.ORIGINS, ())),
        per_minute=int(source.get(fields.PER_MINUTE) or 0),
        expires=moment(fields.EXPIRES),
        revoked=moment(fields.REVOKED),
        replaces=source.get(fields.REPLACES) or "",
        last_used=moment(fields.LAST_USED),
    )
