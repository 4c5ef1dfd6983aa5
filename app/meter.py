"""What is counted and timed, for Prometheus: one meter a process.

Nothing is registered before the first use, so that a worker that shares its counts with others (`share_metrics` in
app/settings.py) has its folder by then. Labels have few values each; ids, words and addresses are never one.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

STAGES: ContextVar[dict[str, float] | None] = ContextVar("stages", default=None)
"""Seconds of each stage of the request under way, for the slow-query log."""


class Meter:
    """The counters of a process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._labelled: dict[str, Counter | Histogram | Gauge] = {}
        self._requests = self._counter("requests", "Requests by route and status.", "method", "route", "status")
        self._request_s = self._histogram("request_seconds", "Seconds from request to the end of its answer.", "route")
        self._stage_s = self._histogram("stage_seconds", "Seconds of a stage of a search.", "stage")
        self._engine = self._counter("elasticsearch_requests", "Requests to Elasticsearch, by outcome.", "outcome")
        self._engine_s = self._histogram("elasticsearch_seconds", "Seconds of a request to Elasticsearch.")
        self._models = self._counter("model_calls", "Calls of models, by outcome.", "model", "outcome")
        self._model_s = self._histogram("model_seconds", "Seconds of a call of a model.", "model")
        self._cost = self._counter("model_cost_usd", "What calls of the language model cost, US dollars.")
        self._cached = self._counter("cache", "Look-ups in caches.", "cache", "result")
        self._degraded = self._counter("degraded", "Answers that had to go without something.", "kind", "part")
        self._events = self._counter("events", "Shoppers' events by what became of them.", "status")
        self._waiting = self._gauge("waiting", "What waits in memory to be written.", "queue")
        self._changes = self._counter("changes", "Changes of products by what was answered.", "result")
        self._roads = {
            "changes": (
                self._shared("changes_waiting", "Changes of products that wait to be made."),
                self._shared("changes_lag_seconds", "Age of the oldest change that waits in the stream."),
                self._shared("changes_dead", "Changes that cannot be made: dead letters."),
            ),
            "events": (
                self._shared("events_waiting", "Shoppers' events that wait to be stored."),
                self._shared("events_lag_seconds", "Age of the oldest event that waits in the stream."),
                self._shared("events_dead", "Events that cannot be stored: dead letters."),
            ),
        }
        self._in_flight = self._gauge("in_flight", "Requests under way.")

    def known(self, name: str, labels: Iterable[tuple[str, ...]]) -> None:
        """Tells these values of the labels of what has this name, at zero where nothing of them was counted."""
        for values in labels:
            self._labelled[name].labels(*values)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._request_s.labels(route).observe(seconds)

    def refused(self, method: str, route: str, count: int) -> None:
        """Requests that were refused before they were begun: 503, in no time."""
        self._requests.labels(method, route, "503").inc(count)

    def begun(self) -> None:
        self._in_flight.inc()

    def ended(self) -> None:
        self._in_flight.dec()

    def engine_call(self, outcome: str, seconds: float) -> None:
        """`outcome`: ok, refused (4xx), failed (5xx and no answer) or late."""
        self._engine.labels(outcome).inc()
        self._engine_s.observe(seconds)

    def model_call(self, model: str, outcome: str, seconds: float, usd: float = 0.0) -> None:
        """`model`: text, picture or language; `outcome`: ok or failed."""
        self._models.labels(model, outcome).inc()
        self._model_s.labels(model).observe(seconds)
        if usd:
            self._cost.inc(usd)

    def cached(self, name: str, hit: bool) -> None:
        self._cached.labels(name, "hit" if hit else "miss").inc()

    def degraded(self, kind: str, reasons: list[str]) -> None:
        """`reasons` as answers give them: the part before the colon is the label."""
        for part in {reason.partition(":")[0] if ":" in reason[:30] else "other" for reason in reasons}:
            self._degraded.labels(kind, part).inc()

    def events(self, status: str, count: int) -> None:
        if count:
            self._events.labels(status).inc(count)

    def waiting(self, queue: str, count: int) -> None:
        self._waiting.labels(queue).set(count)

    def changes(self, result: str, count: int = 1) -> None:
        self._changes.labels(result).inc(count)

    def road(self, name: str, waiting: int, lag_s: float, dead: int) -> None:
        """Of the road of changes or events; the same for all processes where it is a stream."""
        for gauge, value in zip(self._roads[name], (waiting, lag_s, dead), strict=True):
            gauge.set(value)

    def stage(self, name: str, seconds: float) -> None:
        self._stage_s.labels(name).observe(seconds)

    def _counter(self, name: str, told: str, *labels: str) -> Counter:
        found = Counter(f"shopscout_{name}", told, labels, registry=self.registry)
        self._labelled[name] = found
        return found

    def _histogram(self, name: str, told: str, *labels: str) -> Histogram:
        found = Histogram(f"shopscout_{name}", told, labels, registry=self.registry, buckets=SECONDS)
        self._labelled[name] = found
        return found

    def _gauge(self, name: str, told: str, *labels: str) -> Gauge:
        found = Gauge(f"shopscout_{name}", told, labels, registry=self.registry, multiprocess_mode="livesum")
        self._labelled[name] = found
        return found

    def _shared(self, name: str, told: str) -> Gauge:
        return Gauge(f"shopscout_{name}", told, registry=self.registry, multiprocess_mode="livemax")


@cache
def meter() -> Meter:
    """The meter of this process."""
    return Meter()


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Times a part of the request under way; works around `await` too. A stage that is gone through twice adds up."""
    began = time.perf_counter()
    try:
        yield
    finally:
        took = time.perf_counter() - began
        meter().stage(name, took)
        stages = STAGES.get()
        if stages is not None:
            stages[name] = stages.get(name, 0.0) + took
