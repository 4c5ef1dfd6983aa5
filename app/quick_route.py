"""A road past FastAPI's own for the requests that are made most.

FastAPI looks for the route in each router, solves dependencies, validates and wraps each request; these need none of
it, as their parameters are checked by the feature itself and its answer is made there. The routes of the same paths
that FastAPI has describe them for OpenAPI.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import Request, Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from app.deps import AppServices

Endpoint = Callable[[Request, AppServices], Awaitable[Response]]
_PARAMETER: Final = "/{"


class QuickRoute(BaseRoute):
    """One method of one path. The path may end with a parameter, `/{name}`, which is one part of a path, without a
    slash. Whatever else is asked goes to the routes behind it."""

    def __init__(self, path: str, endpoint: Endpoint, method: str = "GET") -> None:
        self.path = self.path_format = path
        self._method = method
        self._endpoint = endpoint
        start, found, rest = path.partition(_PARAMETER)
        self._start = f"{start}/" if found else start
        self._parameter = rest.removesuffix("}")

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        # Below a root_path the paths are not the same, and FastAPI's route answers.
        if scope["type"] != "http" or scope["method"] != self._method:
            return Match.NONE, {}
        path: str = scope["path"]
        given = {}
        if self._parameter:
            value = path.removeprefix(self._start)
            if len(value) == len(path) or not value or "/" in value:
                return Match.NONE, {}
            given = {self._parameter: value}
        elif path != self._start:
            return Match.NONE, {}
        return Match.FULL, {"route": self, "endpoint": self._endpoint, "path_params": given}

    def url_path_for(self, name: str, /, **path_params: object) -> object:  # type: ignore[override]
        raise NoMatchFound(name, dict(path_params))

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._endpoint(request, request.app.state.services)
        await response(scope, receive, send)
