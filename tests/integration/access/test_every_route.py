"""Every route of the OpenAPI document without a key, with a wrong one, and with one of every other scope."""

import re
from collections.abc import Iterator

import httpx

from app.access.scopes import Rule, need_of
from app.main import create_app
from app.opening import Configuration
from es.settings import EngineSettings
from shop.keys.key import Scope
from tests.integration.access.conftest import Keys

METHODS = ("get", "put", "post", "delete", "patch")
WRONG = "ssk_" + "0" * 12 + "_" + "0" * 64


def routes() -> Iterator[tuple[str, str]]:
    """Method and an address of each route; the bodies are left out, as nobody reads them."""
    paths = create_app(Configuration(engine=EngineSettings(es_url="http://localhost:1"))).openapi()["paths"]
    for path, operations in paths.items():
        for method in METHODS:
            if method in operations:
                yield method.upper(), re.sub(r"{\w+}", "x1", path)


ROUTES = list(routes())


async def test_only_health_is_open(shop: httpx.AsyncClient) -> None:
    assert len(ROUTES) > 20
    for method, path in ROUTES:
        answer = await shop.request(method, path)
        if path.startswith("/health/"):
            assert answer.status_code in (200, 503), path
            continue
        assert answer.status_code == 401, (method, path)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "/problems/key-missing"
        assert "X-Api-Key" in answer.headers["www-authenticate"]
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_wrong_key_opens_nothing(shop: httpx.AsyncClient, keys: Keys) -> None:
    for wrong in (keys.expired, keys.revoked, keys.by_scope["admin"][:-1] + "x"):
        for method, path in ROUTES:
            if not path.startswith("/health/"):
                answer = await shop.request(method, path, headers={"X-Api-Key": wrong})
                assert answer.status_code in (401, 429), (method, path)


async def test_a_key_of_another_scope_opens_nothing(shop: httpx.AsyncClient, keys: Keys) -> None:
    for method, path in ROUTES:
        need = need_of(method, path)
        if need is Rule.OPEN:
            continue
        own = Scope.ADMIN if need is Rule.METRICS else need
        for scope in Scope:
            answer = await shop.request(method, path, headers=keys.of(scope))
            if scope is own:
                assert answer.status_code not in (401, 403), (method, path, scope)
            else:
                assert answer.status_code == 403, (method, path, scope)
                assert answer.json()["type"] == "/problems/scope-missing"


async def test_what_there_is_not_is_closed_too(shop: httpx.AsyncClient, keys: Keys) -> None:
    assert (await shop.get("/api/nothing")).status_code == 401
    assert (await shop.get("/api/nothing", headers=keys.of("search"))).status_code == 403
    assert (await shop.get("/api/nothing", headers=keys.of("admin"))).status_code == 404


async def test_no_spelling_of_a_path_goes_round_the_table(shop: httpx.AsyncClient) -> None:
    """What the router takes for a route of the API, the table takes for one as well."""
    for path in ("/api/search/", "//api/search", "/api//search", "/API/search", "/api/%73earch", "/./api/search"):
        answer = await shop.get(path)
        assert answer.status_code in (401, 404), path
        assert "hits" not in answer.text
