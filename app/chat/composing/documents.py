"""Records as documents that a language model may cite. Pure.

Texts in records come from strangers: marks that models read as the end of a turn are taken out of them. Numbers stay
as the record has them. A document has fewer than 300 words, as the provider asks.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import orjson

from app.chat.records import Record, RecordKind
from app.llm.models import Document
from app.llm.service import plain

MAX_DOCUMENTS: Final = 16
MAX_WORDS: Final = 280
_FIELD_WORDS: Final = 60
PRIVATE: Final = frozenset({RecordKind.ORDER, RecordKind.CUSTOMER, RecordKind.TICKET})
"""Kinds of records that say something of a person: no model is given them."""

# Addresses are rendered from records; a model that does not see one cannot write it.
_UNSEEN: Final = frozenset({"image", "images", "url", "link", "margin", "score", "similarity"})


def documents_of(records: Sequence[Record], reasons: Mapping[str, Any]) -> tuple[Document, ...]:
    """At most MAX_DOCUMENTS, each id once, in the order of the records. `reasons`: why a record was chosen, by id."""
    made: dict[str, Document] = {}
    for record in records:
        if record.kind not in PRIVATE and record.id not in made and len(made) < MAX_DOCUMENTS:
            made[record.id] = Document(record.id, _data(record, reasons.get(record.id)))
    return tuple(made.values())


def _data(record: Record, reason: object) -> dict[str, Any]:
    left = MAX_WORDS
    data: dict[str, Any] = {}
    fields = {"title": record.title, "kind": record.kind.value, "section": record.section}
    if isinstance(reason, str):
        fields["chosen_because"] = reason
    for name, value in {**fields, **record.fields, "text": record.text}.items():
        room = left if name == "text" else min(left, _FIELD_WORDS)
        told = None if name in _UNSEEN else _value(value, room)
        if told in (None, ""):
            continue
        data[plain(str(name))] = told
        left -= len(str(told).split()) + 1
        if left <= 0:
            break
    return data


def _value(value: object, words: int) -> str | int | float | bool | None:
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset) and all(isinstance(v, str | int | float) for v in value):
        value = ", ".join(str(v) for v in value)
    elif not isinstance(value, str):
        value = orjson.dumps(value, default=str).decode()
    said = plain(str(value)).split()
    return " ".join(said[:words]) + (" ..." if len(said) > words else "")
