"""The road past FastAPI's own: what takes it, and that the description of the API knows nothing of it."""

from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from starlette.routing import Match

from app.main import QUICK, create_app
from app.quick_route import QuickRoute


async def _answer(request: Request, services: object) -> Response:
    return Response(f"{services} {request.url.query} {request.path_params}")


def _scope(method: str, path: str, kind: str = "http") -> dict[str, Any]:
    shop = SimpleNamespace(state=SimpleNamespace(services="services"))
    return {"type": kind, "method": method, "path": path, "query_string": b"q=tent", "headers": [], "app": shop}


@pytest.mark.parametrize(
    ("method", "path", "kind", "takes"),
    [
        ("GET", "/api/search", "http", True),
        ("POST", "/api/search", "http", False),
        ("HEAD", "/api/search", "http", False),
        ("GET", "/api/search/", "http", False),
        ("GET", "/api/search/filters", "http", False),
        ("GET", "/api/search", "websocket", False),
    ],
)
def test_only_get_of_its_own_path_takes_it(method: str, path: str, kind: str, takes: bool) -> None:
    match, child = QuickRoute("/api/search", _answer).matches(_scope(method, path, kind))
    assert (match is Match.FULL) == takes
    assert bool(child) == takes


@pytest.mark.parametrize(
    ("path", "takes"),
    [
        ("/api/products/p 1", "p 1"),
        ("/api/products/batch", "batch"),
        ("/api/products/", None),
        ("/api/products", None),
        ("/api/products/p1/similar", None),
        ("/api/productsp1", None),
    ],
)
def test_the_end_of_its_path_may_be_a_parameter(path: str, takes: str | None) -> None:
    match, child = QuickRoute("/api/products/{product_id}", _answer).matches(_scope("GET", path))
    assert (match is Match.FULL) == (takes is not None)
    assert child.get("path_params") == (None if takes is None else {"product_id": takes})


def test_another_method_is_named() -> None:
    route = QuickRoute("/api/events", _answer, "POST")
    assert route.matches(_scope("POST", "/api/events"))[0] is Match.FULL
    assert route.matches(_scope("GET", "/api/events"))[0] is Match.NONE


async def test_it_answers_and_says_which_route_it_is() -> None:
    sent: list[Any] = []
    route = QuickRoute("/api/search/{tag}", _answer)
    scope = _scope("GET", "/api/search/new")
    scope.update(route.matches(scope)[1])

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:  # noqa: ANN401 - ASGI
        sent.append(message)

    await route.handle(scope, receive, send)
    assert scope["route"].path_format == "/api/search/{tag}"
    assert sent[0]["status"] == 200
    assert sent[1]["body"] == b"services q=tent {'tag': 'new'}"


def test_what_is_quick_is_a_route_of_fastapi_too() -> None:
    described = create_app().openapi()["paths"]
    assert all(route.path in described for route in QUICK)


def test_search_is_described_as_it_was() -> None:
    app: FastAPI = create_app()
    assert all(isinstance(route, QuickRoute) for route in app.router.routes[: len(QUICK)])
    described = app.openapi()["paths"]["/api/search"]
    assert set(described) == {"get", "post"}
    assert any(parameter["name"] == "facets" for parameter in described["get"]["parameters"])
