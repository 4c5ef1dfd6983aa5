"""What shoppers talk about, how it is answered, and what they think of it. Pure.

Documents are those of the conversation's turns. In the broken week the language model is mostly away: the built-in
writer answers in its place, and more people ask for a person.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from es.mappings import conversations as fields
from ingest.simulation import plan as planted
from ingest.simulation.plan import TOPICS, Plan
from ingest.simulation.stock import Stock
from ingest.simulation.visits import Session
from shop.conversations.turn import Turn

TALKED: Final = 0.3
JUDGED: Final = 0.5
MODEL: Final = "command-r-plus-08-2024"
BUILT_IN: Final = "built-in"
BROKEN_BUILT_IN: Final = 0.8
DEGRADED: Final = (f"writer: {MODEL} did not answer (it could not be reached or stopped in the middle)",)
HAND_OVER: Final = "hand_over"
# US dollars a token, in and out: what Command R+ costs.
_PRICES: Final = (2.5e-6, 1e-5)
_SAID: Final = {
    "search": "Do you have a {kind}?",
    "gift": "I need a gift for someone who likes a {kind}",
    "order_status": "Where is my order?",
    "return": "I want to send my {kind} back",
    "unclear": "hmm what about that one there",
    HAND_OVER: "Can I talk to a person?",
}


@dataclass(frozen=True, slots=True)
class Chats:
    """The conversations of one simulation."""

    plan: Plan
    stock: Stock

    def of(self, session: Session, chance: random.Random) -> Iterator[dict[str, Any]]:
        """The documents of a session's turns; most sessions have none."""
        if chance.random() >= TALKED:
            return
        intent = chance.choices(list(TOPICS), weights=[topic.share for topic in TOPICS.values()])[0]
        for number in range(chance.randint(1, 3)):
            yield self._turn(session, intent, number, chance)

    def _turn(self, session: Session, intent: str, number: int, chance: random.Random) -> dict[str, Any]:
        broken = session.day in self.plan.broken
        escalated = chance.random() < (planted.BROKEN_ESCALATION if broken else planted.QUIET_ESCALATION)
        intent = HAND_OVER if escalated else intent
        built_in = escalated or (broken and chance.random() < BROKEN_BUILT_IN)
        sentences = chance.randint(2, 5)
        tokens = (0, 0) if built_in else (chance.randint(900, 1_600), chance.randint(80, 220))
        kind = session.kinds[0]
        took = (120 if built_in else 1_800) * chance.lognormvariate(0, 0.3)
        turn = Turn(
            turn_id=f"{session.session_id}-turn{number}",
            session_id=f"{session.session_id}-chat",
            at=session.at + timedelta(minutes=1 + number),
            intent=intent,
            written_by=BUILT_IN if built_in else MODEL,
            answered=intent != "unclear",
            escalated=escalated,
            message=_SAID[intent].format(kind=kind),
            took_ms=round(took, 1),
            first_products_ms=round(60 * chance.lognormvariate(0, 0.3), 1),
            degraded=DEGRADED if built_in and broken and not escalated else (),
            products=[self.stock.one_of(kind, chance).product_id] if intent in ("search", "gift") else [],
            sentences=sentences,
            repaired=0 if built_in else sum(chance.random() < planted.REPAIRED for _ in range(sentences)),
            input_tokens=tokens[0],
            output_tokens=tokens[1],
            cost_usd=round(tokens[0] * _PRICES[0] + tokens[1] * _PRICES[1], 6),
        )
        return turn.document() | self._judged(intent, chance)

    def _judged(self, intent: str, chance: random.Random) -> dict[str, Any]:
        """What the feedback of the shopper adds to the turn."""
        if chance.random() >= JUDGED:
            return {}
        topic = TOPICS.get(intent)
        resolved = chance.random() < (topic.resolved if topic else 0.5)
        rating = chance.choice((4, 5)) if resolved else chance.choice((1, 2, 3))
        return {fields.RESOLVED: resolved, fields.HELPFUL: resolved, fields.RATING: rating}
