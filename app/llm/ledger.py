"""What calls cost, and the caps that stop them: of a turn, of a user's day and of the shop's day.

Days and users are counted by all processes together, in Elasticsearch (shop/spending). A turn is answered by one
process, which counts it alone. While Elasticsearch is gone each process counts by itself: the caps then hold for each,
and `trouble` says so.
"""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import structlog

from app.llm.errors import CapReached
from app.llm.models import Spender, Tokens
from es.errors import EngineError
from es.mappings import spending as fields
from shop.spending.store import Account, Bill, SpendingStore

log = structlog.get_logger(__name__)

_MICRO: Final = 1_000_000
_REMEMBERED: Final = 50_000
_KEPT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Caps:
    """US dollars."""

    turn: float
    user_day: float
    day: float


@dataclass(frozen=True, slots=True)
class Hold:
    """An amount that is set aside for a call, in millionths of a dollar. `stored`: in Elasticsearch too."""

    spender: Spender
    day: date
    micro: int
    stored: bool


class Ledger:
    """Accounts of this process, and of all where there is a store. For one thread."""

    def __init__(
        self, caps: Caps, store: SpendingStore | None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._caps = caps
        self._store = store
        self._now = now
        self._own: OrderedDict[str, int] = OrderedDict()
        self._calls: tuple[date, int] = (now().date(), 0)
        self._full: date | None = None
        self._trouble = ""
        self._cleaned: date | None = None

    async def open(self) -> None:
        """Makes the stored accounts, which would delay the first call; where Elasticsearch is away, that does."""
        if self._store is not None:
            with suppress(EngineError):
                await self._store.prepare()

    async def hold(self, spender: Spender, usd: float) -> Hold:
        """Sets `usd` aside, what the call costs at most. Raises CapReached, which names the cap."""
        day, micro = self._now().date(), _micro(usd)
        for key, cap, what in self._accounts(spender, day):
            if self._own.get(key, 0) + micro > _micro(cap):
                if key == f"{day}":
                    self._full = day
                raise CapReached(_sentence(what, cap))
        # Before the first wait, so that two calls at once in this process see one another.
        self._add(spender, day, micro)
        try:
            stored = await self._hold_in_store(spender, day, micro)
        except BaseException:
            self._add(spender, day, -micro)
            raise
        self._full = None
        return Hold(spender, day, micro, stored)

    async def settle(self, hold: Hold, tokens: Tokens, usd: float, *, failed: bool = False, sent: bool = True) -> None:
        """Replaces what was held by what the call has cost. Never raises for Elasticsearch's sake."""
        self._add(hold.spender, hold.day, _micro(usd) - hold.micro)
        if sent:
            self._calls = (hold.day, self._calls[1] + 1 if self._calls[0] == hold.day else 1)
        if not hold.stored or self._store is None:
            return
        bill = Bill(_micro(usd), int(sent), int(failed and sent), tokens.input, tokens.output)
        try:
            await self._store.settle(self._stored(hold.spender, hold.day), hold.micro, bill)
        except EngineError as error:
            # The hold stays in the stored account until the day is over.
            self._troubled(error)

    async def today(self) -> dict[str, Any]:
        """`{day, calls, failed_calls, input_tokens, output_tokens, cost_usd, cap_usd, of}`, where `of` is "shop", or
        "process" while Elasticsearch is away: then without the failed calls and tokens."""
        day = self._now().date()
        told: dict[str, Any] = {"day": f"{day}", "cap_usd": self._caps.day, "of": "process"}
        own = {"calls": self._calls[1] if self._calls[0] == day else 0, "cost_usd": self._own.get(f"{day}", 0) / _MICRO}
        if self._store is None:
            return told | own
        try:
            found = await self._store.day(day)
        except EngineError:
            return told | own
        spent = {"cost_usd": found.pop(fields.SPENT) / _MICRO, "held_usd": found.pop(fields.HELD) / _MICRO}
        return told | found | spent | {"of": "shop"}

    def health(self) -> tuple[bool, str]:
        """Whether calls may be made and are counted as they should, and a sentence about it."""
        day = self._now().date()
        spent = self._own.get(f"{day}", 0) / _MICRO
        calls = self._calls[1] if self._calls[0] == day else 0
        said = f"{calls} calls of this process today, {spent:.4f} US dollars"
        if self._full == day:
            return False, f"{_sentence('day', self._caps.day)}; {said}"
        if self._trouble:
            return False, f"costs are counted by each process for itself: {self._trouble}; {said}"
        return True, said

    def _accounts(self, spender: Spender, day: date) -> list[tuple[str, float, str]]:
        """Key, cap and name of each account of this process that a call counts in; a cap of 0 is none."""
        listed = [
            (f"turn|{spender.turn}" if spender.turn else "", self._caps.turn, "turn"),
            (f"user|{day}|{spender.user}" if spender.user else "", self._caps.user_day, "user and day"),
            (f"{day}", self._caps.day, "day"),
        ]
        return [(key, cap, what) for key, cap, what in listed if key and cap > 0]

    def _add(self, spender: Spender, day: date, micro: int) -> None:
        keys = {key for key, _, _ in self._accounts(spender, day)} | {f"{day}"}
        for key in keys:
            self._own[key] = self._own.get(key, 0) + micro
            self._own.move_to_end(key)
        while len(self._own) > _REMEMBERED:
            self._own.popitem(last=False)

    def _stored(self, spender: Spender, day: date) -> list[Account]:
        unlimited = 2**62
        accounts = [Account(day, "", _micro(self._caps.day) or unlimited)]
        if spender.user:
            accounts.append(Account(day, spender.user, _micro(self._caps.user_day) or unlimited))
        return accounts

    async def _hold_in_store(self, spender: Spender, day: date, micro: int) -> bool:
        if self._store is None:
            return False
        try:
            lacking = await self._store.hold(self._stored(spender, day), micro)
            if self._cleaned != day:
                self._cleaned = day
                await self._store.forget_before(day - _KEPT)
        except EngineError as error:
            self._troubled(error)
            return False
        self._trouble = ""
        if lacking is None:
            return True
        if not lacking.user:
            self._full = day
        what, cap = ("user and day", self._caps.user_day) if lacking.user else ("day", self._caps.day)
        raise CapReached(_sentence(what, cap))

    def _troubled(self, error: EngineError) -> None:
        if not self._trouble:
            log.warning("model costs counted by this process alone", error=str(error))
        self._trouble = str(error)


def _micro(usd: float) -> int:
    return round(usd * _MICRO)


_SETTINGS: Final = {"turn": "TURN_USD", "user and day": "USER_DAY_USD", "day": "DAY_USD"}


def _sentence(what: str, cap: float) -> str:
    return f"the cap of {cap:g} US dollars a {what} is reached (SHOPSCOUT_LLM_{_SETTINGS[what]})"
