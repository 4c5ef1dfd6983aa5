"""Changes of products by the OpenAPI, fuzzed: no error of ours, and every answer is what the description says."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import given
from schemathesis import BaseSchema, Case, GenerationMode
from schemathesis.checks import negative_data_rejection, positive_data_acceptance

from tests.fuzzing import same_examples
from tests.served import described_shop

pytestmark = pytest.mark.needs_es

EXAMPLES = 50
PRODUCT = "/api/products/{product_id}"
OPERATIONS = [("PUT", PRODUCT), ("PATCH", PRODUCT), ("DELETE", PRODUCT), ("POST", "/api/products/_bulk")]


@schemathesis.serializer("application/x-ndjson")
def _ndjson(_: Any, value: Any) -> bytes:  # noqa: ANN401 - whatever was drawn
    return str(value).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def description(es_url: str) -> Iterator[BaseSchema]:
    with described_shop(es_url) as described:
        yield described


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_operation(description: BaseSchema, method: str, path: str, mode: GenerationMode) -> None:
    operation = description[path][method]

    @same_examples(EXAMPLES)
    @given(operation.as_strategy(generation_mode=mode))
    def check(case: Case[Any]) -> None:
        # Which fields a product has, and which product there is, is not in the description.
        case.call_and_validate(timeout=60, excluded_checks=[positive_data_acceptance, negative_data_rejection])

    check()
