"""Changes of products by the OpenAPI, fuzzed: no error of ours, and every answer is what the description says."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import BaseSchema, Case, GenerationMode
from schemathesis.checks import negative_data_rejection, positive_data_acceptance

from embed.fake import FakeEmbedder
from es.client import connect
from tests.factory import product
from tests.shops import engine_at, load, service

pytestmark = pytest.mark.needs_es

EXAMPLES = 50
PRODUCT = "/api/products/{product_id}"
OPERATIONS = [("PUT", PRODUCT), ("PATCH", PRODUCT), ("DELETE", PRODUCT), ("POST", "/api/products/_bulk")]


@schemathesis.serializer("application/x-ndjson")
def _ndjson(_: Any, value: Any) -> bytes:  # noqa: ANN401 - whatever was drawn
    return str(value).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def description(es_url: str) -> Iterator[BaseSchema]:
    """The service over real HTTP."""
    engine = engine_at(es_url)
    load(engine, [product("p1")], FakeEmbedder(warn=False))
    server = uvicorn.Server(
        uvicorn.Config(service(engine, search_deadline_s=30), port=0, log_config=None, access_log=False)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        for _ in range(300):
            if server.started:
                break
            time.sleep(0.1)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/openapi.json")
    finally:
        server.should_exit = True
        thread.join()
        with connect(engine) as client:
            client.indices.delete(index=",".join(client.indices.get(index=f"{engine.index_prefix}-*")))


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_operation(description: BaseSchema, method: str, path: str, mode: GenerationMode) -> None:
    operation = description[path][method]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def check(case: Case[Any]) -> None:
        # Which fields a product has, and which product there is, is not in the description.
        case.call_and_validate(timeout=60, excluded_checks=[positive_data_acceptance, negative_data_rejection])

    check()
