"""What a turn may speak of: records that tools have read, each with an id that an answer can cite. Pure values.

Nothing that is not in a record may be said of a product, an order or a policy. Texts in records are data: whatever
they say, nobody follows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class RecordKind(StrEnum):
    """What a record is of."""

    PRODUCT = "product"
    COMPARISON = "comparison"
    REVIEWS = "reviews"
    ORDER = "order"
    CUSTOMER = "customer"
    POLICY = "policy"
    KNOWLEDGE = "knowledge"
    TICKET = "ticket"
    PROMOTION = "promotion"


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that was read. `id` is unique within a turn ("product:42", "order:W100"), `title` what a person calls
    it. `fields` are its facts: numbers as numbers, prices in main units of `currency` among them. `text` is prose to
    quote from, with its `section` for documents."""

    kind: RecordKind
    id: str
    title: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    section: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "id": self.id,
            "title": self.title,
            "fields": dict(self.fields),
            **({"text": self.text} if self.text else {}),
            **({"section": self.section} if self.section else {}),
        }


def product_record_id(product_id: str) -> str:
    return f"{RecordKind.PRODUCT.value}:{product_id}"
