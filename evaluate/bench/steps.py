"""Where the API's own time goes: a stopwatch on the steps of a search.

The steps are replaced by timed versions of themselves, by name; a name that is gone is an error, never a gap.
"""

import functools
import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.catalogue import Catalogue
from app.search import finding, presentation, routes, service
from app.search.relaxing import Relaxer
from app.search.spelling import Speller
from app.search.understanding.service import UnderstandingService
from es.wire import Wire
from shop.products.reader import ProductReader

ENGINE = "wait for Elasticsearch"
REST = "framework"
SEND = "send"
TALK = "serialise and parse"
STEPS: tuple[tuple[object, str, str], ...] = (
    (routes, "from_parameters", "parse the request"),
    (UnderstandingService, "understand", "understand the words"),
    (service, "applied", "understand the words"),
    (service, "steered", "merchandising rules"),
    (Catalogue, "facts", "facts of the catalogue"),
    (Catalogue, "places_of_text", "vectors of the query"),
    (finding, "build_body", "build the body"),
    (ProductReader, "search", TALK),
    (ProductReader, "searches", TALK),
    (Wire, "post", ENGINE),
    (finding, "read_answer", "read the hits"),
    (Speller, "look", "spelling"),
    (Relaxer, "look", "relax what left nothing"),
    (service, "fusion_of", "fuse"),
    (presentation, "ranked_page", "fuse"),
    (presentation, "present", "present"),
    (service, "logged", "query log"),
    (routes, "json_answer", "serialise the answer"),
)
"""Owner, attribute, name of the step. Where one step calls another, the inner time counts for the inner step."""

_open: ContextVar["list[_Span] | None"] = ContextVar("spans", default=None)


@dataclass(slots=True)
class _Span:
    name: str
    inner: float = 0.0


@dataclass(slots=True)
class Times:
    """Milliseconds by step over all requests, and Elasticsearch's own `took` (whole ms) of each."""

    requests: int = 0
    total: float = 0.0
    by_step: dict[str, float] = field(default_factory=dict)
    took: list[int] = field(default_factory=list)


class Stopwatch:
    """Times the steps of every search from `attach` on, for the rest of the process's life; the first `skip`
    searches, which fill memories, are not counted."""

    def __init__(self, skip: int = 0) -> None:
        self.times = Times()
        self._skip = skip

    def attach(self) -> None:
        """Replaces every step by its timed version. AttributeError where one is gone."""
        for owner, attribute, name in STEPS:
            setattr(owner, attribute, self._timed(getattr(owner, attribute), name))

    def around(self, app: ASGIApp) -> ASGIApp:
        """The app with its searches timed as a whole; what no step accounts for is the framework's."""

        async def timed(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or not scope["path"].startswith("/api/search"):
                await app(scope, receive, send)
                return
            if self._skip:
                self._skip -= 1
                await app(scope, receive, send)
                return

            async def timed_send(message: Message) -> None:
                with self._span(SEND):
                    await send(message)

            token = _open.set([])
            started = time.perf_counter()
            try:
                with self._span(REST):
                    await app(scope, receive, timed_send)
            finally:
                _open.reset(token)
            self.times.requests += 1
            self.times.total += (time.perf_counter() - started) * 1000

        return timed

    def _timed(self, step: Callable[..., Any], name: str) -> Callable[..., Any]:
        if inspect.iscoroutinefunction(step):

            @functools.wraps(step)
            async def waiting(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the step takes
                with self._span(name):
                    result = await step(*given, **named)
                    if name == TALK:
                        self._note(result)
                    return result

            return waiting

        @functools.wraps(step)
        def working(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the step takes
            with self._span(name):
                return step(*given, **named)

        return working

    def _note(self, answer: Any) -> None:  # noqa: ANN401 - one answer or several
        if _open.get() is not None:
            answers = answer if isinstance(answer, list) else [answer]
            self.times.took.append(max(int(one["took"]) for one in answers))

    @contextmanager
    def _span(self, name: str) -> Iterator[None]:
        spans = _open.get()
        if spans is None:
            yield
            return
        span = _Span(name)
        spans.append(span)
        started = time.perf_counter()
        try:
            yield
        finally:
            took = (time.perf_counter() - started) * 1000
            spans.pop()
            self.times.by_step[name] = self.times.by_step.get(name, 0.0) + took - span.inner
            if spans:
                spans[-1].inner += took
