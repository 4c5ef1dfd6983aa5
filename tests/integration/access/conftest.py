"""A closed shop with a key for every purpose."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from app.access.settings import AccessMode, AccessSettings
from es.client import connect_async
from es.names import IndexNames
from es.settings import EngineSettings
from shop.keys.key import KeyKind, Scope, new_key
from shop.keys.store import KeyStore
from tests.factory import product
from tests.shops import api, load

PAGE = "https://shop.example"
SECRET = "a secret of the shop, 32 bytes or more"
ISSUER = "https://accounts.shop.example"


@dataclass(frozen=True)
class Keys:
    """Keys as they are written."""

    by_scope: dict[str, str]
    public: str
    expired: str
    revoked: str

    def of(self, scope: str) -> dict[str, str]:
        return {"X-Api-Key": self.by_scope[scope]}


def closed(**changes: Any) -> AccessSettings:  # noqa: ANN401 - any setting
    """Settings of a service that asks for keys."""
    given: dict[str, Any] = {
        "access": AccessMode.KEYS,
        "keys_refresh_s": 0.2,
        "token_keys": {"s": SecretStr(SECRET)},
        "token_issuer": ISSUER,
    }
    return AccessSettings(**{**given, **changes})


@asynccontextmanager
async def store_of(engine: EngineSettings) -> AsyncIterator[KeyStore]:
    client = connect_async(engine)
    try:
        yield KeyStore(client, IndexNames(engine.index_prefix))
    finally:
        await client.close()


async def make(store: KeyStore, *scopes: str, **more: Any) -> str:  # noqa: ANN401 - of new_key
    key, written = new_key("test", more.pop("kind", KeyKind.SERVER), scopes, **more)
    await store.add(key)
    return written


@pytest.fixture
async def keys(engine_settings: EngineSettings) -> Keys:
    async with store_of(engine_settings) as store:
        by_scope = {scope.value: await make(store, scope.value) for scope in Scope}
        revoked = await make(store, "search")
        await store.revoke(revoked.split("_")[1])
        return Keys(
            by_scope,
            await make(store, "search", "events", kind=KeyKind.PUBLIC, origins=[PAGE]),
            await make(store, "search", lasts=timedelta(hours=1), now=datetime.now(UTC) - timedelta(hours=2)),
            revoked,
        )


@pytest.fixture
async def shop(engine_settings: EngineSettings, keys: Keys) -> AsyncIterator[httpx.AsyncClient]:
    """The closed service over three products; `keys` are good in it."""
    assert keys.by_scope
    load(engine_settings, [product(product_id=f"p{n}", name=f"Red lamp {n}") for n in range(3)], None)
    async with api(engine_settings, access=closed()) as client:
        yield client
