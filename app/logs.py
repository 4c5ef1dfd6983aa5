"""Structured logs: one JSON object a line, or plain text on a terminal."""

import logging
import sys
import time
import uuid
from typing import Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.access.caller import caller_in
from app.access.scopes import row_of
from app.door import CAME
from app.log_masking import masked
from app.meter import STAGES, meter
from app.settings import ServiceSettings

log = structlog.get_logger("shopscout.requests")

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Digits in a row could be a card's or a telephone's: each line would be looked through for them.
_LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")
QUIET_PATHS: Final = ("/metrics", "/health/", "/pictures/", "/static/")


def configure(settings: ServiceSettings) -> None:
    """Sets up logging for the process; call once, before the service starts."""
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    rendering: list[structlog.types.Processor] = [
        masked,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
    if as_json:
        rendering = [structlog.processors.format_exc_info, masked, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[*shared, *rendering],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.log_level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # The client's own lines say what ours say already.
    logging.getLogger("elastic_transport").setLevel(logging.ERROR)


class RequestLog:
    """ASGI middleware: a line a request with its id, status and time; the id goes back in X-Request-Id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _given_id(scope) or uuid.uuid4().hex[:16].translate(_LETTERS)
        started = scope.get(CAME) or time.perf_counter()
        status = 500

        async def tagged(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message).append("X-Request-Id", request_id)
            await send(message)

        counted = meter()
        counted.begun()
        stages = STAGES.set({})
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, tagged)
            finally:
                STAGES.reset(stages)
                took = time.perf_counter() - started
                counted.ended()
                counted.request(_method(scope), _route(scope), status, took)
                if not scope["path"].startswith(QUIET_PATHS):
                    key = caller_in(scope).key
                    by = {"key": key.key_id} if key is not None else {}
                    ms = round(took * 1000, 1)
                    log.info("request", method=scope["method"], path=scope["path"], status=status, ms=ms, **by)


def _route(scope: Scope) -> str:
    """The route by its template. Where none was reached, the part of the table that covers the path: whoever asks
    chooses the path, and each value of a label is kept for ever."""
    template = getattr(scope.get("route"), "path_format", "")
    if isinstance(template, str) and template:
        return template
    row = row_of(scope["path"])
    return row.path if row is not None else "other"


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in METHODS else "other"


def _given_id(scope: Scope) -> str:
    """The caller's X-Request-Id where it is short and plain."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            text: str = value.decode("latin-1")
            return text if len(text) <= 64 and text.replace("-", "").isalnum() and text.isascii() else ""
    return ""
