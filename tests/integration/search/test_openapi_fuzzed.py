"""The whole OpenAPI, fuzzed: no error of ours, and every answer is what the description says."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import schemathesis
from hypothesis import assume, given
from hypothesis.errors import Unsatisfiable
from schemathesis import BaseSchema, Case, GenerationMode
from schemathesis.checks import negative_data_rejection, positive_data_acceptance
from schemathesis.core.result import Ok

from es.settings import EngineSettings
from tests.fuzzing import same_examples
from tests.integration.changes.test_changes_fuzzed import OPERATIONS as CHANGES
from tests.served import served
from tests.shops import service

pytestmark = pytest.mark.needs_es

EXAMPLES = 100
# What can be combined in more ways than others.
MORE_EXAMPLES = {("GET", "/api/search"): 250, ("POST", "/api/search"): 250, ("POST", "/api/recommendations"): 250}
# Fifteen types of events take long to draw; each of them is tested with values of its own elsewhere.
FEWER_EXAMPLES = {"/api/events": 40, "/api/chat/message": 60, "/api/chat/history/{session_id}": 60}
LONGEST_ADDRESS = 60_000
OPERATIONS = [
    ("GET", "/api/search"),
    ("POST", "/api/search"),
    ("POST", "/api/search/image"),
    ("GET", "/api/search/filters"),
    ("GET", "/api/suggest"),
    ("POST", "/api/search/{search_id}/clicks"),
    ("GET", "/api/admin/search/analytics"),
    ("GET", "/api/understand"),
    ("GET", "/api/products/{product_id}"),
    ("GET", "/api/products/{product_id}/similar"),
    ("POST", "/api/products/batch"),
    ("POST", "/api/events"),
    ("POST", "/api/feedback"),
    ("GET", "/api/recommendations"),
    ("POST", "/api/recommendations"),
    ("GET", "/api/admin/metrics/recommendations"),
    ("GET", "/api/admin/statistics"),
    *(("POST", path) for path in ("/api/chat/message", "/api/chat/feedback")),
    *(("GET", path) for path in ("/api/chat/history/{session_id}", "/api/chat/analytics")),
    ("DELETE", "/api/chat/history/{session_id}"),
    ("GET", "/api/admin/language-model"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
]
NOTHING_TO_GET_WRONG = {
    (GenerationMode.NEGATIVE, "GET", path)
    for path in (
        *("/api/search/filters", "/api/products/{product_id}", "/api/admin/statistics"),
        "/api/admin/language-model",
        *("/health/live", "/health/ready"),
    )
} | {(GenerationMode.NEGATIVE, method, "/api/chat/history/{session_id}") for method in ("GET", "DELETE")}
# Which filters, facets and cursors there are depends on the catalogue; feedback needs one of two ids, and a click a
# product; a period must begin before it ends. No description says so.
MAY_BE_REFUSED = {
    "/api/search", "/api/search/image", "/api/feedback", "/api/admin/search/analytics",
    "/api/chat/message", "/api/chat/feedback", "/api/chat/analytics", "/api/chat/history/{session_id}",
    "/api/recommendations", "/api/admin/metrics/recommendations",
}  # fmt: skip


@pytest.fixture(scope="module")
def address(shop: EngineSettings) -> Iterator[str]:
    with served(service(shop, search_deadline_s=30)) as url:
        yield url


@pytest.fixture(scope="module")
def description(address: str) -> BaseSchema:
    return schemathesis.openapi.from_url(f"{address}/openapi.json")


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    """One connection for all requests."""
    with requests.Session() as opened:
        yield opened


def test_every_operation_is_fuzzed(description: BaseSchema) -> None:
    found = [result for result in description.get_all_operations() if isinstance(result, Ok)]
    listed = {(operation.ok().method.upper(), operation.ok().path) for operation in found}
    # Rules and changes of products change what is found: they are fuzzed on shops of their own.
    elsewhere = {(m, p) for m, p in listed if p.startswith("/api/admin/rules")} | set(CHANGES)
    assert listed - elsewhere == set(OPERATIONS)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_operation(
    description: BaseSchema, session: requests.Session, method: str, path: str, mode: GenerationMode
) -> None:
    operation = description[path][method]

    @same_examples(MORE_EXAMPLES.get((method, path), FEWER_EXAMPLES.get(path, EXAMPLES)))
    @given(operation.as_strategy(generation_mode=mode))
    def check(case: Case[Any]) -> None:
        response = case.call(timeout=60, session=session)
        # A longer address is refused by the HTTP server before the service sees it.
        assume(len(str(response.request.url)) < LONGEST_ADDRESS)
        excluded = [positive_data_acceptance] if path in MAY_BE_REFUSED else []
        sent = parse_qsl(urlsplit(str(response.request.url)).query, keep_blank_values=True)
        # In a form every value is a text, whatever it was meant to be.
        if path == "/api/search/image" or any(value == "" for _, value in sent):
            # Forms send what was left blank; it is taken for absent, whatever the type.
            excluded.append(negative_data_rejection)
        case.validate_response(response, excluded_checks=excluded)

    try:
        check()
    except Unsatisfiable:
        assert (mode, method, path) in NOTHING_TO_GET_WRONG
