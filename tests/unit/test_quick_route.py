"""The road past FastAPI's own: what takes it, and that the description of the API knows nothing of it."""

from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from starlette.routing import Match

from app.main import create_app
from app.quick_route import QuickRoute


async def _answer(request: Request) -> Response:
    return Response(request.url.query)


def _scope(method: str, path: str, kind: str = "http") -> dict[str, Any]:
    return {"type": kind, "method": method, "path": path, "query_string": b"q=tent", "headers": []}


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


async def test_it_answers_and_says_which_route_it_is() -> None:
    sent: list[Any] = []
    route = QuickRoute("/api/search", _answer)
    scope = _scope("GET", "/api/search")
    scope.update(route.matches(scope)[1])

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:  # noqa: ANN401 - ASGI
        sent.append(message)

    await route.handle(scope, receive, send)
    assert scope["route"].path_format == "/api/search"
    assert sent[0]["status"] == 200
    assert sent[1]["body"] == b"q=tent"


def test_search_is_described_as_it_was() -> None:
    app: FastAPI = create_app()
    assert isinstance(app.router.routes[0], QuickRoute)
    described = app.openapi()["paths"]["/api/search"]
    assert set(described) == {"get", "post"}
    assert any(parameter["name"] == "facets" for parameter in described["get"]["parameters"])
