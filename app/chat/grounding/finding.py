"""What the parts of the checker tell one another. Pure values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.chat.grounding.evidence import Evidence
from app.chat.grounding.names import Mention
from app.chat.grounding.tokens import Token
from app.chat.grounding.verdict import Fault
from app.chat.records import Record


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault, where it stands, and what would be right there; None: nothing can be put there."""

    fault: Fault
    start: int = 0
    end: int = 0
    right: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """All that an answer may rest on. `own`: evidence of each product, by its place. `rest`: of everything else."""

    intent: str
    message: str
    context: Mapping[str, str]
    facts: Mapping[str, Any]
    products: Sequence[Record]
    own: Sequence[Evidence]
    others: Sequence[Record]
    rest: Evidence
    told: Evidence


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that is read. `text` has the names of products blanked out, and what is proven already; places are
    those of the sentence as it came. `focus`: the products that it speaks of where it names none; `every`: of each of
    them, not of any."""

    raw: str
    text: str
    mentions: tuple[Mention, ...]
    focus: frozenset[int]
    every: bool
    tokens: Sequence[Token]

    def subject(self, start: int, end: int) -> frozenset[int]:
        """The products of which something at this place is said."""
        if not self.mentions:
            return self.focus
        after = next((m for m in self.mentions if m.start >= end), None)
        if after is not None and _leads(self.raw[end : after.start]):
            return after.products
        before = [m for m in self.mentions if m.end <= start]
        if before:
            return before[-1].products
        return after.products if after is not None else self.focus

    def named(self) -> frozenset[int]:
        return frozenset().union(*(m.products for m in self.mentions)) if self.mentions else self.focus


def _leads(between: str) -> bool:
    """for the X, of X, : X"""
    plain = between.strip().lower()
    return plain in (
        "for",
        "for the",
        "of",
        "of the",
        "(",
        "\u2013 the",
        "is the",
        "goes to",
        "goes to the",
        "belongs to the",
    )


Detector = Callable[[Sentence, Known], list[Finding]]
