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
    """Counts events by session and minute of event time, each event once however often it is sent. For one thread."""

    def __init__(self, events_per_minute: int) -> None:
        self._limit = events_per_minute
        self._seen: dict[tuple[str, int], set[int]] = {}
        self._size = 0
        self._bots: dict[str, None] = {}

    def is_bot(self, session: str, moment: datetime, event_id: str) -> bool:
        """Counts one event; whether its session has reached the limit, in this minute or in one before."""
        if session in self._bots:
            return True
        key = (session, int(moment.timestamp()) // 60)
        seen = self._seen.pop(key, set())
        self._seen[key] = seen
        self._size -= len(seen)
        seen.add(hash(event_id))
        if len(seen) >= self._limit:
            self._bots[session] = None
            del self._seen[key]
        else:
            self._size += len(seen)
        self._forget()
        return session in self._bots

    def _forget(self) -> None:
        # Dictionaries keep their order: what was not counted for longest goes first.
        while self._size > _REMEMBERED:
            self._size -= len(self._seen.pop(next(iter(self._seen))))
        if len(self._bots) > _REMEMBERED:
            del self._bots[next(iter(self._bots))]
