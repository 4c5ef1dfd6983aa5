"""What names a person otherwise than by a field of its own: by its key, by a digest, inside a document.

| Index | How it names a person |
|---|---|
| customers | the document's key is the customer's id |
| conversations | `owner` is a digest of the customer's id; turns name the session |
| tickets | `customer_id`; a visitor's ticket names the conversation inside the document |
| llm-spending | the document's key is a digest of the day and the customer or session |
| orders | `customer_id`; kept for the accounts, without what names the person |
| reviews | `author`, a name, which is no id |
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from elasticsearch import Elasticsearch

from es.client import translated
from es.mappings import conversations, keyed
from es.names import IndexNames
from shop.conversations.document import owner_digest
from shop.spending.store import Account

ERASED: Final = "erased"
_PAGE: Final = 1000
_DAYS: Final = 400
_MOST_ACCOUNTS: Final = 60_000
_STRIP: Final = """
def order = ctx._source.document;
ctx._source.customer_id = params.erased;
order.customer_id = params.erased;
order.remove('address');
order.shipments = [];
for (def name : ['payments', 'changes']) {
  if (order[name] != null) { for (def part : order[name]) {
    if (part.method_id != null && part.method_id != '') { part.method_id = params.erased; }
    if (part.by != null) { part.by = params.erased; }
    if (part.postings != null) { for (def posting : part.postings) { posting.method_id = params.erased; } }
  } }
}
for (def name : ['returned', 'exchanged']) { if (order[name] != null) { order[name].method_id = params.erased; } }
"""


class Traces:
    """Traces of the persons of one shop. Every call may raise EngineError."""

    def __init__(self, client: Elasticsearch, names: IndexNames) -> None:
        self._client = client
        self._names = names

    def sessions_of(self, customer_id: str) -> list[str]:
        """The conversations that a customer began."""
        owned = {"term": {conversations.OWNER: owner_digest(customer_id)}}
        return [hit["_id"] for hit in self._all(self._names.conversations, owned, source=False)]

    def queries(self, person_id: str, sessions: Sequence[str]) -> dict[str, dict[str, Any]]:
        """What finds them, by index; indices that there are not are left out."""
        made: dict[str, dict[str, Any]] = {
            self._names.customers: {"ids": {"values": [person_id]}},
            self._names.conversations: {"term": {conversations.OWNER: owner_digest(person_id)}},
            self._names.tickets: {"ids": {"values": self._visitors_tickets(sessions)}},
            self._names.llm_spending: {"ids": {"values": _accounts(dict.fromkeys((person_id, *sessions)))}},
        }
        with translated():
            return {index: query for index, query in made.items() if self._client.indices.exists(index=index)}

    def strip_orders(self, customer_id: str) -> list[str]:
        """Takes the customer's id, address, parcels and ways to pay out of the orders; their ids."""
        index, query = self._names.orders, {"term": {keyed.CUSTOMER_ID: customer_id}}
        kept = [hit["_id"] for hit in self._all(index, query, source=False)]
        if kept:
            script = {"source": _STRIP, "params": {"erased": ERASED}}
            with translated():
                self._client.options(request_timeout=600).update_by_query(
                    index=index, query=query, script=script, conflicts="proceed", refresh=True
                )
        return kept

    def reviews_under_name(self, customer_id: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Index, id and document of reviews whose author is called as the customer is."""
        found = list(self._all(self._names.customers, {"ids": {"values": [customer_id]}}))
        document = found[0]["_source"][keyed.DOCUMENT] if found else {}
        name = _plain(f"{document.get('first_name') or ''} {document.get('last_name') or ''}")
        for hit in self._all(self._names.reviews, {"match_all": {}}) if name else ():
            if _plain(hit["_source"][keyed.DOCUMENT].get("author") or "") == name:
                yield hit["_index"], hit["_id"], hit["_source"]

    def _visitors_tickets(self, sessions: Sequence[str]) -> list[str]:
        """Tickets of nobody who was signed in, made in one of these conversations."""
        mine = set(sessions)
        # A visitor's ticket is found by an empty id.
        nobodys = {"bool": {"must_not": [{"wildcard": {keyed.CUSTOMER_ID: "?*"}}]}}
        found = self._all(self._names.tickets, nobodys)
        return [hit["_id"] for hit in found if hit["_source"][keyed.DOCUMENT].get("conversation") in mine]

    def _all(self, index: str, query: dict[str, Any], *, source: bool = True) -> Iterator[dict[str, Any]]:
        """Every document that a query finds; none where there is no index."""
        with translated():
            if not self._client.indices.exists(index=index):
                return
            pit = self._client.open_point_in_time(index=index, keep_alive="2m")["id"]
        after: list[Any] | None = None
        try:
            while True:
                with translated():
                    hits = self._client.search(
                        pit={"id": pit, "keep_alive": "2m"}, query=query, size=_PAGE, sort=["_shard_doc"],
                        search_after=after, source=source, track_total_hits=False,
                    )["hits"]["hits"]  # fmt: skip
                if not hits:
                    return
                yield from hits
                after = hits[-1]["sort"]
        finally:
            with translated():
                self._client.close_point_in_time(id=pit)


def _plain(name: str) -> str:
    return " ".join(name.lower().split())


def _accounts(users: dict[str, None]) -> list[str]:
    """Keys of what these users' calls of a language model have cost, of the last days."""
    today: date = datetime.now(UTC).date()
    days = max(1, min(_DAYS, _MOST_ACCOUNTS // max(1, len(users))))
    return [Account(today - timedelta(days=back), user, 0).id for user in users for back in range(days)]
