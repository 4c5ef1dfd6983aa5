"""Conversations as files to learn from: {"conversations": [{id, turns, metadata}]}, without personal data."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from elasticsearch import Elasticsearch

from es.client import translated
from es.errors import IndexMissing
from es.mappings import conversations as fields
from es.names import IndexNames
from shop.conversations.masking import masked

_PAGE: Final = 200
_KEEP_ALIVE: Final = "5m"
# Turns that say nothing of what a conversation is about.
_NO_TOPIC: Final = frozenset({"greeting", "thanks", "confirm", "deny", "unclear", "off_topic"})


def exported(client: Elasticsearch, names: IndexNames, since: datetime) -> Iterator[dict[str, Any]]:
    """Every conversation with something said since then, as of one moment. Nothing in it tells who spoke: the id is a
    hash of the session's, and personal data in texts is masked. Raises EngineError."""
    for page in _pages(client, names.conversations, since):
        judged = _judged(client, names.conversation_turns, [source[fields.SESSION_ID] for source in page])
        for source in page:
            yield conversation(source, judged.get(source[fields.SESSION_ID]))


def conversation(source: Mapping[str, Any], resolved: bool | None = None) -> dict[str, Any]:
    """One stored conversation in the form of training files; `resolved`: what its user said of it."""
    lines: Sequence[Mapping[str, Any]] = source.get(fields.LINES) or []
    answers = {line["message_id"]: line["answer"] for line in lines if line.get("answer")}
    turns = []
    for line in lines:
        turn = {"speaker": "user" if line["role"] == "user" else "agent", "text": masked(line["text"])}
        intent = answers.get(line["message_id"], {}).get("intent") if line["role"] == "user" else None
        turns.append({**turn, "intent": intent} if intent and intent != "unclear" else turn)
    told = list(answers.values())
    return {
        "id": f"conv_{hashlib.sha256(source[fields.SESSION_ID].encode()).hexdigest()[:16]}",
        "turns": turns,
        "metadata": {
            name: value
            for name, value in (
                ("intent", next((a["intent"] for a in told if a["intent"] not in _NO_TOPIC), None)),
                ("category", _category(told)),
                ("outcome", _outcome(told, resolved)),
            )
            if value is not None
        },
    }


def _category(answers: Sequence[Mapping[str, Any]]) -> str | None:
    shown = (item["product"].get("category") for answer in answers for item in answer.get("recommendations", ()))
    return next((category for category in shown if category), None)


def _outcome(answers: Sequence[Mapping[str, Any]], resolved: bool | None) -> str | None:
    if resolved is not None:
        return "resolved" if resolved else "unresolved"
    if any(answer["intent"] == "hand_over" for answer in answers):
        return "escalated"
    return "products_shown" if any(answer.get("recommendations") for answer in answers) else None


def _pages(client: Elasticsearch, index: str, since: datetime) -> Iterator[list[dict[str, Any]]]:
    try:
        with translated():
            client.indices.refresh(index=index)
            point = client.open_point_in_time(index=index, keep_alive=_KEEP_ALIVE)["id"]
    except IndexMissing:
        return
    after: list[Any] | None = None
    try:
        while True:
            with translated():
                hits = client.search(
                    pit={"id": point, "keep_alive": _KEEP_ALIVE},
                    size=_PAGE,
                    query={"range": {fields.UPDATED_AT: {"gte": since.isoformat()}}},
                    sort=["_shard_doc"],
                    search_after=after,
                    track_total_hits=False,
                )["hits"]["hits"]
            if not hits:
                return
            after = hits[-1]["sort"]
            yield [hit["_source"] for hit in hits]
    finally:
        with translated():
            client.close_point_in_time(id=point)


def _judged(client: Elasticsearch, index: str, sessions: Sequence[str]) -> dict[str, bool]:
    """What users said of sessions, the last word of each."""
    query = {
        "bool": {"filter": [{"terms": {fields.SESSION_ID: list(sessions)}}, {"exists": {"field": fields.RESOLVED}}]}
    }
    try:
        with translated():
            client.indices.refresh(index=index)
            hits = client.search(index=index, size=1_000, query=query, sort=[{fields.AT: "asc"}])["hits"]["hits"]
    except IndexMissing:
        return {}
    return {hit["_source"][fields.SESSION_ID]: hit["_source"][fields.RESOLVED] for hit in hits}
