"""The merchandising rules that this process follows now, kept up to date in the background."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from app.settings import ServiceSettings
from es.errors import EngineError
from shop.rules.matching import Context, RuleSet
from shop.rules.plan import Plan, plan
from shop.rules.store import RuleStore, Snapshot
from shop.tasks import Background

MOST_SKEW_S = 5.0
CLOCKS_EVERY_S = 60.0

log = structlog.get_logger(__name__)


class LiveRules:
    """Rules of the store as of the last look, one every `rules_refresh_s`: a request waits for no call.

    While Elasticsearch is away the last ones stay in effect.
    """

    def __init__(
        self, store: RuleStore, settings: ServiceSettings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.store = store
        self._clock = clock
        self._ahead_s = 0.0
        self._settings = settings
        self._snapshot: Snapshot | None = None
        self._rules = RuleSet()
        self._seen_at = float("-inf")
        self._trouble = ""
        self._looking = asyncio.Lock()
        self._watcher = Background()

    @property
    def rules(self) -> RuleSet:
        """The rules that are enabled."""
        return self._rules

    def plan(self, context: Context) -> Plan | None:
        """What the rules make of a request now; None where none applies. No I/O."""
        return plan(self._rules, self._clock(), context) if self._rules else None

    async def start(self) -> None:
        """Looks once and begins the background look; call once, from the lifespan."""
        with contextlib.suppress(TimeoutError):
            # So that not even the first request goes without rules; a server that hangs must not stop the start.
            async with asyncio.timeout(self._settings.search_deadline_s):
                await self.look()
        self._watcher.begin(self._watch())

    async def stop(self) -> None:
        await self._watcher.end()

    async def refresh(self) -> Snapshot:
        """Looks now; the rules of the store as they are. Raises EngineError."""
        async with self._looking:
            known, state = self._snapshot, await self.store.state()
            if known is None or known.state != state:
                known = await self.store.snapshot()
                # Thousands of rules take a moment to compile, in which searches go on.
                self._rules = await asyncio.to_thread(RuleSet, [stored.rule for stored in known.rules])
                self._snapshot = known
                log.info("rules loaded", rules=len(known.rules), state=known.state)
            self._seen_at, self._trouble = time.monotonic(), ""
            return known

    def health(self) -> tuple[bool, str]:
        """Whether all is well, and what there is to say."""
        count = f"rules enabled: {len(self._rules.rules)}"
        if self._snapshot is None:
            return False, f"the rules could not be read yet, searches go without ({self._trouble or 'being read'})"
        if self._trouble:
            age_s = time.monotonic() - self._seen_at
            return False, f"{count}, those of {age_s:.0f} s ago, as they cannot be read now ({self._trouble})"
        if self._snapshot.unreadable:
            named = ", ".join(self._snapshot.unreadable[:5])
            return False, f"{count}; not readable by this version and left out: {named}"
        if abs(self._ahead_s) > MOST_SKEW_S:
            way, effect = ("ahead of", "early") if self._ahead_s > 0 else ("behind", "late")
            return False, (
                f"{count}; this machine's clock is {abs(self._ahead_s):.0f} s {way} Elasticsearch's, so schedules "
                f"begin and end {effect} here; set the clock"
            )
        return True, count

    async def look(self, at_most_s: float = 0.0) -> None:
        """Looks, unless that was done in the last `at_most_s`; trouble is kept for `health`."""
        if time.monotonic() - self._seen_at <= at_most_s and not self._trouble:
            return
        try:
            await self.refresh()
        except EngineError as error:
            if not self._trouble:
                log.warning("rules not looked at", reason=str(error))
            self._trouble = str(error)

    async def _compare_clocks(self) -> None:
        try:
            self._ahead_s = await self.store.clock_ahead_s(self._clock()) or 0.0
        except EngineError as error:
            log.info("clocks not compared", reason=str(error))

    async def _watch(self) -> None:
        compared_at = float("-inf")
        while True:
            if time.monotonic() - compared_at > CLOCKS_EVERY_S:
                await self._compare_clocks()
                compared_at = time.monotonic()
            await asyncio.sleep(self._settings.rules_refresh_s)
            await self.look()
