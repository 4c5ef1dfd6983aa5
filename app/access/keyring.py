"""The keys that this process knows, kept up to date in the background: a request waits for no call."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import structlog

from es.errors import EngineError
from shop.keys.key import ApiKey, KeyKind, Presented
from shop.keys.store import KeySnapshot, KeyStore
from shop.tasks import Background

log = structlog.get_logger(__name__)

USED_EVERY_S: Final = 60.0
"""Last use is written at most so often: a write for every request would cost more than the request."""
NEW_KEY_LOOK_S: Final = 1.0
"""An unknown key may have been made a moment ago; so often at most it is looked for."""
FIRST_LOOK_S: Final = 5.0


class Keyring:
    """Keys as of the last look, one every `refresh_s`. While Elasticsearch is away the last ones stay good."""

    def __init__(self, store: KeyStore, refresh_s: float) -> None:
        self._store = store
        self._refresh_s = refresh_s
        self._snapshot: KeySnapshot | None = None
        self._keys: Mapping[str, ApiKey] = {}
        self._origins: frozenset[str] = frozenset()
        self._used: dict[str, datetime] = {}
        self._used_written_at = time.monotonic()
        self._looked_at = float("-inf")
        self._trouble = ""
        self._looking = asyncio.Lock()
        self._watcher = Background()
        self.ever = False

    @property
    def known(self) -> bool:
        """Whether the keys were read at least once."""
        return self._snapshot is not None

    @property
    def origins(self) -> frozenset[str]:
        """Origins of all public keys that are in use: who a preflight request may come from."""
        return self._origins

    async def start(self) -> None:
        """Looks once and begins the background look; call once, from the lifespan."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_LOOK_S):
                await self.look()
        self._watcher.begin(self._watch())

    async def stop(self) -> None:
        """Ends the looking; writes last uses that are not written yet, for a moment at most."""
        if self._watcher.begun:
            await self._watcher.end()
            with contextlib.suppress(EngineError, TimeoutError):
                async with asyncio.timeout(2.0):
                    await self._write_used()

    async def find(self, presented: Presented) -> ApiKey | None:
        """The key of that id and secret, whatever its state; None where there is none."""
        key = self._keys.get(presented.key_id)
        if key is None and time.monotonic() - self._looked_at > NEW_KEY_LOOK_S:
            await self.look()
            key = self._keys.get(presented.key_id)
        if key is None or key.kind is not presented.kind or not key.matches(presented.secret):
            return None
        return key

    def was_used(self, key: ApiKey, now: datetime) -> None:
        self._used[key.key_id] = now

    async def look(self) -> None:
        """Looks now; trouble is kept for `health`."""
        async with self._looking:
            self._looked_at = time.monotonic()
            try:
                if self._snapshot is None or self._snapshot.state != await self._store.state():
                    self._take(await self._store.snapshot())
                self._trouble = ""
            except EngineError as error:
                if not self._trouble:
                    log.warning("keys not looked at", reason=str(error))
                self._trouble = str(error)

    def health(self) -> tuple[bool, str]:
        """Whether all is well, and what there is to say."""
        if self._snapshot is None:
            return False, f"the keys could not be read yet, requests that need one are refused ({self._trouble})"
        active = sum(key.state(datetime.now(UTC)) == "active" for key in self._keys.values())
        if self._trouble:
            return False, f"keys in use: {active}, those of the last look, as they cannot be read now ({self._trouble})"
        return True, f"keys in use: {active}"

    def _take(self, snapshot: KeySnapshot) -> None:
        self._snapshot, self._keys = snapshot, snapshot.keys
        self.ever = self.ever or bool(snapshot.state)
        now = datetime.now(UTC)
        public = [k for k in snapshot.keys.values() if k.kind is KeyKind.PUBLIC and k.state(now) == "active"]
        self._origins = frozenset(origin for key in public for origin in key.origins)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._refresh_s)
            await self.look()
            if time.monotonic() - self._used_written_at > USED_EVERY_S:
                with contextlib.suppress(EngineError):
                    await self._write_used()

    async def _write_used(self) -> None:
        last, self._used = self._used, {}
        self._used_written_at = time.monotonic()
        await self._store.used(last)
