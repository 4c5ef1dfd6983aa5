"""One way to talk to Elasticsearch: clients made from settings, and its exceptions in our words."""

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import elastic_transport
import elasticsearch
import orjson
from elastic_transport._node import NodeApiResponse
from elasticsearch import AsyncElasticsearch, Elasticsearch
from elasticsearch.serializer import JsonSerializer, NdjsonSerializer

from es.errors import EngineRejected, EngineTimeout, EngineUnavailable, IndexMissing
from es.observing import Observe, outcome_of, unobserved
from es.settings import EngineSettings

# Statuses by which a server says "not now": worth another try, later.
BUSY_STATUSES = frozenset({429, 502, 503, 504})
NOT_ELASTICSEARCH = "not_elasticsearch"


class OrjsonSerializer(JsonSerializer):
    """JSON by orjson: a search answer of 150 hits is parsed some five times faster than by the json module."""

    def json_dumps(self, data: Any) -> bytes:  # noqa: ANN401 - the transport's own signature
        return orjson.dumps(data, default=self.default, option=orjson.OPT_SERIALIZE_NUMPY)

    def json_loads(self, data: bytes) -> Any:  # noqa: ANN401 - the transport's own signature
        return orjson.loads(data)


class OrjsonNdjsonSerializer(NdjsonSerializer):
    """One JSON document a line by orjson; lines that are bytes already pass through unchanged."""

    json_dumps = OrjsonSerializer.json_dumps
    json_loads = OrjsonSerializer.json_loads


def _options(settings: EngineSettings, url: str) -> dict[str, Any]:
    options: dict[str, Any] = {
        "hosts": [url or settings.es_url],
        "serializers": {
            "application/vnd.elasticsearch+json": OrjsonSerializer(),
            "application/vnd.elasticsearch+x-ndjson": OrjsonNdjsonSerializer(),
        },
        # Retries are made at one layer, ours, where the deadline is known.
        "max_retries": 0,
        "retry_on_timeout": False,
        "request_timeout": settings.es_timeout_s,
        "connections_per_node": settings.es_connections,
    }
    if api_key := settings.es_api_key.get_secret_value():
        options["api_key"] = api_key
    elif settings.es_user:
        options["basic_auth"] = (settings.es_user, settings.es_password.get_secret_value())
    if settings.es_ca_cert is not None:
        options["ssl_context"] = ssl.create_default_context(cafile=str(settings.es_ca_cert))
    return options


def connect(settings: EngineSettings, url: str = "", observe: Observe | None = None) -> Elasticsearch:
    """A blocking client for loads and commands. `url` overrides the address in the settings."""
    return Elasticsearch(**_options(settings, url), node_class=_observed(observe or unobserved))


def connect_async(settings: EngineSettings, url: str = "", observe: Observe | None = None) -> AsyncElasticsearch:
    """A pooled client for the HTTP service; open one a process and close it at the end."""
    return AsyncElasticsearch(**_options(settings, url), node_class=_observed_async(observe or unobserved))


def _whole(method: str, answer: NodeApiResponse) -> NodeApiResponse:
    """An answer that may be read. The package looks who answers with its first request alone, and takes an answer that
    was cut off in its headers for an empty one."""
    meta = answer.meta
    if meta.status < 300 and method != "HEAD" and meta.status != 204:
        if not answer.body:
            raise elastic_transport.ConnectionError("the answer was cut off")
        if meta.headers.get("x-elastic-product") != "Elasticsearch":
            raise elasticsearch.UnsupportedProductError("not Elasticsearch", meta=meta, body=None)
    return answer


class _Course:
    """How a request went, so far."""

    def __init__(self) -> None:
        self.outcome = "failed"

    def ended(self, method: str, answer: NodeApiResponse) -> NodeApiResponse:
        """The answer, where it may be read; raises where not."""
        whole = _whole(method, answer)
        self.outcome = outcome_of(whole.meta.status)
        return whole


@contextmanager
def _told(observe: Observe) -> Iterator[_Course]:
    """Tells how the request in the block went, and how long it took."""
    began, course = time.perf_counter(), _Course()
    try:
        yield course
    except elastic_transport.ConnectionTimeout:
        course.outcome = "late"
        raise
    finally:
        observe(course.outcome, time.perf_counter() - began)


def _observed(observe: Observe) -> type[elastic_transport.BaseNode]:
    """A connection that looks at its answers and tells of each of its requests."""

    class ObservedNode(elastic_transport.Urllib3HttpNode):
        def perform_request(self, *args: Any, **kwargs: Any) -> NodeApiResponse:  # noqa: ANN401
            with _told(observe) as course:
                return course.ended(args[0], super().perform_request(*args, **kwargs))

    return ObservedNode


def _observed_async(observe: Observe) -> type[elastic_transport.BaseNode]:
    class ObservedNode(elastic_transport.AiohttpHttpNode):
        async def perform_request(self, *args: Any, **kwargs: Any) -> NodeApiResponse:  # type: ignore[override] # noqa: ANN401
            with _told(observe) as course:
                return course.ended(args[0], await super().perform_request(*args, **kwargs))

    return ObservedNode


@contextmanager
def translated() -> Iterator[None]:
    """Turns exceptions of the elasticsearch package into ours; works around `await` too."""
    try:
        yield
    except elasticsearch.UnsupportedProductError as error:
        raise EngineRejected(
            "What answers at SHOPSCOUT_ES_URL is not Elasticsearch.", status=502, kind=NOT_ELASTICSEARCH
        ) from error
    except elasticsearch.ApiError as error:
        raise refusal(error.status_code, error.body) from error
    except elastic_transport.ConnectionTimeout as error:
        raise EngineTimeout("Elasticsearch did not answer in time; try again.") from error
    except elastic_transport.TransportError as error:
        raise EngineUnavailable(
            "Elasticsearch cannot be reached; check SHOPSCOUT_ES_URL or run `python -m es up`."
        ) from error


def refusal(status: int, body: object) -> EngineRejected | EngineUnavailable:
    """What an answer of 400 or more means in our words; `body`: the parsed JSON, or whatever came."""
    kind, reason = _error_kind(body)
    if status in BUSY_STATUSES:
        return EngineUnavailable(f"Elasticsearch is overloaded or starting (HTTP {status}: {reason or kind}).")
    # A missing alias is reported as a plain string, without a type.
    if kind == "index_not_found_exception" or (status == 404 and not kind):
        return IndexMissing("Nothing is indexed under this name yet; load a catalogue first.")
    if status in (401, 403):
        return EngineRejected(
            f"Elasticsearch refused our credentials or rights (HTTP {status}): {reason}",
            status=status,
            kind=kind,
        )
    return EngineRejected(f"Elasticsearch refused the request: {reason or kind or status}", status=status, kind=kind)


def _error_kind(body: object) -> tuple[str, str]:
    """(type, reason) of an error body; the root cause's where it has one. Empty strings where absent."""
    error = body.get("error") if isinstance(body, Mapping) else None
    if not isinstance(error, Mapping):
        return "", str(error or "")
    causes = error.get("root_cause") or [error]
    cause = causes[0] if isinstance(causes[0], Mapping) else error
    return str(cause.get("type", "")), str(cause.get("reason", ""))


def raise_for_item(item: Mapping[str, Any]) -> None:
    """Raises what one answer of an `_msearch` (or one item of a multi-request) reports as its error."""
    error = item.get("error")
    if not error:
        return
    raise refusal(int(item.get("status", 500)), item)
