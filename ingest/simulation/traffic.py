"""The whole traffic of a plan, and what is true of it. Pure.

Truths come in two kinds: what was planted (probabilities and days), and what was counted in the traffic that was made,
by this file alone and not by any index.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from es.mappings import conversations as turn_fields
from es.mappings import queries as query_fields
from ingest.simulation import plan as planted
from ingest.simulation.chats import BUILT_IN, Chats
from ingest.simulation.plan import ALGORITHMS, TOPICS, Plan
from ingest.simulation.searches import Searches
from ingest.simulation.stock import Stock
from ingest.simulation.visits import NIGHT, Event, Shoppers
from shop.spending.store import Bill

_MICRO = 1_000_000


@dataclass(slots=True)
class Traffic:
    """Everything that a plan comes to. `searches` and `turns`: documents of the query log and of the conversation;
    `events`: as a shop sends them."""

    plan: Plan
    rising: str
    categories: tuple[str, ...]
    events: list[Event] = field(default_factory=list)
    searches: list[dict[str, Any]] = field(default_factory=list)
    turns: list[dict[str, Any]] = field(default_factory=list)

    def truths(self) -> dict[str, Any]:
        """What can be found again in the indices, as plain JSON values."""
        return {
            "simulation": self.plan.name,
            "from": f"{self.plan.first}",
            "to": self.plan.until.isoformat(),
            "planted": self._planted(),
            "counted": {**self._events(), **self._searches(), **self._turns()},
        }

    def _planted(self) -> dict[str, Any]:
        plan, broken = self.plan, self.plan.broken
        return {
            "growth_a_day": planted.GROWTH,
            "weekend_sessions": planted.WEEKEND,
            "broken_week": {
                "from": f"{plan.day(broken[0])}",
                "to": f"{plan.day(broken[-1])}",
                "times_slower": planted.BROKEN_SLOWER,
                "no_results": planted.BROKEN_NO_RESULTS,
                "clicked": planted.BROKEN_CLICKED,
                "escalated": planted.BROKEN_ESCALATION,
            },
            "quiet": {
                "no_results": planted.NO_RESULTS,
                "clicked": planted.CLICKED,
                "escalated": planted.QUIET_ESCALATION,
            },
            "rising_query": self.rising,
            "unmet_queries": list(planted.UNMET),
            "algorithms": {name: {"ctr": a.ctr, "conversion": a.conversion} for name, a in ALGORITHMS.items()},
            "resolved": {name: topic.resolved for name, topic in TOPICS.items()},
            "repaired_sentences": planted.REPAIRED,
            "segments": {
                "night_owls": {"category": self.categories[0], "hours": list(NIGHT)},
                "weekenders": {"category": self.categories[min(1, len(self.categories) - 1)], "days": [6, 7]},
            },
        }

    def _events(self) -> dict[str, Any]:
        placed = [event for event in self.events if event["type"] == "order_placed"]
        revenue = sum((Decimal(line["price"]) for event in placed for line in event["items"]), Decimal(0))
        at_night: Counter[str] = Counter()
        for event in self.events:
            if event["type"] == "view_product" and int(event["timestamp"][11:13]) in NIGHT:
                at_night[event["category"]] += 1
        return {
            "sessions": len({event["session_id"] for event in self.events}),
            "sessions_by_day": {
                f"{self.plan.day(number)}": self.plan.sessions_of(number) for number in range(self.plan.days)
            },
            "events": dict(sorted(Counter(event["type"] for event in self.events).items())),
            "orders": len(placed),
            "revenue": float(revenue),
            "views_at_night": dict(at_night.most_common()),
            "recommendations": self._recommendations(),
        }

    def _recommendations(self) -> dict[str, dict[str, int]]:
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for event in self.events:
            if event["type"] == "impression":
                algorithm = event["items"][0]["algorithm"]
                found[algorithm].update(lists=1, impressions=len(event["items"]))
            elif event["type"] == "recommendation_click":
                found[event["algorithm"]].update(clicks=1)
        return {name: dict(counts) for name, counts in sorted(found.items())}

    def _searches(self) -> dict[str, Any]:
        """Of searches with words whose typing was done, as search analytics count them."""
        counted = [s for s in self.searches if query_fields.TEXT in s and not s[query_fields.TYPING]]
        nothing = Counter(s[query_fields.TEXT] for s in counted if not s[query_fields.TOTAL])
        by_day = Counter(s[query_fields.TIME][:10] for s in counted)
        rising = Counter(s[query_fields.TIME][:10] for s in counted if s[query_fields.TEXT] == self.rising)
        return {
            "logged_searches": len(self.searches),
            "searches": len(counted),
            "searches_by_day": dict(sorted(by_day.items())),
            "rising_by_day": dict(sorted(rising.items())),
            "no_results": sum(nothing.values()),
            "no_result_queries": dict(nothing.most_common()),
            "found": sum(s[query_fields.TOTAL] > 0 for s in counted),
            "clicked": sum(query_fields.BEST_CLICK in s for s in counted),
            "degraded_searches": sum(query_fields.DEGRADED in s for s in self.searches),
        }

    def _turns(self) -> dict[str, Any]:
        judged = [turn for turn in self.turns if turn_fields.RESOLVED in turn]
        return {
            "turns": len(self.turns),
            "conversations": len({turn[turn_fields.SESSION_ID] for turn in self.turns}),
            "escalated": sum(turn[turn_fields.ESCALATED] for turn in self.turns),
            "unanswered": sum(not turn[turn_fields.ANSWERED] for turn in self.turns),
            "judged": len(judged),
            "resolved": sum(turn[turn_fields.RESOLVED] for turn in judged),
            "sentences": sum(turn[turn_fields.SENTENCES] for turn in self.turns),
            "repaired": sum(turn[turn_fields.REPAIRED] for turn in self.turns),
            "built_in": sum(turn[turn_fields.WRITTEN_BY] == BUILT_IN for turn in self.turns),
            "cost_usd": round(sum(turn[turn_fields.COST_USD] for turn in self.turns), 6),
        }


def simulate(plan: Plan, stock: Stock) -> Traffic:
    """The traffic of a plan over a catalogue; the same for the same two. Raises ValueError without products."""
    if not stock.wares:
        raise ValueError("There are no products to look at; load a catalogue first.")
    searches, chats = Searches(plan, stock), Chats(plan, stock)
    traffic = Traffic(plan, searches.rising, tuple(stock.categories))
    searching, talking = plan.chance("searches"), plan.chance("conversations")
    for session in Shoppers(plan, stock).sessions():
        for made, clicks in searches.of(session, searching):
            traffic.searches.append(made)
            traffic.events += clicks
        traffic.events += session.events
        traffic.turns += chats.of(session, talking)
    return traffic


def bills(turns: list[dict[str, Any]], before: date) -> Mapping[date, Bill]:
    """What the language model cost on each day before `before`, by day."""
    found: dict[date, Bill] = {}
    for turn in turns:
        day = date.fromisoformat(turn[turn_fields.AT][:10])
        if not turn[turn_fields.INPUT_TOKENS] or day >= before:
            continue
        known = found.get(day, Bill())
        found[day] = Bill(
            spent=known.spent + round(turn[turn_fields.COST_USD] * _MICRO),
            calls=known.calls + 1,
            input_tokens=known.input_tokens + turn[turn_fields.INPUT_TOKENS],
            output_tokens=known.output_tokens + turn[turn_fields.OUTPUT_TOKENS],
        )
    return found
