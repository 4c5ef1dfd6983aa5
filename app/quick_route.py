"""A road past FastAPI's own for the request that is made most.

FastAPI solves dependencies, validates and wraps each request; a search needs none of it, as its parameters are checked
by app.search.query and its answer is made here. The route of the same path that FastAPI has describes it for OpenAPI.
"""

from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send


class QuickRoute(BaseRoute):
    """GET of one path without parameters in it. Whatever else is asked goes to the routes behind it."""

    def __init__(self, path: str, answer: Callable[[Request], Awaitable[Response]]) -> None:
        self.path = self.path_format = path
        self._answer = answer

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        # Below a root_path the paths are not the same, and FastAPI's route answers.
        if scope["type"] == "http" and scope["path"] == self.path and scope["method"] == "GET":
            return Match.FULL, {"route": self, "endpoint": self._answer, "path_params": {}}
        return Match.NONE, {}

    def url_path_for(self, name: str, /, **path_params: object) -> object:  # type: ignore[override]
        raise NoMatchFound(name, dict(path_params))

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)
