"""A turn of a conversation as analytics count it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from es.mappings import conversations as fields


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer. `message`: without personal data. `sentences`: those written, of which `repaired`
    were put right and `withheld` left out. `cost_usd` and tokens: of the language model."""

    turn_id: str
    session_id: str
    at: datetime
    intent: str
    written_by: str
    answered: bool
    escalated: bool
    message: str
    took_ms: float
    first_products_ms: float
    degraded: Sequence[str] = ()
    products: Sequence[str] = ()
    sentences: int = 0
    repaired: int = 0
    withheld: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0

    def document(self) -> dict[str, Any]:
        """The document to index (es/mappings/conversations.py)."""
        return {
            fields.TURN_ID: self.turn_id,
            fields.SESSION_ID: self.session_id,
            fields.AT: self.at.isoformat(),
            fields.INTENT: self.intent,
            fields.WRITTEN_BY: self.written_by,
            fields.ANSWERED: self.answered,
            fields.ESCALATED: self.escalated,
            fields.DEGRADED: list(self.degraded),
            fields.PRODUCTS: list(self.products),
            fields.MESSAGE: self.message,
            fields.TOOK_MS: self.took_ms,
            fields.FIRST_PRODUCTS_MS: round(self.first_products_ms, 1),
            fields.SENTENCES: self.sentences,
            fields.REPAIRED: self.repaired,
            fields.WITHHELD: self.withheld,
            fields.INPUT_TOKENS: self.input_tokens,
            fields.OUTPUT_TOKENS: self.output_tokens,
            fields.COST_USD: self.cost_usd,
        }
