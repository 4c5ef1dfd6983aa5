"""Which events are no person's: those of programs that say so, and of sessions faster than any shopper.

Such events are kept and marked; nothing is learned from them. Rates are counted here as events come in, in each
process for itself; the job `bots` counts what is stored and marks the whole session.
"""

import re
from datetime import datetime

_ROBOTS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|headless|python-requests|curl/|wget/|scrapy|httpclient|lighthouse|preview",
    re.IGNORECASE,
)
_REMEMBERED = 100_000


def is_robot_agent(agent: str | None) -> bool:
    """Whether a user agent names itself a program."""
    return agent is not None and _ROBOTS.search(agent) is not None


class SessionRates:
    """Counts events by session and minute of event time. For one thread."""

    def __init__(self, events_per_minute: int) -> None:
        self._limit = events_per_minute
        self._counts: dict[tuple[str, int], int] = {}
        self._bots: dict[str, None] = {}

    def is_bot(self, session: str, moment: datetime) -> bool:
        """Counts one event; whether its session has reached the limit, in this minute or in one before."""
        if session in self._bots:
            return True
        key = (session, int(moment.timestamp()) // 60)
        count = self._counts.pop(key, 0) + 1
        self._counts[key] = count
        if count >= self._limit:
            self._bots[session] = None
        for remembered in (self._counts, self._bots):
            # Dictionaries keep their order: what was not counted for longest goes first.
            if len(remembered) > _REMEMBERED:
                del remembered[next(iter(remembered))]  # type: ignore[arg-type]
        return session in self._bots
