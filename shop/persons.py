"""Everything kept about one person, in whatever index: given out, and erased.

An index holds persons if its mapping has a field `customer_id`, `session_id` or `visitor_id`; a new kind of index is
covered as soon as it names its fields so. Sessions in which the customer was signed in, or that a customer began in the
conversation, belong to the customer, with what was done in them before signing in. A session id is a person of its own,
where nobody signed in. What names a person in other ways is found by shop/person_traces.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from elasticsearch import Elasticsearch

from es.client import translated
from es.errors import EngineRejected
from es.names import IndexNames
from shop.person_traces import Traces

CUSTOMER: str = "customer_id"
SESSION: str = "session_id"
VISITOR: str = "visitor_id"
_PAGE = 500
_MAX_TERMS = 10_000
_ROUNDS = 10


@dataclass(slots=True)
class Erasure:
    """What was deleted: documents by index. `kept`: orders of which only what accounts need is left, by id.
    `by_name`: reviews under the person's name, which others may bear; they are not touched."""

    person_id: str
    deleted: dict[str, int] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    by_name: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.deleted.values())


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One document about the person."""

    index: str
    record_id: str
    document: dict[str, Any]


class Persons:
    """Finds and erases the persons of one shop."""

    def __init__(self, client: Elasticsearch, names: IndexNames) -> None:
        self._client = client
        self._names = names
        self._traces = Traces(client, names)

    def records(self, person_id: str) -> Iterator[StoredRecord]:
        """Everything that is kept about a person, index by index, vectors left out; at the end reviews under the
        person's name, which others may bear."""
        self._refresh()
        for index, query in self._queries(person_id).items():
            yield from self._of_index(index, query)
        for index, record_id, document in self._traces.reviews_under_name(person_id):
            yield StoredRecord(index, record_id, document)

    def erase(self, person_id: str, *, orders: bool = False) -> Erasure:
        """Deletes all of it, and looks again until nothing is left. Raises EngineRejected if something stays.

        Orders stay for the accounts, without the customer's id, address, parcels and ways to pay; `orders`: they are
        deleted too. Running it twice is harmless. Deleted documents leave the disk when their segments are merged next.
        """
        found = Erasure(person_id)
        self._refresh()
        # First of all: once the events are gone, nobody knows whose sessions they were, and without the customer's
        # record nobody knows the name.
        found.by_name = [record_id for _, record_id, _ in self._traces.reviews_under_name(person_id)]
        queries = self._queries(person_id)
        if not orders:
            found.kept = self._traces.strip_orders(person_id)
            queries.pop(self._names.orders, None)
            self._refresh()
        for _ in range(_ROUNDS):
            left = sum(self._delete(index, query, found) for index, query in queries.items())
            self._refresh()
            if not left and not any(self._count(index, query) for index, query in queries.items()):
                return found
        raise EngineRejected(f"Documents of {person_id} keep coming; stop sending them, then run the command again.")

    def _queries(self, person_id: str) -> dict[str, dict[str, Any]]:
        """What belongs to the person, by index."""
        sessions = [person_id, *self._sessions(person_id), *self._traces.sessions_of(person_id)]
        indices = self._indices()
        queries = {index: self._query(person_id, fields, sessions) for index, fields in indices.items()}
        for index, query in self._traces.queries(person_id, sessions).items():
            one = queries.get(index)
            queries[index] = {"bool": {"should": [one, query], "minimum_should_match": 1}} if one else query
        return queries

    def _indices(self) -> dict[str, set[str]]:
        """Every index that holds persons, with the fields that name them."""
        with translated():
            found = self._client.indices.get_mapping(index=self._names.everything, allow_no_indices=True)
        naming = {CUSTOMER, SESSION, VISITOR}
        holders = {index: naming & set(body["mappings"].get("properties", {})) for index, body in found.items()}
        return {index: fields for index, fields in sorted(holders.items()) if fields}

    def _sessions(self, customer_id: str) -> list[str]:
        """The sessions in which a customer was signed in, as events know them."""
        sessions: list[str] = []
        after: dict[str, Any] | None = None
        while True:
            source: dict[str, Any] = {"size": 1000, "sources": [{"session": {"terms": {"field": SESSION}}}]}
            if after is not None:
                source["after"] = after
            with translated():
                answer = self._client.search(
                    index=self._names.events,
                    ignore_unavailable=True,
                    size=0,
                    query={"term": {CUSTOMER: customer_id}},
                    aggs={"sessions": {"composite": source}},
                )
            page = answer.get("aggregations", {}).get("sessions", {})
            sessions += [bucket["key"]["session"] for bucket in page.get("buckets", [])]
            after = page.get("after_key")
            if after is None:
                return sessions

    def _query(self, person_id: str, fields: set[str], sessions: list[str]) -> dict[str, Any]:
        """What belongs to the person; what a session holds of another customer does not."""
        whose: list[dict[str, Any]] = []
        if CUSTOMER in fields:
            whose.append({"term": {CUSTOMER: person_id}})
        if VISITOR in fields:
            whose.append({"term": {VISITOR: person_id}})
        if SESSION in fields:
            parts = [sessions[n : n + _MAX_TERMS] for n in range(0, len(sessions), _MAX_TERMS)]
            anonymous = [{"exists": {"field": CUSTOMER}}] if CUSTOMER in fields else []
            whose += [{"bool": {"filter": {"terms": {SESSION: part}}, "must_not": anonymous}} for part in parts]
        return {"bool": {"should": whose, "minimum_should_match": 1}}

    def _of_index(self, index: str, query: dict[str, Any]) -> Iterator[StoredRecord]:
        with translated():
            pit = self._client.open_point_in_time(index=index, keep_alive="2m")["id"]
        after: list[Any] | None = None
        try:
            while True:
                with translated():
                    hits = self._client.search(
                        pit={"id": pit, "keep_alive": "2m"},
                        query=query,
                        size=_PAGE,
                        sort=["_shard_doc"],
                        search_after=after,
                        track_total_hits=False,
                    )["hits"]["hits"]
                if not hits:
                    return
                yield from (StoredRecord(hit["_index"], hit["_id"], hit["_source"]) for hit in hits)
                after = hits[-1]["sort"]
        finally:
            with translated():
                self._client.close_point_in_time(id=pit)

    def _delete(self, index: str, query: dict[str, Any], found: Erasure) -> int:
        with translated():
            answer = self._client.options(request_timeout=600).delete_by_query(
                index=index, query=query, conflicts="proceed", refresh=True
            )
        if answer["deleted"]:
            found.deleted[index] = found.deleted.get(index, 0) + answer["deleted"]
        return int(answer["deleted"]) + int(answer["version_conflicts"])

    def _count(self, index: str, query: dict[str, Any]) -> int:
        with translated():
            return int(self._client.count(index=index, query=query)["count"])

    def _refresh(self) -> None:
        with translated():
            self._client.indices.refresh(index=self._names.everything, allow_no_indices=True)
