"""What shoppers search for, and what they click. Pure.

Documents are those of the query log. One query rises in the last third of the month, a few find nothing for they are
not sold, and in the broken week answers are slow, go without their vectors and often find nothing.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from ingest.simulation import plan as planted
from ingest.simulation.plan import Plan
from ingest.simulation.stock import Stock, Ware
from ingest.simulation.visits import Event, Session
from shop.queries.record import Click, LoggedSearch, Visit, document, with_click

PAGE: Final = 24
SEARCHED: Final = 0.75
BROWSED: Final = 0.15
TYPED: Final = 0.10
FILTERED: Final = 0.2
DEGRADED: Final = ("semantic: the model that reads queries is not there",)
_QUIET_MS: Final = 22.0
_UNMET_PARTS: Final = (6, 3, 1)


@dataclass(slots=True)
class Searches:
    """The searches of one simulation."""

    plan: Plan
    stock: Stock
    rising: str = field(init=False)
    unmet: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        # The middle one: it is nobody's segment just because it comes first.
        kinds = list(self.stock.kinds)
        self.rising = kinds[len(kinds) // 2]
        self.unmet = tuple(query for query in planted.UNMET if query not in self.stock.kinds)

    def of(self, session: Session, chance: random.Random) -> Iterator[tuple[dict[str, Any], list[Event]]]:
        """The documents of a session's searches, each with the events of its clicks."""
        at = session.at.timestamp() - 60
        if chance.random() < self.plan.rising(session.day):
            yield self._answered(session, self.rising, at, chance)
        elif chance.random() < SEARCHED:
            yield from self._searched(session, at, chance)

    def _searched(
        self, session: Session, at: float, chance: random.Random
    ) -> Iterator[tuple[dict[str, Any], list[Event]]]:
        if chance.random() < BROWSED:
            yield self._answered(session, "", at, chance)
            return
        query = session.kinds[0]
        nothing = planted.BROKEN_NO_RESULTS if session.day in self.plan.broken else planted.NO_RESULTS
        if self.unmet and chance.random() < planted.NO_RESULTS:
            query = chance.choices(self.unmet, weights=_UNMET_PARTS[: len(self.unmet)])[0]
        if chance.random() < TYPED:
            yield self._answered(session, query[:3], at - 3, chance, typing=True)
        lost = nothing > planted.NO_RESULTS and chance.random() < nothing - planted.NO_RESULTS
        yield self._answered(session, query, at, chance, lost=lost)

    def _answered(
        self,
        session: Session,
        text: str,
        at: float,
        chance: random.Random,
        *,
        typing: bool = False,
        lost: bool = False,
    ) -> tuple[dict[str, Any], list[Event]]:
        broken = session.day in self.plan.broken
        wares = () if lost else self._found(text, session)
        took = chance.lognormvariate(0, 0.35) * _QUIET_MS * (planted.BROKEN_SLOWER if broken else 1)
        search = LoggedSearch(
            search_id=f"{chance.getrandbits(128):032x}",
            raw=text,
            total=len(wares),
            shown=[ware.product_id for ware in wares[:PAGE]],
            filters={"price": ["..50"]} if chance.random() < FILTERED else {},
            took_ms=round(took, 1),
            degraded=DEGRADED if broken else (),
            visit=Visit(session.session_id, "", typing),
            at=at,
        )
        made = document(search)
        if typing or not wares or chance.random() >= (planted.BROKEN_CLICKED if broken else planted.CLICKED):
            return made, []
        place = min(len(search.shown), 1 + int(chance.expovariate(0.5)))
        click = Click(search.search_id, search.shown[place - 1], at=at + 8)
        return with_click(made, click), [_event(session, wares[place - 1], click, place)]

    def _found(self, text: str, session: Session) -> tuple[Ware, ...]:
        if text in self.unmet:
            return ()
        return tuple(self.stock.kinds[text if text in self.stock.kinds else session.kinds[0]])


def _event(session: Session, ware: Ware, click: Click, place: int) -> Event:
    """The click as the shop sends it."""
    at = session.at - timedelta(seconds=52)
    told: Mapping[str, Any] = {"type": "search_click", "product_id": ware.product_id, "category": ware.category}
    where = {"search_id": click.search_id, "position": place, "timestamp": at.isoformat()}
    return {**told, **where, **session.known, "event_id": f"{click.search_id}-click"}
