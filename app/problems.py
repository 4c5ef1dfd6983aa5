"""Errors as RFC 9457 problem details. HTTP statuses are chosen here and nowhere else.

Every problem has a stable `type`, a `title`, the `status`, and a `detail` that says what to do. Bad parameters add
`errors: [{parameter, message}]`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.chat.errors import SessionMissing
from app.mistakes import mistakes
from app.openapi import PROBLEM_TYPE
from embed.errors import EmbedError
from es.client import NOT_ELASTICSEARCH
from es.errors import (
    EngineError,
    EngineRejected,
    EngineTimeout,
    EngineUnavailable,
    IndexMissing,
    ModelMismatch,
    NothingLoaded,
)
from shop.rules.errors import RuleConflict, RuleMissing, RuleRefused
from shop.stream.errors import RoadFull

log = structlog.get_logger(__name__)

TYPE_PREFIX = "/problems/"
_UNREADABLE = "There was an error parsing the body"
"""FastAPI's words for a body that is no text, or nested too deep."""
TOO_MANY = "Too many requests at once; try again in a moment."


class ParameterError(BaseModel):
    """One thing that is wrong with a request."""

    parameter: str = Field(description="Name of the parameter, or path in the body.")
    message: str = Field(description="What is wrong and what would be right.")


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field(description="Stable name of the kind of problem.", examples=["/problems/invalid-parameter"])
    title: str = Field(examples=["A parameter is not valid"])
    status: int = Field(examples=[400])
    detail: str = Field(description="What happened and what to do.")
    errors: list[ParameterError] = Field([], description="Each wrong parameter.")


PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "A parameter is not valid; `errors` names each."},
    503: {
        "model": Problem,
        "description": "The search engine does not answer, is overloaded, or holds no catalogue.",
    },
}


class BadRequest(Exception):
    """The caller's request cannot be served as it is; `errors` holds (parameter, message) pairs."""

    def __init__(self, errors: Sequence[tuple[str, str]]) -> None:
        # A single one is told as it is; sentences in a row keep no stops within.
        said = [message for _, message in errors]
        super().__init__("; ".join([*(message.rstrip(".") for message in said[:-1]), *said[-1:]]))
        self.errors = list(errors)


class NotFound(Exception):
    """What the caller names does not exist."""


class Conflict(Exception):
    """A newer state than the one that the caller knows is there already."""


class PreconditionFailed(Exception):
    """What the caller made the condition of the request is not so."""


class CustomerRefused(Exception):
    """The request speaks of a customer for whom the caller may not speak."""


class TooLarge(Exception):
    """The body is larger than the service takes at once; the message says how much it takes."""


class Overloaded(Exception):
    """Too much is in flight already; refused early so that what runs can finish."""

    retry_after_s = 1.0

    def __init__(self, message: str = "Too many searches at once; try again in a moment.") -> None:
        super().__init__(message)


REFUSALS: dict[str, tuple[int, str]] = {
    "key-missing": (401, "A key is needed"),
    "key-invalid": (401, "The key is not good"),
    "token-invalid": (401, "The token is not good"),
    "scope-missing": (403, "The key does not open this"),
    "origin-refused": (403, "The key is not for this page"),
    "customer-refused": (403, "The key may not name a customer"),
    "rate-limited": (429, "Too many requests"),
    "encoding-refused": (415, "The body is encoded"),
    "too-slow": (408, "The body came too slowly"),
    "overloaded": (503, "Overloaded"),
    "keys-unavailable": (503, "Keys cannot be read"),
}
"""What is answered before a route is reached: kind of problem -> status and title."""


def refusal(kind: str, detail: str, *, retry_after_s: float = 0, headers: Mapping[str, str] | None = None) -> Response:
    """The answer to a request that is let no further; 401 says how to authenticate, as RFC 9110 asks."""
    status, title = REFUSALS[kind]
    response = problem_response(status, kind, title, detail, retry_after_s=retry_after_s)
    if status == 401:
        response.headers["WWW-Authenticate"] = (
            'Bearer error="invalid_token"' if kind == "token-invalid" else 'ApiKey header="X-Api-Key"'
        )
    response.headers.update(headers or {})
    return response


def problem_response(
    status: int,
    kind: str,
    title: str,
    detail: str,
    *,
    errors: Sequence[tuple[str, str]] = (),
    retry_after_s: float = 0,
) -> Response:
    """A problem+json response; `retry_after_s` above 0 adds Retry-After, in whole seconds."""
    body = _problem(status, kind, title, detail)
    if errors:
        body["errors"] = [{"parameter": name, "message": message} for name, message in errors]
    headers = {"Retry-After": str(max(1, round(retry_after_s)))} if retry_after_s else None
    return Response(orjson.dumps(body), status, headers, media_type=PROBLEM_TYPE)


def overloaded_body() -> dict[str, Any]:
    """What is answered where there is no place for a request."""
    status, title = REFUSALS["overloaded"]
    return _problem(status, "overloaded", title, TOO_MANY)


def _problem(status: int, kind: str, title: str, detail: str) -> dict[str, Any]:
    return {"type": TYPE_PREFIX + kind, "title": title, "status": status, "detail": detail}


def install(app: FastAPI) -> None:
    """Registers a handler for each family of errors."""
    app.add_exception_handler(BadRequest, _bad_request)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(NotFound, _not_found)
    app.add_exception_handler(SessionMissing, _not_found)
    app.add_exception_handler(CustomerRefused, _no_speaker)
    app.add_exception_handler(TooLarge, _too_large)
    app.add_exception_handler(Overloaded, _overloaded)
    app.add_exception_handler(Conflict, _conflict)
    app.add_exception_handler(PreconditionFailed, _precondition)
    app.add_exception_handler(RoadFull, _overloaded)
    app.add_exception_handler(EmbedError, _model)
    app.add_exception_handler(RuleMissing, _not_found)
    app.add_exception_handler(RuleConflict, _conflict)
    app.add_exception_handler(RuleRefused, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(EngineError, _engine)
    app.add_exception_handler(Exception, _unexpected)


async def _bad_request(_: Request, error: Exception) -> Response:
    assert isinstance(error, BadRequest)
    return problem_response(400, "invalid-parameter", "A parameter is not valid", str(error), errors=error.errors)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # Without a JSON content type the body arrives as it is, and is no object.
    no_object = [e for e in error.errors() if tuple(e["loc"]) == ("body",) and e["type"] != "value_error"]
    if no_object or any(e["type"] == "json_invalid" for e in error.errors()):
        return _no_json()
    errors = mistakes(request, error.errors())
    detail = "; ".join(message for _, message in errors)
    return problem_response(400, "invalid-parameter", "A parameter is not valid", detail, errors=errors)


def _no_json() -> Response:
    detail = "Send a JSON object as the body, with Content-Type: application/json."
    return problem_response(400, "invalid-json", "The body is not a JSON object", detail)


async def _not_found(_: Request, error: Exception) -> Response:
    return problem_response(404, "not-found", "Not found", str(error))


async def _no_speaker(_: Request, error: Exception) -> Response:
    return refusal("customer-refused", str(error))


async def _too_large(_: Request, error: Exception) -> Response:
    return problem_response(413, "too-large", "The body is too large", str(error))


async def _conflict(_: Request, error: Exception) -> Response:
    return problem_response(409, "conflict", "Changed by somebody else", str(error))


async def _precondition(_: Request, error: Exception) -> Response:
    return problem_response(412, "precondition-failed", "The condition is not met", str(error))


async def _model(_: Request, error: Exception) -> Response:
    return problem_response(503, "model-unavailable", "The model does not serve", str(error), retry_after_s=30)


async def _refused(_: Request, error: Exception) -> Response:
    return problem_response(400, "refused", "The change is refused", str(error))


async def _overloaded(_: Request, error: Exception) -> Response:
    assert isinstance(error, Overloaded | RoadFull)
    return problem_response(503, "overloaded", "Overloaded", str(error), retry_after_s=error.retry_after_s)


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 400 and error.detail == _UNREADABLE:
        return _no_json()
    kinds = {404: "not-found", 405: "method-not-allowed", 408: "too-slow", 413: "too-large"}
    kind = kinds.get(error.status_code, "http-error")
    detail = "See /docs for the paths and methods there are." if error.status_code in (404, 405) else str(error.detail)
    response = problem_response(error.status_code, kind, str(error.detail), detail)
    response.headers.update(error.headers or {})
    return response


async def _engine(request: Request, error: Exception) -> Response:
    log.warning("engine error", path=request.url.path, error=type(error).__name__, message=str(error))
    if isinstance(error, ModelMismatch):
        return await _model(request, error)
    if isinstance(error, IndexMissing | NothingLoaded):
        detail = "No catalogue is loaded yet; run `python -m ingest load FILE` first."
        return problem_response(503, "no-catalogue", "No catalogue", detail, retry_after_s=10)
    if isinstance(error, EngineTimeout):
        return problem_response(503, "search-timeout", "No answer in time", str(error), retry_after_s=2)
    if isinstance(error, EngineUnavailable):
        detail = "The search engine does not answer; try again in a moment."
        return problem_response(
            503, "search-unavailable", "Search is unavailable", detail, retry_after_s=error.retry_after_s
        )
    if isinstance(error, EngineRejected) and (error.status in (401, 403) or error.kind == NOT_ELASTICSEARCH):
        detail = "The search engine is not set up for this service; /health/ready says more."
        return problem_response(503, "search-misconfigured", "Search is not set up", detail, retry_after_s=30)
    if isinstance(error, EngineRejected):
        log.error("engine refused a request of ours", path=request.url.path, kind=error.kind, message=str(error))
    return problem_response(
        500, "internal-error", "Internal error", "The request could not be served; it has been logged."
    )


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected error", path=request.url.path, exc_info=error)
    return problem_response(
        500, "internal-error", "Internal error", "The request could not be served; it has been logged."
    )
