"""Keys in a running service: made, used, rotated, revoked, in the wrong place, from the wrong page."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import jwt
import pytest

from app.access.cli import main as command
from app.access.settings import AccessMode, AccessSettings
from app.access.start import access_problem
from app.settings import ServiceSettings
from es.settings import EngineSettings
from shop.keys.key import KeyKind
from tests.integration.access.conftest import ISSUER, PAGE, SECRET, Keys, closed, make, store_of
from tests.shops import api


async def until(holds: Callable[[], Awaitable[bool]], within_s: float = 5.0) -> None:
    give_up = time.monotonic() + within_s
    while not await holds():
        assert time.monotonic() < give_up, "it took too long"
        await asyncio.sleep(0.05)


async def status(client: httpx.AsyncClient, key: str, **headers: str) -> int:
    return (await client.get("/api/search?q=lamp", headers={"X-Api-Key": key, **headers})).status_code


def token(**changes: object) -> str:
    now = int(time.time())
    claims = {"sub": "c-1", "aud": "shopscout", "iss": ISSUER, "iat": now, "exp": now + 600, **changes}
    return jwt.encode(claims, SECRET, "HS256", headers={"kid": "s"})


async def test_a_key_of_the_right_scope_searches(shop: httpx.AsyncClient, keys: Keys) -> None:
    answer = await shop.get("/api/search?q=lamp", headers=keys.of("search"))
    assert answer.status_code == 200
    assert answer.json()["total"] == 3
    assert answer.headers["cache-control"] == "no-store"


async def test_a_new_key_is_good_at_once_and_a_revoked_one_ends_within_seconds(
    engine_settings: EngineSettings, shop: httpx.AsyncClient
) -> None:
    async with store_of(engine_settings) as store:
        key = await make(store, "search")
        await until(lambda: _is(shop, key, 200), 2.5)
        await store.revoke(key.split("_")[1])
        await until(lambda: _is(shop, key, 401), 2.5)
        answer = await shop.get("/api/search", headers={"X-Api-Key": key})
        assert "revoked" in answer.json()["detail"]


async def _is(client: httpx.AsyncClient, key: str, expected: int) -> bool:
    return await status(client, key) == expected


async def test_rotation_overlaps(engine_settings: EngineSettings, shop: httpx.AsyncClient) -> None:
    async with store_of(engine_settings) as store:
        old = await make(store, "search", per_minute=77)
        new, written = await store.rotate(old.split("_")[1], timedelta(seconds=2))
        assert (new.per_minute, new.replaces) == (77, old.split("_")[1])
        await until(lambda: _is(shop, written, 200))
        assert await status(shop, old) == 200
        await until(lambda: _is(shop, old, 401))
        assert await status(shop, written) == 200


async def test_an_expired_key_says_so(shop: httpx.AsyncClient, keys: Keys) -> None:
    answer = await shop.get("/api/search", headers={"X-Api-Key": keys.expired})
    assert answer.status_code == 401
    assert "expired" in answer.json()["detail"]


async def test_a_key_in_the_wrong_place_is_not_taken(shop: httpx.AsyncClient, keys: Keys) -> None:
    key = keys.by_scope["search"]
    inside = await shop.get("/api/search", params={"q": "lamp", "api_key": key})
    assert inside.status_code == 401
    assert "revoke" in inside.json()["detail"]
    bearer = await shop.get("/api/search", headers={"Authorization": f"Bearer {key}"})
    assert bearer.status_code == 401
    assert "X-Api-Key" in bearer.json()["detail"]
    both = await shop.get("/api/search", headers={"X-Api-Key": key, "Authorization": f"Bearer {key}"})
    assert both.status_code == 401
    for answer in (inside, bearer, both):
        assert key not in answer.text


async def test_trying_keys_is_slowed_down_and_good_keys_are_not(shop: httpx.AsyncClient, keys: Keys) -> None:
    statuses = [await status(shop, f"ssk_{n:012x}_{n:064x}") for n in range(40)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    answer = await shop.get("/api/search", headers={"X-Api-Key": "ssk_" + "1" * 12 + "_" + "1" * 64})
    assert int(answer.headers["retry-after"]) >= 1
    assert await status(shop, keys.by_scope["search"]) == 200


async def test_a_search_costs_no_call_for_its_key(engine_settings: EngineSettings, keys: Keys) -> None:
    """The keys' index is gone: what was read of it is good until the next look, which is far away."""
    async with api(engine_settings, access=closed(keys_refresh_s=60)) as client:
        async with store_of(engine_settings) as store:
            await store._client.indices.delete(index=store._index)
        assert await status(client, keys.by_scope["search"]) != 401


async def test_last_use_is_written_when_the_service_stops(engine_settings: EngineSettings, keys: Keys) -> None:
    key = keys.by_scope["search"]
    before = datetime.now(UTC) - timedelta(seconds=1)
    async with api(engine_settings, access=closed()) as client:
        for _ in range(3):
            await status(client, key)
    async with store_of(engine_settings) as store:
        used = (await store.snapshot()).keys
        await store._client.indices.refresh(index=store._index)
        used = (await store.snapshot()).keys
    last = used[key.split("_")[1]].last_used
    assert last is not None
    assert last > before
    assert used[keys.by_scope["chat"].split("_")[1]].last_used is None


async def test_a_public_key_is_good_from_its_own_pages_alone(shop: httpx.AsyncClient, keys: Keys) -> None:
    answer = await shop.get("/api/search?q=lamp", headers={"X-Api-Key": keys.public, "Origin": PAGE})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert "access-control-allow-credentials" not in answer.headers
    foreign = await shop.get("/api/search", headers={"X-Api-Key": keys.public, "Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert "access-control-allow-origin" not in foreign.headers
    assert await status(shop, keys.public) == 403
    assert await status(shop, keys.public, **{"Sec-Fetch-Site": "same-origin"}) == 200


async def test_preflight_requests(shop: httpx.AsyncClient) -> None:
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "x-api-key"}
    mine = await shop.options("/api/search", headers={"Origin": PAGE, **asked})
    assert mine.status_code == 204
    assert mine.headers["access-control-allow-origin"] == PAGE
    assert "X-Api-Key" in mine.headers["access-control-allow-headers"]
    for origin in ("https://evil.example", "null", "https://shop.example.evil.example", "http://shop.example"):
        other = await shop.options("/api/search", headers={"Origin": origin, **asked})
        assert other.status_code == 403
        assert "access-control-allow-origin" not in other.headers


async def test_a_customer_is_named_by_a_token_or_the_shops_server(shop: httpx.AsyncClient, keys: Keys) -> None:
    page = {"X-Api-Key": keys.public, "Origin": PAGE}
    named = await shop.get("/api/search", headers={**page, "X-Customer-Id": "c-1"})
    assert named.status_code == 403
    assert named.json()["type"] == "/problems/customer-refused"
    assert (await shop.get("/api/search", headers={**page, "Authorization": f"Bearer {token()}"})).status_code == 200
    assert (await shop.get("/api/search", headers={**keys.of("search"), "X-Customer-Id": "c-1"})).status_code == 200


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("x.y.z", "no token"),
        (token(aud="another"), "aud"),
        (token(exp=1_000_000_000), "expired"),
        (jwt.encode({"sub": "c-1"}, None, "none", headers={"kid": "s"}), "HS256"),
    ],
)
async def test_a_bad_token_is_refused_whatever_the_key(
    shop: httpx.AsyncClient, keys: Keys, bad: str, told: str
) -> None:
    answer = await shop.get("/api/search", headers={**keys.of("search"), "Authorization": f"Bearer {bad}"})
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/token-invalid"
    assert told in answer.json()["detail"]
    assert "invalid_token" in answer.headers["www-authenticate"]


async def test_on_this_machine_a_shop_is_open_until_its_first_key(engine_settings: EngineSettings) -> None:
    auto = closed(access=AccessMode.AUTO)
    async with api(engine_settings, access=auto) as client, store_of(engine_settings) as store:
        assert (await client.get("/api/admin/rules")).status_code == 200
        key = await make(store, "search")
        await until(lambda: _closed(client))
        assert (await client.get("/api/admin/rules")).status_code == 401
        # Nobody opens it again by revoking, or even forgetting, the last key.
        await store.revoke(key.split("_")[1])
        await asyncio.sleep(0.5)
        assert (await client.get("/api/admin/rules")).status_code == 401


async def _closed(client: httpx.AsyncClient) -> bool:
    return (await client.get("/api/admin/rules")).status_code == 401


async def test_any_other_address_refuses_to_start_without_keys(engine_settings: EngineSettings) -> None:
    everywhere, here = ServiceSettings(host="0.0.0.0"), ServiceSettings(host="127.0.0.1")
    url = engine_settings.es_url
    problem = await access_problem(AccessSettings(), everywhere, engine_settings, url)
    assert "python -m app keys create" in problem
    assert await access_problem(AccessSettings(), here, engine_settings, url) == ""
    assert await access_problem(AccessSettings(access=AccessMode.OPEN), everywhere, engine_settings, url) == ""
    async with store_of(engine_settings) as store:
        key = await make(store, "search", lasts=timedelta(hours=1), now=datetime.now(UTC) - timedelta(hours=2))
        assert await access_problem(AccessSettings(), everywhere, engine_settings, url), "it has expired"
        key = await make(store, "search")
        assert await access_problem(AccessSettings(), everywhere, engine_settings, url) == ""
        await store.revoke(key.split("_")[1])
        assert await access_problem(AccessSettings(), everywhere, engine_settings, url)


async def test_the_command(engine_settings: EngineSettings, capsys: pytest.CaptureFixture[str]) -> None:
    async def run(*arguments: str) -> tuple[int, str, str]:
        code = await asyncio.to_thread(command, arguments, engine_settings)
        out, err = capsys.readouterr()
        return code, out, err

    assert (await run("list"))[1].startswith("There is no key yet")
    code, key, told = await run("create", "--name", "backend", "--scopes", "search,chat", "--expires", "30d")
    assert code == 0
    assert "once" in told
    key_id = key.strip().split("_")[1]
    code, listed, _ = await run("list")
    assert key_id in listed
    assert "active" in listed
    assert key.strip().split("_")[2] not in listed
    code, new, _ = await run("rotate", key_id, "--overlap", "1h")
    assert code == 0
    assert new != key
    assert (await run("revoke", key_id))[0] == 0
    assert "revoked" in (await run("list"))[1]
    code, _, told = await run("revoke", "nothing")
    assert code == 2
    assert "keys list" in told
    assert (await run("rotate", key_id))[0] == 2
    assert (await run("create", "--name", "x", "--scopes", "all"))[0] == 2
    async with store_of(engine_settings) as store:
        kept = await store._client.search(index=store._index, size=10)
        assert key.strip().split("_")[2] not in str(kept), "the secret is kept nowhere"
        assert (await store.snapshot()).keys[key_id].kind is KeyKind.SERVER
